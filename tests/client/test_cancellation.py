"""Cancellation at any step, interrupts at any line, and several event loops."""

import asyncio
import gc
import random
import sys
import threading
import types
import warnings
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import anyio
import httpx
import pytest
import uvloop
from anthropic_models import APITimeoutError, AsyncClient, Client

from tests.support.certificates import Authority
from tests.support.scripted_server import (
    Scripted,
    ScriptedServer,
    answer,
    error,
    page,
    silence_after,
)
from tests.support.shells import KEY

SIZED = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n"
Main = Coroutine[Any, Any, None]
LOOPS = pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])


@pytest.fixture(params=["http", "https"])
def server(request: pytest.FixtureRequest, trusted: Authority) -> Iterator[ScriptedServer]:
    tls = trusted.server() if request.param == "https" else None
    with ScriptedServer(answer(page("a")), tls=tls) as running:
        yield running


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


def private(value: Any, *names: str) -> Any:
    """Return what is behind attributes that are no part of the public surface."""
    for name in names:
        value = getattr(value, name)
    return value


def free_connections(client: AsyncClient) -> list[int]:
    semaphores = private(client, "_sender", "_connections", "_semaphores").get()
    return [semaphore.value for semaphore in semaphores.values()]


def on_trio(main: Main) -> None:
    async def begin() -> None:
        await main

    anyio.run(begin, backend="trio")


@LOOPS
@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
def test_a_task_may_be_cancelled_after_any_step(
    run: Callable[[Main], None], server: ScriptedServer, times: int
) -> None:
    async def main() -> None:
        outcomes: set[type] = set()
        async with AsyncClient(api_key=KEY, base_url=server.base_url) as client:

            async def listing() -> str | None:
                return (await client.models.list()).first_id

            for steps in range(60):
                outcomes.add(type(await cancelled_after(steps, listing(), times=times)))
                if steps % 10 == 9:
                    assert await listing() == "a"
            assert free_connections(client) == [100]
        assert outcomes <= {str, asyncio.CancelledError}
        assert asyncio.CancelledError in outcomes

    run(main())


@LOOPS
def test_a_timeout_of_asyncio_may_pass_at_any_moment(
    run: Callable[[Main], None], server: ScriptedServer
) -> None:
    async def main() -> None:
        async with AsyncClient(api_key=KEY, base_url=server.base_url) as client:
            timeouts = 0
            for number in range(60):
                try:
                    async with asyncio.timeout(number * 0.0001):
                        assert (await client.models.list()).first_id == "a"
                except TimeoutError:
                    timeouts += 1
            assert timeouts
            task = asyncio.current_task()
            assert task is not None
            assert task.cancelling() == 0
            assert (await client.models.list()).first_id == "a"
            assert free_connections(client) == [100]

    run(main())


def test_a_scope_of_trio_may_be_cancelled_at_any_moment(server: ScriptedServer) -> None:
    async def main() -> None:
        async with AsyncClient(api_key=KEY, base_url=server.base_url) as client:
            for number in range(60):
                with anyio.move_on_after(number * 0.0001):
                    await client.models.list()
            assert (await client.models.list()).first_id == "a"
            assert free_connections(client) == [100]

    anyio.run(main, backend="trio")


@LOOPS
@pytest.mark.parametrize(
    "phase",
    [
        silence_after(),
        silence_after(SIZED),
        error(429, "rate_limit_error", headers={"retry-after": "50"}),
    ],
    ids=["head", "body", "retry wait"],
)
def test_a_call_that_is_cancelled_or_closed_or_both_ends(
    run: Callable[[Main], None], scripted: Scripted, phase: Any
) -> None:
    server = scripted(phase)

    async def main() -> None:
        for both in (False, True):
            client = AsyncClient(api_key=KEY, base_url=server.base_url)

            async def listing(client: AsyncClient = client) -> None:
                await client.models.list()

            task = asyncio.ensure_future(listing())
            await asyncio.to_thread(server.arrived.acquire)
            task.cancel()
            if both:
                await client.close()
            with pytest.raises(asyncio.CancelledError):
                await task
            await client.close()

    run(main())


