"""Pools and requests of httpcore, as connections of our own use them, sync and async."""

import ssl
from collections.abc import AsyncIterable
from typing import Any

import httpcore
import httpx

MAX_CONNECTIONS = 100
_KEEPALIVE = 5.0  # seconds that a connection is used again


def pool_options(
    proxy: httpx.Proxy | None, backend: object, context: ssl.SSLContext | None
) -> dict[str, Any]:
    """Return the arguments of a pool of httpcore that holds one connection."""
    options: dict[str, Any] = {
        "ssl_context": context,
        "max_connections": 1,
        "keepalive_expiry": _KEEPALIVE,
        "network_backend": backend,
    }
    if proxy is not None:
        options["proxy_url"] = httpcore.URL(
            scheme=proxy.url.raw_scheme,
            host=proxy.url.raw_host,
            port=proxy.url.port,
            target=b"/",
        )
        options["proxy_auth"] = proxy.raw_auth
        if proxy.url.scheme == "https":
            options["proxy_ssl_context"] = context
    return options


def core_request(
    request: httpx.Request, content: bytes | AsyncIterable[bytes]
) -> httpcore.Request:
    """Return a request of httpx, with its content, as one of httpcore."""
    url = request.url
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=content,
        extensions=request.extensions,
    )
