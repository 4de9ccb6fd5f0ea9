"""Faults from end to end: the right error in the right number of requests, and the client goes on.

What connections do in each case is tested where they are.
"""

import asyncio
import gc
import signal
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import anyio
import pytest
import trustme
from anthropic_models import (
    APIConnectionError,
    APITimeoutError,
    AsyncClient,
    BetaModelInfo,
    Client,
    ClientClosedError,
)

from tests.support.scripted_server import (
    Scripted,
    ScriptedServer,
    answer,
    drip,
    page,
    raw,
    silence_after,
)
from tests.support.shells import KEY, Shell
from tests.support.threads import ended, in_a_thread

SIZED = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n"
BACKENDS = pytest.mark.parametrize("backend", ["asyncio", "trio"])


def test_a_response_that_breaks_off_is_asked_for_again_and_then_an_error(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(raw(SIZED + b'{"data": ['), answer(page("a")), raw(SIZED))
    with shell.client(server.base_url) as client:
        assert client.models.list().response.retries_taken == 1
        with pytest.raises(
            APIConnectionError, match=r"connection to 127\.0\.0\.1:\d+ lost"
        ) as caught:
            client.models.list()
    assert type(caught.value) is APIConnectionError
    assert caught.value.retries_taken == 2
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert len(server.requests) == 5


@pytest.mark.parametrize(
    "fault", [silence_after(), drip(SIZED, b" ", every=0.02)], ids=["silence", "drip"]
)
def test_a_response_that_takes_too_long_is_cut_off(
    shell: Shell, scripted: Scripted, fault: Any
) -> None:
    server = scripted(fault)
    with (
        shell.client(server.base_url, timeout=0.2, max_retries=1) as client,
        pytest.raises(APITimeoutError, match=r"127\.0\.0\.1:\d+ timed out after 0\.2 s") as caught,
    ):
        client.models.list()
    assert caught.value.retries_taken == 1
    assert len(server.requests) == 2


def test_a_refused_connection_is_named(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (
        shell.client(f"http://127.0.0.1:{port}") as client,
        pytest.raises(
            APIConnectionError, match=rf"could not connect to 127\.0\.0\.1:{port}"
        ) as caught,
    ):
        client.models.list()
    assert caught.value.retries_taken == 2


def test_a_name_that_does_not_resolve_is_named(shell: Shell) -> None:
    with (
        shell.client("https://does-not-exist.invalid", max_retries=0) as client,
        pytest.raises(APIConnectionError, match=r"could not connect to does-not-exist\.invalid"),
    ):
        client.models.list()


@pytest.fixture
def encrypted() -> Iterator[ScriptedServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate: Any = trustme.CA().issue_cert("127.0.0.1")
    certificate.configure_cert(context)
    with ScriptedServer(answer(page("a")), tls=context) as running:
        yield running


def test_a_certificate_of_an_unknown_authority_is_refused_and_not_tried_again(
    shell: Shell, encrypted: ScriptedServer
) -> None:
    with (
        shell.client(encrypted.base_url) as client,
        pytest.raises(APIConnectionError, match=r"could not connect .*certificate") as caught,
    ):
        client.models.list()
    assert caught.value.retries_taken == 0
    assert encrypted.requests == []
    assert encrypted.connections == 1


def test_a_server_that_goes_away_between_pages_is_an_error_to_resume_from(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", "b", has_more=True)))
    with shell.client(server.base_url) as client:
        first = client.models.list(max_items=9)
        server.stop()
        models = iter(first)
        assert [next(models).id for _ in range(2)] == ["a", "b"]
        with pytest.raises(APIConnectionError, match="resume with after_id='b'") as caught:
            next(models)
    assert caught.value.resume == {"after_id": "b", "max_items": 7}


class TestClosing:
    def test_a_closed_client_refuses_at_once(
        self, shell: Shell, scripted: Scripted, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG", "anthropic_models")
        server = scripted(answer(page("a", has_more=True)))
        with shell.client(server.base_url) as client:
            first = client.models.list()
            client.close()
            client.close()
            for call in (client.models.list, first.get_next_page, lambda: list(first)):
                caplog.clear()
                with pytest.raises(ClientClosedError, match="make a new one"):
                    call()
                assert len(caplog.messages) == 1, "it is not tried again"
            assert "closed" in repr(client)
            assert client.with_options().is_closed
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "under_way", [silence_after(), drip(SIZED, b" ", every=0.01)], ids=["head", "body"]
    )
    def test_it_ends_what_is_under_way(
        self, shell: Shell, scripted: Scripted, under_way: Any
    ) -> None:
        server = scripted(answer(page("a", has_more=True)), under_way)
        with shell.client(server.base_url) as client:
            first = client.models.list()
            thread, errors = in_a_thread(lambda: list(first))
            server.arrived.acquire()
            server.arrived.acquire()
            client.close()
            assert ended(thread)
        (error,) = errors
        assert isinstance(error, ClientClosedError)
        assert error.resume == {"after_id": "a"}
        assert len(server.requests) == 2, "a closed client does not try again"

    @BACKENDS
    def test_it_ends_an_async_call_at_any_moment(self, backend: str, scripted: Scripted) -> None:
        server = scripted(answer(page("a")))

        async def main() -> None:
            for checkpoints in range(40):
                client = AsyncClient(api_key=KEY, base_url=server.base_url)
                async with anyio.create_task_group() as group:
                    group.start_soon(listing, client)
                    for _ in range(checkpoints):
                        await anyio.lowlevel.checkpoint()
                    await client.close()

        async def listing(client: AsyncClient) -> None:
            with suppress(ClientClosedError):
                await client.models.list()

        anyio.run(main, backend=backend)


def test_32_threads_share_one_client(scripted: Scripted) -> None:
    server = scripted(answer(page("a", "b")))
    found: list[list[str]] = []
    with Client(api_key=KEY, base_url=server.base_url) as client:

        def listing() -> None:
            found.extend([model.id for model in client.models.list()] for _ in range(5))

        threads = [threading.Thread(target=listing) for _ in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [["a", "b"]] * 160
    assert len(server.requests) == 160


@BACKENDS
def test_150_tasks_share_one_client(scripted: Scripted, backend: str) -> None:
    server = scripted(answer(page("a", "b")))
    found: list[list[str]] = []

    async def main() -> None:
        async with AsyncClient(api_key=KEY, base_url=server.base_url) as client:

            async def listing() -> None:
                found.append([model.id async for model in client.models.list()])

            async with anyio.create_task_group() as group:
                for _ in range(150):
                    group.start_soon(listing)

    anyio.run(main, backend=backend)
    assert found == [["a", "b"]] * 150


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


@BACKENDS
def test_a_walk_that_was_cancelled_while_fetching_goes_on_where_it_was(
    backend: str, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", has_more=True)), silence_after(), answer(page("b")))
    found: list[str] = []

    async def main() -> None:
        async with AsyncClient(api_key=KEY, base_url=server.base_url) as client:
            models = aiter(client.models.list())

            async def following() -> BetaModelInfo:
                return await anext(models)

            found.append((await following()).id)
            server.arrived.acquire()
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as group:
                    group.start_soon(following)
                    await anyio.to_thread.run_sync(server.arrived.acquire)
                    with pytest.raises(RuntimeError, match="another task"):
                        await following()
                    scope.cancel()
            found.extend([model.id async for model in models])

    anyio.run(main, backend=backend)
    assert found == ["a", "b"]


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
