"""A spinner for people who wait."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from .notes import are_read

if TYPE_CHECKING:
    from rich.status import Status

PATIENCE = 0.5  # seconds


class Progress:
    """Shows a spinner on stderr after half a second, if that is a terminal."""

    def __init__(self) -> None:
        self._text = "asking for models"
        self._status: Status | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(PATIENCE, self._show)

    def __enter__(self) -> Self:
        if are_read():
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        if self._timer.ident is not None:
            self._timer.join()
        if self._status is not None:
            self._status.stop()

    def reached(self, models: int, page: int) -> None:
        """Show how far the listing is."""
        with self._lock:
            self._text = f"{models:,} model{'' if models == 1 else 's'}, page {page:,}"
            if self._status is not None:
                self._status.update(self._text)

    @contextmanager
    def paused(self) -> Generator[None]:
        """Take the spinner away, while something else is written to the terminal."""
        with self._lock:
            if self._status is None:
                yield
                return
            self._status.stop()
            yield
            self._status.start()

    def _show(self) -> None:
        from rich.console import Console
        from rich.status import Status

        with self._lock:
            self._status = Status(self._text, console=Console(stderr=True))
            self._status.start()
