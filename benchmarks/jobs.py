"""The jobs that are measured; each runs in the process of the contestant."""

import asyncio
import gc
import time
import tracemalloc
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar

Sample = dict[str, float]
T = TypeVar("T")


class Clients:
    """The clients of a contestant, each made when a job asks for it and open until the end."""

    def __init__(self, contestant: Any, base_url: str, stack: ExitStack) -> None:
        self.contestant = contestant
        self._base_url = base_url
        self._stack = stack
        self._walk: Iterator[Any] | None = None

    @cached_property
    def sync(self) -> Any:
        """The sync client."""
        return self._stack.enter_context(self.contestant.connected(self._base_url))

    @cached_property
    def _runner(self) -> "asyncio.Runner":
        return self._stack.enter_context(asyncio.Runner())

    @cached_property
    def asynchronous(self) -> Any:
        """The async client, to be used in what `run` runs."""
        client = self.new_asynchronous()
        self.run(client.__aenter__())
        self._stack.callback(lambda: self.run(client.__aexit__(None, None, None)))
        return client

    def new_asynchronous(self) -> Any:
        """Return an async client without any connection yet."""
        return self.contestant.connected_async(self._base_url)

    def long_walk(self, limit: int) -> Iterator[Any]:
        """Return the one walk that continues over many jobs."""
        if self._walk is None:
            self._walk = iter(self.contestant.models(self.sync, limit))
        return self._walk

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run async work; always in the same event loop."""
        return self._runner.run(work)


def first_page(clients: Clients, limit: int) -> Sample:
    """Fetch one page and no more."""
    return {"models": clients.contestant.first_page(clients.sync, limit)}


def send_one(clients: Clients, limit: int, times: int) -> Sample:
    """Send one request to one operation, again and again."""
    contestant, client = clients.contestant, clients.sync
    started = time.perf_counter()
    models = sum(contestant.send_one(client, limit) for _ in range(times))
    return {"models": models, "seconds": time.perf_counter() - started}


def walk(clients: Clients, limit: int | None) -> Sample:
    """List every model, one after the other, and keep none."""
    client = clients.sync
    started = time.perf_counter()
    models = clients.contestant.walk(client, limit)
    return {"models": models, "seconds": time.perf_counter() - started}


def walk_on(clients: Clients, limit: int, models: int) -> Sample:
    """Take `models` more models of one long walk."""
    walk = clients.long_walk(limit)
    started = time.perf_counter()
    seen = sum(1 for model in islice(walk, models) if model.id)
    return {"models": seen, "seconds": time.perf_counter() - started}


def keep(clients: Clients, limit: int) -> Sample:
    """Return how many bytes Python's allocator holds for a list of every model."""
    contestant, client = clients.contestant, clients.sync
    tracemalloc.start()
    kept = contestant.keep(client, limit)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"models": len(kept), "kept_bytes": held}


def busy(clients: Clients, pages: int, work: str, seconds: float) -> Sample:
    """Do the work of a caller alone, without any page to work on."""
    started = time.perf_counter()
    for _ in range(pages):
        _sync_work(work, seconds)
    return {"models": 0, "seconds": time.perf_counter() - started}


def busy_with_pages(clients: Clients, limit: int, work: str, seconds: float) -> Sample:
    """Work on each page while the next one is fetched."""
    pages: Iterator[int] = clients.contestant.pages(clients.sync, limit)
    models = 0
    started = time.perf_counter()
    for size in pages:
        models += size
        _sync_work(work, seconds)
    return {"models": models, "seconds": time.perf_counter() - started}


def busy_with_pages_async(clients: Clients, limit: int, work: str, seconds: float) -> Sample:
    """Work on each page while the next one is fetched, in a task."""
    client = clients.asynchronous

    async def working() -> Sample:
        models = 0
        started = time.perf_counter()
        async for size in clients.contestant.pages_async(client, limit):
            models += size
            if work == "sleep":
                await asyncio.sleep(seconds)
            else:
                _compute(seconds)
        return {"models": models, "seconds": time.perf_counter() - started}

    return clients.run(working())


def many_at_once(clients: Clients, listings: int, limit: int | None) -> Sample:
    """List every model many times at once; p99 is how soon 99 of 100 listings are done.

    With a new client each time: otherwise the number of connections that are still open would
    depend on how long the other contestants took.
    """

    async def listing(client: Any) -> tuple[int, float]:
        models = await clients.contestant.walk_async(client, limit)
        return models, time.perf_counter()

    async def all_at_once() -> Sample:
        async with clients.new_asynchronous() as client:
            started = time.perf_counter()
            outcomes = await asyncio.gather(
                *(listing(client) for _ in range(listings)), return_exceptions=True
            )
            seconds = time.perf_counter() - started
        done = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
        waits = sorted(ended - started for _, ended in done) or [seconds]
        return {
            "models": sum(models for models, _ in done),
            "seconds": seconds,
            "p99_seconds": waits[int(0.99 * (len(waits) - 1))],
            "errors": listings - len(done),
        }

    return clients.run(all_at_once())


def _sync_work(work: str, seconds: float) -> None:
    if work == "sleep":
        time.sleep(seconds)
    else:
        _compute(seconds)


def _compute(seconds: float) -> None:
    """Compute for so many seconds of this thread's own time, whatever else takes the processor."""
    end = time.thread_time() + seconds
    number = 1
    while time.thread_time() < end:
        for _ in range(200):
            number = number * 48271 % 2147483647


JOBS: dict[str, Callable[..., Sample]] = {
    job.__name__: job
    for job in (
        first_page,
        send_one,
        walk,
        walk_on,
        keep,
        busy,
        busy_with_pages,
        busy_with_pages_async,
        many_at_once,
    )
}
