"""The certificates of authorities, for connections of our own."""

import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager

import httpx

from .errors import APIConnectionError


class Certificates:
    """One SSL context for all connections of a client; loading takes as long as a listing."""

    def __init__(self) -> None:
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """Return the context that httpx would make of the environment.

        Raises APIConnectionError when it cannot be made.
        """
        problem = self._load()
        if self._context is not None:
            return self._context
        raise APIConnectionError(
            f"the certificates of SSL_CERT_FILE or SSL_CERT_DIR cannot be loaded: {problem}"
        )

    @contextmanager
    def loaded_meanwhile(self) -> Generator[None]:
        """Load them in a thread while the block runs: OpenSSL leaves Python the time for imports.

        A program that lists once over https takes a tenth less. What goes wrong is reported by
        `context`.
        """
        thread = threading.Thread(target=self._load)
        try:
            thread.start()
        except RuntimeError:  # no further thread can be started; they are loaded when needed
            yield
            return
        try:
            yield
        finally:
            thread.join()

    def _load(self) -> str:
        if self._context is None:
            try:
                self._context = httpx.create_ssl_context()
            except OSError as error:
                return str(error) or type(error).__name__
        return ""
