"""Connections of our own: deadlines, odd framings, what is kept, and how many there are."""

import socket
import struct
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import anthropic_models._async.connections
import anthropic_models._sync.connections
import anyio
import httpx
import pytest
from anthropic_models import (
    APIConnectionError,
    APIResponseValidationError,
    APITimeoutError,
    AsyncClient,
    Client,
)

from tests.support.scripted_server import (
    Answer,
    Scripted,
    ScriptedServer,
    answer,
    drip,
    page,
    raw,
    silence_after,
    when,
)
from tests.support.shells import KEY, Shell
from tests.support.threads import ended, in_a_thread

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
ENCODED = b'{"data": [], "has_more": false, "first_id": null, "last_id": null}'
FIRST_CHUNK = b"%x\r\n%s\r\n" % (len(ENCODED), ENCODED)

WITHOUT_AN_END = {
    "bytes of the head": drip(b"HTTP/1.1 200 OK\r\nx: ", b"y", every=0.01),
    "informational responses": drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", every=0.01),
    "a flood of them": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500, every=0.001),
    "a chunk extension": drip(CHUNKED + b"5;", b"x", every=0.01),
    "leading zeros of a size": drip(CHUNKED, b"0", every=0.01),
    "a chunk": drip(CHUNKED + b"ff\r\n", b" ", every=0.01),
    "chunks": drip(CHUNKED, b"1\r\n \r\n", every=0.01),
    "trailers": drip(CHUNKED + FIRST_CHUNK + b"0\r\n", b"x: y\r\n", every=0.01),
    "a body of HTTP/1.0": drip(b"HTTP/1.0 200 OK\r\n\r\n", b" ", every=0.01),
    "a compressed body": drip(CHUNKED[:-2] + b"content-encoding: gzip\r\n\r\n", b"", every=0.01),
}


@pytest.mark.parametrize("fault", WITHOUT_AN_END.values(), ids=WITHOUT_AN_END)
def test_what_does_not_end_is_cut_at_the_deadline(
    network: Shell, scripted: Scripted, fault: Answer
) -> None:
    server = scripted(fault)
    with (
        network.client(server.base_url, timeout=0.15, max_retries=0) as client,
        pytest.raises(APITimeoutError, match=r"timed out after 0\.15 s"),
    ):
        client.models.list()


@pytest.mark.parametrize(
    "whole",
    [
        b"HTTP/1.0 200 OK\r\n\r\n" + ENCODED,
        CHUNKED + b"5;a=b\r\n" + ENCODED[:5] + b"\r\n"
        b"0000%x\r\n%s\r\n0\r\nx-trailer: 1\r\n\r\n" % (len(ENCODED) - 5, ENCODED[5:]),
        b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" * 50 + CHUNKED + FIRST_CHUNK + b"0\r\n\r\n",
        HEAD + b"connection: close\r\n\r\n" + ENCODED,
    ],
    ids=["HTTP/1.0", "chunks", "informational responses", "until the connection ends"],
)
def test_what_ends_is_read(network: Shell, scripted: Scripted, whole: bytes) -> None:
    server = scripted(raw(whole))
    with network.client(server.base_url) as client:
        assert client.models.list().data == []
        # A retry, if the request is sent before the end of the first connection is seen.
        assert client.models.list().data == []
    assert server.connections == 2


def test_a_request_that_nobody_reads_is_cut_at_the_deadline(network: Shell) -> None:
    from anthropic_models_generated.request import Request

    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        upload: Request[Any] = Request(method="POST", path="/v1/x", body=bytes(32 * 1024 * 1024))
        with (
            network.client(base_url, timeout=httpx.Timeout(0.3), max_retries=0) as client,
            pytest.raises(APITimeoutError, match=r"writing to .* timed out|reading from"),
        ):
            client.send(upload)


def test_a_large_request_is_sent_whole(network: Shell, scripted: Scripted) -> None:
    from anthropic_models_generated.request import Request

    server = scripted(answer({"size": 1}))
    upload: Request[Any] = Request(method="POST", path="/v1/x", body=b"x" * (8 * 1024 * 1024))
    with network.client(server.base_url, max_retries=0) as client:
        assert client.send(upload) == {"size": 1}
    assert server.requests[0].body == b"x" * (8 * 1024 * 1024)


