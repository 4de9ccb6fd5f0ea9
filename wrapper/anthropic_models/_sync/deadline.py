"""Cuts off what a thread waits for: a socket that is shut down wakes whoever reads from it."""

import socket
import threading
import time
from contextlib import suppress

import httpx


def wake(sock: socket.socket) -> None:
    """End all reading from a socket, in whichever thread."""
    with suppress(OSError):  # it may be closed already
        # Not through SSLSocket, which would drop its TLS state under the reader's feet.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


class Deadline:
    """The time that a body may take in all; httpx's own timeout counts for each read alone."""

    def __init__(self, response: httpx.Response, seconds: float | None) -> None:
        self._response = response
        self._end = float("inf") if seconds is None else time.monotonic() + seconds
        # Almost every body is there long before, and is not worth a thread.
        self._patience = self._end - 0.9 * (seconds or 0)
        self._timer: threading.Timer | None = None

    def has_passed(self) -> bool:
        """Tell whether the time is over; to be asked after each chunk."""
        now = time.monotonic()
        if self._timer is None and self._patience < now < self._end:
            self._timer = self._started(self._end - now)
        return now >= self._end

    def stop(self) -> None:
        """Let the deadline go, once the body is read."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()

    def _started(self, seconds: float) -> threading.Timer:
        timer = threading.Timer(seconds, self._cut_off)
        timer.daemon = True
        timer.start()
        return timer

    def _cut_off(self) -> None:
        stream = self._response.extensions.get("network_stream")
        sock = stream and stream.get_extra_info("socket")
        # With HTTP/2, others use the same socket.
        if isinstance(sock, socket.socket) and self._response.http_version == "HTTP/1.1":
            wake(sock)
