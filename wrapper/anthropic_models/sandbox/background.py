"""Runs an ASGI application in a thread: a real server on a real socket."""

import asyncio
import ipaddress
import socket
import threading
from concurrent.futures import Future
from contextlib import ExitStack, suppress

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from .connection import Connection


class BackgroundServer:
    """Serves from when it is made until it is stopped.

    Raises:
        OSError: It cannot listen there; the text tells where and why.

    """

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
        )
        self._config.load()
        self._over = asyncio.Event()
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
        """Cut every connection, and wait until the thread has ended and the port is free."""
        with suppress(RuntimeError):  # it ended by itself, with an error
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve())
        except Exception as error:
            self._started.set_exception(error)

    async def _serve(self) -> None:
        # uvicorn.Server would look every tenth of a second whether it is to stop, and then wait
        # for its clients.
        state = ServerState()
        server = await self._loop.create_server(
            lambda: Connection(self._config, state, {}), sock=self._socket
        )
        self._started.set_result(None)
        await self._over.wait()
        await _end(server, state)


async def _end(server: asyncio.Server, state: ServerState) -> None:
    # asyncio loses a connection that it is just accepting, in a task, when its server is closed.
    while asyncio.all_tasks() - state.tasks - {asyncio.current_task()}:
        await asyncio.sleep(0)
    server.close()
    while state.connections or state.tasks:
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        dual = family == socket.AF_INET6 and socket.has_dualstack_ipv6() and address[0] == "::"
        listener = socket.create_server(address, family=family, dualstack_ipv6=dual)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]
        message = f"cannot listen at {_authority(host, port)}: {reason}"
        raise OSError(error.errno, message) from None
    # Accepted sockets inherit it; without it every answer waits 40 ms for an acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _base_url(listener: socket.socket) -> str:
    """Return an address by which clients on this machine reach the listener."""
    address, port = listener.getsockname()[:2]
    if ipaddress.ip_address(address).is_unspecified:
        address = "::1" if listener.family == socket.AF_INET6 else "127.0.0.1"
    return f"http://{_authority(address, port)}"


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
