"""A caller's own httpx client: it keeps what it has, and every promise still holds."""

import gzip
import os
import threading
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
    ClientClosedError,
    PaginationError,
)

from tests.support.calls import call_of
from tests.support.scripted_server import Scripted, drip, error, page, raw, respond, silence_after
from tests.support.sync_and_async import KEY, Shell


def test_its_hooks_cookies_headers_and_parameters_are_kept_below_ours(
    shell: Shell, scripted: Scripted
) -> None:
    seen: list[str] = []
    http = {
        "event_hooks": {
            "request": [shell.hook(lambda request: seen.append("request"))],
            "response": [shell.hook(lambda response: seen.append("response"))],
        },
        "headers": {"X-Mine": "1", "User-Agent": "mine", "X-Api-Key": "mine"},
        "params": {"mine": ["1", "2"]},
        "cookies": {"session": "1"},
    }
    server = scripted(respond(page("a")))
    with shell.client(server.base_url, http=http) as client:
        client.models.list(limit=5)
    (request,) = server.requests
    assert seen == ["request", "response"]
    assert request.headers["x-mine"] == "1"
    assert request.headers["cookie"] == "session=1"
    assert request.headers["user-agent"].startswith("anthropic-models-client/")
    assert request.headers["x-api-key"] == KEY
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
    http = {"auth": ("user", "password")}
    with shell.client(server.base_url, http=http, api_key=None) as client:
        client.models.list()
    (request,) = server.requests
    assert "x-api-key" not in request.headers
    assert request.headers["authorization"].startswith("Basic ")


def test_its_transport_is_used(shell: Shell) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=page("from the transport"))

    http = {"transport": httpx.MockTransport(handler)}
    assert shell.listed("https://api.example", http=http) == ["from the transport"]


def test_its_redirects_are_not_followed(shell: Shell, scripted: Scripted) -> None:
    other = scripted(respond(page("a")))
    server = scripted(respond(b"", status=307, headers={"location": other.base_url}))
    shell.error(server.base_url, APIStatusError, "redirect", http={"follow_redirects": True})
    assert other.requests == []


def test_its_own_timeout_does_not_count(shell: Shell, scripted: Scripted) -> None:
    server = scripted(silence_after())
    http = {"timeout": None}
    shell.error(server.base_url, APITimeoutError, http=http, timeout=0.2, max_retries=0)


