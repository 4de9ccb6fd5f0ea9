"""Work ahead of the caller, in threads."""

import contextvars
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """Work that a thread does while the caller is busy."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._outcome: T | None = None
        self._error: Exception | None = None
        # The caller's hooks find their context variables; a daemon lets a program stop early.
        context = contextvars.copy_context()
        self.thread = threading.Thread(target=context.run, args=(self._run,), daemon=True)

    def _run(self) -> None:
        try:
            self._outcome = self._work()
        except Exception as error:
            self._error = error

    def result(self) -> T:
        """Wait for the work; return what came of it, or raise what it raised."""
        self.thread.join()
        if self._error is not None:
            raise self._error
        return self._outcome  # type: ignore[return-value]  # T may itself include None


class Background:
    """The threads of one client."""

    def __init__(self) -> None:
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def start(self, work: Callable[[], T]) -> Ahead[T]:
        """Start work in a thread."""
        ahead = Ahead(work)
        with self._lock:
            self._threads = {thread for thread in self._threads if thread.is_alive()}
            ahead.thread.start()
            self._threads.add(ahead.thread)
        return ahead

    def join(self) -> None:
        """Wait until no thread is left."""
        with self._lock:
            threads, self._threads = self._threads, set()
        for thread in threads:
            thread.join()
