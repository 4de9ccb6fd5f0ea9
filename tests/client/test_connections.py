"""Connections of our own: deadlines, odd framings, what is kept, and how many there are."""

import gzip
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
from anthropic_models import (
    APIConnectionError,
    APIResponseValidationError,
    APITimeoutError,
    AsyncClient,
)
from anthropic_models._sync import connections
from anthropic_models_generated.request import Request

from tests.support.scripted_server import (
    HEAD,
    SIZED,
    Response,
    Scripted,
    ScriptedServer,
    drip,
    page,
    raw,
    reset_after,
    respond,
    silence_after,
    when,
)
from tests.support.sync_and_async import Shell, with_async_client
from tests.support.threads import ended, in_a_thread, in_threads

CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
ENCODED = b'{"data": [], "has_more": false, "first_id": null, "last_id": null}'
WHOLE = HEAD + b"content-length: %d\r\n\r\n" % len(ENCODED) + ENCODED

WITHOUT_AN_END = {
    "silence": silence_after(),
    "head": drip(b"HTTP/1.1 200 OK\r\nx: ", b"y", every=0.01),
    "informational responses": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n", every=0.01),
    "chunk extension": drip(CHUNKED + b"5;", b"x", every=0.01),
    "body": drip(SIZED, b" ", every=0.01),
}


@pytest.mark.parametrize("fault", WITHOUT_AN_END.values(), ids=WITHOUT_AN_END)
def test_what_does_not_end_is_cut_at_the_deadline(
    shell: Shell, tls: ssl.SSLContext | None, scripted: Scripted, fault: Response
) -> None:
    server = scripted(fault, tls=tls)
    says = r"127\.0\.0\.1:\d+ timed out after 0\.1 s"
    failure = shell.error(server.base_url, APITimeoutError, says, timeout=0.1, max_retries=0)
    assert failure.retries_taken == 0


def test_chunks_after_informational_responses_are_read(shell: Shell, scripted: Scripted) -> None:
    first, rest = ENCODED[:5], ENCODED[5:]
    chunks = b"5;a=b\r\n%s\r\n%x\r\n%s\r\n0\r\nx-trailer: 1\r\n\r\n" % (first, len(rest), rest)
    server = scripted(raw(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50 + CHUNKED + chunks))
    assert shell.listed(server.base_url) == []


def test_a_request_that_nobody_reads_is_cut_at_the_deadline(network: Shell) -> None:
    upload: Request[Any] = Request(method="POST", path="/v1/x", body=bytes(32 * 1024 * 1024))
    with (
        unread() as port,
        network.client(f"http://127.0.0.1:{port}", timeout=0.3, max_retries=0) as client,
        pytest.raises(APITimeoutError, match=r"writing to .* timed out|reading from"),
    ):
        client.send(upload)


def test_large_requests_and_responses_arrive_whole(
    network: Shell, tls: ssl.SSLContext | None, scripted: Scripted
) -> None:
    text = "x" * (5 * 1024 * 1024)
    server = scripted(respond({"text": text}), tls=tls)
    upload: Request[Any] = Request(method="POST", path="/v1/x", body=text.encode())
    with network.client(server.base_url, max_retries=0) as client:
        assert client.send(upload) == {"text": text}
    assert server.requests[0].body == upload.body


def test_a_body_that_is_refused_or_incomplete_ends_its_connection(
    shell: Shell, scripted: Scripted
) -> None:
    head = HEAD + b"content-encoding: gzip\r\ncontent-length: 1000\r\n\r\n"
    cut_off = respond(gzip.compress(b"{}")[:-4], headers={"content-encoding": "gzip"})
    server = scripted(silence_after(head + b"no gzip"), cut_off, respond(page("a")))
    with shell.client(server.base_url, timeout=500) as client:
        with pytest.raises(APIResponseValidationError, match="not valid gzip"):
            client.models.list()
        assert client.models.list().response.retries_taken == 1
    assert server.connections == 3


# --- what is used again


def test_one_connection_serves_requests_until_it_fails(
    network: Shell, tls: ssl.SSLContext | None, scripted: Scripted
) -> None:
    server = scripted(*[respond(page("a"))] * 5, raw(HEAD), respond(page("b")), tls=tls)
    with network.client(server.base_url) as client:
        for _ in range(4):
            client.models.list()
        client.with_options(timeout=9).models.list()
        assert server.connections == 1
        assert client.models.list().first_id == "b"
    assert server.connections == 2


@pytest.mark.parametrize(
    ("surplus", "is_later"),
    [(b"x", False), (WHOLE, False), (b"HTTP/1.1 103 Early Hints\r\n\r\n", True)],
    ids=["a byte", "a response", "later an informational response"],
)
def test_bytes_behind_a_response_are_not_taken_for_the_next_one(
    shell: Shell, tls: ssl.SSLContext | None, scripted: Scripted, surplus: bytes, is_later: bool
) -> None:
    sent, go_on = threading.Event(), threading.Event()

    def leaving(connection: socket.socket, _over: threading.Event) -> bool:
        connection.sendall(WHOLE if is_later else WHOLE + surplus)
        if is_later:
            go_on.wait(30)
            connection.sendall(surplus)
        sent.set()
        return True

    server = scripted(leaving, respond(page("right")), tls=tls)
    with shell.client(server.base_url) as client:
        assert client.models.list().data == []
        go_on.set()
        sent.wait(30)
        assert client.models.list().first_id == "right"


@pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
def test_a_connection_that_the_server_has_closed_is_not_used_again(
    shell: Shell, scripted: Scripted, is_reset: bool
) -> None:
    received, closed = threading.Event(), threading.Event()

    def closing(connection: socket.socket, over: threading.Event) -> bool:
        connection.sendall(WHOLE)
        assert received.wait(30)
        if is_reset:
            reset_after(b"")(connection, over)
        connection.close()
        closed.set()
        return False

    server = scripted(closing, respond(page("b")))
    with shell.client(server.base_url, max_retries=0) as client:
        assert client.models.list().data == []
        received.set()
        assert closed.wait(30)
        assert client.models.list().first_id == "b"


def test_no_more_than_ten_are_kept(shell: Shell) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(ScriptedServer(respond(page("a")))) for _ in range(12)]
        with shell.client(servers[0].base_url) as client:
            for server in servers * 2:
                client.with_options(base_url=server.base_url).models.list()
    assert [server.connections for server in servers] == [2] * 12


# --- addresses

MANY = "http://many.localhost:1"


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let the name of the tests resolve to these; there is no such name while there are none."""
    found: list[Any] = []
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if host in ("many.localhost", b"many.localhost"):
            if options.get("flags", 0) & socket.AI_NUMERICHOST or not found:
                raise socket.gaierror(socket.EAI_NONAME, "no such name")
            return list(found)
        return resolve(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return found


def tcp(port: int, host: str = "127.0.0.1", family: int = socket.AF_INET) -> Any:
    return (family, socket.SOCK_STREAM, 6, "", (host, port))


REFUSED = tcp(1)


def test_a_further_address_is_tried_when_one_is_unusable_refused_or_does_not_answer(
    shell: Shell, scripted: Scripted, addresses: list[Any]
) -> None:
    server = scripted(respond(page("a")))
    with unanswered() as silent:
        addresses += [tcp(1, "255.255.255.255"), tcp(1, "::1", family=99)]
        addresses += [REFUSED, tcp(silent), tcp(server.port)]
        patience = httpx.Timeout(30, connect=0.9)
        assert shell.listed(MANY, timeout=patience, max_retries=0) == ["a"]


def test_the_last_failure_is_named_when_all_fail_or_none_is_there(
    shell: Shell, addresses: list[Any]
) -> None:
    says = r"connect to many\.localhost:1: .*"
    shell.error(MANY, APIConnectionError, f"{says}no such name", max_retries=0)
    addresses += [REFUSED, REFUSED]
    failure = shell.error(MANY, APIConnectionError, f"{says}refused")
    assert failure.retries_taken == 2


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_connecting_ends_at_its_timeout(network: Shell, scheme: str) -> None:
    says = r"connecting to .* timed out after 0\.1 s"
    timeout = httpx.Timeout(None, connect=0.1)
    with unanswered() if scheme == "http" else unread() as port:
        base_url = f"{scheme}://127.0.0.1:{port}"
        network.error(base_url, APITimeoutError, says, timeout=timeout, max_retries=0)


@contextmanager
def unanswered() -> Generator[int]:
    """Return a port whose queue is full, so that the next connection is never made."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        is_full = False
        while not is_full:
            sock = stack.enter_context(socket.socket())
            sock.settimeout(0.1)
            try:
                sock.connect(listener.getsockname())
            except TimeoutError:
                is_full = True
        yield listener.getsockname()[1]


@contextmanager
def unread() -> Generator[int]:
    """Return a port that accepts connections and never writes anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


# --- how many there are


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for shell in ("_sync", "_async"):
        monkeypatch.setattr(f"anthropic_models.{shell}.connections.MAX_CONNECTIONS", 2)
    monkeypatch.setattr(connections, "_RECHECK", 500)


def nine_wait_for_two(shell: Shell, scripted: Scripted) -> None:
    go_on = threading.Event()
    server = scripted(when(go_on, raw(b"")), when(go_on, respond(page("a"))))
    with shell.client(server.base_url) as client:
        threads = [in_a_thread(client.models.list)[0] for _ in range(9)]
        server.wait_for(2)
        assert len(server.requests) == 2
        go_on.set()
        assert all(ended(thread) for thread in threads)
    assert len(server.requests) == 10, "one has failed"
    assert server.connections <= 3


def test_calls_wait_for_a_connection(two_at_once: None, shell: Shell, scripted: Scripted) -> None:
    nine_wait_for_two(shell, scripted)


def test_a_thread_whose_wake_up_call_is_lost_looks_again(
    two_at_once: None, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_RECHECK", 0.01)
    monkeypatch.setattr(vars(connections)["_QueueEntry"], "wake", Mock())
    nine_wait_for_two(Shell("sync"), scripted)


def test_who_waits_too_long_is_told(two_at_once: None, network: Shell, scripted: Scripted) -> None:
    server = scripted(silence_after())
    with network.client(server.base_url, timeout=500) as client:
        busy = [in_a_thread(client.models.list)[0] for _ in range(2)]
        server.wait_for(2)
        hurried = client.with_options(timeout=httpx.Timeout(500, pool=0.05), max_retries=0)
        with pytest.raises(APITimeoutError, match=r"waiting for a free connection"):
            hurried.models.list()
        client.close()
        assert all(ended(thread) for thread in busy)


def test_a_client_is_shared(shell: Shell, tls: ssl.SSLContext | None, scripted: Scripted) -> None:
    server = scripted(respond(page("a", "b")), tls=tls)
    with shell.client(server.base_url) as client:
        in_threads(8, lambda: [list(client.models.list()) for _ in range(4)])
    assert len(server.requests) == 32


def test_no_thread_is_needed(
    backend: str, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = scripted(respond(page("a")))
    base_url = server.base_url.replace("127.0.0.1", "localhost")  # a name to be resolved
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if "_serve" not in thread.name:  # the other end, in this process
            raise RuntimeError("can't start new thread")
        start(thread)

    async def work(client: AsyncClient) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refuse)
            assert (await client.models.list()).first_id == "a"

    with_async_client(backend, base_url, work)
