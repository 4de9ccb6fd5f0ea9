"""Failures on purpose: which of the next requests get an error, or no response."""

import threading
from collections import deque

from attrs import define, frozen

from .arguments import seconds, whole_number


@frozen
class Failure:
    """A response that is an error; `retry_after` is in seconds."""

    status_code: int
    retry_after: float | None


@frozen
class Drop:
    """No response: the connection is reset."""


@define
class _Planned:
    fault: Failure | Drop
    times: int


class Faults:
    """The failures that are planned, in the order in which they were added."""

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
            return first.fault

    def _plan(self, fault: Failure | Drop, times: int) -> None:
        whole_number("times", times, 1, None)
        with self._lock:
            self._planned.append(_Planned(fault, times))
