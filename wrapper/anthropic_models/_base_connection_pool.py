"""The connection pool of a client: connections of httpcore, none of which share a lock.

A connection is acquired for one exchange, and released after a complete one. After an error, a
timeout, an interrupt or a cancellation its socket is closed; other connections are not affected.
"""

import os
import urllib.request
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, NamedTuple, TypeVar

import httpcore
import httpx

from ._core.proxies import proxy_for
from ._core.secret import Secret
from ._httpcore_adapter import httpcore_url, pool_options
from ._socket_backend import SocketBackend
from ._ssl_context_loader import SSLContextLoader

_MAX_IDLE_CONNECTIONS = 10

HTTP = TypeVar("HTTP", httpcore.ConnectionInterface, httpcore.AsyncConnectionInterface)
T = TypeVar("T")


class Connection(NamedTuple, Generic[HTTP]):
    """A connection of httpcore, and the backend with its socket."""

    key: tuple[object, ...]
    backend: SocketBackend
    http: HTTP


class PerProcess(Generic[T]):
    """A value for each process, so that a forked child does not use that of its parent."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        # A child keeps a reference to its parent's value, so that it never closes those sockets.
        self._values: dict[int, T] = {}

    def get(self) -> T:
        """Return the value of this process; all threads get the same one."""
        process = os.getpid()
        if process not in self._values:
            self._values.setdefault(process, self._make())
        return self._values[process]


class BaseConnections(Generic[HTTP]):
    """The idle connections of a client; any thread and any event loop may acquire one."""

    _backend_class: type[SocketBackend]
    # Of these pools only `create_connection` is used.
    _pool_class: Any
    _http_proxy_class: Any
    _socks_proxy_class: Any

    def __init__(self, ssl_context: SSLContextLoader) -> None:
        self._ssl_context = ssl_context
        self._is_closed = False
        self._idle: PerProcess[deque[Connection[HTTP]]] = PerProcess(deque)

    def proxy(self, url: httpx.URL) -> httpx.Proxy | None:
        """Return the proxy for a URL; raises ValueError when the proxy setting is not valid."""
        return proxy_for(url, Secret(urllib.request.getproxies()), urllib.request.proxy_bypass)

    def _acquire(self, url: httpx.URL, *library: str) -> Connection[HTTP]:
        key = (url.raw_scheme, url.raw_host, url.port, *library)
        idle = self._idle.get()
        for connection in reversed(list(idle)):
            if connection.key == key:
                with suppress(ValueError):  # another thread has acquired it
                    idle.remove(connection)
                    if not connection.http.has_expired():
                        return connection
                    connection.backend.close()
        return self._create(key, url)

    def _create(self, key: tuple[object, ...], url: httpx.URL) -> Connection[HTTP]:
        proxy = self.proxy(url)
        pool_class = self._pool_class
        if proxy is not None:
            is_socks = proxy.url.scheme.startswith("socks")
            pool_class = self._socks_proxy_class if is_socks else self._http_proxy_class
        backend = self._backend_class()
        is_encrypted = "https" in (url.scheme, proxy and proxy.url.scheme)
        context = self._ssl_context.get() if is_encrypted else None
        origin = httpcore_url(url).origin
        # Neither options nor pool are assigned to a variable: they hold the password of the proxy.
        http = pool_class(**pool_options(proxy, backend, context)).create_connection(origin)
        return Connection(key, backend, http)

    def _release(self, connection: Connection[HTTP]) -> None:
        self._idle.get().append(connection)
        # Another thread may have closed this since the connection was acquired.
        self._close_idle(leave=0 if self._is_closed else _MAX_IDLE_CONNECTIONS)

    def _close_idle(self, *, leave: int = 0) -> None:
        idle = self._idle.get()
        with suppress(IndexError):  # another thread has removed the last one
            while len(idle) > leave:
                idle.popleft().backend.close()
