"""TLS without a network: what to write and what to read, for sync and async streams alike."""

import ssl
from collections.abc import Callable, Generator
from typing import TypeVar

T = TypeVar("T")

RECORD = 65536  # bytes read at a time

Steps = Generator[bytes | None, bytes | None, T]
"""Yields bytes to write, or None for bytes to read, which are sent back; b"" is their end."""


class TLS:
    """One TLS connection; each method returns `Steps`, which raise ssl.SSLError.

    The socket knows nothing of it: that can be shut down from another thread, closed without a
    word to the other end, and the TLS of a proxy can carry the TLS of a server.
    """

    def __init__(self, context: ssl.SSLContext, hostname: str | None) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname)

    @property
    def has_surplus(self) -> bool:
        """Whether bytes have been received that are not read yet."""
        return bool(self._incoming.pending or self.object.pending())

    def handshake(self) -> Steps[None]:
        """Agree on keys, and check the certificate of the other end."""
        return self._run(self.object.do_handshake)

    def read(self, max_bytes: int) -> Steps[bytes]:
        """Return decrypted bytes; none once the other end has closed in good order."""
        return self._run(lambda: self.object.read(max_bytes))

    def write(self, buffer: bytes) -> Steps[None]:
        """Encrypt and write bytes."""
        unsent = memoryview(buffer)
        while unsent:
            sent = yield from self._run(lambda: self.object.write(unsent))  # noqa: B023 - it runs at once
            unsent = unsent[sent:]

    def alert(self) -> bytes:
        """Return what is to be written after an error: the alert that names the reason."""
        return self._outgoing.read()

    def _run(self, action: Callable[[], T]) -> Steps[T]:
        while True:
            try:
                result = action()
            except ssl.SSLWantReadError:
                if self._outgoing.pending:
                    yield self._outgoing.read()
                received = yield None
                if not received:  # some releases of ssl take this for an end in good order
                    raise ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "cut off within TLS") from None
                self._incoming.write(received)
            else:
                if self._outgoing.pending:
                    yield self._outgoing.read()
                return result
