"""TLS for real: whose certificate is accepted, and what breaks off in the middle."""

import datetime
import json
import socket
import ssl
import threading
from contextlib import suppress

import pytest
from anthropic_models import APIConnectionError, Client

from tests.support.certificates import Authority
from tests.support.scripted_server import SIZED, Response, Scripted, page, raw, respond
from tests.support.sync_and_async import KEY, Shell


@pytest.mark.parametrize("fault", ["unknown authority", "wrong host", "expired", "not yet valid"])
def test_a_certificate_that_does_not_hold_is_refused_and_not_tried_again(
    shell: Shell,
    authority: Authority,
    scripted: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:
    begins = {"expired": -9, "not yet valid": 1}.get(fault, -1)  # days from now
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    days = {"not_before": now + begins * day, "not_after": now + (begins + 8) * day}
    name = "other.example" if fault == "wrong host" else "127.0.0.1"
    if fault != "unknown authority":
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    server = scripted(respond(page("a")), tls=authority.server(name, **days))
    failure = shell.error(server.base_url, APIConnectionError, r"could not connect .*certificate")
    assert failure.retries_taken == 0
    assert (server.requests, server.connections) == ([], 1)


def garbled(content: bytes) -> Response:
    """Encrypted bytes, then some that are not: the next record of TLS is broken."""

    def play(connection: socket.socket, _over: threading.Event) -> bool:
        connection.sendall(content)
        socket.socket.sendall(connection, b"\x17\x03\x03\x00\x20" + bytes(32))
        return False

    return play


def ending(content: bytes) -> Response:
    """Encrypted bytes, and the alert of TLS that nothing follows."""

    def play(connection: socket.socket, _over: threading.Event) -> bool:
        connection.sendall(content)
        assert isinstance(connection, ssl.SSLSocket)
        with suppress(OSError):  # the client does not respond
            connection.unwrap()
        return False

    return play


@pytest.mark.parametrize(
    "broken",
    [
        raw(SIZED + b'{"data": ['),
        raw(b"HTTP/1.0 200 OK\r\n\r\n" + b'{"data": ['),
        garbled(SIZED + b"{"),
        ending(SIZED + b"{"),
    ],
    ids=["sized", "HTTP/1.0", "broken record", "alert"],
)
def test_a_response_that_is_cut_off_is_asked_for_again(
    network: Shell, trusted: Authority, scripted: Scripted, broken: Response
) -> None:
    server = scripted(broken, respond(page("a")), broken, tls=trusted.server())
    with network.client(server.base_url) as client:
        assert client.models.list().response.retries_taken == 1
        with pytest.raises(APIConnectionError, match="lost"):
            client.with_options(max_retries=0).models.list()


def test_a_body_that_ends_with_the_connection_in_good_order_is_whole(
    network: Shell, trusted: Authority, scripted: Scripted
) -> None:
    whole = b"HTTP/1.0 200 OK\r\n\r\n" + json.dumps(page("a")).encode()
    server = scripted(ending(whole), tls=trusted.server())
    assert network.listed(server.base_url, max_retries=0) == ["a"]


def test_certificates_that_cannot_be_loaded_matter_only_when_they_are_needed(
    shell: Shell, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/does/not/exist.pem")
    with shell.client(scripted(respond(page("a"))).base_url, max_retries=0) as client:
        assert client.models.list().data
        with pytest.raises(APIConnectionError, match="SSL_CERT_FILE"):
            client.with_options(base_url="https://127.0.0.1:1").models.list()


def test_where_no_thread_can_be_started_certificates_are_loaded_when_needed(
    trusted: Authority, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    server = scripted(respond(page("a")), tls=trusted.server())
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        client = Client(api_key=KEY, base_url=server.base_url)
    with client:
        assert client.models.list().first_id == "a"
