"""The network backend and the streams of one connection, which enforce its deadline."""

import os
import socket
import ssl
from abc import abstractmethod
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, TypeVar

import anyio
import httpcore

from .._socket_backend import SocketBackend, is_readable, map_errors
from .._tls_in_memory import RECORD, TLS, Steps

T = TypeVar("T")

_STAGGER = 0.25  # seconds after which another address is tried in parallel


class AsyncSocketBackend(SocketBackend, httpcore.AsyncNetworkBackend):
    """Opens the socket of one connection, which event loops watch only during a read or write."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the address of a host that accepts first (Happy Eyeballs, RFC 8305)."""
        self.deadline.start_connecting(timeout)
        with map_errors(httpcore.ConnectTimeout, httpcore.ConnectError):
            with anyio.fail_after(timeout):
                addresses = await _addresses(host, port)
            self.socket = await self._connect_first(addresses)
        self.deadline.connected()
        return _SocketStream(self, self.socket)

    async def _connect_first(self, addresses: list[Any]) -> socket.socket:
        problem = OSError("no address found for the host")
        pending: list[socket.socket] = []
        try:
            while addresses or pending:
                if addresses:
                    family, kind, protocol, _, address = addresses.pop(0)
                    try:
                        pending.append(self._begin_connect(family, kind, protocol, address))
                    except OSError as error:
                        problem = error
                for sock in list(pending):
                    is_last = not addresses and len(pending) == 1
                    pause = self.deadline.read_timeout(
                        None if is_last else _STAGGER / len(pending)
                    )
                    with anyio.move_on_after(pause) as waiting:
                        await anyio.wait_writable(sock)
                    if waiting.cancelled_caught:
                        continue
                    pending.remove(sock)
                    number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if not number:
                        return sock
                    sock.close()
                    problem = OSError(number, os.strerror(number))
            raise problem
        finally:
            for sock in pending:
                sock.close()

    def _begin_connect(self, family: int, kind: int, protocol: int, address: Any) -> socket.socket:
        sock = self.open(family, kind, protocol)
        try:
            sock.setblocking(False)
            with suppress(BlockingIOError):
                sock.connect(address)
        except BaseException:
            sock.close()
            raise
        return sock


async def _addresses(hostname: str, port: int) -> list[Any]:
    # As bytes: Python would encode text with its idna codec, which is slow to import.
    host = hostname.encode()
    try:  # an IP address needs no lookup in a thread
        numeric = socket.AI_NUMERICHOST
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=numeric))
    except socket.gaierror:
        pass
    try:
        return list(await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except RuntimeError:  # no more threads can be started
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, backend: AsyncSocketBackend) -> None:
        self.backend = backend

    @abstractmethod
    async def receive(self, max_bytes: int, timeout: float | None) -> bytes:
        """Read bytes; raises OSError (TimeoutError is a subclass)."""

    @abstractmethod
    async def send(self, buffer: bytes, timeout: float | None) -> None:
        """Write bytes; raises OSError (TimeoutError is a subclass)."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with map_errors(httpcore.ReadTimeout, httpcore.ReadError):
            return await self.receive(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with map_errors(httpcore.WriteTimeout, httpcore.WriteError):
            await self.send(buffer, timeout)

    async def aclose(self) -> None:
        self.backend.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        tls = TLS(ssl_context, server_hostname)
        encrypted = _TLSStream(self, tls)
        self.backend.deadline.start_connecting(timeout)
        with map_errors(httpcore.ConnectTimeout, httpcore.ConnectError):
            await encrypted.run(tls.handshake(), timeout)
        self.backend.deadline.connected()
        return encrypted


class _SocketStream(_Stream):
    def __init__(self, backend: AsyncSocketBackend, sock: socket.socket) -> None:
        super().__init__(backend)
        self._socket = sock

    async def receive(self, max_bytes: int, timeout: float | None) -> bytes:
        while True:
            if self._socket.fileno() < 0:
                raise ConnectionAbortedError("closed")
            with anyio.fail_after(self.backend.deadline.read_timeout(timeout)):
                await anyio.wait_readable(self._socket)
            with suppress(BlockingIOError):
                return self._socket.recv(max_bytes)

    async def send(self, buffer: bytes, timeout: float | None) -> None:
        unsent = memoryview(buffer)
        while unsent:
            left = self.backend.deadline.write_timeout(timeout)
            try:
                unsent = unsent[self._socket.send(unsent) :]
            except BlockingIOError:
                with anyio.fail_after(left):
                    await anyio.wait_writable(self._socket)

    def get_extra_info(self, info: str) -> Any:
        return is_readable(self._socket) if info == "is_readable" else None


class _TLSStream(_Stream):
    def __init__(self, inner: _Stream, tls: TLS) -> None:
        super().__init__(inner.backend)
        self._inner = inner
        self._tls = tls

    async def receive(self, max_bytes: int, timeout: float | None) -> bytes:
        return await self.run(self._tls.read(max_bytes), timeout)

    async def send(self, buffer: bytes, timeout: float | None) -> None:
        await self.run(self._tls.write(buffer), timeout)

    async def run(self, steps: Steps[T], timeout: float | None) -> T:
        """Do the reads and writes of the TLS steps; return their result."""
        received: bytes | None = None
        while True:
            try:
                unsent = steps.send(received)
            except StopIteration as end:
                result: T = end.value
                return result
            except ssl.SSLError:
                with suppress(OSError):
                    await self._inner.send(self._tls.alert(), timeout)
                raise
            if unsent is None:
                received = await self._inner.receive(RECORD, timeout)
            else:
                await self._inner.send(unsent, timeout)

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return self._tls.object
        return self._tls.has_pending or self._inner.get_extra_info(info)
