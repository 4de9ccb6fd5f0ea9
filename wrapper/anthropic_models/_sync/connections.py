"""Connections of our own: one pool of httpcore for each, so that none waits for another's lock.

A connection is taken for one exchange and kept only after a clean end of it; after an error, a
deadline or an interrupt its socket is closed, and nothing else is touched.
"""

import os
import threading
import urllib.request
from collections import deque
from typing import Any

import httpcore
import httpx
from attrs import field, frozen

from .._certificates import Certificates
from .._core.network_errors import httpx_error
from .._core.proxies import proxy_for
from .._httpcore import (
    MAX_CONNECTIONS,
    MAX_IDLE_CONNECTIONS,
    core_request,
    pool_options,
)
from ..errors import AnthropicModelsError
from .body import read_body
from .streams import Wire


@frozen(eq=False)
class _Connection:
    key: tuple[object, ...]
    wire: Wire
    pool: httpcore.ConnectionPool


@frozen
class _OfProcess:
    """What a forked child must not share with its parent."""

    process: int = field(factory=os.getpid)
    idle: deque[_Connection] = field(factory=deque[_Connection])
    free: threading.Semaphore = field(factory=lambda: threading.Semaphore(MAX_CONNECTIONS))
    in_use: dict[_Connection, None] = field(factory=dict[_Connection, None])


class Connections:
    """Sends requests over connections of its own, from any thread and in any forked child."""

    def __init__(self, certificates: Certificates) -> None:
        self._certificates = certificates
        self._is_closed = False
        # Those of a parent process stay referenced, since closing them would end its requests.
        self._of_processes = [_OfProcess()]

    def proxy(self, url: httpx.URL) -> httpx.Proxy | None:
        """Return the proxy of a URL; raises ValueError when its setting cannot be used."""
        return proxy_for(url, urllib.request.getproxies(), urllib.request.proxy_bypass)

    def exchange(
        self, request: httpx.Request
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        """Send a request; return status, headers and decoded body of the response.

        The body may be the error that it stands for. Raises errors of httpx before there is one.
        """
        timeout = request.extensions["timeout"]
        state = self._state()
        if not state.free.acquire(timeout=timeout["pool"]):
            raise httpx.PoolTimeout("no free connection")
        try:
            return self._exchange(request, state, timeout["read"])
        except Exception as error:
            mapped = httpx_error(error)
            if mapped is None:
                raise
        finally:
            state.free.release()
        raise mapped

    def close(self) -> None:
        """Close all connections of this process; wakes whoever waits for one or uses one."""
        self._is_closed = True
        state = self._state()
        for connection in list(state.in_use):
            connection.wire.cut()
        state.free.release(MAX_CONNECTIONS)
        while state.idle:
            state.idle.pop().wire.close()

    def _exchange(
        self, request: httpx.Request, state: _OfProcess, seconds: float | None
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        connection = self._taken(request.url, state)
        is_clean = False
        try:
            state.in_use[connection] = None
            if self._is_closed:
                raise httpx.TransportError("closed")
            connection.wire.deadline.begin(seconds)
            response = connection.pool.handle_request(core_request(request))
            if connection.wire.deadline.reads == 0:
                raise httpx.RemoteProtocolError("bytes before the request were left over")
            headers = httpx.Headers(response.headers)
            body = read_body(response.iter_stream(), headers, request)
            if not isinstance(body, AnthropicModelsError):
                response.close()
                is_clean = True
            return response.status, headers, body
        finally:
            state.in_use.pop(connection, None)
            if is_clean and connection.pool.connections and not self._is_closed:
                self._keep(connection, state)
            else:
                connection.wire.close()

    def _taken(self, url: httpx.URL, state: _OfProcess) -> _Connection:
        key = (url.raw_scheme, url.raw_host, url.port)
        for connection in list(state.idle):
            if connection.key == key:
                try:
                    state.idle.remove(connection)
                except ValueError:  # another thread was quicker
                    continue
                return connection
        proxy = self.proxy(url)
        wire = Wire()
        is_encrypted = "https" in (url.scheme, proxy and proxy.url.scheme)
        context = self._certificates.context() if is_encrypted else None
        options: dict[str, Any] = pool_options(proxy, wire, context)
        if proxy is None:
            pool = httpcore.ConnectionPool(**options)
        elif proxy.url.scheme.startswith("socks"):
            pool = httpcore.SOCKSProxy(**options)
        else:
            pool = httpcore.HTTPProxy(**options)
        return _Connection(key, wire, pool)

    def _keep(self, connection: _Connection, state: _OfProcess) -> None:
        state.idle.append(connection)
        if len(state.idle) > MAX_IDLE_CONNECTIONS:
            state.idle.popleft().wire.close()

    def _state(self) -> _OfProcess:
        state = self._of_processes[-1]
        if state.process != os.getpid():
            state = _OfProcess()
            self._of_processes.append(state)
        return state
