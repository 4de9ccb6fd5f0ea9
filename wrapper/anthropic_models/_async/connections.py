"""Connections of our own: one pool of httpcore for each, so that none waits for another's lock.

A connection is taken for one exchange and kept only after a clean end of it; after an error, a
deadline or a cancellation its stream is closed, and nothing else is touched.
"""

import asyncio
import os
import urllib.request
from collections import deque
from typing import Any
from weakref import WeakKeyDictionary

import anyio
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
from .event_loop import current_loop
from .streams import Wire


@frozen(eq=False)
class _Connection:
    key: tuple[object, ...]
    wire: Wire
    pool: httpcore.AsyncConnectionPool


@frozen
class _OfLoop:
    """What the requests of one event loop share."""

    idle: deque[_Connection] = field(factory=deque[_Connection])
    free: anyio.Semaphore = field(
        factory=lambda: anyio.Semaphore(MAX_CONNECTIONS, fast_acquire=True)
    )


class AsyncConnections:
    """Sends requests over connections of its own, in any event loop and any forked child."""

    def __init__(self, certificates: Certificates) -> None:
        self._certificates = certificates
        self._is_closed = False
        self._of_loops: WeakKeyDictionary[Any, _OfLoop] = WeakKeyDictionary()
        self._process = os.getpid()
        # Those of a parent process stay referenced, since closing them would end its requests.
        self._of_parents: list[object] = []

    def proxy(self, url: httpx.URL) -> httpx.Proxy | None:
        """Return the proxy of a URL; raises ValueError when its setting cannot be used."""
        return proxy_for(url, urllib.request.getproxies(), urllib.request.proxy_bypass)

    async def exchange(
        self, request: httpx.Request
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        """Send a request; return status, headers and decoded body of the response.

        The body may be the error that it stands for. Raises errors of httpx before there is one.
        """
        timeout = request.extensions["timeout"]
        state = self._state()
        with anyio.move_on_after(timeout["pool"]) as waiting:
            await state.free.acquire()
        if waiting.cancelled_caught:
            raise httpx.PoolTimeout("no free connection")
        try:
            return await self._exchange(request, state, timeout["read"])
        except Exception as error:
            mapped = httpx_error(error)
            if mapped is None:
                raise
        finally:
            state.free.release()
        raise mapped

    async def aclose(self) -> None:
        """Close the idle connections of this event loop, and forget those of others."""
        self._is_closed = True
        state = self._state()
        while state.idle:
            await state.idle.pop().wire.aclose()
        self._of_loops = WeakKeyDictionary()

    async def _exchange(
        self, request: httpx.Request, state: _OfLoop, seconds: float | None
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        connection = self._taken(request.url, state)
        is_clean = False
        try:
            connection.wire.deadline.begin(seconds)
            response = await connection.pool.handle_async_request(core_request(request))
            if connection.wire.deadline.reads == 0:
                raise httpx.RemoteProtocolError("bytes before the request were left over")
            headers = httpx.Headers(response.headers)
            body = await read_body(
                response.aiter_stream(), connection.wire.aclose, headers, request
            )
            if not isinstance(body, AnthropicModelsError):
                await response.aclose()
                is_clean = True
            return response.status, headers, body
        finally:
            if is_clean and connection.pool.connections and not self._is_closed:
                await self._keep(connection, state)
            else:
                await connection.wire.aclose()

    def _taken(self, url: httpx.URL, state: _OfLoop) -> _Connection:
        key = (url.raw_scheme, url.raw_host, url.port)
        for connection in state.idle:
            if connection.key == key:
                state.idle.remove(connection)
                return connection
        proxy = self.proxy(url)
        wire = Wire()
        is_encrypted = "https" in (url.scheme, proxy and proxy.url.scheme)
        context = self._certificates.context() if is_encrypted else None
        options: dict[str, Any] = pool_options(proxy, wire, context)
        if proxy is None:
            pool = httpcore.AsyncConnectionPool(**options)
        elif proxy.url.scheme.startswith("socks"):
            pool = httpcore.AsyncSOCKSProxy(**options)
        else:
            pool = httpcore.AsyncHTTPProxy(**options)
        return _Connection(key, wire, pool)

    async def _keep(self, connection: _Connection, state: _OfLoop) -> None:
        state.idle.append(connection)
        if len(state.idle) > MAX_IDLE_CONNECTIONS:
            await state.idle.popleft().wire.aclose()

    def _state(self) -> _OfLoop:
        if self._process != os.getpid():
            self._of_parents.append(self._of_loops)
            self._of_loops, self._process = WeakKeyDictionary(), os.getpid()
        loop = current_loop()
        if loop not in self._of_loops:
            # Connections refer to their loop, so nothing else would let go of it.
            for ended in [one for one in self._of_loops if _has_ended(one)]:
                del self._of_loops[ended]
            self._of_loops[loop] = _OfLoop()
        return self._of_loops[loop]


def _has_ended(loop: Any) -> bool:
    return isinstance(loop, asyncio.AbstractEventLoop) and loop.is_closed()
