"""Connections of our own: one pool of httpcore for each, so that none waits for another's lock.

A connection is taken for one exchange and kept only after a clean end of it; after an error, a
deadline, an interrupt or a cancellation its socket is closed, and nothing else is touched.
"""

import os
import urllib.request
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

import httpcore
import httpx
from attrs import frozen

from ._certificates import Certificates
from ._core.proxies import proxy_for
from ._core.secret import Secret
from ._httpcore import pool_options
from ._wire import Wire

_MAX_IDLE_CONNECTIONS = 10

Pool = TypeVar("Pool", httpcore.ConnectionPool, httpcore.AsyncConnectionPool)
T = TypeVar("T")


@frozen(eq=False)
class Connection(Generic[Pool]):
    """A socket, and what speaks HTTP over it."""

    key: tuple[object, ...]
    wire: Wire
    pool: Pool


class OfProcess(Generic[T]):
    """A value that a forked child must not share with its parent."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        # That of a parent stays referenced in a child, which so never closes its sockets.
        self._values: dict[int, T] = {}

    def get(self) -> T:
        """Return the value of this process; all threads get the same one."""
        process = os.getpid()
        if process not in self._values:
            self._values.setdefault(process, self._make())
        return self._values[process]


class BaseConnections(Generic[Pool]):
    """The idle connections of a client. Any thread and any event loop may take one."""

    _wire: type[Wire]
    _direct: type[Pool]
    _http_proxy: type[Pool]
    _socks_proxy: type[Pool]

    def __init__(self, certificates: Certificates) -> None:
        self._certificates = certificates
        self._is_closed = False
        self._idle: OfProcess[deque[Connection[Pool]]] = OfProcess(deque)

    def proxy(self, url: httpx.URL) -> httpx.Proxy | None:
        """Return the proxy of a URL; raises ValueError when its setting cannot be used."""
        return proxy_for(url, Secret(urllib.request.getproxies()), urllib.request.proxy_bypass)

    def _taken(self, url: httpx.URL, *library: str) -> Connection[Pool]:
        key = (url.raw_scheme, url.raw_host, url.port, *library)
        idle = self._idle.get()
        for connection in reversed(list(idle)):
            if connection.key == key:
                with suppress(ValueError):  # another thread was quicker
                    idle.remove(connection)
                    return connection
        return self._made(key, url)

    def _made(self, key: tuple[object, ...], url: httpx.URL) -> Connection[Pool]:
        proxy = self.proxy(url)
        kind = self._direct
        if proxy is not None:
            is_socks = proxy.url.scheme.startswith("socks")
            kind = self._socks_proxy if is_socks else self._http_proxy
        wire = self._wire()
        is_encrypted = "https" in (url.scheme, proxy and proxy.url.scheme)
        context = self._certificates.context() if is_encrypted else None
        # No variable holds the options: the password of a proxy is one of them.
        return Connection(key, wire, kind(**pool_options(proxy, wire, context)))

    def _keep(self, connection: Connection[Pool]) -> None:
        self._idle.get().append(connection)
        self._close_idle(leave=_MAX_IDLE_CONNECTIONS)
        if self._is_closed:  # meanwhile
            self._close_idle()

    def _close_idle(self, *, leave: int = 0) -> None:
        idle = self._idle.get()
        with suppress(IndexError):  # another thread was quicker
            while len(idle) > leave:
                idle.popleft().wire.close()
