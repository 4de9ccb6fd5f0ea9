"""Connections of our own for threads: at most a hundred at once, without a lock that is shared."""

import threading
import time
from contextlib import suppress

import httpcore
import httpx
from attrs import define

from .._certificates import Certificates
from .._connections import BaseConnections, OfProcess
from .._core.network_errors import httpx_error
from .._httpcore import MAX_CONNECTIONS, core_request
from .._wire import Wire
from ..errors import AnthropicModelsError
from .body import read_body
from .streams import SyncWire

_RECHECK = 1.0  # seconds, should an interrupt have stopped the thread that was to wake this one


@define(eq=False)
class _Place:
    """A request in the queue; the first hundred are under way, the others wait."""

    wire: Wire | None = None
    bell: "threading.Lock | None" = None

    def wake(self) -> None:
        if self.wire is None and self.bell is not None:
            with suppress(RuntimeError):  # it has been rung already
                self.bell.release()


class Connections(BaseConnections[httpcore.ConnectionPool]):
    """Sends requests over connections of its own, from any thread and in any forked child."""

    _wire = SyncWire
    _direct = httpcore.ConnectionPool
    _http_proxy = httpcore.HTTPProxy
    _socks_proxy = httpcore.SOCKSProxy

    def __init__(self, certificates: Certificates) -> None:
        super().__init__(certificates)
        # A dict, because it keeps the order, and each step on it is indivisible for threads and
        # interrupts; a semaphore of `threading` stays locked after a Ctrl-C at the wrong moment.
        self._queue = OfProcess(dict[_Place, None])

    def exchange(
        self, request: httpx.Request
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        """Send a request; return status, headers and decoded body of the response.

        The body may be the error that it stands for. Raises errors of httpx before there is one.
        """
        timeout = request.extensions["timeout"]
        queue, place = self._queue.get(), _Place()
        try:
            queue[place] = None
            self._wait(place, queue, timeout["pool"])
            return self._exchange(request, place, timeout["read"])
        except Exception as error:
            mapped = httpx_error(error)
            if mapped is None:
                raise
        finally:
            queue.pop(place, None)  # first: an interrupt may end the rest
            if len(queue) >= MAX_CONNECTIONS:
                for other in list(queue)[:MAX_CONNECTIONS]:
                    other.wake()
        raise mapped

    def close(self) -> None:
        """Close all connections of this process; wakes whoever waits for one or uses one."""
        self._is_closed = True
        for place in list(self._queue.get()):
            place.wake()
            if place.wire is not None:
                place.wire.cut()
        self._close_idle()

    def _wait(self, place: _Place, queue: dict[_Place, None], seconds: float | None) -> None:
        if len(queue) <= MAX_CONNECTIONS:
            return
        place.bell = threading.Lock()
        place.bell.acquire()
        end = float("inf") if seconds is None else time.monotonic() + seconds
        while not self._is_closed and place not in list(queue)[:MAX_CONNECTIONS]:
            left = end - time.monotonic()
            if left <= 0:
                raise httpx.PoolTimeout("no free connection")
            place.bell.acquire(timeout=min(left, _RECHECK))

    def _exchange(
        self, request: httpx.Request, place: _Place, seconds: float | None
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        connection = self._taken(request.url)
        is_clean = False
        try:
            place.wire = connection.wire
            if self._is_closed:
                raise httpx.TransportError("closed")
            connection.wire.deadline.begin(seconds)
            response = connection.pool.handle_request(core_request(request, request.content))
            if connection.wire.has_read_ahead:
                raise httpx.RemoteProtocolError("bytes before the request were left over")
            headers = httpx.Headers(response.headers)
            body = read_body(response.iter_stream(), headers, request)
            if not isinstance(body, AnthropicModelsError):
                response.close()
                is_clean = bool(connection.pool.connections)
            return response.status, headers, body
        finally:
            if is_clean:
                self._keep(connection)
            else:
                connection.wire.close()
