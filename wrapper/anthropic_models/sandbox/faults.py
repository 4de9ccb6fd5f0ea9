"""Fault injection: which of the next requests get an error response, or none."""

import threading
from collections import deque

from attrs import define, frozen

from .arguments import checked_int, checked_seconds


@frozen
class ErrorFault:
    """The request gets an error response; `retry_after` is in seconds."""

    status_code: int
    retry_after: float | None


@frozen
class DropFault:
    """The request gets no response: the connection is reset."""


Fault = ErrorFault | DropFault


@define
class _Planned:
    fault: Fault
    times: int


class Faults:
    """The faults that are planned, in the order in which they were added."""

    def __init__(self) -> None:
        self._planned: deque[_Planned] = deque()
        self._lock = threading.Lock()

    def fail(self, status: int, times: int, retry_after: float | None) -> None:
        """Plan error responses; raises TypeError or ValueError."""
        checked_int("status", status, 400, 599)
        if retry_after is not None:
            checked_seconds("retry_after", retry_after)
        self._plan(ErrorFault(status, retry_after), times)

    def drop(self, times: int) -> None:
        """Plan connection resets; raises TypeError or ValueError."""
        self._plan(DropFault(), times)

    def next(self) -> Fault | None:
        """Return the fault for the next request; None when none is planned."""
        with self._lock:
            if not self._planned:
                return None
            first = self._planned[0]
            first.times -= 1
            if first.times == 0:
                self._planned.popleft()
            return first.fault

    def _plan(self, fault: Fault, times: int) -> None:
        checked_int("times", times, 1, None)
        with self._lock:
            self._planned.append(_Planned(fault, times))