@LOOPS
def test_who_waits_for_a_free_connection_may_be_cancelled(
    run: Callable[[Main], None], scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anthropic_models._async.connections.MAX_CONNECTIONS", 1)
    server = scripted(silence_after(), answer(page("a")))

    async def main() -> None:
        async with AsyncClient(api_key=KEY, base_url=server.base_url) as client:

            async def listing() -> str | None:
                return (await client.models.list()).first_id

            busy = asyncio.ensure_future(listing())
            await asyncio.to_thread(server.arrived.acquire)
            for steps in range(20):
                outcome = await cancelled_after(steps, listing())
                assert isinstance(outcome, asyncio.CancelledError)
            hurried = client.with_options(timeout=httpx.Timeout(9, pool=0.01), max_retries=0)
            with pytest.raises(APITimeoutError, match="free connection"):
                await hurried.models.list()
            busy.cancel()
            assert await listing() == "a"

    run(main())


class TestEventLoops:
    @pytest.mark.parametrize("retries", [0, 2])
    @pytest.mark.parametrize(
        "runs",
        [
            (asyncio.run, uvloop.run, asyncio.run),
            (on_trio, asyncio.run),
        ],
        ids=["asyncio and uvloop", "trio and asyncio"],
    )
    def test_one_client_works_in_one_after_the_other_without_a_warning(
        self, server: ScriptedServer, retries: int, runs: tuple[Callable[[Any], Any], ...]
    ) -> None:
        client = AsyncClient(api_key=KEY, base_url=server.base_url, max_retries=retries)
        found: list[str | None] = []

        async def listing() -> None:
            found.append((await client.models.list()).first_id)
            found.append((await client.models.list()).first_id)

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for run in runs:
                run(listing())
                gc.collect()
            asyncio.run(client.close())
            gc.collect()
        assert found == ["a", "a"] * len(runs)

    @pytest.mark.parametrize("retries", [0, 2])
    def test_one_client_works_in_several_that_are_open(
        self, server: ScriptedServer, retries: int
    ) -> None:
        client = AsyncClient(api_key=KEY, base_url=server.base_url, max_retries=retries)
        found: list[str | None] = []

        async def listing() -> None:
            found.append((await client.models.list()).first_id)

        loops = [asyncio.new_event_loop(), uvloop.new_event_loop(), asyncio.new_event_loop()]
        for loop in loops * 2:
            loop.run_until_complete(listing())
        loops[0].run_until_complete(client.close())
        for loop in loops:
            loop.close()
        assert found == ["a"] * 6

    def test_loops_in_threads_share_one_client(self, server: ScriptedServer) -> None:
        client = AsyncClient(api_key=KEY, base_url=server.base_url)
        found: list[str | None] = []

        async def listings() -> None:
            async def one() -> None:
                found.append((await client.models.list()).first_id)

            async with asyncio.TaskGroup() as group:
                for _ in range(20):
                    group.create_task(one())

        threads = [threading.Thread(target=lambda: asyncio.run(listings())) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        asyncio.run(client.close())
        assert found == ["a"] * 120

    def test_a_listing_that_is_prefetched_goes_on_in_another_one(self, scripted: Scripted) -> None:
        server = scripted(answer(page("a", has_more=True)), answer(page("b")))
        client = AsyncClient(api_key=KEY, base_url=server.base_url)
        models = aiter(client.models.list(prefetch=True))

        async def following() -> str:
            return (await anext(models)).id

        assert [asyncio.run(following()) for _ in range(2)] == ["a", "b"]
        asyncio.run(client.close())


@LOOPS
def test_a_page_whose_task_somebody_cancels_is_fetched_when_it_is_needed(
    run: Callable[[Main], None], scripted: Scripted
) -> None:
    server = scripted(answer(page("a", has_more=True)), silence_after(), answer(page("b")))

    async def main() -> None:
        async with AsyncClient(api_key=KEY, base_url=server.base_url) as client:
            models = aiter(client.models.list(prefetch=True))
            assert (await anext(models)).id == "a"
            for _ in range(2):
                await asyncio.to_thread(server.arrived.acquire)
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            assert [model.id async for model in models] == ["b"]

    run(main())


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_exit_of_a_hook_in_a_prefetch_is_raised_to_the_caller(backend: str) -> None:
    async def leave(request: httpx.Request) -> None:
        if "after_id" in str(request.url):
            raise SystemExit(3)

    def respond(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=page("a", has_more=True))

    async def main() -> None:
        hooks: Any = {"request": [leave]}
        transport = httpx.MockTransport(respond)
        async with httpx.AsyncClient(transport=transport, event_hooks=hooks) as http:
            client = AsyncClient(api_key=KEY, http_client=http)
            models = aiter(client.models.list(prefetch=True))
            assert (await anext(models)).id == "a"
            with pytest.raises(SystemExit):
                await anext(models)

    anyio.run(main, backend=backend)


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
            at += 17 if server.base_url.startswith("https") else 1
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
        assert not private(client, "_sender", "_connections", "_queue").get()
        gc.collect()
    assert interrupted > 20


def test_random_cancels_of_tasks_that_share_a_client(server: ScriptedServer) -> None:
    chance = random.Random(17)  # noqa: S311 - no secret

    async def main() -> None:
        async with AsyncClient(api_key=KEY, base_url=server.base_url) as client:

            async def listing() -> str | None:
                return (await client.models.list()).first_id

            for _ in range(20):
                tasks = [asyncio.ensure_future(listing()) for _ in range(10)]
                await asyncio.sleep(chance.random() / 100)
                for task in chance.sample(tasks, 7):
                    task.cancel()
                outcomes = await asyncio.gather(*tasks, return_exceptions=True)
                assert {type(outcome) for outcome in outcomes} <= {str, asyncio.CancelledError}
            assert await asyncio.gather(*[listing() for _ in range(20)]) == ["a"] * 20
            assert free_connections(client) == [100]

    asyncio.run(main())
