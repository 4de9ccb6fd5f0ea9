"""What connections of our own share, sync and async: the deadline of one exchange, and pools."""

import ssl
import time
from typing import Any

import httpcore
import httpx

MAX_CONNECTIONS = 100
MAX_IDLE_CONNECTIONS = 10
_KEEPALIVE = 5.0  # seconds that a connection is used again


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
        """Bound a TLS handshake instead, until `begin` or `connected`."""
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
            raise TimeoutError
        return left if timeout is None else min(timeout, left)


def pool_options(
    proxy: httpx.Proxy | None, backend: object, context: ssl.SSLContext | None
) -> dict[str, Any]:
    """Return the arguments of a pool of httpcore that holds one connection."""
    options: dict[str, Any] = {
        "ssl_context": context,
        "max_connections": 1,
        "keepalive_expiry": _KEEPALIVE,
        "network_backend": backend,
    }
    if proxy is not None:
        options["proxy_url"] = httpcore.URL(
            scheme=proxy.url.raw_scheme,
            host=proxy.url.raw_host,
            port=proxy.url.port,
            target=b"/",
        )
        options["proxy_auth"] = proxy.raw_auth
        if proxy.url.scheme == "https":
            options["proxy_ssl_context"] = context
    return options


def core_request(request: httpx.Request) -> httpcore.Request:
    """Return a request of httpx as one of httpcore."""
    url = request.url
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.content,
        extensions=request.extensions,
    )


def httpx_error(error: Exception) -> httpx.TransportError | None:
    """Return an error of httpcore as the one of httpx; None for any other."""
    kind = getattr(httpx, type(error).__name__, None)
    if kind is None or not type(error).__module__.startswith("httpcore"):
        return None
    mapped: httpx.TransportError = kind(str(error))
    mapped.__cause__ = error
    return mapped
