"""The deadline of one exchange (a request and its response)."""

import time


class Deadline:
    """The time that one exchange may take, from the first byte sent to the last byte read."""

    def __init__(self) -> None:
        self._seconds: float | None = None
        self._end: float | None = None
        self.reads = 0
        """The number of reads since the exchange started."""

    def start(self, seconds: float | None) -> None:
        """Start an exchange that may take `seconds` from its first write; None is no limit."""
        self._seconds = seconds
        self._end = None
        self.reads = 0

    def start_connecting(self, seconds: float | None) -> None:
        """Apply this limit, to connecting or a TLS handshake, until `connected` or `start`."""
        self._end = None if seconds is None else time.monotonic() + seconds

    def connected(self) -> None:
        """Count the time of the exchange from the next write."""
        self._end = None

    def write_timeout(self, timeout: float | None) -> float | None:
        """Return how many seconds a write may take; raises TimeoutError after the deadline."""
        if self._end is None and self._seconds is not None:
            self._end = time.monotonic() + self._seconds
        return self._remaining(timeout)

    def read_timeout(self, timeout: float | None) -> float | None:
        """Return how many seconds a read may take; raises TimeoutError after the deadline."""
        self.reads += 1
        return self._remaining(timeout)

    def _remaining(self, timeout: float | None) -> float | None:
        if self._end is None:
            return timeout
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left if timeout is None else min(timeout, left)
