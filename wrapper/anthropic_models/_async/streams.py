"""The network under one connection, whose reads and writes end at the deadline."""

import os
import socket
import ssl
from abc import abstractmethod
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, TypeVar

import anyio
import httpcore

from .._tls import RECORD, TLS, Steps
from .._wire import Wire, errors_as, is_readable

T = TypeVar("T")

_STAGGER = 0.25  # seconds after which a further address is tried beside those under way


class AsyncWire(Wire, httpcore.AsyncNetworkBackend):
    """Opens the socket of one connection. No event loop knows of it while nothing waits for it."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the address of a host that accepts first."""
        self.deadline.connecting(timeout)
        with errors_as(httpcore.ConnectTimeout, httpcore.ConnectError):
            with anyio.fail_after(timeout):
                addresses = await _addresses(host, port)
            self.socket = await self._first_connected(addresses)
        self.deadline.connected()
        return _SocketStream(self, self.socket)

    async def _first_connected(self, addresses: list[Any]) -> socket.socket:
        problem = OSError("the host has no address")
        under_way: list[socket.socket] = []
        try:
            while addresses or under_way:
                if addresses:
                    family, kind, protocol, _, address = addresses.pop(0)
                    try:
                        under_way.append(self._connecting(family, kind, protocol, address))
                    except OSError as error:
                        problem = error
                for sock in list(under_way):
                    is_last = not addresses and len(under_way) == 1
                    pause = self.deadline.for_read(None if is_last else _STAGGER / len(under_way))
                    with anyio.move_on_after(pause) as waiting:
                        await anyio.wait_writable(sock)
                    if waiting.cancelled_caught:
                        continue
                    under_way.remove(sock)
                    number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if not number:
                        return sock
                    sock.close()
                    problem = OSError(number, os.strerror(number))
            raise problem
        finally:
            for sock in under_way:
                sock.close()

    def _connecting(self, family: int, kind: int, protocol: int, address: Any) -> socket.socket:
        sock = self.open(family, kind, protocol)
        try:
            sock.setblocking(False)
            with suppress(BlockingIOError):
                sock.connect(address)
        except BaseException:
            sock.close()
            raise
        return sock


async def _addresses(host: str, port: int) -> list[Any]:
    try:  # what is an address already needs no thread
        numeric = socket.AI_NUMERICHOST
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=numeric))
    except socket.gaierror:
        pass
    try:
        return list(await anyio.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM))
    except RuntimeError:  # no further thread can be started
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, wire: AsyncWire) -> None:
        self.wire = wire

    @abstractmethod
    async def receive(self, max_bytes: int, timeout: float | None) -> bytes:
        """Read bytes; raises OSError, of which TimeoutError is one."""

    @abstractmethod
    async def send(self, buffer: bytes, timeout: float | None) -> None:
        """Write bytes; raises OSError, of which TimeoutError is one."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with errors_as(httpcore.ReadTimeout, httpcore.ReadError):
            return await self.receive(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with errors_as(httpcore.WriteTimeout, httpcore.WriteError):
            await self.send(buffer, timeout)

    async def aclose(self) -> None:
        self.wire.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        tls = TLS(ssl_context, server_hostname)
        encrypted = _TLSStream(self, tls)
        self.wire.deadline.connecting(timeout)
        with errors_as(httpcore.ConnectTimeout, httpcore.ConnectError):
            await encrypted.run(tls.handshake(), timeout)
        self.wire.deadline.connected()
        return encrypted


class _SocketStream(_Stream):
    def __init__(self, wire: AsyncWire, sock: socket.socket) -> None:
        super().__init__(wire)
        self._socket = sock

    async def receive(self, max_bytes: int, timeout: float | None) -> bytes:
        while True:
            if self._socket.fileno() < 0:
                raise ConnectionAbortedError("closed")
            with anyio.fail_after(self.wire.deadline.for_read(timeout)):
                await anyio.wait_readable(self._socket)
            with suppress(BlockingIOError):
                return self._socket.recv(max_bytes)

    async def send(self, buffer: bytes, timeout: float | None) -> None:
        unsent = memoryview(buffer)
        while unsent:
            left = self.wire.deadline.for_write(timeout)
            try:
                unsent = unsent[self._socket.send(unsent) :]
            except BlockingIOError:
                with anyio.fail_after(left):
                    await anyio.wait_writable(self._socket)

    def get_extra_info(self, info: str) -> Any:
        return is_readable(self._socket) if info == "is_readable" else None


class _TLSStream(_Stream):
    def __init__(self, inner: _Stream, tls: TLS) -> None:
        super().__init__(inner.wire)
        self._inner = inner
        self._tls = tls

    async def receive(self, max_bytes: int, timeout: float | None) -> bytes:
        return await self.run(self._tls.read(max_bytes), timeout)

    async def send(self, buffer: bytes, timeout: float | None) -> None:
        await self.run(self._tls.write(buffer), timeout)

    async def run(self, steps: Steps[T], timeout: float | None) -> T:
        """Write and read what the steps ask for; return their result."""
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
        return self._tls.has_surplus or self._inner.get_extra_info(info)
