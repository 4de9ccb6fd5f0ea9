"""Proxies of the environment: who asks one, what a wrong setting says, and what proxies do."""

import base64
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from anthropic_models import (
    AnthropicModelsError,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
)

from tests.client.test_secrets import locals_of_ours
from tests.support.certificates import Authority
from tests.support.scripted_server import (
    Response,
    Scripted,
    ScriptedServer,
    drip,
    page,
    raw,
    respond,
    silence_after,
    tunnel,
)
from tests.support.sync_and_async import KEY, Shell
from tests.support.threads import ended, in_a_thread

ELSEWHERE = "http://api.example"  # is no name of any machine
SECURE = "https://api.example"
PASSWORD = "pass-word-5309"  # noqa: S105 - of no use
SetEnv = Callable[[str, str], None]


@pytest.fixture
def setenv(monkeypatch: pytest.MonkeyPatch) -> SetEnv:
    return monkeypatch.setenv


def with_password(proxy: ScriptedServer) -> str:
    return proxy.base_url.replace("//", f"//user:{PASSWORD}%2Fx@")


def allowed(**options: Any) -> dict[str, Any]:
    return {"allow_insecure_http": True, "max_retries": 0} | options


def shown(error: BaseException) -> str:
    return "".join([repr(error), *locals_of_ours(error)])


# --- who asks a proxy


def test_for_this_machine_none_is_parsed(shell: Shell, scripted: Scripted, setenv: SetEnv) -> None:
    server = scripted(respond(page("a")))
    setenv("NO_PROXY", "[::1],,  ,%,[")
    for value in ("gopher://x", "socks5://127.0.0.1:1", "http://user:pa/ss@host"):
        setenv("HTTP_PROXY", value)
        assert shell.listed(server.base_url) == ["a"]


def test_one_that_is_needed_and_wrong_is_named_without_its_password(
    shell: Shell, scripted: Scripted, setenv: SetEnv
) -> None:
    setenv("HTTPS_PROXY", f"user:{PASSWORD}/x@host")
    with pytest.raises(ValueError, match="HTTPS_PROXY") as of_new, shell.client(SECURE):
        pass
    with shell.client("http://127.0.0.1:1", **allowed()) as client:
        setenv("HTTP_PROXY", scripted(respond(page("a"))).base_url)
        other = client.with_options(base_url=ELSEWHERE)
        assert other.models.list().first_id == "a", "it is read for each connection"
        with pytest.raises(ValueError, match="HTTPS_PROXY") as of_derived:
            client.with_options(base_url=SECURE)
    assert PASSWORD not in shown(of_new.value) + shown(of_derived.value)


# --- what arrives


@pytest.fixture
def secure(trusted: Authority, scripted: Scripted) -> ScriptedServer:
    """A server of api.example, which only a proxy reaches."""
    return scripted(respond(page("a")), tls=trusted.server("api.example"))


def test_it_is_asked_over_http_and_carries_a_tunnel_over_https(
    network: Shell,
    secure: ScriptedServer,
    tls: ssl.SSLContext | None,
    scripted: Scripted,
    setenv: SetEnv,
) -> None:
    listing = respond(page("a"))
    proxy = scripted(listing, listing, tunnel(secure.port), tls=tls)
    setenv("ALL_PROXY", with_password(proxy))
    with network.client(ELSEWHERE, **allowed()) as plain:
        encrypted = plain.with_options(base_url=SECURE)
        for client in (plain, plain, encrypted, encrypted):
            assert client.models.list().first_id == "a"
    first, again, connect = proxy.requests
    assert first == again
    assert first.target.startswith("http://api.example/v1/models?")
    assert (connect.method, connect.target) == ("CONNECT", "api.example:443")
    credential = base64.b64encode(f"user:{PASSWORD}/x".encode()).decode()
    for request in (first, connect):
        assert request.headers["proxy-authorization"] == f"Basic {credential}"
    assert KEY not in str(connect.headers)
    assert all("proxy-authorization" not in one.headers for one in secure.requests)
    assert (proxy.connections, secure.connections) == (2, 1)


# --- what a proxy does wrong

NO_END = drip(b"", b"HTTP/1.1 103 x\r\n\r\n", every=0.01)
CONNECTED = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.mark.parametrize(
    "case",
    [
        (ELSEWHERE, NO_END, APITimeoutError, "reading from api.example timed out"),
        (ELSEWHERE, respond(b"<h1>Sign in</h1>", status=407), APIStatusError, "407: Sign"),
        (SECURE, respond(b"<h1>no</h1>", status=407), APIConnectionError, "407"),
        (SECURE, raw(b""), APIConnectionError, "lost|connect"),
        (SECURE, raw(CONNECTED + b"<p>"), APIConnectionError, "connect"),
        (SECURE, silence_after(CONNECTED), APITimeoutError, "connecting to"),
        (SECURE, NO_END, APITimeoutError, "timed out"),
    ],
)
def test_a_proxy_that_fails_is_an_error_that_shows_no_password(
    shell: Shell,
    scripted: Scripted,
    setenv: SetEnv,
    case: tuple[str, Response, type[AnthropicModelsError], str],
) -> None:
    url, fault, kind, text = case
    setenv("ALL_PROXY", with_password(scripted(fault)))
    failure = shell.error(url, kind, text, **allowed(timeout=0.2))
    assert type(failure) is kind
    assert PASSWORD not in shown(failure)


# --- SOCKS


@contextmanager
def socks(port: int, setenv: SetEnv, greeting: bytes = b"\5\0") -> Generator[list[bytes]]:
    """Run a SOCKS5 proxy for one connection to a port of this machine; give what it is sent.

    One with another greeting than a proxy has says nothing more.
    """
    seen: list[bytes] = []
    over = threading.Event()

    def serve() -> None:
        with suppress(OSError), listener.accept()[0] as connection:
            seen.append(connection.recv(64))
            connection.sendall(greeting)
            if len(greeting) == 2:
                seen.append(connection.recv(256))
                connection.sendall(b"\5\0\0\1\x7f\0\0\1\0\x50")
                tunnel(port, greeting=b"")(connection, over)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        setenv("ALL_PROXY", f"socks5://127.0.0.1:{listener.getsockname()[1]}")
        thread, _ = in_a_thread(serve)
        yield seen
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        assert ended(thread)


def test_a_socks_proxy_carries_requests_and_resolves_the_name(
    network: Shell, secure: ScriptedServer, setenv: SetEnv
) -> None:
    with socks(secure.port, setenv) as seen:
        with network.client(SECURE, max_retries=0) as client:
            for _ in range(2):
                assert client.models.list().first_id == "a"
        assert b"api.example" in seen[-1]


def test_what_is_no_socks_proxy_is_an_error(shell: Shell, setenv: SetEnv) -> None:
    with socks(1, setenv, greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n"):
        shell.error(SECURE, APIConnectionError, "proxy does not speak SOCKS", max_retries=0)
