"""Faults of the network, over real sockets: the right error, in the right number of requests."""

import asyncio
import gc
import gzip
import json
import signal
import socket
import threading
import warnings
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import anyio
import httpx
import pytest
from anthropic_models import (
    AnthropicModelsError,
    APIConnectionError,
    APIResponseValidationError,
    APITimeoutError,
    AsyncClient,
    BetaModelInfo,
    Client,
    ClientClosedError,
)
from anthropic_models.sandbox import Sandbox

from tests.support.scripted_server import (
    Answer,
    Scripted,
    answer,
    drip,
    page,
    raw,
    reset_after,
    silence_after,
)
from tests.support.shells import KEY, Shell

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
SIZED = HEAD + b"content-length: 1000\r\n\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
GZIPPED = HEAD + b"content-encoding: gzip\r\n"

BROKEN: dict[str, Answer] = {
    "closed before the answer": raw(b""),
    "reset before the answer": reset_after(b""),
    "closed within the headers": raw(HEAD),
    "reset within the headers": reset_after(HEAD),
    "closed after the headers": raw(SIZED),
    "reset after the headers": reset_after(SIZED),
    "closed within the body": raw(SIZED + b'{"data": ['),
    "reset within the body": reset_after(SIZED + b'{"data": ['),
    "closed within a chunk": raw(CHUNKED + b"100\r\nabc"),
    "closed between chunks": raw(CHUNKED + b"3\r\nabc\r\n"),
    "bad size of a chunk": raw(CHUNKED + b"zz\r\nabc\r\n"),
    "more than the size of a chunk": raw(CHUNKED + b"1\r\nabcdef\r\n0\r\n\r\n"),
    "garbage instead of an answer": raw(b"\x00\x01garbage\r\n\r\n"),
    "another protocol": raw(b"SSH-2.0-server\r\n\r\n"),
    "gzip that ends too soon": raw(
        GZIPPED + b"content-length: 15\r\n\r\n" + gzip.compress(b"{}" * 99)[:15]
    ),
    "endless headers": raw(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 50_000 + b"\r\n"),
}


@pytest.mark.parametrize("seconds", [1e10, 2**63, 1e300])
def test_a_timeout_of_ages_is_as_good_as_none(
    shell: Shell, scripted: Scripted, seconds: float
) -> None:
    server = scripted(answer(page("a")))
    with shell.client(server.base_url, timeout=seconds) as client:
        assert client.list().data[0].id == "a"


def test_a_timeout_of_httpx_that_no_socket_can_count_is_refused() -> None:
    longest, too_long = httpx.Timeout(5, read=1_000_000), httpx.Timeout(5, read=1_000_001)
    Client(api_key=KEY, timeout=longest).close()
    with pytest.raises(ValueError, match="seconds") as caught:
        Client(api_key=KEY, timeout=too_long)
    assert str(caught.value) == f"timeout: {too_long} has more than 1000000 seconds"


@pytest.mark.parametrize("fault", BROKEN)
def test_an_answer_that_breaks_off_is_asked_for_again(
    shell: Shell, scripted: Scripted, fault: str
) -> None:
    server = scripted(BROKEN[fault], BROKEN[fault], answer(page("a")))
    with shell.client(server.base_url) as client:
        assert client.list().response.retries_taken == 2
    assert len(server.requests) == 3


@pytest.mark.parametrize("fault", BROKEN)
def test_an_answer_that_always_breaks_off_is_a_connection_error(
    shell: Shell, scripted: Scripted, fault: str
) -> None:
    server = scripted(BROKEN[fault])
    with shell.client(server.base_url) as client, pytest.raises(APIConnectionError) as caught:
        client.list()
    assert not isinstance(caught.value, APITimeoutError)
    assert "broke off" in str(caught.value)
    assert not hasattr(caught.value, "status_code"), "there is no answer to speak of"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "fault",
    [
        silence_after(),
        silence_after(b"HTTP/1.1 200 OK\r\n"),
        silence_after(SIZED),
        silence_after(SIZED + b"{"),
        drip(SIZED, b" ", every=0.02),
        drip(CHUNKED, b"1\r\n \r\n", every=0.02),
    ],
    ids=["nothing", "half a head", "no body", "half a body", "drip", "dripping chunks"],
)
def test_an_answer_that_takes_too_long_is_cut_off(
    shell: Shell, scripted: Scripted, fault: Answer
) -> None:
    server = scripted(fault)
    with (
        shell.client(server.base_url, timeout=0.2, max_retries=1) as client,
        pytest.raises(APITimeoutError, match="timed out") as caught,
    ):
        client.list()
    assert caught.value.retries_taken == 1
    assert len(server.requests) == 2


