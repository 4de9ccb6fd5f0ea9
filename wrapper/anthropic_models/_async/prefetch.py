"""Fetches the next page in a task (asyncio or trio) while the caller works on this one."""

import contextvars
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

import anyio
import anyio.lowlevel

from .event_loop import current_loop, is_trio

T = TypeVar("T")

_CHECKPOINTS = 10  # asyncio needs 4; trio, which runs tasks in random order, a few more


class Prefetch(Generic[T]):
    """A function that runs in a task, and its result."""

    def __init__(
        self, work: Callable[[], Awaitable[T]], prefetching: "dict[Prefetch[Any], object]"
    ) -> None:
        """Start a task that calls `work`; it is in `prefetching` until it ends."""
        self._work = work
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._scope = anyio.CancelScope()
        self._done = anyio.Event()
        self._prefetching = prefetching
        self.loop = current_loop()
        prefetching[self] = _spawn(self)

    async def result(self) -> T:
        """Wait for the task; return the result of `work`, or raise its error."""
        if self.loop == current_loop():  # a task of another event loop cannot be awaited
            await self._done.wait()
        if self._error is not None:
            raise self._error
        if self._results:
            return self._results[0]
        return await self._work()  # the task was cancelled, or runs in another event loop

    async def cancel(self) -> None:
        """Cancel the task and wait until it has ended."""
        self._scope.cancel()
        await self._done.wait()

    async def run(self) -> None:
        """Call `work`; an error is raised by `result`."""
        try:
            with self._scope:
                self._results.append(await self._work())
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:  # including SystemExit in an event hook: the caller gets it
            self._error = error
        finally:
            self.end()

    def end(self) -> None:
        """Wake `result`; also called when the task is cancelled before it has started."""
        self._prefetching.pop(self, None)
        self._done.set()


async def run_other_tasks() -> None:
    """Yield to the event loop until a prefetching task has sent its request.

    A caller that then computes without awaiting does not delay the request.
    """
    for _ in range(_CHECKPOINTS):
        await anyio.lowlevel.checkpoint()


def _spawn(prefetch: Prefetch[Any]) -> object:
    """Start a task outside of any task group; a reference to the result keeps it alive."""
    if is_trio():
        # With the context variables of the caller, as a task of asyncio has.
        return sys.modules["trio"].lowlevel.spawn_system_task(
            prefetch.run, context=contextvars.copy_context()
        )
    import asyncio

    task = asyncio.get_running_loop().create_task(prefetch.run())
    task.add_done_callback(lambda _task: prefetch.end())
    return task
