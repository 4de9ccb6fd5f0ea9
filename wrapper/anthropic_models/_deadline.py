"""The deadline of one exchange, counted from its first byte."""

import time


class Deadline:
    """The time that one exchange may take, from the first byte sent to the last byte read."""

    def __init__(self) -> None:
        self._seconds: float | None = None
        self._end: float | None = None
        self.reads = 0
        """How many reads there were since the exchange began."""

    def begin(self, seconds: float | None) -> None:
        """Begin an exchange that may take so many seconds; None for any time."""
        self._seconds = seconds
        self._end = None
        self.reads = 0

    def connecting(self, seconds: float | None) -> None:
        """Bound connecting or a TLS handshake instead, until `begin` or `connected`."""
        self._end = None if seconds is None else time.monotonic() + seconds

    def connected(self) -> None:
        """Let the time of the exchange begin with the next write."""
        self._end = None

    def for_write(self, timeout: float | None) -> float | None:
        """Return how many seconds a write may take; raises TimeoutError when none are left."""
        if self._end is None and self._seconds is not None:
            self._end = time.monotonic() + self._seconds
        return self._bounded(timeout)

    def for_read(self, timeout: float | None) -> float | None:
        """Return how many seconds a read may take; raises TimeoutError when none are left."""
        self.reads += 1
        return self._bounded(timeout)

    def _bounded(self, timeout: float | None) -> float | None:
        if self._end is None:
            return timeout
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left if timeout is None else min(timeout, left)