def test_a_body_that_is_refused_ends_its_connection(network: Shell, scripted: Scripted) -> None:
    head = HEAD + b"content-encoding: gzip\r\ncontent-length: 1000\r\n\r\n"
    server = scripted(silence_after(head + b"no gzip"), answer(page("a")))
    with network.client(server.base_url, timeout=500) as client:
        with pytest.raises(APIResponseValidationError, match="damaged"):
            client.models.list()
        assert client.models.list().first_id == "a"
    assert server.connections == 2


class TestReuse:
    def test_one_connection_serves_one_request_after_the_other(
        self, network: Shell, scripted: Scripted
    ) -> None:
        server = scripted(answer(page("a")))
        with network.client(server.base_url) as client:
            for _ in range(5):
                client.models.list()
            client.with_options(timeout=9).models.list()
        assert server.connections == 1

    def test_a_connection_after_a_failure_is_a_new_one(
        self, network: Shell, scripted: Scripted
    ) -> None:
        server = scripted(answer(page("a")), raw(HEAD), answer(page("b")))
        with network.client(server.base_url) as client:
            assert client.models.list().first_id == "a"
            assert client.models.list().first_id == "b"
        assert server.connections == 2

    @pytest.mark.parametrize(
        "surplus",
        [
            b"x",
            HEAD + b"content-length: 2\r\n\r\n{}",
            HEAD + b"content-length: 9000\r\n\r\n{}",
            b"HTTP/1.1 103 Early Hints\r\n\r\n",
        ],
        ids=["a byte", "a response", "a part of one", "an informational response"],
    )
    @pytest.mark.parametrize("later", [False, True], ids=["same packet", "later packet"])
    def test_bytes_behind_a_response_are_not_taken_for_the_next_one(
        self, network: Shell, scripted: Scripted, surplus: bytes, later: bool
    ) -> None:
        whole = HEAD + b"content-length: %d\r\n\r\n" % len(ENCODED) + ENCODED
        sent = threading.Event()

        def leaving(connection: socket.socket, _over: threading.Event) -> bool:
            connection.sendall(whole if later else whole + surplus)
            if later:
                go_on.wait(30)
                connection.sendall(surplus)
            sent.set()
            return True

        go_on = threading.Event()
        server = scripted(leaving, answer(page("right")))
        with network.client(server.base_url) as client:
            assert client.models.list().data == []
            go_on.set()
            sent.wait(30)
            assert client.models.list().first_id == "right"

    @pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
    def test_a_connection_that_the_server_has_closed_is_not_used_again(
        self, network: Shell, is_reset: bool
    ) -> None:
        whole = HEAD + b"content-length: %d\r\n\r\n" % len(ENCODED) + ENCODED
        with socket.create_server(("127.0.0.1", 0)) as listener:
            received, closed = threading.Event(), threading.Event()

            def serve() -> None:
                for _ in range(2):
                    connection, _address = listener.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(whole)
                        assert received.wait(30)
                        if is_reset:
                            linger = struct.pack("ii", 1, 0)
                            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    closed.set()

            thread, _ = in_a_thread(serve)
            base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with network.client(base_url, max_retries=0) as client:
                assert client.models.list().data == []
                received.set()
                assert closed.wait(30)
                assert client.models.list().data == []
            assert ended(thread)

    def test_no_more_than_ten_are_kept(self, network: Shell) -> None:
        servers = [ScriptedServer(answer(page("a"))) for _ in range(12)]
        for server in servers:
            server.__enter__()
        try:
            with network.client(servers[0].base_url) as client:
                for _ in range(2):
                    for server in servers:
                        client.with_options(base_url=server.base_url).models.list()
        finally:
            for server in servers:
                server.stop()
        assert [server.connections for server in servers] == [2] * 12


