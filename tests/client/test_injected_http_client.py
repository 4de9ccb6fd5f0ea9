"""A caller's own httpx client: it keeps what it has, and every promise still holds."""

import gzip
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
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
)
from anthropic_models.sandbox import Sandbox
from anyio.from_thread import start_blocking_portal

from tests.support.scripted_server import Scripted, answer, drip, error, page, raw, silence_after
from tests.support.shells import KEY, AnyClient, AsyncFace, Shell, SyncFace


@contextmanager
def injected(
    shell: Shell, base_url: str, options: dict[str, Any] | None = None, **arguments: Any
) -> Generator[tuple[AnyClient, Any]]:
    """A client over an httpx client with options of its own, and that httpx client."""
    arguments = {"api_key": KEY, "base_url": base_url} | arguments
    if shell.name == "sync":
        with httpx.Client(**(options or {})) as http:
            with Client(http_client=http, **arguments) as client:
                yield SyncFace(client), http
            assert not http.is_closed
        return
    with start_blocking_portal(shell.name) as portal:
        ahttp = httpx.AsyncClient(**(options or {}))
        face = AsyncFace(AsyncClient(http_client=ahttp, **arguments), portal)
        yield face, ahttp
        face.close()
        assert not ahttp.is_closed
        portal.call(ahttp.aclose)


