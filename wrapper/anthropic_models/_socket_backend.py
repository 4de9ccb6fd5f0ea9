"""What the sync and the async network backend of httpcore have in common: one socket."""

import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress

from ._deadline import Deadline


class SocketBackend:
    """Holds the socket of one connection. Closing it needs no lock and no event loop."""

    def __init__(self) -> None:
        self.deadline = Deadline()
        self.socket: socket.socket | None = None
        self._is_shut_down = False

    @property
    def has_leftover_response(self) -> bool:
        """Whether a response was parsed without reading from the socket since the request.

        If so, the server sent it before this request. False without a socket: a test may mock
        httpcore.
        """
        return self.socket is not None and self.deadline.reads == 0

    def open(self, family: int, kind: int, protocol: int) -> socket.socket:
        """Create the socket, unconnected; raises ConnectionAbortedError after `shut_down`."""
        opened = self.socket = socket.socket(family, kind, protocol)
        try:
            if self._is_shut_down:
                raise ConnectionAbortedError("closed")
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            opened.close()
            raise
        return opened

    def shut_down(self) -> None:
        """Shut the socket down, which ends a read or write in another thread."""
        self._is_shut_down = True
        if self.socket is not None:
            with suppress(OSError):  # it may not be connected
                self.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket, without a TLS close_notify."""
        if self.socket is not None:
            self.socket.close()

    async def aclose(self) -> None:
        """Close the socket as `close` does."""
        self.close()


@contextmanager
def map_errors(timeout: type[Exception], failure: type[Exception]) -> Generator[None]:
    """Raise exceptions of sockets and of TLS as exceptions of httpcore."""
    try:
        yield
    except TimeoutError as error:
        raise timeout(str(error)) from error
    except OSError as error:
        raise failure(str(error)) from error


def is_readable(sock: socket.socket) -> bool:
    """Return whether a read would not block: there are bytes, or the end of the stream."""
    timeout = sock.gettimeout()
    sock.setblocking(False)
    try:
        sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        sock.settimeout(timeout)
    return True
