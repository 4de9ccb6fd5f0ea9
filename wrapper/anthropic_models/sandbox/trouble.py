"""Trouble on purpose: which of the next requests fail, or get no answer."""

import math
import threading
from collections import deque

from attrs import define, frozen


@frozen
class Failure:
    """An answer that is an error; `retry_after` is in seconds."""

    status_code: int
    retry_after: float | None


@frozen
class Drop:
    """No answer: the connection is reset."""


@define
class _Planned:
    trouble: Failure | Drop
    times: int


class Trouble:
    """What is planned, in the order in which it was asked for."""

    def __init__(self) -> None:
        self._planned: deque[_Planned] = deque()
        self._lock = threading.Lock()

    def fail(self, status: int, times: int, retry_after: float | None) -> None:
        """Plan errors; raises TypeError and ValueError."""
        whole_number("status", status, 400, 599)
        if retry_after is not None:
            seconds("retry_after", retry_after)
        self._plan(Failure(status, retry_after), times)

    def drop(self, times: int) -> None:
        """Plan resets; raises TypeError and ValueError."""
        self._plan(Drop(), times)

    def next(self) -> Failure | Drop | None:
        """Return what is to happen to the next request; None when nothing is planned."""
        with self._lock:
            if not self._planned:
                return None
            first = self._planned[0]
            first.times -= 1
            if first.times == 0:
                self._planned.popleft()
            return first.trouble

    def _plan(self, trouble: Failure | Drop, times: int) -> None:
        whole_number("times", times, 1, None)
        with self._lock:
            self._planned.append(_Planned(trouble, times))


def seconds(name: str, value: object) -> float:
    """Return a time in seconds; raises TypeError and ValueError when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} should be a number of seconds, but is {value!r}")
    if not 0 <= value < math.inf:
        raise ValueError(f"{name} should be 0 seconds or more, but is {value!r}")
    return value


def whole_number(name: str, value: object, least: int, most: int | None) -> None:
    """Raise TypeError or ValueError when it is none within these bounds."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} should be an int, but is {value!r}")
    if value < least or (most is not None and value > most):
        bounds = f"at least {least}" if most is None else f"within {least} to {most}"
        raise ValueError(f"{name} should be {bounds}, but is {value}")
