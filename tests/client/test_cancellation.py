"""Cancellation at any step, interrupts at any line, and several event loops."""

import asyncio
import gc
import ssl
import sys
import types
import warnings
from collections.abc import Awaitable
from typing import Any

import anyio
import pytest
import uvloop
from anthropic_models import AsyncClient, BetaModelInfo, Client

from tests.support.scripted_server import Scripted, ScriptedServer, page, respond, silence_after
from tests.support.sync_and_async import KEY, with_async_client
from tests.support.threads import in_threads

LOOPS = pytest.mark.parametrize("loop", ["asyncio", "uvloop"])


@pytest.fixture
def server(tls: ssl.SSLContext | None, scripted: Scripted) -> ScriptedServer:
    return scripted(respond(page("a")), tls=tls)


async def first_id(client: AsyncClient) -> str | None:
    return (await client.models.list()).first_id


async def cancelled_after(steps: int, call: Awaitable[object], *, times: int = 1) -> object:
    """Cancel a call as asyncio does, after so many steps of the event loop."""
    task = asyncio.ensure_future(call)
    for _ in range(steps):
        await asyncio.sleep(0)
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    return outcome


async def works(client: AsyncClient) -> None:
    """The next call works, and no connection is counted that is not there."""
    assert await first_id(client) == "a"
    sender: Any = vars(client)["_sender"]
    semaphores = sender._connections._semaphores.get()
    assert [semaphore.value for semaphore in semaphores.values()] == [100]


@LOOPS
def test_a_task_is_cancelled_after_any_step(loop: str, server: ScriptedServer) -> None:
    async def work(client: AsyncClient) -> None:
        outcomes: set[type] = set()
        for steps in range(60):
            call = cancelled_after(steps, first_id(client), times=1 + steps % 2)
            outcomes.add(type(await call))
            if steps % 10 == 9:
                await works(client)
        assert outcomes <= {str, asyncio.CancelledError}
        assert asyncio.CancelledError in outcomes

    with_async_client(loop, server.base_url, work)


def test_a_scope_is_cancelled_after_any_step(backend: str, server: ScriptedServer) -> None:
    async def work(client: AsyncClient) -> None:
        for steps in range(40):
            async with anyio.create_task_group() as group:
                group.start_soon(first_id, client)
                for _ in range(steps):
                    await anyio.lowlevel.checkpoint()
                group.cancel_scope.cancel()
            if steps % 10 == 9:
                await works(client)

    with_async_client(backend, server.base_url, work)


@LOOPS
def test_a_call_that_is_cancelled_and_closed_is_cancelled(loop: str, scripted: Scripted) -> None:
    server = scripted(silence_after())

    async def work(client: AsyncClient) -> None:
        task = asyncio.ensure_future(first_id(client))
        await asyncio.to_thread(server.wait_for)
        task.cancel()
        await client.close()
        with pytest.raises(asyncio.CancelledError):
            await task

    with_async_client(loop, server.base_url, work)


