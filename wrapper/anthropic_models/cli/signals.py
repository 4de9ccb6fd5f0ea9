"""Handles Ctrl-C and the other signals that end the command."""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

# Ctrl-C, `kill`, a terminal that is closed, and Ctrl-\. Windows has the first two.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")

Handler = Callable[[int, FrameType | None], object]


class SignalError(BaseException):
    """A signal ends the command; like KeyboardInterrupt, it is not a subclass of Exception."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def immediate() -> Generator[None]:
    """Let signals end the process at once in the block."""
    with _handled_by(signal.SIG_DFL):
        yield


@contextmanager
def raised() -> Generator[None]:
    """Raise SignalError in the block when a signal arrives."""
    with _handled_by(_raise):
        yield


@contextmanager
def delayed() -> Generator[None]:
    """Delay signals until the end of the block, which then raises SignalError."""
    arrived: list[int] = []
    with _handled_by(lambda number, _frame: arrived.append(number)):
        yield
    if arrived:
        raise SignalError(arrived[0])


@contextmanager
def _handled_by(handler: Handler | signal.Handlers) -> Generator[None]:
    previous: dict[signal.Signals, Any] = {}
    try:
        if threading.current_thread() is threading.main_thread():  # signal() works there only
            for name in _NAMES:
                number = getattr(signal, name, None)
                # nohup and shells make background jobs ignore some. None: not set from Python.
                if number and signal.getsignal(number) not in (signal.SIG_IGN, None):
                    previous[number] = signal.signal(number, handler)
        yield
    finally:
        for number, before in previous.items():
            signal.signal(number, before)


def _raise(number: int, _frame: FrameType | None) -> NoReturn:
    raise SignalError(number)