def hook(shell: Shell, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    if shell.name == "sync":
        return function

    async def asynchronous(thing: Any) -> Any:
        return function(thing)

    return asynchronous


def test_it_is_used_and_not_closed(shell: Shell, sandbox: Sandbox) -> None:
    with injected(shell, sandbox.base_url) as (client, _):
        assert len(list(client.list(limit=20))) == 57


def test_it_keeps_its_hooks_and_cookies_and_headers_that_are_not_ours(
    shell: Shell, scripted: Scripted
) -> None:
    seen: list[str] = []
    options = {
        "event_hooks": {
            "request": [hook(shell, lambda request: seen.append("request"))],
            "response": [hook(shell, lambda response: seen.append("response"))],
        },
        "headers": {"X-Mine": "1", "User-Agent": "mine", "X-Api-Key": "mine"},
        "params": {"mine": "1"},
        "cookies": {"session": "1"},
    }
    server = scripted(answer(page("a")))
    with injected(shell, server.base_url, options) as (client, _):
        client.list(limit=5)
    (request,) = server.requests
    assert seen == ["request", "response"]
    assert request.headers["x-mine"] == "1"
    assert request.headers["cookie"] == "session=1"
    assert request.headers["user-agent"].startswith("anthropic-models-client/")
    assert request.headers["x-api-key"] == KEY
    assert request.target == "/v1/models?mine=1&limit=5"


def test_a_header_that_is_removed_is_not_sent_by_it_either(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a")))
    removed = {"User-Agent": None, "accept": None}
    with injected(shell, server.base_url, default_headers=removed) as (client, _):
        client.list()
    assert not {"user-agent", "accept"} & server.requests[0].headers.keys()


def test_its_transport_is_used(shell: Shell) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=page("from the transport"))

    options = {"transport": httpx.MockTransport(handler)}
    with injected(shell, "https://api.example", options) as (client, _):
        assert client.list().data[0].id == "from the transport"


def test_its_redirects_are_not_followed(shell: Shell, scripted: Scripted) -> None:
    other = scripted(answer(page("a")))
    server = scripted(answer(b"", status=307, headers={"location": other.base_url}))
    options = {"follow_redirects": True}
    with (
        injected(shell, server.base_url, options) as (client, _),
        pytest.raises(APIStatusError, match="redirect"),
    ):
        client.list()
    assert other.requests == []


def test_its_own_timeout_does_not_count(shell: Shell, scripted: Scripted) -> None:
    server = scripted(silence_after())
    options = {"timeout": None}
    with (
        injected(shell, server.base_url, options, timeout=0.2, max_retries=0) as (client, _),
        pytest.raises(APITimeoutError),
    ):
        client.list()


def test_retries_limits_and_checks_hold(shell: Shell, scripted: Scripted) -> None:
    bomb = gzip.compress(b" " * (33 * 2**20), 1)
    server = scripted(
        raw(b""),
        error(529, "overloaded_error"),
        answer(page("a")),
        answer(bomb, headers={"content-encoding": "gzip"}),
        drip(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", b"", every=0.05),
    )
    with injected(shell, server.base_url) as (client, _):
        assert client.list().response.retries_taken == 2
        with pytest.raises(APIResponseValidationError, match="32 MiB"):
            client.list()
        with pytest.raises(APITimeoutError):
            client.list(timeout=0.2, max_retries=0)


def test_a_body_that_a_hook_has_read_is_taken_from_there(shell: Shell, scripted: Scripted) -> None:
    def read(response: httpx.Response) -> None:
        response.read()

    async def aread(response: httpx.Response) -> None:
        await response.aread()

    hooks = {"response": [read if shell.name == "sync" else aread]}
    server = scripted(
        answer(gzip.compress(b"[1]"), headers={"content-encoding": "gzip"}), answer(page("a"))
    )
    with injected(shell, server.base_url, {"event_hooks": hooks}) as (client, _):
        with pytest.raises(APIResponseValidationError, match="a list"):
            client.list()
        assert client.list().data[0].id == "a"


def test_a_body_that_a_hook_has_used_up_is_a_connection_error(
    shell: Shell, scripted: Scripted
) -> None:
    def consume(response: httpx.Response) -> None:
        for _ in response.iter_bytes():
            pass

    async def aconsume(response: httpx.Response) -> None:
        async for _ in response.aiter_bytes():
            pass

    hooks = {"response": [consume if shell.name == "sync" else aconsume]}
    server = scripted(answer(page("a")))
    with (
        injected(shell, server.base_url, {"event_hooks": hooks}, max_retries=0) as (client, _),
        pytest.raises(APIConnectionError, match="content"),
    ):
        client.list()


def test_a_hook_that_raises_for_status_gives_the_status_error(
    shell: Shell, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "anthropic_models")
    raising = hook(shell, lambda response: response.raise_for_status())
    hooks = {"response": [raising]}
    server = scripted(error(429, "rate_limit_error"), error(404, "not_found_error"))
    with (
        injected(shell, server.base_url, {"event_hooks": hooks}) as (client, _),
        pytest.raises(APIStatusError) as caught,
    ):
        client.list()
    assert (caught.value.status_code, caught.value.retries_taken) == (404, 1)
    assert caught.value.__context__ is None
    assert "GET /v1/models: 429, request id None, 0.000 s, attempt 1" in caplog.text


@pytest.mark.parametrize("where", ["request", "response"])
def test_an_error_of_a_hooks_own_passes(shell: Shell, scripted: Scripted, where: str) -> None:
    class OwnError(Exception):
        pass

    def fail(_thing: object) -> None:
        raise OwnError

    server = scripted(answer(page("a")))
    options = {"event_hooks": {where: [hook(shell, fail)]}}
    with injected(shell, server.base_url, options) as (client, _), pytest.raises(OwnError):
        client.list()


def caused(error: Exception, *, cause: str = "", context: str = "") -> Exception:
    error.__cause__ = OSError(cause) if cause else None
    error.__context__ = OSError(context) if context else None
    return error


CANNOT_BE_SENT = "the request cannot be sent: a header has characters that no header may hold"


@pytest.mark.parametrize(
    ("raised", "kind", "message", "attempts"),
    [
        (httpx.ConnectTimeout("x"), APITimeoutError, "timed out: no connection in time", 2),
        (httpx.ReadTimeout("x"), APITimeoutError, "timed out: no answer in time", 2),
        (httpx.WriteTimeout("x"), APITimeoutError, "timed out: no progress in sending in time", 2),
        (
            httpx.PoolTimeout("x"),
            APITimeoutError,
            "timed out: no free connection in the pool in time",
            2,
        ),
        (httpx.ConnectError("x"), APIConnectionError, "could not connect: x", 2),
        (httpx.ConnectError("\udcff"), APIConnectionError, "could not connect: ?", 2),
        (
            caused(httpx.ConnectError(""), cause="why", context="?"),
            APIConnectionError,
            "could not connect: why",
            2,
        ),
        (
            caused(httpx.ConnectError(""), cause="why"),
            APIConnectionError,
            "could not connect: why",
            2,
        ),
        (
            caused(httpx.ConnectError(""), context="why"),
            APIConnectionError,
            "could not connect: why",
            2,
        ),
        (httpx.ProxyError("x"), APIConnectionError, "could not connect: x", 2),
        (httpx.UnsupportedProtocol("x"), APIConnectionError, "could not connect: x", 1),
        (httpx.ReadError("x"), APIConnectionError, "the connection broke off: x", 2),
        (httpx.ReadError(""), APIConnectionError, "the connection broke off: ReadError", 2),
        (httpx.RemoteProtocolError("x"), APIConnectionError, "the connection broke off: x", 2),
        (httpx.TooManyRedirects("x"), APIConnectionError, "the connection broke off: x", 1),
        (httpx.StreamError("x"), APIConnectionError, "the connection broke off: x", 2),
        (httpx.LocalProtocolError("x"), APIConnectionError, CANNOT_BE_SENT, 1),
        (httpx.InvalidURL("x"), APIConnectionError, "the URL cannot be requested", 1),
        (UnicodeError("x"), APIConnectionError, "the URL cannot be requested", 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_of_its_transport_says_what_happened(
    shell: Shell, raised: Exception, kind: type[Exception], message: str, attempts: int
) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        raise raised

    options = {"transport": httpx.MockTransport(handler)}
    with (
        injected(shell, "https://api.example", options, max_retries=1) as (client, _),
        pytest.raises(APIConnectionError) as caught,
    ):
        client.list()
    assert type(caught.value) is kind
    assert (str(caught.value), caught.value.retries_taken) == (message, attempts - 1)
    assert len(seen) == attempts


def test_an_error_of_a_streams_own_passes(shell: Shell) -> None:
    class OwnError(Exception):
        pass

    class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self) -> Any:
            raise OwnError

        def __aiter__(self) -> Any:
            raise OwnError

    def handler(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Stream())

    options = {"transport": httpx.MockTransport(handler)}
    with injected(shell, "https://api.example", options) as (client, _), pytest.raises(OwnError):
        client.list()


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

    def handler(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Dripping())

    options = {"transport": httpx.MockTransport(handler)}
    with (
        injected(shell, "https://api.example", options, timeout=0.3, max_retries=0) as (client, _),
        pytest.raises(APITimeoutError, match="did not end within"),
    ):
        client.list()


def test_a_header_of_its_own_that_cannot_be_sent_is_not_shown(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a")))
    with (
        injected(shell, server.base_url, {"headers": {"X-Mine": "hidden\n"}}) as (client, _),
        pytest.raises(APIConnectionError, match="a header has characters") as caught,
    ):
        client.list()
    assert "hidden" not in str(caught.value)
    assert caught.value.retries_taken == 0
    assert server.requests == []


def test_a_closed_one_is_a_closed_client(shell: Shell, scripted: Scripted) -> None:
    server = scripted(answer(page("a")))
    if shell.name == "sync":
        http = httpx.Client()
        http.close()
        with (
            Client(api_key=KEY, base_url=server.base_url, http_client=http) as client,
            pytest.raises(ClientClosedError),
        ):
            client.models.list()
    else:
        with start_blocking_portal(shell.name) as portal:
            ahttp = httpx.AsyncClient()
            portal.call(ahttp.aclose)
            face = AsyncFace(
                AsyncClient(api_key=KEY, base_url=server.base_url, http_client=ahttp), portal
            )
            with pytest.raises(ClientClosedError):
                face.list()
    assert server.requests == []


def test_the_proxy_of_the_environment_is_used(
    shell: Shell, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = scripted(answer(page("through the proxy")))
    monkeypatch.setenv("HTTP_PROXY", proxy.base_url)
    with shell.client("http://api.example", allow_insecure_http=True) as client:
        assert client.list(limit=5).data[0].id == "through the proxy"
    (request,) = proxy.requests
    assert request.target == "http://api.example/v1/models?limit=5"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_what_is_on_this_machine_is_asked_without_a_proxy(
    shell: Shell,
    scripted: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    host: str,
) -> None:
    server, proxy = scripted(answer(page("direct"))), scripted(answer(page("proxied")))
    monkeypatch.setenv(variable, proxy.base_url)
    with shell.client(server.base_url.replace("127.0.0.1", host)) as client:
        assert client.list().data[0].id == "direct"
    assert proxy.requests == []


@pytest.mark.parametrize("host", ["127.9.9.9", "[::1]"])
def test_no_address_of_this_machine_is_told_to_a_proxy(
    shell: Shell, scripted: Scripted, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    proxy = scripted(answer(page("proxied")))
    monkeypatch.setenv("HTTP_PROXY", proxy.base_url)
    with (
        shell.client(f"http://{host}:1", max_retries=0) as client,
        pytest.raises(APIConnectionError, match="could not connect"),
    ):
        client.list()
    assert proxy.requests == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTPS_PROXY", "http://u:hunter2@x:port"),
        ("ALL_PROXY", "socks5://127.0.0.1:1"),
        ("SSL_CERT_FILE", "/does/not/exist.pem"),
    ],
)
def test_an_environment_that_cannot_be_used_is_told_with_its_variables(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    for kind in (Client, AsyncClient):
        with pytest.raises(ValueError, match=variable) as caught:
            kind(api_key=KEY)
        assert caught.value.__context__ is None
        assert "hunter2" not in str(caught.value)


def test_a_proxy_that_is_not_there_says_so(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:hunter2@127.0.0.1:1")
    with (
        shell.client("https://api.example", max_retries=0) as client,
        pytest.raises(APIConnectionError, match="could not connect") as caught,
    ):
        client.list()
    assert "hunter2" not in str(caught.value)


def test_a_proxy_that_refuses_says_so(
    shell: Shell, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = scripted(answer(b"", status=407))
    monkeypatch.setenv("HTTPS_PROXY", proxy.base_url)
    with (
        shell.client("https://api.example", max_retries=0) as client,
        pytest.raises(APIConnectionError, match="could not connect: 407"),
    ):
        client.list()


def test_a_proxy_that_is_no_url_is_refused_when_the_client_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://proxy:hunter2@x")
    for kind in (Client, AsyncClient):
        with pytest.raises(ValueError, match="proxy") as caught:
            kind(api_key=KEY)
        assert "hunter2" not in str(caught.value)


def test_threads_share_an_injected_client(sandbox: Sandbox) -> None:
    found: list[int] = []
    with httpx.Client() as http:
        client = Client(api_key=KEY, base_url=sandbox.base_url, http_client=http)
        threads = [
            threading.Thread(target=lambda: found.append(len(list(client.models.list(limit=20)))))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [57] * 8


def test_an_answer_that_comes_once_the_client_is_closed_is_dropped() -> None:
    def close_and_answer(_request: httpx.Request) -> httpx.Response:
        client.close()
        return httpx.Response(200, json=page("a"))

    with httpx.Client(transport=httpx.MockTransport(close_and_answer)) as http:
        client = Client(api_key=KEY, http_client=http)
        with pytest.raises(ClientClosedError):
            client.models.list()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_answer_that_comes_once_an_async_client_is_closed_is_dropped(backend: str) -> None:
    async def main() -> None:
        async def close_and_answer(_request: httpx.Request) -> httpx.Response:
            with anyio.CancelScope(shield=True):
                await client.close()
            return httpx.Response(200, json=page("a"))

        async with httpx.AsyncClient(transport=httpx.MockTransport(close_and_answer)) as http:
            client = AsyncClient(api_key=KEY, http_client=http)
            with pytest.raises(ClientClosedError):
                await client.models.list()

    anyio.run(main, backend=backend)
