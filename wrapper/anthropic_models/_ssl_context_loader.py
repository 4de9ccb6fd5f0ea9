"""The SSL context of a client, whose CA certificates are loaded in the background."""

import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager

import httpx

from .errors import APIConnectionError


class SSLContextLoader:
    """Loads the SSL context of a client once; loading takes as long as listing the models."""

    def __init__(self) -> None:
        self._context: ssl.SSLContext | None = None

    def get(self) -> ssl.SSLContext:
        """Return the SSL context that httpx creates from the environment.

        Raises APIConnectionError when the CA certificates cannot be loaded.
        """
        problem = self._load()
        if self._context is not None:
            return self._context
        raise APIConnectionError(
            f"cannot load the CA certificates of SSL_CERT_FILE or SSL_CERT_DIR: {problem}"
        )

    @contextmanager
    def loading_in_background(self) -> Generator[None]:
        """Load the SSL context in a thread while the block runs; OpenSSL releases the GIL.

        This makes a program that lists once over https a tenth faster. Errors are raised by `get`.
        """
        thread = threading.Thread(target=self._load)
        try:
            thread.start()
        except RuntimeError:  # no more threads can be started: `get` loads it
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