@pytest.mark.parametrize("tail", [b"", b"HTTP/1.1"], ids=["sized", "unsized"])
def test_a_body_that_drips_and_then_falls_silent_has_no_more_time_than_another(
    shell: Shell, scripted: Scripted, tail: bytes
) -> None:
    def play(connection: socket.socket, over: threading.Event) -> bool:
        connection.sendall(HEAD + b"\r\n" if tail else SIZED)
        for _ in range(8):
            connection.sendall(b" ")
            over.wait(0.05)
        over.wait()
        return False

    server = scripted(play)
    with (
        shell.client(server.base_url, timeout=0.5, max_retries=0) as client,
        # The timeout of a single read would say that there was no answer.
        pytest.raises(APITimeoutError, match=r"did not end within 0\.5 s"),
    ):
        client.list()


def test_without_a_timeout_a_dripping_body_is_waited_for(shell: Shell, scripted: Scripted) -> None:
    def play(connection: socket.socket, over: threading.Event) -> bool:
        content = json.dumps(page("a")).encode()
        connection.sendall(HEAD + f"content-length: {len(content)}\r\n\r\n".encode())
        for byte in content:
            connection.sendall(bytes([byte]))
        return False

    server = scripted(play)
    with shell.client(server.base_url, timeout=httpx.Timeout(None)) as client:
        assert client.list().data[0].id == "a"


