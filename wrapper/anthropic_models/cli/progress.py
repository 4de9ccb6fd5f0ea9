"""A spinner that shows the progress of a listing.

Signals are delayed while rich changes it: an interrupt there would leave rich's state broken.
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from .signals import delayed
from .stdio import stderr_is_terminal

if TYPE_CHECKING:
    from rich.status import Status

DELAY = 0.5  # seconds


class Progress:
    """Shows a spinner on stderr after half a second, if it is enabled and stderr is a terminal."""

    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled and stderr_is_terminal()
        self._text = "listing models"
        self._status: Status | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(DELAY, self._show)

    def __enter__(self) -> Self:
        if self._enabled:
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
            with delayed():
                self._status.stop()

    def update(self, models: int, pages: int) -> None:
        """Show the number of models and pages so far."""
        with self._lock:
            self._text = f"{models:,} model{'' if models == 1 else 's'}, page {pages:,}"
            if self._status is not None:
                with delayed():
                    self._status.update(self._text)

    @contextmanager
    def paused(self) -> Generator[None]:
        """Hide the spinner while something else is written to the terminal."""
        with self._lock:
            if self._status is None:
                yield
                return
            with delayed():
                self._status.stop()
            yield
            with delayed():
                self._status.start()

    def _show(self) -> None:
        from rich.console import Console
        from rich.status import Status

        with self._lock:
            self._status = Status(self._text, console=Console(stderr=True))
            self._status.start()
