"""The certificates of authorities, loaded at the first https connection."""

import ssl

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
        if self._context is None:
            try:
                self._context = httpx.create_ssl_context()
            except OSError as error:
                problem = str(error) or type(error).__name__
            else:
                return self._context
            raise APIConnectionError(
                "the certificates of SSL_CERT_FILE or SSL_CERT_DIR cannot be loaded: " + problem
            )
        return self._context
