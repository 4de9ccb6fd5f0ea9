"""Sockets and TLS under one connection, whose reads and writes end at the deadline."""

import socket
import ssl
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import httpcore

from .._core.deadline import Deadline

T = TypeVar("T")

_RECORD = 65536  # bytes read at a time under TLS


class Wire(httpcore.NetworkBackend):
    """Opens the socket of one connection, and closes it from whichever thread."""

    def __init__(self) -> None:
        self.deadline = Deadline()
        self.is_cut = False
        self._socket: socket.socket | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that accepts."""
        self.deadline.connecting(timeout)
        with _as(httpcore.ConnectTimeout, httpcore.ConnectError):
            problem: OSError = OSError(f"{host} has no address")
            for family, kind, protocol, _, address in socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM
            ):
                try:
                    return self._connected(socket.socket(family, kind, protocol), address)
                except TimeoutError:
                    raise
                except OSError as error:
                    problem = error
            raise problem

    def cut(self) -> None:
        """Wake whoever uses the socket: with an error, or the end of what is read."""
        self.is_cut = True
        if self._socket is not None:
            with suppress(OSError):  # it may not be connected
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket, without a word to the other end."""
        if self._socket is not None:
            self._socket.close()

    def _connected(self, sock: socket.socket, address: Any) -> httpcore.NetworkStream:
        self._socket = sock
        try:
            if self.is_cut:
                raise ConnectionAbortedError("closed")
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(self.deadline.for_read(None))
            sock.connect(address)
        except BaseException:
            sock.close()
            raise
        self.deadline.connected()
        return _SocketStream(sock, self.deadline)


class _SocketStream(httpcore.NetworkStream):
    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._socket = sock
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _as(httpcore.ReadTimeout, httpcore.ReadError):
            self._socket.settimeout(self._deadline.for_read(timeout))
            return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _as(httpcore.WriteTimeout, httpcore.WriteError):
            while buffer:
                self._socket.settimeout(self._deadline.for_write(timeout))
                buffer = buffer[self._socket.send(buffer) :]

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _TLSStream(self, self._deadline, ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return _is_readable(self._socket)
        return self._socket if info == "socket" else None


class _TLSStream(httpcore.NetworkStream):
    """TLS over another stream, so also over the TLS of a proxy.

    The socket knows nothing of it, so that another thread can shut it down.
    """

    def __init__(
        self,
        inner: httpcore.NetworkStream,
        deadline: Deadline,
        context: ssl.SSLContext,
        hostname: str | None,
        timeout: float | None,
    ) -> None:
        self._inner = inner
        self._deadline = deadline
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname)
        deadline.connecting(timeout)
        try:
            self._run(self._object.do_handshake, timeout)
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except (ssl.SSLError, ssl.CertificateError, httpcore.NetworkError) as error:
            raise httpcore.ConnectError(str(error)) from error
        deadline.connected()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._run(lambda: self._object.read(max_bytes), timeout)
        except ssl.SSLZeroReturnError:  # the other end closes in good order
            return b""
        except ssl.SSLError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            while buffer:
                sent = self._run(lambda: self._object.write(buffer), timeout)  # noqa: B023 - it runs at once
                buffer = buffer[sent:]
        except ssl.SSLError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _TLSStream(self, self._deadline, ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        return self._object if info == "ssl_object" else self._inner.get_extra_info(info)

    def _run(self, action: Callable[[], T], timeout: float | None) -> T:
        while True:
            try:
                result = action()
            except ssl.SSLWantReadError:
                self._flush(timeout)
                received = self._inner.read(_RECORD, timeout)
                if received:
                    self._incoming.write(received)
                else:
                    self._incoming.write_eof()
            except ssl.SSLError:
                with suppress(httpcore.NetworkError):
                    self._flush(timeout)  # the alert that names the reason
                raise
            else:
                self._flush(timeout)
                return result

    def _flush(self, timeout: float | None) -> None:
        if self._outgoing.pending:
            self._inner.write(self._outgoing.read(), timeout)


@contextmanager
def _as(timeout: type[Exception], failure: type[Exception]) -> Generator[None]:
    try:
        yield
    except TimeoutError as error:
        raise timeout(str(error)) from error
    except OSError as error:
        raise failure(str(error)) from error


def _is_readable(sock: socket.socket) -> bool:
    sock.setblocking(False)
    try:
        sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
