"""The sandbox listens where it should, and leaves nothing behind."""

import asyncio
import http.client
import io
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import httpx
import pytest
from anthropic_models import Client
from anthropic_models.sandbox import Sandbox

from tests.sandbox.test_api import HEADERS, assert_fits

SCRIPT = """
import sys, threading
from anthropic_models.sandbox import Sandbox

try:
    with Sandbox() as sandbox:
        sandbox.delay = 3600
        print(sandbox.base_url, flush=True)
        threading.Event().wait()
except KeyboardInterrupt:
    sys.exit("interrupted")
"""


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")


def status(sandbox: Sandbox) -> int:
    return httpx.get(f"{sandbox.base_url}/v1/models", headers=HEADERS).status_code


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
    with Sandbox(3, host=host) as sandbox:
        assert sandbox.base_url.startswith(begins)
        with Client(base_url=sandbox.base_url, api_key="any") as client:
            assert len(list(client.models.list())) == 3


@needs_ipv6
def test_all_addresses_are_both_kinds_of_addresses() -> None:
    with Sandbox(host="::") as sandbox:
        port = httpx.URL(sandbox.base_url).port
        response = httpx.get(f"http://127.0.0.1:{port}/v1/models", headers=HEADERS)
        assert response.status_code == 200


def test_it_has_no_address_before_it_is_started() -> None:
    with pytest.raises(RuntimeError, match="before it is started"):
        _ = Sandbox().base_url


def test_it_can_be_stopped_at_any_time_and_started_again_with_its_port_free_at_once() -> None:
    sandbox = Sandbox(port=free_port())
    sandbox.stop()
    for _ in range(3):
        with sandbox, httpx.Client(headers=HEADERS) as http:
            assert http.get(f"{sandbox.base_url}/v1/models").status_code == 200
    sandbox.stop()
    with pytest.raises(httpx.ConnectError):
        status(sandbox)
    assert len(sandbox.requests) == 3


def test_starting_twice_is_an_error_that_changes_nothing() -> None:
    with Sandbox() as sandbox:
        before = sandbox.base_url
        with pytest.raises(RuntimeError, match=f"running already, at {before}"), sandbox:
            pass
        assert sandbox.base_url == before
        assert status(sandbox) == 200


def test_a_port_in_use_is_an_error_that_names_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            OSError, match=rf"cannot listen on 127\.0\.0\.1:{port}: Address already in use$"
        ):
            Sandbox(port=port).start()
    with pytest.raises(OSError, match=r"cannot listen on nowhere\.invalid:0: "):
        Sandbox(host="nowhere.invalid").start()
    with pytest.raises(OSError, match=r"cannot listen on \[2001:db8::1\]:0: "):
        Sandbox(host="2001:db8::1").start()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"port": -1}, "port must be 0 to 65535, not -1"),
        ({"port": 65536}, "port must be 0 to 65535, not 65536"),
        ({"port": "80"}, "port must be an int, not '80'"),
        ({"host": ""}, "host must not be empty"),
    ],
)
def test_what_is_no_address_is_refused(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        Sandbox(**arguments)


def test_a_failed_start_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    sandbox = Sandbox(port=port)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no more threads")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", fail)
        with pytest.raises(RuntimeError, match="no more threads"):
            sandbox.start()
    with monkeypatch.context() as patched:
        patched.setattr(asyncio.BaseEventLoop, "create_server", fail)
        with pytest.raises(RuntimeError, match="no more threads"):
            sandbox.start()
    with sandbox:
        assert status(sandbox) == 200


def test_stopping_does_not_wait_for_delayed_responses() -> None:
    cut: list[Exception] = []

    def ask(sandbox: Sandbox) -> None:
        try:
            status(sandbox)
        except httpx.HTTPError as error:
            cut.append(error)

    with Sandbox(delay=3600) as sandbox:
        requesting = threading.Thread(target=ask, args=(sandbox,))
        requesting.start()
        while not sandbox.requests:
            threading.Event().wait(0.001)
    requesting.join(timeout=60)
    assert len(cut) == 1
    assert [request.status_code for request in sandbox.requests] == [None]


def test_connections_that_it_is_just_accepting_are_closed_too() -> None:
    for _ in range(20):
        with Sandbox() as sandbox:
            address = httpx.URL(sandbox.base_url)
            connection = socket.create_connection((address.host, address.port or 0), timeout=60)
            connection.sendall(b"GET /v1/models HTTP/1.1\r\n")
        with connection, suppress(ConnectionResetError):
            assert connection.recv(1) == b""


