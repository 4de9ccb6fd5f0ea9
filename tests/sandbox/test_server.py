"""The sandbox listens where it should, and leaves nothing behind."""

import asyncio
import http.client
import io
import socket
import threading
from contextlib import suppress

import httpx
import pytest
from anthropic_models.sandbox import Sandbox

from tests.sandbox.test_api import HEADERS, assert_fits


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")


def status(sandbox: Sandbox, host: str = "") -> int:
    """Return the status of a request for the first page, through another address if given."""
    url = httpx.URL(f"{sandbox.base_url}/v1/models")
    return httpx.get(url.copy_with(host=host or url.host), headers=HEADERS).status_code


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.parametrize(
    ("host", "begins"),
    [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("localhost", "http://"),
        ("0.0.0.0", "http://127.0.0.1:"),  # noqa: S104
        pytest.param("::1", "http://[::1]:", marks=needs_ipv6),
        pytest.param("::", "http://[::1]:", marks=needs_ipv6),
    ],
)
def test_its_address_can_be_reached_from_this_machine(host: str, begins: str) -> None:
    with Sandbox(host=host) as sandbox:
        assert sandbox.base_url.startswith(begins)
        assert status(sandbox) == 200
        if host == "::":
            assert status(sandbox, "127.0.0.1") == 200, "all addresses are those of both kinds"


def test_it_can_be_stopped_at_any_time_and_started_again_with_its_port_free_at_once() -> None:
    sandbox = Sandbox(port=free_port())
    with pytest.raises(RuntimeError, match="before it is started"):
        _ = sandbox.base_url
    sandbox.stop()
    for _ in range(3):
        with sandbox, httpx.Client(headers=HEADERS) as http:
            with pytest.raises(RuntimeError, match=f"running already, at {sandbox.base_url}"):
                sandbox.start()
            assert http.get(f"{sandbox.base_url}/v1/models").status_code == 200
    sandbox.stop()
    with pytest.raises(httpx.ConnectError):
        status(sandbox)
    assert len(sandbox.requests) == 3


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("127.0.0.1", r"127\.0\.0\.1:{}: Address already in use$"),
        ("nowhere.invalid", r"nowhere\.invalid:{}: "),
        ("2001:db8::1", r"\[2001:db8::1\]:{}: "),
    ],
)
def test_an_address_that_cannot_be_listened_on_is_named(
    host: str, says: str, sandbox: Sandbox
) -> None:
    port = httpx.URL(sandbox.base_url).port or 0
    with pytest.raises(OSError, match="^.*cannot listen on " + says.format(port)):
        Sandbox(host=host, port=port).start()


@pytest.mark.parametrize(
    ("place", "name"), [(threading.Thread, "start"), (asyncio.BaseEventLoop, "create_server")]
)
def test_a_failed_start_leaves_nothing_behind(
    place: type, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no more threads")

    sandbox = Sandbox(port=free_port())
    with monkeypatch.context() as patched:
        patched.setattr(place, name, fail)
        with pytest.raises(RuntimeError, match="no more threads"):
            sandbox.start()
    with sandbox:
        assert status(sandbox) == 200


def connected(sandbox: Sandbox) -> socket.socket:
    address = httpx.URL(sandbox.base_url)
    connection = socket.create_connection((address.host, address.port or 0), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def test_stopping_does_not_wait_for_delayed_responses() -> None:
    with Sandbox(delay=3600) as sandbox, connected(sandbox) as connection:
        connection.sendall(GET + b"\r\n")
        while not sandbox.requests:
            threading.Event().wait(0.001)
        sandbox.stop()
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b""
    assert [request.status_code for request in sandbox.requests] == [None]


def test_connections_that_it_is_just_accepting_are_closed_too() -> None:
    for _ in range(20):
        with Sandbox() as sandbox:
            connection = connected(sandbox)
            connection.sendall(b"GET /v1/models HTTP/1.1\r\n")
        with connection, suppress(ConnectionResetError):
            assert connection.recv(1) == b""


def exchanged(sandbox: Sandbox, sent: bytes, count: int = 1) -> list[httpx.Response]:
    """Send bytes as they are; return so many responses, read by an HTTP library."""
    with connected(sandbox) as connection:
        connection.sendall(sent)
        with connection.makefile("rb") as stream:
            return [read_response(stream) for _ in range(count)]


def read_response(stream: io.BufferedReader) -> httpx.Response:
    version, status, _ = stream.readline().decode().split(" ", 2)
    assert version == "HTTP/1.1"
    headers = http.client.parse_headers(stream)
    content = stream.read(int(headers.get("content-length", 0)))
    return httpx.Response(int(status), headers=headers.items(), content=content)


GET = b"GET /v1/models?limit=1 HTTP/1.1\r\nHost: a\r\nX-Api-Key: a\r\nanthropic-version: a\r\n"
POST = GET.replace(b"GET", b"POST")
UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAEAAEAA\r\nUpgrade: "


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET /v1/models HTTP/1.1\r\n\r\n", 400),  # no Host
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nbad name: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nHost: a\r\nlong: " + b"x" * 100_000, 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),  # TLS
    ],
    ids=range(8),
)
def test_malformed_http_gets_the_documented_error(
    sent: bytes, status: int, sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    (response,) = exchanged(sandbox, sent)
    assert (response.status_code, response.headers["connection"]) == (status, "close")
    assert_fits(response.json(), "ErrorResponse")
    assert response.json()["request_id"] == response.headers["request-id"]
    assert "malformed HTTP" in response.json()["error"]["message"]
    assert all(request.status_code == status for request in sandbox.requests)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        ((GET + UPGRADE + b"h2c\r\n\r\n") * 2, [200, 200]),
        ((GET + UPGRADE + b"websocket\r\n\r\n") * 2, [200, 200]),
        ((GET + b"\r\n" + GET.replace(b"models", b"none") + b"\r\n") * 200, [200, 404] * 200),
        (
            POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" + GET + b"\r\n",
            [405, 200],
        ),
        (POST + b"Content-Length: 100000\r\n\r\n" + b"x" * 100_000 + GET + b"\r\n", [405, 200]),
        (GET.replace(b"1.1", b"1.0") + b"\r\n", [200]),
    ],
    ids=["h2c", "websocket", "at once", "chunks", "a body", "HTTP/1.0"],
)
def test_well_formed_http_is_responded_to_in_order_and_in_silence(
    sent: bytes,
    statuses: list[int],
    sandbox: Sandbox,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    responses = exchanged(sandbox, sent, len(statuses))
    assert [response.status_code for response in responses] == statuses
    assert len(responses[-1].json()["data" if statuses[-1] == 200 else "error"])
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_the_response_to_head_has_no_body(sandbox: Sandbox) -> None:
    with connected(sandbox) as connection:
        connection.sendall(GET.replace(b"GET", b"HEAD") + b"Connection: close\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.startswith(b"HTTP/1.1 405 ")
    assert received.endswith(b"\r\n\r\n")


def test_a_body_is_asked_for_when_the_client_waits_for_that(sandbox: Sandbox) -> None:
    with connected(sandbox) as slow:
        slow.sendall(POST + b"Content-Length: 1\r\nExpect: 100-continue\r\n\r\n")
        assert slow.recv(100).startswith(b"HTTP/1.1 100")
        slow.sendall(b"x")
        assert slow.recv(100).startswith(b"HTTP/1.1 405")
