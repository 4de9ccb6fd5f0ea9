"""The network backend and the streams of one connection, which enforce its deadline."""

import socket
import ssl
from abc import abstractmethod
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, TypeVar

import httpcore

from .._socket_backend import SocketBackend, is_readable, map_errors
from .._tls_in_memory import RECORD, TLS, Steps

T = TypeVar("T")


class SyncSocketBackend(SocketBackend, httpcore.NetworkBackend):
    """Opens the socket of one connection; another thread can shut it down."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that accepts; they share the timeout."""
        self.deadline.start_connecting(timeout)
        with map_errors(httpcore.ConnectTimeout, httpcore.ConnectError):
            problem = OSError(f"no address found for {host}")
            # As bytes: Python would encode text with its idna codec, which is slow to import.
            addresses = socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM)
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
            left = self.deadline.read_timeout(None)
            sock.settimeout(None if left is None else left / shares)
            sock.connect(address)
        except BaseException:
            sock.close()
            raise
        return sock


class _Stream(httpcore.NetworkStream):
    def __init__(self, backend: SyncSocketBackend) -> None:
        self.backend = backend

    @abstractmethod
    def receive(self, max_bytes: int, timeout: float | None) -> bytes:
        """Read bytes; raises OSError (TimeoutError is a subclass)."""

    @abstractmethod
    def send(self, buffer: bytes, timeout: float | None) -> None:
        """Write bytes; raises OSError (TimeoutError is a subclass)."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with map_errors(httpcore.ReadTimeout, httpcore.ReadError):
            return self.receive(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with map_errors(httpcore.WriteTimeout, httpcore.WriteError):
            self.send(buffer, timeout)

    def close(self) -> None:
        self.backend.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        tls = TLS(ssl_context, server_hostname)
        encrypted = _TLSStream(self, tls)
        self.backend.deadline.start_connecting(timeout)
        with map_errors(httpcore.ConnectTimeout, httpcore.ConnectError):
            encrypted.run(tls.handshake(), timeout)
        self.backend.deadline.connected()
        return encrypted


class _SocketStream(_Stream):
    def __init__(self, backend: SyncSocketBackend, sock: socket.socket) -> None:
        super().__init__(backend)
        self._socket = sock

    def receive(self, max_bytes: int, timeout: float | None) -> bytes:
        self._socket.settimeout(self.backend.deadline.read_timeout(timeout))
        return self._socket.recv(max_bytes)

    def send(self, buffer: bytes, timeout: float | None) -> None:
        unsent = memoryview(buffer)
        while unsent:
            self._socket.settimeout(self.backend.deadline.write_timeout(timeout))
            unsent = unsent[self._socket.send(unsent) :]

    def get_extra_info(self, info: str) -> Any:
        return is_readable(self._socket) if info == "is_readable" else None


class _TLSStream(_Stream):
    def __init__(self, inner: _Stream, tls: TLS) -> None:
        super().__init__(inner.backend)
        self._inner = inner
        self._tls = tls

    def receive(self, max_bytes: int, timeout: float | None) -> bytes:
        return self.run(self._tls.read(max_bytes), timeout)

    def send(self, buffer: bytes, timeout: float | None) -> None:
        self.run(self._tls.write(buffer), timeout)

    def run(self, steps: Steps[T], timeout: float | None) -> T:
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
                    self._inner.send(self._tls.alert(), timeout)
                raise
            if unsent is None:
                received = self._inner.receive(RECORD, timeout)
            else:
                self._inner.send(unsent, timeout)

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return self._tls.object
        return self._tls.has_pending or self._inner.get_extra_info(info)