def exchanged(sandbox: Sandbox, *parts: bytes, count: int = 1) -> list[httpx.Response]:
    """Send bytes as they are; return so many responses, read by an HTTP library."""
    address = httpx.URL(sandbox.base_url)
    with socket.create_connection((address.host, address.port or 0), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            connection.sendall(part)
        with connection.makefile("rb") as stream:
            return [read_response(stream) for _ in range(count)]


def read_response(stream: io.BufferedReader) -> httpx.Response:
    version, status, _ = stream.readline().decode().split(" ", 2)
    assert version == "HTTP/1.1"
    headers = http.client.parse_headers(stream)
    content = stream.read(int(headers["content-length"]))
    return httpx.Response(int(status), headers=headers.items(), content=content)


GET = b"GET /v1/models?limit=1 HTTP/1.1\r\nHost: a\r\nX-Api-Key: a\r\nanthropic-version: a\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET /v1/models HTTP/1.1\r\n\r\n", 400),  # no Host
        (b"GET /v1/mod els HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nbad name: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nHost: a\r\nlong: " + b"x" * 100_000, 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),  # TLS
    ],
    ids=range(9),
)
def test_malformed_http_gets_the_documented_error(
    sent: bytes, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with Sandbox() as sandbox:
        (response,) = exchanged(sandbox, sent)
        assert (response.status_code, response.headers["connection"]) == (status, "close")
        assert_fits(response.json(), "ErrorResponse")
        assert response.json()["request_id"] == response.headers["request-id"]
        assert "malformed HTTP" in response.json()["error"]["message"]
        assert all(request.status_code == status for request in sandbox.requests)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket"])
def test_an_offer_to_upgrade_is_passed_over_in_silence(
    protocol: bytes, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: " + protocol
    with Sandbox(3) as sandbox:
        sent = GET + offer + b"\r\nHTTP2-Settings: AAEAAEAA\r\n\r\n"
        responses = exchanged(sandbox, sent, sent, count=2)
    assert [response.status_code for response in responses] == [200, 200]
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_requests_that_come_at_once_are_responded_to_in_order() -> None:
    with Sandbox(3) as sandbox:
        missing = GET.replace(b"/v1/models", b"/missing")
        sent = (GET + b"\r\n" + missing + b"\r\n") * 200
        responses = exchanged(sandbox, sent, count=400)
    assert [response.status_code for response in responses] == [200, 404] * 200


def test_a_body_is_read_and_dropped() -> None:
    post = GET.replace(b"GET", b"POST")
    with Sandbox(3) as sandbox:
        chunked = post + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
        plain = post + b"Content-Length: 100000\r\n\r\n" + b"x" * 100_000
        responses = exchanged(sandbox, chunked, plain, GET + b"\r\n", count=3)
        assert [response.status_code for response in responses] == [405, 405, 200]
        address = httpx.URL(sandbox.base_url)
        with socket.create_connection((address.host, address.port or 0), timeout=60) as slow:
            slow.sendall(post + b"Content-Length: 1\r\nExpect: 100-continue\r\n\r\n")
            assert slow.recv(100).startswith(b"HTTP/1.1 100")
            slow.sendall(b"x")
            assert slow.recv(100).startswith(b"HTTP/1.1 405")


def test_http_1_0_is_spoken_too() -> None:
    with Sandbox(3) as sandbox:
        (response,) = exchanged(sandbox, GET.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n")
    assert len(response.json()["data"]) == 1


def test_it_runs_beside_an_event_loop() -> None:
    async def main() -> int:
        with Sandbox() as sandbox:
            async with httpx.AsyncClient(headers=HEADERS) as http:
                return (await http.get(f"{sandbox.base_url}/v1/models")).status_code

    assert asyncio.run(main()) == 200


@pytest.fixture
def script() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        yield process
        process.kill()


def test_an_interrupt_ends_it_quietly(script: subprocess.Popen[str]) -> None:
    assert script.stdout is not None
    address = httpx.URL(script.stdout.readline().strip())
    with closing(socket.create_connection((address.host, address.port or 0))) as connection:
        connection.sendall(b"GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n")  # delayed for an hour
        script.send_signal(signal.SIGINT)
        out, err = script.communicate(timeout=60)
    assert (script.returncode, out, err) == (1, "", "interrupted\n")
