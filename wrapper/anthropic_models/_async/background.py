"""Work ahead of the caller, in tasks of asyncio or trio."""

import contextvars
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

import anyio
import anyio.lowlevel

from .._core.failure import closed

T = TypeVar("T")

_CHECKPOINTS = 10  # asyncio needs 4, trio, which shuffles its tasks, a few more


class Ahead(Generic[T]):
    """Work that a task does while the caller is busy."""

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self._work = work
        self._outcome: list[T] = []
        self._error: Exception = closed().error
        self._scope = anyio.CancelScope()
        self._done = anyio.Event()

    async def run(self) -> None:
        """Do the work; keeps its error for where the result is asked for."""
        try:
            with self._scope:
                self._outcome.append(await self._work())
        except Exception as error:
            self._error = error
        finally:
            self.end()

    def end(self) -> None:
        """Let go whoever waits for the work."""
        self._done.set()

    @property
    def is_done(self) -> bool:
        """Whether the work has ended, well or not."""
        return self._done.is_set()

    async def result(self) -> T:
        """Wait for the work; return what came of it, or raise what it raised."""
        await self._done.wait()
        if not self._outcome:
            raise self._error
        return self._outcome[0]

    async def cancel(self) -> None:
        """Stop the work and wait until it has ended."""
        self._scope.cancel()
        await self._done.wait()


class Background:
    """The tasks of one client."""

    def __init__(self) -> None:
        self._running: dict[Ahead[Any], object] = {}

    def start(self, work: Callable[[], Awaitable[T]]) -> Ahead[T]:
        """Start work in a task."""
        ahead = Ahead(work)
        self._running = {item: task for item, task in self._running.items() if not item.is_done}
        self._running[ahead] = _spawn(ahead)
        return ahead

    async def cancel(self) -> None:
        """Stop all work and wait until none is left."""
        running, self._running = self._running, {}
        for ahead in running:
            await ahead.cancel()


async def let_others_run() -> None:
    """Let tasks go as far as they get without the network: to where their requests are sent.

    A caller that computes, rather than awaits, would hold them up.
    """
    for _ in range(_CHECKPOINTS):
        await anyio.lowlevel.checkpoint()


def _spawn(ahead: Ahead[Any]) -> object:
    """Start a task that belongs to no block of the caller's; the result keeps it alive."""
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        # Like a task of asyncio, it keeps the context variables of its caller.
        return trio.lowlevel.spawn_system_task(ahead.run, context=contextvars.copy_context())
    import asyncio

    task = asyncio.get_running_loop().create_task(ahead.run())
    # A task that is cancelled before its first step never gets to say so itself.
    task.add_done_callback(lambda _task: ahead.end())
    return task
