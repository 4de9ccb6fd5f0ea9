"""Options and requests for httpcore, sync and async."""

import ssl
from collections.abc import AsyncIterable
from typing import Any

import httpcore
import httpx

MAX_CONNECTIONS = 100
_KEEPALIVE = 5.0  # seconds for which an idle connection can be reused


def pool_options(
    proxy: httpx.Proxy | None, backend: object, context: ssl.SSLContext | None
) -> dict[str, Any]:
    """Return the arguments of a httpcore pool that creates a connection."""
    options: dict[str, Any] = {
        "ssl_context": context,
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


def httpcore_url(url: httpx.URL) -> httpcore.URL:
    """Convert a httpx URL to one of httpcore."""
    return httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )


def httpcore_request(
    request: httpx.Request, content: bytes | AsyncIterable[bytes]
) -> httpcore.Request:
    """Convert a httpx request, with its content, to one of httpcore."""
    return httpcore.Request(
        request.method,
        httpcore_url(request.url),
        headers=request.headers.raw,
        content=content,
        extensions=request.extensions,
    )