@LOOPS
def test_who_waits_for_a_free_connection_may_be_cancelled(
    loop: str, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anthropic_models._async.connections.MAX_CONNECTIONS", 1)
    server = scripted(silence_after(), respond(page("a")))

    async def work(client: AsyncClient) -> None:
        busy = asyncio.ensure_future(first_id(client))
        await asyncio.to_thread(server.wait_for)
        for steps in range(20):
            outcome = await cancelled_after(steps, first_id(client))
            assert isinstance(outcome, asyncio.CancelledError)
        busy.cancel()
        assert await first_id(client) == "a"

    with_async_client(loop, server.base_url, work)


def test_a_walk_that_was_cancelled_goes_on_where_it_was(backend: str, scripted: Scripted) -> None:
    server = scripted(respond(page("a", has_more=True)), silence_after(), respond(page("b")))

    async def work(client: AsyncClient) -> None:
        models = aiter(client.models.list())

        async def following() -> BetaModelInfo:
            return await anext(models)

        assert (await following()).id == "a"
        server.wait_for()
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as group:
                group.start_soon(following)
                await anyio.to_thread.run_sync(server.wait_for)
                with pytest.raises(RuntimeError, match="another task"):
                    await following()
                scope.cancel()
        assert [model.id async for model in models] == ["b"]

    with_async_client(backend, server.base_url, work)


@LOOPS
def test_a_page_whose_task_is_cancelled_is_fetched_later(loop: str, scripted: Scripted) -> None:
    server = scripted(respond(page("a", has_more=True)), silence_after(), respond(page("b")))

    async def work(client: AsyncClient) -> None:
        models = aiter(client.models.list(prefetch=True))
        assert (await anext(models)).id == "a"
        await asyncio.to_thread(server.wait_for, 2)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        assert [model.id async for model in models] == ["b"]

    with_async_client(loop, server.base_url, work)


# --- several event loops


def test_one_client_works_in_one_loop_after_the_other_and_in_several_that_are_open(
    server: ScriptedServer,
) -> None:
    client = AsyncClient(api_key=KEY, base_url=server.base_url, max_retries=0)

    async def listing() -> None:
        assert [await first_id(client), await first_id(client)] == ["a", "a"]

    loops = [asyncio.new_event_loop(), uvloop.new_event_loop(), asyncio.new_event_loop()]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for run in (asyncio.run, uvloop.run, asyncio.run):
            run(listing())
        anyio.run(listing, backend="trio")
        for loop in loops * 2:
            loop.run_until_complete(listing())
        loops[0].run_until_complete(client.close())
        for loop in loops:
            loop.close()
        gc.collect()


def test_loops_in_threads_share_one_client(server: ScriptedServer) -> None:
    client = AsyncClient(api_key=KEY, base_url=server.base_url)

    async def listings() -> None:
        assert await asyncio.gather(*[first_id(client) for _ in range(4)]) == ["a"] * 4

    in_threads(4, lambda: asyncio.run(listings()))
    asyncio.run(client.close())
    assert len(server.requests) == 16


def test_a_listing_that_is_prefetched_goes_on_in_another_loop(scripted: Scripted) -> None:
    server = scripted(respond(page("a", has_more=True)), silence_after(), respond(page("b")))
    client = AsyncClient(api_key=KEY, base_url=server.base_url)

    async def following() -> str:
        return (await anext(models)).id

    models = aiter(client.models.list(prefetch=True))
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
    assert first.run_until_complete(following()) == "a"
    server.wait_for(2)
    assert second.run_until_complete(following()) == "b"
    for loop in (first, second):
        loop.run_until_complete(client.close())
        loop.close()


# --- interrupts


class Interrupter:
    """Raises KeyboardInterrupt at one of the points where Python looks for signals.

    These are where a function begins and where one written in C has returned.
    """

    def __init__(self, at: int) -> None:
        self.points = 0
        self._at = at

    def __call__(self, frame: types.FrameType, event: str, _argument: object) -> None:
        name = frame.f_code.co_filename
        is_ours = any(part in name for part in ("/anthropic_models/_sync/", "/httpcore/", "/h11/"))
        # Within a lock of httpcore a call may need a second interrupt, which is documented.
        if event not in ("call", "c_return") or not is_ours or "_synchronization" in name:
            return
        self.points += 1
        if self.points == self._at:
            raise KeyboardInterrupt


def test_an_interrupt_at_any_point_leaves_a_client_that_works(server: ScriptedServer) -> None:
    interrupted = 0
    with warnings.catch_warnings(), Client(api_key=KEY, base_url=server.base_url) as client:
        # An interrupt while a socket is being closed leaves that to Python.
        warnings.simplefilter("ignore", ResourceWarning)
        at, is_over = 0, False
        while not is_over:
            at += 23 if server.base_url.startswith("https") else 5
            interrupter = Interrupter(at)
            try:
                sys.setprofile(interrupter)
                client.models.list()
            except KeyboardInterrupt:
                interrupted += 1
            finally:
                sys.setprofile(None)
            is_over = interrupter.points < at
            assert client.models.list().first_id == "a"
        sender: Any = vars(client)["_sender"]
        assert not sender._connections._queue.get()
        gc.collect()
    assert interrupted > 10
