"""Fetches the next page in a thread while the caller works on this one."""

import contextvars
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Prefetch(Generic[T]):
    """A function that runs in a thread, and its result."""

    def __init__(self, work: Callable[[], T], threads: set[threading.Thread]) -> None:
        """Start a thread that calls `work`; it is in `threads` until it ends."""
        self._work = work
        self._threads = threads
        self._results: list[T] = []
        self._error: BaseException | None = None
        # Event hooks need the caller's context variables. A daemon does not delay the exit.
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._run,), daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # no more threads can be started: result() calls `work`
            return
        threads.add(self._thread)
        if not self._thread.is_alive():
            threads.discard(self._thread)

    def result(self) -> T:
        """Wait for the thread; return the result of `work`, or raise its error."""
        if self._thread.ident is None:
            return self._work()
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._results[0]

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # including SystemExit in an event hook: the caller gets it
            self._error = error
        finally:
            self._threads.discard(self._thread)