class TestAddresses:
    @pytest.fixture
    def addresses(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """Let the name of the tests resolve to these."""
        found: list[Any] = []
        resolve = socket.getaddrinfo

        def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
            if host in ("many.localhost", b"many.localhost"):
                if options.get("flags", 0) & socket.AI_NUMERICHOST:
                    raise socket.gaierror(socket.EAI_NONAME, "not an address")
                return list(found)
            return resolve(host, *arguments, **options)

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return found

    @staticmethod
    def tcp(port: int) -> Any:
        return (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))

    @pytest.mark.parametrize("name", ["sync", "asyncio", "trio"])
    def test_a_further_one_is_tried_when_one_is_refused_or_does_not_answer(
        self, name: str, scripted: Scripted, addresses: list[Any]
    ) -> None:
        server = scripted(answer(page("a")))
        port = int(server.base_url.rpartition(":")[2])
        with refused() as closed, unanswered() as silent:
            addresses += [self.tcp(closed), self.tcp(silent), self.tcp(port)]
            base_url = f"http://many.localhost:{port}"
            patience = httpx.Timeout(30, connect=0.9)
            with Shell(name).client(base_url, timeout=patience, max_retries=0) as client:
                assert client.models.list().first_id == "a"

    @pytest.mark.parametrize("name", ["sync", "asyncio", "trio"])
    def test_the_last_failure_is_named_when_all_fail(
        self, name: str, addresses: list[Any]
    ) -> None:
        with refused() as closed:
            addresses += [self.tcp(closed), self.tcp(closed)]
            with (
                Shell(name).client("http://many.localhost:1", max_retries=0) as client,
                pytest.raises(APIConnectionError, match="refused"),
            ):
                client.models.list()

    @pytest.mark.parametrize("name", ["sync", "asyncio", "trio"])
    def test_one_without_any_is_a_connection_error(self, name: str, addresses: list[Any]) -> None:
        with (
            Shell(name).client("http://many.localhost:1", max_retries=0) as client,
            pytest.raises(APIConnectionError, match="has no address"),
        ):
            client.models.list()

    @pytest.mark.parametrize("name", ["sync", "asyncio", "trio"])
    def test_one_that_cannot_be_reached_is_passed_over(
        self, name: str, scripted: Scripted, addresses: list[Any]
    ) -> None:
        server = scripted(answer(page("a")))
        port = int(server.base_url.rpartition(":")[2])
        everybody = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("255.255.255.255", port))
        addresses += [everybody, self.tcp(port)]
        with Shell(name).client(f"http://many.localhost:{port}", max_retries=0) as client:
            assert client.models.list().first_id == "a"

    @pytest.mark.parametrize("name", ["sync", "asyncio", "trio"])
    def test_a_family_without_support_is_passed_over(
        self, name: str, scripted: Scripted, addresses: list[Any]
    ) -> None:
        server = scripted(answer(page("a")))
        port = int(server.base_url.rpartition(":")[2])
        addresses += [(99, socket.SOCK_STREAM, 6, "", ("::1", port)), self.tcp(port)]
        with Shell(name).client(f"http://many.localhost:{port}", max_retries=0) as client:
            assert client.models.list().first_id == "a"

    def test_connecting_ends_at_its_timeout(self, network: Shell) -> None:
        with (
            unanswered() as port,
            network.client(
                f"http://127.0.0.1:{port}",
                timeout=httpx.Timeout(None, connect=0.1),
                max_retries=0,
            ) as client,
            pytest.raises(APITimeoutError, match=r"connecting to .* timed out after 0\.1 s"),
        ):
            client.models.list()


@contextmanager
def refused() -> Generator[int]:
    """Return a port where nothing listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@contextmanager
def unanswered() -> Generator[int]:
    """Return a port whose queue is full, so that the next connection is never made."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting: list[socket.socket] = []
        try:
            while True:
                sock = socket.socket()
                waiting.append(sock)
                sock.settimeout(0.1)
                try:
                    sock.connect(listener.getsockname())
                except TimeoutError:
                    break
            yield listener.getsockname()[1]
        finally:
            for sock in waiting:
                sock.close()