def test_retries_and_bounds_hold(shell: Shell, scripted: Scripted) -> None:
    bomb = gzip.compress(b" " * (33 * 2**20), 1)
    server = scripted(
        raw(b""),
        error(529, "overloaded_error"),
        respond(page("a")),
        respond(bomb, headers={"content-encoding": "gzip"}),
        drip(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", b"", every=0.05),
    )
    with shell.client(server.base_url, http={}) as client:
        assert client.models.list().response.retries_taken == 2
        with pytest.raises(APIResponseValidationError, match="32 MiB"):
            client.models.list()
        with pytest.raises(APITimeoutError):
            client.models.list(timeout=0.2, max_retries=0)


def test_a_body_that_a_hook_has_read_is_taken_from_there(shell: Shell, scripted: Scripted) -> None:
    def read(response: httpx.Response) -> None:
        response.read()

    async def aread(response: httpx.Response) -> None:
        await response.aread()

    hooks = {"response": [read if shell.name == "sync" else aread]}
    packed = respond(gzip.compress(b"[1]"), headers={"content-encoding": "gzip"})
    server = scripted(packed, respond(page("a")))
    with shell.client(server.base_url, http={"event_hooks": hooks}) as client:
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
        with pytest.raises(APIConnectionError, match="before this process was forked"):
            client.models.list()
    assert len(server.requests) == 1


def test_an_error_of_ours_that_a_hook_raises_is_final(shell: Shell, scripted: Scripted) -> None:
    def fail(_response: object) -> None:
        raise PaginationError("of the hook")

    server = scripted(respond(page("a")))
    hooks = {"response": [shell.hook(fail)]}
    shell.error(server.base_url, PaginationError, "of the hook", http={"event_hooks": hooks})
    assert len(server.requests) == 1


def test_a_body_that_a_hook_has_consumed_is_a_connection_error(
    shell: Shell, scripted: Scripted
) -> None:
    def consume(response: httpx.Response) -> None:
        for _ in response.iter_bytes():
            pass

    async def aconsume(response: httpx.Response) -> None:
        async for _ in response.aiter_bytes():
            pass

    server = scripted(respond(page("a")))
    http = {"event_hooks": {"response": [consume if shell.name == "sync" else aconsume]}}
    shell.error(server.base_url, APIConnectionError, "content", http=http, max_retries=0)


def test_a_hook_that_raises_for_status_gives_the_status_error(
    shell: Shell, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "anthropic_models")
    hooks = {"response": [shell.hook(lambda response: response.raise_for_status())]}
    server = scripted(error(429, "rate_limit_error"), error(404, "not_found_error"))
    failure = shell.error(server.base_url, APIStatusError, http={"event_hooks": hooks})
    assert (failure.status_code, failure.retries_taken) == (404, 1)
    assert failure.__context__ is None
    assert "GET /v1/models: 429, request id None, 0.000 s, attempt 1" in caplog.text


class OwnError(Exception):
    pass


def fail(_value: object) -> Any:
    raise OwnError


class FailingStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        raise OwnError

    def __aiter__(self) -> AsyncIterator[bytes]:
        raise OwnError


@pytest.mark.parametrize("where", ["request", "response", "transport", "stream"])
def test_an_error_of_the_callers_own_passes(shell: Shell, scripted: Scripted, where: str) -> None:
    http: dict[str, Any] = {"event_hooks": {where: [shell.hook(fail)]}}
    if where == "transport":
        http = {"transport": httpx.MockTransport(fail)}
    if where == "stream":
        handler = httpx.MockTransport(lambda _: httpx.Response(200, stream=FailingStream()))
        http = {"transport": handler}
    server = scripted(respond(page("a")))
    shell.error(server.base_url, OwnError, http=http)


def test_an_error_of_its_transport_is_one_of_ours_and_repeated(shell: Shell) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        raise httpx.ConnectTimeout("x")

    http = {"transport": httpx.MockTransport(handler)}
    says = r"connecting to api\.example timed out after 5 s"
    shell.error("https://api.example", APITimeoutError, says, http=http, max_retries=1)
    assert len(seen) == 2


def test_a_stream_without_a_socket_is_cut_off_too(shell: Shell) -> None:
    class Dripping(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            # Nothing comes at the moment when the time is over.
            for wait in (0.05, 0.6, 0.6):
                threading.Event().wait(wait)
                yield b" "

        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                await anyio.sleep(0.05)
                yield b" "

    handler = httpx.MockTransport(lambda _: httpx.Response(200, stream=Dripping()))
    options: Any = {"http": {"transport": handler}, "timeout": 0.3, "max_retries": 0}
    says = r"reading from api\.example timed out after 0\.3 s"
    shell.error("https://api.example", APITimeoutError, says, **options)


def test_a_header_of_its_own_that_cannot_be_sent_is_not_shown(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(respond(page("a")))
    http = {"headers": {"X-Mine": "hidden\n"}}
    failure = shell.error(
        server.base_url, APIConnectionError, "a header has invalid characters", http=http
    )
    assert "hidden" not in str(failure)
    assert failure.retries_taken == 0
    assert server.requests == []


def test_one_that_is_closed_is_a_closed_client(scripted: Scripted) -> None:
    server = scripted(respond(page("a")))
    http, ahttp = httpx.Client(), httpx.AsyncClient()
    http.close()
    with Client(api_key=KEY, base_url=server.base_url, http_client=http) as client:
        assert client.is_closed
        with pytest.raises(ClientClosedError):
            client.models.list()

    async def main() -> None:
        await ahttp.aclose()
        async with AsyncClient(api_key=KEY, base_url=server.base_url, http_client=ahttp) as client:
            assert client.is_closed
            with pytest.raises(ClientClosedError):
                await client.models.list()

    anyio.run(main)
    assert server.requests == []


def test_a_response_that_comes_once_the_client_is_closed_is_dropped() -> None:
    def close_and_respond(_request: httpx.Request) -> httpx.Response:
        client.close()
        return httpx.Response(200, json=page("a"))

    with httpx.Client(transport=httpx.MockTransport(close_and_respond)) as http:
        client = Client(api_key=KEY, http_client=http)
        with pytest.raises(ClientClosedError):
            client.models.list()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_response_that_comes_once_an_async_client_is_closed_is_dropped(backend: str) -> None:
    async def main() -> None:
        async def close_and_respond(_request: httpx.Request) -> httpx.Response:
            with anyio.CancelScope(shield=True):
                await client.close()
            return httpx.Response(200, json=page("a"))

        async with httpx.AsyncClient(transport=httpx.MockTransport(close_and_respond)) as http:
            client = AsyncClient(api_key=KEY, http_client=http)
            with pytest.raises(ClientClosedError):
                await client.models.list()

    anyio.run(main, backend=backend)
