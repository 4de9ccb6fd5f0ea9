"""The socket of one connection of our own, sync or async."""

import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress

from ._deadline import Deadline


class Wire:
    """The socket of one connection. Closing it takes no lock, no event loop and no waiting."""

    def __init__(self) -> None:
        self.deadline = Deadline()
        self.socket: socket.socket | None = None
        self._is_cut = False

    @property
    def has_read_ahead(self) -> bool:
        """Whether a response is there that nothing was read for since the exchange began.

        Without a socket, a library that stands in for httpcore in tests has responded.
        """
        return self.socket is not None and self.deadline.reads == 0

    def open(self, family: int, kind: int, protocol: int) -> socket.socket:
        """Return a socket to connect; raises ConnectionAbortedError once the wire is cut."""
        opened = self.socket = socket.socket(family, kind, protocol)
        try:
            if self._is_cut:
                raise ConnectionAbortedError("closed")
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            opened.close()
            raise
        return opened

    def cut(self) -> None:
        """Wake the thread that uses the socket: with an error, or the end of what is read."""
        self._is_cut = True
        if self.socket is not None:
            with suppress(OSError):  # it may not be connected
                self.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket, without a word to the other end."""
        if self.socket is not None:
            self.socket.close()

    async def aclose(self) -> None:
        """Close the socket as `close` does."""
        self.close()


@contextmanager
def errors_as(timeout: type[Exception], failure: type[Exception]) -> Generator[None]:
    """Raise what a socket or TLS raises as errors of httpcore."""
    try:
        yield
    except TimeoutError as error:
        raise timeout(str(error)) from error
    except OSError as error:
        raise failure(str(error)) from error


def is_readable(sock: socket.socket) -> bool:
    """Return whether bytes, or the end of them, could be read at once."""
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