class TestHowMany:
    @pytest.fixture(autouse=True)
    def two_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(anthropic_models._sync.connections, "MAX_CONNECTIONS", 2)
        monkeypatch.setattr(anthropic_models._async.connections, "MAX_CONNECTIONS", 2)

    def test_threads_wait_in_order(self, scripted: Scripted) -> None:
        go_on = threading.Event()
        server = scripted(when(go_on, answer(page("a"))))
        with Client(api_key=KEY, base_url=server.base_url) as client:
            threads = [in_a_thread(client.models.list)[0] for _ in range(9)]
            for _ in range(2):
                server.arrived.acquire()
            assert len(server.requests) == 2
            go_on.set()
            assert all(ended(thread) for thread in threads)
        assert len(server.requests) == 9
        assert server.connections == 2

    def test_a_failure_makes_room_for_the_next(self, scripted: Scripted) -> None:
        go_on = threading.Event()
        server = scripted(when(go_on, raw(b"")))
        with Client(api_key=KEY, base_url=server.base_url, max_retries=0) as client:
            calls = [in_a_thread(client.models.list) for _ in range(6)]
            for _ in range(2):
                server.arrived.acquire()
            go_on.set()
            assert all(ended(thread) for thread, _ in calls)
        assert [type(error) for _, errors in calls for error in errors] == [APIConnectionError] * 6

    def test_tasks_wait(self, scripted: Scripted) -> None:
        go_on = threading.Event()
        server = scripted(when(go_on, answer(page("a"))))

        async def main() -> None:
            async with (
                AsyncClient(api_key=KEY, base_url=server.base_url) as client,
                anyio.create_task_group() as group,
            ):

                async def listing() -> None:
                    await client.models.list()

                for _ in range(9):
                    group.start_soon(listing)
                for _ in range(2):
                    await anyio.to_thread.run_sync(server.arrived.acquire)
                assert len(server.requests) == 2
                go_on.set()

        anyio.run(main)
        assert len(server.requests) == 9

    def test_who_waits_too_long_is_told(self, network: Shell, scripted: Scripted) -> None:
        server = scripted(silence_after())
        with network.client(server.base_url, timeout=500) as client:
            busy = [in_a_thread(client.models.list)[0] for _ in range(2)]
            for _ in busy:
                server.arrived.acquire()
            hurried = client.with_options(timeout=httpx.Timeout(500, pool=0.05), max_retries=0)
            with pytest.raises(APITimeoutError, match=r"waiting for a free connection"):
                hurried.models.list()
            client.close()
            assert all(ended(thread) for thread in busy)

    def test_a_wake_up_call_that_is_lost_is_made_good(
        self, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(anthropic_models._sync.connections, "_RECHECK", 0.01)
        place = vars(anthropic_models._sync.connections)["_Place"]

        def forget(_place: object) -> None:
            pass

        monkeypatch.setattr(place, "wake", forget)
        go_on = threading.Event()
        server = scripted(when(go_on, answer(page("a"))))
        with Client(api_key=KEY, base_url=server.base_url) as client:
            threads = [in_a_thread(client.models.list)[0] for _ in range(4)]
            server.arrived.acquire()
            go_on.set()
            assert all(ended(thread) for thread in threads)
        assert len(server.requests) == 4


@pytest.mark.parametrize("name", ["sync", "asyncio", "trio"])
def test_no_thread_is_needed(
    name: str, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = scripted(answer(page("a")))
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        # The other end, in this process, and what asyncio does at its end.
        if "_serve" not in thread.name and "_do_shutdown" not in thread.name:
            raise RuntimeError("can't start new thread")
        start(thread)

    base_url = server.base_url.replace("127.0.0.1", "localhost")  # a name to be resolved
    monkeypatch.setattr(threading.Thread, "start", refuse)
    if name == "sync":
        with Client(api_key=KEY, base_url=base_url) as client:
            assert client.models.list().first_id == "a"
        return

    async def main() -> None:
        async with AsyncClient(api_key=KEY, base_url=base_url) as client:
            assert (await client.models.list()).first_id == "a"

    anyio.run(main, backend=name)
