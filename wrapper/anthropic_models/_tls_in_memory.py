"""TLS in memory (sans-I/O): what to write and to read, for sync and async streams alike."""

import ssl
from collections.abc import Callable, Generator
from typing import TypeVar

T = TypeVar("T")

RECORD = 65536  # bytes read at a time

Steps = Generator[bytes | None, bytes | None, T]
"""Yields bytes to write, or None to be sent the next bytes read (b"" at their end)."""


class TLS:
    """One TLS connection; each method returns `Steps`, which raise ssl.SSLError.

    Unlike with ssl.SSLSocket, the socket can be shut down from another thread and closed without a
    close_notify, and there can be TLS to a server within TLS to a proxy.
    """

    def __init__(self, context: ssl.SSLContext, hostname: str | None) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname)

    @property
    def has_pending(self) -> bool:
        """Whether there are received bytes that have not been read."""
        return bool(self._incoming.pending or self.object.pending())

    def handshake(self) -> Steps[None]:
        """Do the handshake, which verifies the certificate of the server."""
        return self._run(self.object.do_handshake)

    def read(self, max_bytes: int) -> Steps[bytes]:
        """Read and decrypt bytes; returns b"" after a close_notify."""
        return self._run(lambda: self.object.read(max_bytes))

    def write(self, buffer: bytes) -> Steps[None]:
        """Encrypt and write bytes."""
        unsent = memoryview(buffer)
        while unsent:
            sent = yield from self._run(lambda: self.object.write(unsent))  # noqa: B023 - called within this iteration
            unsent = unsent[sent:]

    def alert(self) -> bytes:
        """Return the TLS alert to write after an error."""
        return self._outgoing.read()

    def _run(self, action: Callable[[], T]) -> Steps[T]:
        while True:
            try:
                result = action()
            except ssl.SSLWantReadError:
                if self._outgoing.pending:
                    yield self._outgoing.read()
                received = yield None
                if not received:  # some versions of ssl treat this as a close_notify
                    raise ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "no TLS close_notify") from None
                self._incoming.write(received)
            else:
                if self._outgoing.pending:
                    yield self._outgoing.read()
                return result
