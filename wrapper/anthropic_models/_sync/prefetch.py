"""Fetches a page in a thread while the caller works on the page before it."""

import contextvars
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Prefetch(Generic[T]):
    """Work that a thread does while the caller is busy."""

    def __init__(self, work: Callable[[], T], threads: set[threading.Thread]) -> None:
        """Start the work; the thread is in `threads` until it ends."""
        self._work = work
        self._threads = threads
        self._results: list[T] = []
        self._error: BaseException | None = None
        # The caller's hooks find their context variables; a daemon lets a program stop early.
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._run,), daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # no further thread can be started: result() does the work
            return
        threads.add(self._thread)
        if not self._thread.is_alive():
            threads.discard(self._thread)

    def result(self) -> T:
        """Wait for the work; return its result, or raise its error."""
        if self._thread.ident is None:
            return self._work()
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._results[0]

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # also SystemExit of a hook: it is the caller's
            self._error = error
        finally:
            self._threads.discard(self._thread)
