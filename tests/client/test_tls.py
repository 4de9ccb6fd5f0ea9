"""TLS for real: whose certificate is accepted, and what breaks off in the middle."""

import datetime
import json
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from anthropic_models import APIConnectionError, APITimeoutError, Client
from anthropic_models_generated.request import Request

from tests.support.certificates import Authority
from tests.support.scripted_server import (
    Answer,
    ScriptedServer,
    answer,
    drip,
    page,
    raw,
    silence_after,
)
from tests.support.shells import KEY, Shell

SIZED = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n"


def test_an_authority_of_the_environment_is_trusted(network: Shell, trusted: Authority) -> None:
    with (
        ScriptedServer(answer(page("a")), tls=trusted.server()) as server,
        network.client("http://127.0.0.1:1") as client,
    ):
        encrypted = client.with_options(base_url=server.base_url)
        for _ in range(3):
            assert encrypted.models.list().first_id == "a"
    assert server.connections == 1


@pytest.mark.parametrize("fault", ["unknown authority", "wrong host", "expired", "not yet valid"])
def test_a_certificate_that_does_not_hold_is_refused_and_not_tried_again(
    network: Shell, authority: Authority, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.UTC)
    names, options = ["127.0.0.1"], dict[str, Any]()
    if fault == "wrong host":
        names = ["other.example"]
    elif fault == "expired":
        options = {"not_before": now - 9 * day, "not_after": now - day}
    elif fault == "not yet valid":
        options = {"not_before": now + day, "not_after": now + 9 * day}
    if fault != "unknown authority":
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    with (
        ScriptedServer(answer(page("a")), tls=authority.server(*names, **options)) as server,
        network.client(server.base_url) as client,
        pytest.raises(APIConnectionError, match=r"could not connect .*certificate") as caught,
    ):
        client.models.list()
    assert caught.value.retries_taken == 0
    assert server.requests == []
    assert server.connections == 1


def test_a_server_may_demand_a_certificate(
    network: Shell, trusted: Authority, tmp_path: Path
) -> None:
    demanding = trusted.server()
    demanding.verify_mode = ssl.CERT_REQUIRED
    trusted.trust(demanding)
    with ScriptedServer(answer(page("a")), tls=demanding) as server:
        with (
            network.client(server.base_url, max_retries=0) as client,
            pytest.raises(APIConnectionError, match=r"(?i)certificate.required|handshake|lost"),
        ):
            client.models.list()
        known = ssl.create_default_context(cafile=str(trusted.path))
        known.load_cert_chain(trusted.client_certificate(tmp_path / "client.pem"))
        with network.client(server.base_url, http={"verify": known}) as client:
            assert client.models.list().first_id == "a"


def test_plain_http_where_tls_is_expected_is_a_connection_error(
    network: Shell, trusted: Authority
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with listener.accept()[0] as connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        base_url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with (
            network.client(base_url, max_retries=0) as client,
            pytest.raises(APIConnectionError, match=r"could not connect .*(?i:ssl|tls)"),
        ):
            client.models.list()
        thread.join()


@pytest.mark.parametrize(
    "content",
    [
        SIZED + b'{"data": [',
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.0 200 OK\r\n\r\n" + b'{"data": [',
        b"HTTP/1.1 2",
        b"",
    ],
    ids=["sized", "chunked", "HTTP/1.0", "head", "nothing"],
)
def test_a_response_that_is_cut_off_is_asked_for_again(
    network: Shell, trusted: Authority, content: bytes
) -> None:
    with (
        ScriptedServer(raw(content), answer(page("a")), tls=trusted.server()) as server,
        network.client(server.base_url) as client,
    ):
        assert client.models.list().response.retries_taken == 1
    assert len(server.requests) == 2


def test_a_body_that_ends_with_the_connection_in_good_order_is_whole(
    network: Shell, trusted: Authority
) -> None:
    def ending(connection: socket.socket, _over: threading.Event) -> bool:
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + json.dumps(page("a")).encode())
        assert isinstance(connection, ssl.SSLSocket)
        with suppress(OSError):  # the client does not answer
            connection.unwrap()
        return False

    with (
        ScriptedServer(ending, tls=trusted.server()) as server,
        network.client(server.base_url, max_retries=0) as client,
    ):
        assert client.models.list().first_id == "a"


def garbled(content: bytes) -> Answer:
    """Encrypted bytes, then some that are not: the next record of TLS is broken."""

    def play(connection: socket.socket, _over: threading.Event) -> bool:
        connection.sendall(content)
        socket.socket.sendall(connection, b"\x17\x03\x03\x00\x20" + bytes(32))
        return False

    return play