def test_a_refused_connection_says_so(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (
        shell.client(f"http://127.0.0.1:{port}") as client,
        pytest.raises(APIConnectionError, match="could not connect") as caught,
    ):
        client.list()
    assert caught.value.retries_taken == 2


def test_a_name_that_does_not_resolve_says_so(shell: Shell) -> None:
    with (
        shell.client("https://does-not-exist.invalid") as client,
        pytest.raises(APIConnectionError, match="could not connect"),
    ):
        client.list(max_retries=0)


def test_a_name_that_cannot_be_a_name_is_not_tried_again(shell: Shell) -> None:
    with (
        shell.client(f"https://{'a' * 64}.invalid") as client,
        pytest.raises(APIConnectionError) as caught,
    ):
        client.list()
    assert caught.value.retries_taken in (0, 2)  # the resolver decides whether it is asked


def test_plain_http_where_tls_is_expected_says_so(shell: Shell, sandbox: Sandbox) -> None:
    base_url = sandbox.base_url.replace("http://", "https://")
    with (
        shell.client(base_url, max_retries=0, timeout=5) as client,
        pytest.raises(APIConnectionError, match="could not connect"),
    ):
        client.list()


def test_a_server_that_goes_away_between_pages_tells_where_to_resume(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", "b", has_more=True)))
    with shell.client(server.base_url) as client:
        first = client.list(max_items=9)
        server.stop()
        models = iter(first)
        assert [next(models).id for _ in range(2)] == ["a", "b"]
        with pytest.raises(APIConnectionError, match="resume with after_id='b'") as caught:
            next(models)
    assert caught.value.resume == {"after_id": "b", "max_items": 7}


def test_backwards_too_the_error_tells_where_to_resume(shell: Shell, scripted: Scripted) -> None:
    server = scripted(answer(page("a", "b", has_more=True)), raw(b""))
    with shell.client(server.base_url, max_retries=0) as client:
        models = iter(client.list(before_id="c"))
        assert [next(models).id for _ in range(2)] == ["b", "a"]
        with pytest.raises(APIConnectionError) as caught:
            next(models)
    assert caught.value.resume == {"before_id": "a"}


def test_a_listing_that_has_not_begun_has_nothing_to_resume(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(raw(b""))
    with shell.client(server.base_url, max_retries=0) as client:
        with pytest.raises(APIConnectionError) as caught:
            client.list()
        assert caught.value.resume is None
        with pytest.raises(APIConnectionError) as caught:
            client.list(after_id="x")
        assert caught.value.resume == {"after_id": "x"}


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """A quarter of a MiB that is a quarter of a GiB."""
    deflate = zlib.compressobj(wbits=31)
    parts = [deflate.compress(b" " * 2**20) for _ in range(256)]
    return b"".join([*parts, deflate.flush()])


@pytest.mark.parametrize("stacked", [False, True])
def test_a_compression_bomb_is_cut_off_long_before_it_fills_memory(
    shell: Shell, scripted: Scripted, bomb: bytes, stacked: bool
) -> None:
    body = gzip.compress(bomb) if stacked else bomb
    encoding = "gzip, gzip" if stacked else "gzip"
    server = scripted(answer(body, headers={"content-encoding": encoding}))
    before = peak_memory(forget=True)
    with (
        shell.client(server.base_url) as client,
        pytest.raises(APIResponseValidationError),
    ):
        client.list()
    assert peak_memory() - before <= 2 * 32 * 1024
    assert len(server.requests) == 1


def peak_memory(*, forget: bool = False) -> int:
    """The most memory that this process has had, in KiB: so far, or from now on."""
    if forget:
        with open("/proc/self/clear_refs", "w") as references:
            references.write("5")
    with open("/proc/self/status") as status:
        (line,) = [line for line in status if line.startswith("VmHWM")]
    return int(line.split()[1])


class TestClosing:
    def test_a_closed_client_refuses_at_once(
        self, shell: Shell, scripted: Scripted, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG", "anthropic_models")
        server = scripted(answer(page("a", has_more=True)))
        with shell.client(server.base_url) as client:
            first = client.list()
            client.close()
            client.close()
            for call in (client.list, first.get_next_page, lambda: list(first)):
                caplog.clear()
                with pytest.raises(ClientClosedError, match="make a new one"):
                    call()
                assert len(caplog.messages) == 1, "it is not tried again"
            assert "closed" in repr(client.inner)
        assert len(server.requests) == 1

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_closing_ends_a_call_at_any_moment_and_nothing_is_sent_afterwards(
        self, backend: str, scripted: Scripted
    ) -> None:
        server = scripted(answer(page("a")))

        async def main() -> None:
            for turns in range(40):
                client = AsyncClient(api_key=KEY, base_url=server.base_url)
                async with anyio.create_task_group() as group:
                    group.start_soon(listing, client)
                    for _ in range(turns):
                        await anyio.lowlevel.checkpoint()
                    await client.close()

        async def listing(client: AsyncClient) -> None:
            with suppress(ClientClosedError):
                await client.models.list()

        anyio.run(main, backend=backend)

    def test_a_client_whose_parent_is_closed_is_closed(
        self, shell: Shell, scripted: Scripted
    ) -> None:
        server = scripted(answer(page("a")))
        with shell.client(server.base_url) as client:
            child = client.with_options(timeout=7)
            client.close()
            assert child.inner.is_closed
            with pytest.raises(ClientClosedError):
                child.list()
        assert server.requests == []

    @pytest.mark.parametrize(
        "under_way",
        [
            silence_after(),
            silence_after(SIZED),
            silence_after(HEAD + b"\r\n" + json.dumps(page("b")).encode()),
            drip(SIZED, b" ", every=0.01),
        ],
        ids=["head", "body", "body without a size", "drip"],
    )
    def test_closing_ends_what_is_under_way(
        self, shell: Shell, scripted: Scripted, under_way: Answer
    ) -> None:
        server = scripted(answer(page("a", has_more=True)), under_way)
        failures: list[AnthropicModelsError] = []
        with shell.client(server.base_url) as client:
            first = client.list()

            def walking() -> None:
                try:
                    list(first)
                except AnthropicModelsError as failure:
                    failures.append(failure)

            thread = threading.Thread(target=walking)
            thread.start()
            server.arrived.acquire()
            server.arrived.acquire()
            client.close()
            thread.join(timeout=30)
            assert not thread.is_alive()
        (failure,) = failures
        assert isinstance(failure, ClientClosedError)
        assert failure.resume == {"after_id": "a"}
        assert len(server.requests) == 2, "a closed client does not try again"


def test_closing_a_client_that_is_just_connecting_ends_the_call(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    connecting, closed = threading.Event(), threading.Event()
    connect = socket.create_connection

    def slow(*arguments: Any, **options: Any) -> socket.socket:
        connection = connect(*arguments, **options)
        connecting.set()
        closed.wait()
        return connection

    monkeypatch.setattr(socket, "create_connection", slow)
    server = scripted(silence_after())
    failures: list[AnthropicModelsError] = []
    client = Client(api_key=KEY, base_url=server.base_url)

    def listing() -> None:
        try:
            client.models.list()
        except AnthropicModelsError as failure:
            failures.append(failure)

    thread = threading.Thread(target=listing)
    thread.start()
    connecting.wait()
    client.close()
    closed.set()
    thread.join(timeout=30)
    assert not thread.is_alive()
    (failure,) = failures
    assert isinstance(failure, ClientClosedError)


def test_a_client_outlives_an_event_loop(scripted: Scripted) -> None:
    server = scripted(answer(page("a")))
    client = AsyncClient(api_key=KEY, base_url=server.base_url)

    async def listing() -> str | None:
        return (await client.models.list()).first_id

    with warnings.catch_warnings():
        # asyncio itself complains about the connections of the loop that is gone.
        warnings.simplefilter("ignore", ResourceWarning)
        assert [asyncio.run(listing()) for _ in range(3)] == ["a", "a", "a"]
        asyncio.run(client.close())
        gc.collect()
    assert client.is_closed


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_walk_that_was_cancelled_while_fetching_goes_on_where_it_was(
    backend: str, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", has_more=True)), silence_after(), answer(page("b")))
    found: list[str] = []

    async def following(models: AsyncIterator[BetaModelInfo]) -> None:
        await anext(models)

    async def main() -> None:
        async with AsyncClient(api_key=KEY, base_url=server.base_url) as client:
            models = aiter(client.models.list())
            found.append((await anext(models)).id)
            server.arrived.acquire()
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as group:
                    group.start_soon(following, models)
                    await anyio.to_thread.run_sync(server.arrived.acquire)
                    with pytest.raises(RuntimeError, match="another task"):
                        await anext(models)
                    scope.cancel()
            found.extend([model.id async for model in models])

    anyio.run(main, backend=backend)
    assert found == ["a", "b"]


def test_32_threads_share_one_client(scripted: Scripted) -> None:
    server = scripted(answer(page("a", "b")))
    found: list[list[str]] = []
    with Client(api_key=KEY, base_url=server.base_url) as client:

        def listing() -> None:
            for _ in range(5):
                found.append([model.id for model in client.models.list()])

        threads = [threading.Thread(target=listing) for _ in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [["a", "b"]] * 160
    assert len(server.requests) == 160


def test_an_interrupt_in_mid_walk_passes_and_the_client_goes_on(scripted: Scripted) -> None:
    caller = threading.get_ident()

    def interrupting(connection: socket.socket, over: threading.Event) -> bool:
        signal.pthread_kill(caller, signal.SIGINT)
        return silence_after()(connection, over)

    server = scripted(answer(page("a", has_more=True)), interrupting, answer(page("b")))
    with Client(api_key=KEY, base_url=server.base_url) as client:
        models = iter(client.models.list())
        assert next(models).id == "a"
        with pytest.raises(KeyboardInterrupt):
            next(models)
        assert [model.id for model in client.models.list()] == ["b"]
    assert len(server.requests) == 3


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_task_cancelled_in_mid_request_leaves_the_client_usable(
    backend: str, scripted: Scripted
) -> None:
    server = scripted(silence_after(), silence_after(SIZED), answer(page("a")))

    async def main() -> None:
        async with AsyncClient(api_key=KEY, base_url=server.base_url) as client:
            for _ in range(2):
                async with anyio.create_task_group() as group:
                    group.start_soon(listing, client)
                    await anyio.to_thread.run_sync(server.arrived.acquire)
                    group.cancel_scope.cancel()
            assert [model.id async for model in client.models.list()] == ["a"]

    async def listing(client: AsyncClient) -> None:
        await client.models.list()

    anyio.run(main, backend=backend)
    assert len(server.requests) == 3
