"""A caller's own httpx client: it keeps what it has, and every promise still holds."""

import gzip
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import httpx
import pytest
from anthropic_models import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AsyncClient,
    Client,
)

from tests.support.core_calls import call_of
from tests.support.scripted_server import SIZED, Scripted, drip, error, page, raw, respond
from tests.support.sync_and_async import KEY, Shell


def test_what_it_sends_of_its_own_is_kept_below_ours(shell: Shell, scripted: Scripted) -> None:
    seen: list[object] = []
    hooks = {name: [shell.hook(seen.append)] for name in ("request", "response")}
    http = {
        "event_hooks": hooks,
        "headers": {"X-Mine": "1", "User-Agent": "mine", "X-Api-Key": "mine"},
        "params": {"mine": ["1", "2"]},
        "cookies": {"session": "1"},
    }
    server = scripted(respond(page("a")))
    with shell.client(server.base_url, http=http) as client:
        client.models.list(limit=5)
    (request,) = server.requests
    assert [type(value) for value in seen] == [httpx.Request, httpx.Response]
    kept = {"x-mine": "1", "cookie": "session=1", "x-api-key": KEY}
    assert kept.items() <= request.headers.items()
    assert request.headers["user-agent"].startswith("anthropic-models-client/")
    assert request.target == "/v1/models?mine=1&mine=2&limit=5"


def test_a_header_that_is_removed_is_not_sent_by_it_either() -> None:
    call = call_of(client={"default_headers": {"User-Agent": None, "accept": None}})
    with httpx.Client(headers={"user-agent": "mine"}) as http:
        built = call.build_request_with(http)
    assert not {"user-agent", "accept"} & built.headers.keys()
    assert built.extensions["timeout"] == call.timeout.as_dict()


def test_the_environment_adds_no_key_to_a_credential_of_its_own(
    shell: Shell, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    server = scripted(respond(page("a")))
    shell.listed(server.base_url, http={"auth": ("user", "password")}, api_key=None)
    (request,) = server.requests
    assert "x-api-key" not in request.headers
    assert request.headers["authorization"].startswith("Basic ")


def test_retries_bounds_and_the_ban_on_redirects_hold(shell: Shell, scripted: Scripted) -> None:
    other = scripted(respond(page("a")))
    bomb = gzip.compress(b" " * (33 * 2**20), 1)
    server = scripted(
        raw(b""),
        error(529, "overloaded_error"),
        respond(page("a")),
        respond(bomb, headers={"content-encoding": "gzip"}),
        respond(b"", status=307, headers={"location": other.base_url}),
        drip(SIZED, b" ", every=0.05),
    )
    http = {"follow_redirects": True, "timeout": None}
    with shell.client(server.base_url, http=http) as client:
        assert client.models.list().response.retries_taken == 2
        with pytest.raises(APIResponseValidationError, match="32 MiB"):
            client.models.list()
        with pytest.raises(APIStatusError, match="redirect"):
            client.models.list()
        with pytest.raises(APITimeoutError):
            client.models.list(timeout=0.2, max_retries=0)
    assert other.requests == []


def test_a_body_that_a_hook_has_read_is_taken_from_there(shell: Shell, scripted: Scripted) -> None:
    def read(response: httpx.Response) -> Any:
        return response.read() if shell.name == "sync" else response.aread()

    packed = respond(gzip.compress(b"[1]"), headers={"content-encoding": "gzip"})
    server = scripted(packed, respond(page("a")))
    with shell.client(server.base_url, http={"event_hooks": {"response": [read]}}) as client:
        with pytest.raises(APIResponseValidationError, match="a list"):
            client.models.list()
        assert client.models.list().data[0].id == "a"


def test_a_forked_child_does_not_share_its_connections(
    shell: Shell, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = scripted(respond(page("a")))
    with shell.client(server.base_url, http={}) as client:
        client.models.list()
        monkeypatch.setattr(os, "getpid", lambda: -1)  # as in a child
        for caller in (client, client.with_options(max_retries=9)):
            with pytest.raises(APIConnectionError, match=r"used before .* in each process"):
                caller.models.list()
    assert len(server.requests) == 1


class OwnError(Exception):
    """One that only the caller knows."""


class FailingStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        raise OwnError

    def __aiter__(self) -> AsyncIterator[bytes]:
        raise OwnError


@pytest.mark.parametrize("where", ["hook", "transport", "stream"])
def test_an_error_of_the_callers_own_is_final(shell: Shell, where: str) -> None:
    asked: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if where == "transport":
            raise OwnError
        return httpx.Response(200, stream=FailingStream())

    def fail(_response: object) -> None:
        raise OwnError

    http: dict[str, Any] = {"transport": httpx.MockTransport(respond)}
    if where == "hook":
        http["event_hooks"] = {"response": [shell.hook(fail)]}
    shell.error("https://api.example", OwnError, http=http)
    assert len(asked) == 1


def test_one_that_is_closed_is_a_closed_client() -> None:
    http, ahttp = httpx.Client(), httpx.AsyncClient()
    clients = Client(api_key=KEY, http_client=http), AsyncClient(api_key=KEY, http_client=ahttp)
    http.close()
    anyio.run(ahttp.aclose)
    assert [client.is_closed for client in clients] == [True, True]
