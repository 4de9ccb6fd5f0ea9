"""The connection pool of a sync client: at most 100 connections, without a shared lock."""

import threading
import time
from contextlib import suppress

import httpcore
import httpx

from .._base_connection_pool import BaseConnections, PerProcess
from .._core.network_errors import httpx_error
from .._httpcore_adapter import MAX_CONNECTIONS, httpcore_request
from .._socket_backend import SocketBackend
from .._ssl_context_loader import SSLContextLoader
from ..errors import AnthropicModelsError
from .body import read_body
from .streams import SyncSocketBackend

_RECHECK = 1.0  # seconds; an interrupt may have stopped the thread that should wake this one


class _QueueEntry:
    """A request in the queue: the first 100 are in flight, the others wait."""

    def __init__(self) -> None:
        self.backend: SocketBackend | None = None
        self.wakeup: threading.Lock | None = None

    def wake(self) -> None:
        if self.backend is None and self.wakeup is not None:
            with suppress(RuntimeError):  # it has been released already
                self.wakeup.release()


class Connections(BaseConnections[httpcore.ConnectionInterface]):
    """Sends requests over pooled connections, from any thread and in any forked child."""

    _backend_class = SyncSocketBackend
    _pool_class = httpcore.ConnectionPool
    _http_proxy_class = httpcore.HTTPProxy
    _socks_proxy_class = httpcore.SOCKSProxy

    def __init__(self, ssl_context: SSLContextLoader) -> None:
        super().__init__(ssl_context)
        # A dict, because it is ordered, and its operations are atomic for threads and signals;
        # threading.Semaphore may stay locked after a Ctrl-C at the wrong moment.
        self._queue = PerProcess(dict[_QueueEntry, None])

    def exchange(
        self, request: httpx.Request
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        """Send a request; return status, headers and decoded body of the response.

        An error while the body is read is returned instead of the body. Earlier errors are raised,
        as exceptions of httpx.
        """
        timeout = request.extensions["timeout"]
        queue, entry = self._queue.get(), _QueueEntry()
        try:
            queue[entry] = None
            self._wait(entry, queue, timeout["pool"])
            return self._exchange(request, entry, timeout["read"])
        except Exception as error:
            mapped = httpx_error(error)
            if mapped is None:
                raise
        finally:
            queue.pop(entry, None)  # first, since an interrupt may skip the rest
            if len(queue) >= MAX_CONNECTIONS:
                for other in list(queue)[:MAX_CONNECTIONS]:
                    other.wake()
        raise mapped

    def close(self) -> None:
        """Close all connections of this process; requests that wait or are in flight fail."""
        self._is_closed = True
        for entry in list(self._queue.get()):
            entry.wake()
            if entry.backend is not None:
                entry.backend.shut_down()
        self._close_idle()

    def _wait(
        self, entry: _QueueEntry, queue: dict[_QueueEntry, None], seconds: float | None
    ) -> None:
        if len(queue) <= MAX_CONNECTIONS:
            return
        entry.wakeup = threading.Lock()
        entry.wakeup.acquire()
        end = float("inf") if seconds is None else time.monotonic() + seconds
        while not self._is_closed and entry not in list(queue)[:MAX_CONNECTIONS]:
            left = end - time.monotonic()
            if left <= 0:
                raise httpx.PoolTimeout("no free connection")
            entry.wakeup.acquire(timeout=min(left, _RECHECK))

    def _exchange(
        self, request: httpx.Request, entry: _QueueEntry, seconds: float | None
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        connection = self._acquire(request.url)
        is_reusable = False
        try:
            entry.backend = connection.backend
            if self._is_closed:
                raise httpx.TransportError("closed")
            connection.backend.deadline.start(seconds)
            response = connection.http.handle_request(httpcore_request(request, request.content))
            if connection.backend.has_leftover_response:
                raise httpx.RemoteProtocolError("the server responded before the request")
            headers = httpx.Headers(response.headers)
            body = read_body(response.iter_stream(), headers, request)
            if not isinstance(body, AnthropicModelsError):
                response.close()
                is_reusable = connection.http.is_idle()
            return response.status, headers, body
        finally:
            if is_reusable:
                self._release(connection)
            else:
                connection.backend.close()
