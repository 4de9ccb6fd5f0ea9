"""Ctrl-C and SIGTERM: they end the command, but never between two things that belong together."""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, NoReturn, Self


class TerminatedError(BaseException):
    """SIGTERM came; like KeyboardInterrupt nobody should catch it on the way."""


class Signals:
    """Raises KeyboardInterrupt for SIGINT and TerminatedError for SIGTERM, while it is entered."""

    def __init__(self) -> None:
        self._previous: dict[signal.Signals, Any] = {}
        self._held = False
        self._came: int | None = None

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            # A shell lets background jobs ignore Ctrl-C; so it stays.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    @contextmanager
    def held(self) -> Generator[None]:
        """Let signals wait until the end of the block."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._came is not None:
            _raise(self._came)

    @contextmanager
    def let_through(self) -> Generator[None]:
        """Within a block that holds signals, let them through nevertheless."""
        self._held = False
        try:
            if self._came is not None:
                _raise(self._came)
            yield
        finally:
            self._held = True

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if not self._held:
            _raise(number)
        self._came = number


def _raise(number: int) -> NoReturn:
    raise KeyboardInterrupt if number == signal.SIGINT else TerminatedError