def test_a_broken_record_in_mid_body_is_a_lost_connection(
    network: Shell, trusted: Authority
) -> None:
    with (
        ScriptedServer(garbled(SIZED + b"{"), answer(page("a")), tls=trusted.server()) as server,
        network.client(server.base_url) as client,
    ):
        assert client.models.list().response.retries_taken == 1
        with (
            ScriptedServer(garbled(SIZED + b"{"), tls=trusted.server()) as broken,
            pytest.raises(APIConnectionError, match=r"lost.*(?i:ssl|tls|decrypt)"),
        ):
            client.with_options(base_url=broken.base_url, max_retries=0).models.list()


def test_an_alert_in_mid_body_is_a_lost_connection(network: Shell, trusted: Authority) -> None:
    with (
        ScriptedServer(alerting, tls=trusted.server()) as server,
        network.client(server.base_url, max_retries=0) as client,
        pytest.raises(APIConnectionError, match="lost"),
    ):
        client.models.list()


def alerting(connection: socket.socket, _over: threading.Event) -> bool:
    connection.sendall(SIZED + b"{")
    assert isinstance(connection, ssl.SSLSocket)
    connection.unwrap()  # says that nothing follows, in the middle of a body
    return False


@pytest.mark.parametrize(
    "fault",
    [
        silence_after(),
        silence_after(SIZED),
        drip(SIZED, b" ", every=0.01),
        drip(b"", b"HTTP/1.1 103 x\r\n\r\n", every=0.01),
    ],
    ids=["head", "body", "drip", "informational responses"],
)
def test_what_does_not_end_is_cut_at_the_deadline(
    network: Shell, trusted: Authority, fault: Answer
) -> None:
    with (
        ScriptedServer(fault, tls=trusted.server()) as server,
        network.client(server.base_url, timeout=0.3, max_retries=0) as client,
        pytest.raises(APITimeoutError, match=r"timed out after 0\.3 s"),
    ):
        client.models.list()


def test_a_handshake_that_does_not_end_is_cut_at_the_timeout_to_connect(network: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        timeout = httpx.Timeout(None, connect=0.1)
        base_url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with (
            network.client(base_url, timeout=timeout, max_retries=0) as client,
            pytest.raises(APITimeoutError, match=r"connecting to .* timed out after 0\.1 s"),
        ):
            client.models.list()


def test_large_requests_and_responses_arrive_whole(network: Shell, trusted: Authority) -> None:
    text = "x" * (5 * 1024 * 1024)
    upload: Request[Any] = Request(method="POST", path="/v1/x", body=text.encode())
    with (
        ScriptedServer(answer({"text": text}), tls=trusted.server()) as server,
        network.client(server.base_url, max_retries=0) as client,
    ):
        assert client.send(upload) == {"text": text}
    assert server.requests[0].body == text.encode()


@pytest.mark.parametrize("is_later", [False, True], ids=["same record", "next record"])
def test_bytes_behind_a_response_are_not_taken_for_the_next_one(
    network: Shell, trusted: Authority, is_later: bool
) -> None:
    body = b'{"data": [], "has_more": false, "first_id": null, "last_id": null}'
    whole = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body

    def leaving(connection: socket.socket, _over: threading.Event) -> bool:
        if is_later:  # both records in one packet, or nearly so
            connection.sendall(whole)
            connection.sendall(whole)
        else:
            connection.sendall(whole + whole)
        sent.set()
        return True

    sent = threading.Event()
    with (
        ScriptedServer(leaving, answer(page("right")), tls=trusted.server()) as server,
        network.client(server.base_url) as client,
    ):
        assert client.models.list().data == []
        assert sent.wait(30)
        assert client.models.list().first_id == "right"


def test_certificates_that_cannot_be_loaded_matter_only_when_they_are_needed(
    shell: Shell, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/does/not/exist.pem")
    with (
        ScriptedServer(answer(page("a"))) as server,
        shell.client(server.base_url, max_retries=0) as client,
    ):
        assert client.models.list().data
        encrypted = client.with_options(base_url="https://127.0.0.1:1")
        with pytest.raises(APIConnectionError, match="SSL_CERT_FILE"):
            encrypted.models.list()


def test_where_no_thread_can_be_started_certificates_are_loaded_when_needed(
    trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with ScriptedServer(answer(page("a")), tls=trusted.server()) as server:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refuse)
            client = Client(api_key=KEY, base_url=server.base_url)
        with client:
            assert client.models.list().first_id == "a"


def test_threads_share_one_client(trusted: Authority) -> None:
    found: list[str | None] = []
    with (
        ScriptedServer(answer(page("a")), tls=trusted.server()) as server,
        Client(api_key=KEY, base_url=server.base_url) as client,
    ):

        def listing() -> None:
            found.extend(client.models.list().first_id for _ in range(5))

        threads = [threading.Thread(target=listing) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == ["a"] * 40
