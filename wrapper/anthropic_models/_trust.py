"""The certificates that an httpx client of ours trusts: those that httpx trusts."""

import ssl
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from typing import Any

import httpx


def trust(base_url: httpx.URL) -> ssl.SSLContext:
    """Return one context for all transports of a client; httpx would make one for each proxy."""
    if base_url.scheme != "https":
        return _LateTrust(ssl.PROTOCOL_TLS_CLIENT)
    if "httpcore" in sys.modules:
        return httpx.create_ssl_context()
    # httpx loads it next. The interpreter has time for that while OpenSSL reads the certificates,
    # which saves a tenth of the time of a program that lists once.
    meanwhile = threading.Thread(target=_load, args=("httpcore",))
    try:
        meanwhile.start()
    except RuntimeError:  # there can be no further thread, and nothing is lost but time
        return httpx.create_ssl_context()
    try:
        return httpx.create_ssl_context()
    finally:
        meanwhile.join()


def _load(module: str) -> None:
    with suppress(Exception):  # httpx meets the same error, and tells it
        import_module(module)


class _LateTrust(ssl.SSLContext):
    """Loads the certificates at the first handshake.

    Loading takes longer than a listing, and over plain http there is no handshake, unless a client
    that shares the connections has another base URL.
    """

    @cached_property
    def _loaded(self) -> ssl.SSLContext:
        try:
            return httpx.create_ssl_context()
        except OSError:
            # Nobody is trusted then. An error raised here would leave the connection open.
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        self._loaded.set_alpn_protocols(alpn_protocols)

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        return self._loaded.wrap_socket(*args, **options)

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        return self._loaded.wrap_bio(*args, **options)
