"""The connection pool of an async client: at most 100 connections in each event loop."""

from collections.abc import AsyncIterable, AsyncIterator
from typing import Any
from weakref import WeakKeyDictionary

import anyio
import httpcore
import httpx

from .._base_connection_pool import BaseConnections, PerProcess
from .._core.network_errors import httpx_error
from .._httpcore_adapter import MAX_CONNECTIONS, httpcore_request
from .._ssl_context_loader import SSLContextLoader
from ..errors import AnthropicModelsError
from .body import read_body
from .event_loop import current_loop, is_trio
from .streams import AsyncSocketBackend


class AsyncConnections(BaseConnections[httpcore.AsyncConnectionInterface]):
    """Sends requests over pooled connections, in any event loop and in any forked child."""

    _backend_class = AsyncSocketBackend
    _pool_class = httpcore.AsyncConnectionPool
    _http_proxy_class = httpcore.AsyncHTTPProxy
    _socks_proxy_class = httpcore.AsyncSOCKSProxy

    def __init__(self, ssl_context: SSLContextLoader) -> None:
        super().__init__(ssl_context)
        self._semaphores = PerProcess(WeakKeyDictionary[Any, anyio.Semaphore])

    async def exchange(
        self, request: httpx.Request
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        """Send a request; return status, headers and decoded body of the response.

        An error while the body is read is returned instead of the body. Earlier errors are raised,
        as exceptions of httpx.
        """
        timeout = request.extensions["timeout"]
        semaphore = self._semaphore()
        with anyio.move_on_after(timeout["pool"]) as waiting:
            await semaphore.acquire()
        if waiting.cancelled_caught:
            raise httpx.PoolTimeout("no free connection")
        try:
            return await self._exchange(request, timeout["read"])
        except Exception as error:
            mapped = httpx_error(error)
            if mapped is None:
                raise
        finally:
            semaphore.release()
        raise mapped

    def close(self) -> None:
        """Close the idle connections of this process; others end with their requests."""
        self._is_closed = True
        self._close_idle()

    def _semaphore(self) -> anyio.Semaphore:
        loop, semaphores = current_loop(), self._semaphores.get()
        if loop not in semaphores:
            semaphores[loop] = anyio.Semaphore(MAX_CONNECTIONS, fast_acquire=True)
        return semaphores[loop]

    async def _exchange(
        self, request: httpx.Request, seconds: float | None
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        # The locks of a httpcore connection belong to the library that it was first used with.
        connection = self._acquire(request.url, "trio" if is_trio() else "asyncio")
        is_reusable = False
        try:
            connection.backend.deadline.start(seconds)
            response = await connection.http.handle_async_request(
                httpcore_request(request, _RequestContent(request.content))
            )
            if connection.backend.has_leftover_response:
                raise httpx.RemoteProtocolError("the server responded before the request")
            headers = httpx.Headers(response.headers)
            body = await read_body(
                response.aiter_stream(), connection.backend.aclose, headers, request
            )
            if not isinstance(body, AnthropicModelsError):
                await response.aclose()
                is_reusable = connection.http.is_idle()
            return response.status, headers, body
        finally:
            if is_reusable:
                self._release(connection)
            else:
                connection.backend.close()


class _RequestContent(AsyncIterable[bytes]):
    """The content of a request, as a stream of one chunk.

    httpcore would use an async generator for bytes, which stays suspended when a write fails.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _Chunks([self._content] if self._content else [])


class _Chunks(AsyncIterator[bytes]):
    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks

    async def __anext__(self) -> bytes:
        if not self._chunks:
            raise StopAsyncIteration
        return self._chunks.pop()
