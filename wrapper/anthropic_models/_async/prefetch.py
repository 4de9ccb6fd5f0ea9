"""Fetches a page in a task, of asyncio or trio, while the caller works on the page before it."""

import contextvars
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

import anyio
import anyio.lowlevel

from .event_loop import current_loop, is_trio

T = TypeVar("T")

_CHECKPOINTS = 10  # asyncio needs 4, trio, which shuffles its tasks, a few more


class Prefetch(Generic[T]):
    """Work that a task does while the caller is busy."""

    def __init__(
        self, work: Callable[[], Awaitable[T]], prefetching: "dict[Prefetch[Any], object]"
    ) -> None:
        """Start the work; it is in `prefetching` until it ends."""
        self._work = work
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._scope = anyio.CancelScope()
        self._done = anyio.Event()
        self._prefetching = prefetching
        self.loop = current_loop()
        prefetching[self] = _spawn(self)

    async def result(self) -> T:
        """Wait for the work; return its result, or raise its error."""
        if self.loop == current_loop():  # nothing of another one can be awaited here
            await self._done.wait()
        if self._error is not None:
            raise self._error
        if self._results:
            return self._results[0]
        return await self._work()  # it was cancelled, or belongs to another event loop

    async def cancel(self) -> None:
        """Stop the work and wait until it has ended."""
        self._scope.cancel()
        await self._done.wait()

    async def run(self) -> None:
        """Do the work; keeps its error for `result`."""
        try:
            with self._scope:
                self._results.append(await self._work())
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:  # also SystemExit of a hook: it is the caller's
            self._error = error
        finally:
            self.end()

    def end(self) -> None:
        """Wake who waits for the result, also when the task is cancelled before its first step."""
        self._prefetching.pop(self, None)
        self._done.set()


async def let_others_run() -> None:
    """Let tasks go as far as they get without the network: to where their requests are sent.

    A caller that computes, rather than awaits, would hold them up.
    """
    for _ in range(_CHECKPOINTS):
        await anyio.lowlevel.checkpoint()


def _spawn(prefetch: Prefetch[Any]) -> object:
    """Start a task that belongs to no block of the caller's; the result keeps it alive."""
    if is_trio():
        # Like a task of asyncio, it keeps the context variables of its caller.
        return sys.modules["trio"].lowlevel.spawn_system_task(
            prefetch.run, context=contextvars.copy_context()
        )
    import asyncio

    task = asyncio.get_running_loop().create_task(prefetch.run())
    task.add_done_callback(lambda _task: prefetch.end())
    return task
