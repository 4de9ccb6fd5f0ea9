"""Connections of our own for tasks: at most a hundred at once in each event loop."""

from collections.abc import AsyncIterable, AsyncIterator
from typing import Any
from weakref import WeakKeyDictionary

import anyio
import httpcore
import httpx

from .._certificates import Certificates
from .._connections import BaseConnections, OfProcess
from .._core.network_errors import httpx_error
from .._httpcore import MAX_CONNECTIONS, core_request
from ..errors import AnthropicModelsError
from .body import read_body
from .event_loop import current_loop, is_trio
from .streams import AsyncWire


class AsyncConnections(BaseConnections[httpcore.AsyncConnectionPool]):
    """Sends requests over connections of its own, in any event loop and any forked child."""

    _wire = AsyncWire
    _direct = httpcore.AsyncConnectionPool
    _http_proxy = httpcore.AsyncHTTPProxy
    _socks_proxy = httpcore.AsyncSOCKSProxy

    def __init__(self, certificates: Certificates) -> None:
        super().__init__(certificates)
        self._semaphores = OfProcess(WeakKeyDictionary[Any, anyio.Semaphore])

    async def exchange(
        self, request: httpx.Request
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        """Send a request; return status, headers and decoded body of the response.

        The body may be the error that it stands for. Raises errors of httpx before there is one.
        """
        timeout = request.extensions["timeout"]
        free = self._semaphore()
        with anyio.move_on_after(timeout["pool"]) as waiting:
            await free.acquire()
        if waiting.cancelled_caught:
            raise httpx.PoolTimeout("no free connection")
        try:
            return await self._exchange(request, timeout["read"])
        except Exception as error:
            mapped = httpx_error(error)
            if mapped is None:
                raise
        finally:
            free.release()
        raise mapped

    def close(self) -> None:
        """Close the idle connections of this process; those in use end with their requests."""
        self._is_closed = True
        self._close_idle()

    def _semaphore(self) -> anyio.Semaphore:
        loop, known = current_loop(), self._semaphores.get()
        if loop not in known:
            known[loop] = anyio.Semaphore(MAX_CONNECTIONS, fast_acquire=True)
        return known[loop]

    async def _exchange(
        self, request: httpx.Request, seconds: float | None
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        # httpcore makes locks of the library that it first runs under.
        connection = self._taken(request.url, "trio" if is_trio() else "asyncio")
        is_clean = False
        try:
            connection.wire.deadline.begin(seconds)
            content = _Content(request.content)
            response = await connection.pool.handle_async_request(core_request(request, content))
            if connection.wire.has_read_ahead:
                raise httpx.RemoteProtocolError("bytes before the request were left over")
            headers = httpx.Headers(response.headers)
            body = await read_body(
                response.aiter_stream(), connection.wire.aclose, headers, request
            )
            if not isinstance(body, AnthropicModelsError):
                await response.aclose()
                is_clean = bool(connection.pool.connections)
            return response.status, headers, body
        finally:
            if is_clean:
                self._keep(connection)
            else:
                connection.wire.close()


class _Content(AsyncIterable[bytes]):
    """The content of a request in one part.

    httpcore would make an async generator of bytes, which stays unfinished when writing fails.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _Parts([self._content] if self._content else [])


class _Parts(AsyncIterator[bytes]):
    def __init__(self, parts: list[bytes]) -> None:
        self._parts = parts

    async def __anext__(self) -> bytes:
        if not self._parts:
            raise StopAsyncIteration
        return self._parts.pop()
