"""Serves HTTP/1.1 in a thread: an asyncio protocol around h11."""

import asyncio
import ipaddress
import socket
import struct
import sys
import threading
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from http.client import responses
from typing import Any, cast

import h11

from .app import App, Exchange, Response


class BackgroundServer:
    """Serves from its construction until `stop`.

    Raises:
        OSError: The address cannot be listened on; the message has the address and the reason.

    """

    def __init__(self, app: App, host: str, port: int) -> None:
        self._app = app
        self._connections: set[_Connection] = set()
        self._stopping = asyncio.Event()
        self._started: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="models-sandbox", daemon=True)
        with ExitStack() as undo:
            self._socket = undo.enter_context(_listening(host, port))
            self.base_url = _base_url(self._socket)
            self._loop = asyncio.new_event_loop()
            undo.callback(self._loop.close)
            self._thread.start()
            undo.callback(self.stop)
            self._started.result()
            undo.pop_all()

    def stop(self) -> None:
        """Close every connection, and wait until the thread has ended and the port is free."""
        with suppress(RuntimeError):  # the loop has ended, with an error
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve())
        except Exception as error:
            self._started.set_exception(error)

    async def _serve(self) -> None:
        server = await self._loop.create_server(
            lambda: _Connection(self._app, self._loop, self._connections), sock=self._socket
        )
        self._started.set_result(None)
        await self._stopping.wait()
        # asyncio would leak connections that its tasks are accepting when the server closes.
        while asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.sleep(0)
        server.close()
        while self._connections:
            for connection in self._connections:
                connection.transport.abort()
            await asyncio.sleep(0)


class _Connection(asyncio.Protocol):
    """One connection, which responds to its requests in order."""

    transport: asyncio.Transport

    def __init__(
        self,
        app: App,
        loop: asyncio.AbstractEventLoop,
        connections: "set[_Connection]",
    ) -> None:
        self._app = app
        self._loop = loop
        self._connections = connections
        self._http = h11.Connection(h11.SERVER)
        self._exchange: Exchange | None = None
        self._next: asyncio.Handle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        if self._next is not None:
            self._next.cancel()
        if self._exchange is not None:
            self._app.log(self._exchange)

    def data_received(self, data: bytes) -> None:
        self._http.receive_data(data)
        self._advance()

    def _advance(self) -> None:
        """Handle the received data, up to the end of a request."""
        try:
            while True:
                event = self._http.next_event()
                if isinstance(event, h11.Request):
                    self._exchange = self._app.begin(
                        event.method.decode("latin-1"),
                        event.target.decode("latin-1"),
                        [(n.decode("latin-1"), v.decode("latin-1")) for n, v in event.headers],
                    )
                elif isinstance(event, h11.EndOfMessage):
                    self._next = self._loop.call_later(self._app.delay, self._respond)
                elif event is h11.NEED_DATA and self._http.they_are_waiting_for_100_continue:
                    self._send(h11.InformationalResponse(status_code=100, headers=[]))
                elif not isinstance(event, h11.Data):  # NEED_DATA, PAUSED or ConnectionClosed
                    return
        except h11.RemoteProtocolError as error:
            status = error.error_status_hint
            if self._exchange is not None:  # the body is malformed
                self._exchange.seen.status_code = status
            self._write(self._app.reject(status, f"malformed HTTP: {error}"), with_body=True)

    def _respond(self) -> None:
        exchange, self._exchange = cast(Exchange, self._exchange), None
        response = self._app.respond(exchange)
        if response is None:
            self._reset()
        else:
            self._write(response, with_body=exchange.seen.method != "HEAD")

    def _write(self, response: Response, *, with_body: bool) -> None:
        head = h11.Response(
            status_code=response.status_code,
            reason=responses.get(response.status_code, ""),
            headers=list(response.headers),
        )
        body = [h11.Data(data=response.body)] if with_body and response.body else []
        self._send(head, *body, h11.EndOfMessage())
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            self._next = self._loop.call_soon(self._advance)  # to the next request, if received
        else:
            self.transport.close()

    def _send(self, *events: h11.Event) -> None:
        self.transport.write(b"".join(self._http.send(event) or b"" for event in events))

    def _reset(self) -> None:
        # With a linger time of zero, closing a connection resets it.
        linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        sock: Any = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.transport.abort()


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        dual = family == socket.AF_INET6 and socket.has_dualstack_ipv6() and address[0] == "::"
        listener = socket.create_server(address, family=family, dualstack_ipv6=dual)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]
        message = f"cannot listen on {_authority(host, port)}: {reason}"
        raise OSError(error.errno, message) from None
    # Accepted sockets inherit it; without it every response is delayed by 40 ms (delayed ACK).
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _base_url(listener: socket.socket) -> str:
    """Return the base URL for clients on this machine."""
    address, port = listener.getsockname()[:2]
    if ipaddress.ip_address(address).is_unspecified:
        address = "::1" if listener.family == socket.AF_INET6 else "127.0.0.1"
    return f"http://{_authority(address, port)}"


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
