"""The network under one connection, whose reads and writes end at the deadline."""

import socket
import ssl
from abc import abstractmethod
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, TypeVar

import httpcore

from .._tls import RECORD, TLS, Steps
from .._wire import Wire, errors_as, is_readable

T = TypeVar("T")


class SyncWire(Wire, httpcore.NetworkBackend):
    """Opens the socket of one connection, which any thread may cut."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that accepts, each in its share of the time."""
        self.deadline.connecting(timeout)
        with errors_as(httpcore.ConnectTimeout, httpcore.ConnectError):
            problem = OSError(f"{host} has no address")
            addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            for number, (family, kind, protocol, _, address) in enumerate(addresses):
                try:
                    sock = self._connected(
                        self.open(family, kind, protocol), address, len(addresses) - number
                    )
                except OSError as error:
                    problem = error
                else:
                    self.deadline.connected()
                    return _SocketStream(self, sock)
            raise problem

    def _connected(self, sock: socket.socket, address: Any, shares: int) -> socket.socket:
        try:
            left = self.deadline.for_read(None)
            sock.settimeout(None if left is None else left / shares)
            sock.connect(address)
        except BaseException:
            sock.close()
            raise
        return sock


class _Stream(httpcore.NetworkStream):
    def __init__(self, wire: SyncWire) -> None:
        self.wire = wire

    @abstractmethod
    def receive(self, max_bytes: int, timeout: float | None) -> bytes:
        """Read bytes; raises OSError, of which TimeoutError is one."""

    @abstractmethod
    def send(self, buffer: bytes, timeout: float | None) -> None:
        """Write bytes; raises OSError, of which TimeoutError is one."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with errors_as(httpcore.ReadTimeout, httpcore.ReadError):
            return self.receive(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with errors_as(httpcore.WriteTimeout, httpcore.WriteError):
            self.send(buffer, timeout)

    def close(self) -> None:
        self.wire.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        tls = TLS(ssl_context, server_hostname)
        encrypted = _TLSStream(self, tls)
        self.wire.deadline.connecting(timeout)
        with errors_as(httpcore.ConnectTimeout, httpcore.ConnectError):
            encrypted.run(tls.handshake(), timeout)
        self.wire.deadline.connected()
        return encrypted


class _SocketStream(_Stream):
    def __init__(self, wire: SyncWire, sock: socket.socket) -> None:
        super().__init__(wire)
        self._socket = sock

    def receive(self, max_bytes: int, timeout: float | None) -> bytes:
        self._socket.settimeout(self.wire.deadline.for_read(timeout))
        return self._socket.recv(max_bytes)

    def send(self, buffer: bytes, timeout: float | None) -> None:
        unsent = memoryview(buffer)
        while unsent:
            self._socket.settimeout(self.wire.deadline.for_write(timeout))
            unsent = unsent[self._socket.send(unsent) :]

    def get_extra_info(self, info: str) -> Any:
        return is_readable(self._socket) if info == "is_readable" else None


class _TLSStream(_Stream):
    def __init__(self, inner: _Stream, tls: TLS) -> None:
        super().__init__(inner.wire)
        self._inner = inner
        self._tls = tls

    def receive(self, max_bytes: int, timeout: float | None) -> bytes:
        return self.run(self._tls.read(max_bytes), timeout)

    def send(self, buffer: bytes, timeout: float | None) -> None:
        self.run(self._tls.write(buffer), timeout)

    def run(self, steps: Steps[T], timeout: float | None) -> T:
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
                    self._inner.send(self._tls.alert(), timeout)
                raise
            if unsent is None:
                received = self._inner.receive(RECORD, timeout)
            else:
                self._inner.send(unsent, timeout)

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return self._tls.object
        return self._tls.has_surplus or self._inner.get_extra_info(info)
