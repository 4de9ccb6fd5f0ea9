"""The httpx client that a client of ours makes when it is given none."""

from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import TypeVar
from urllib.request import Request

import httpx

from ._core.base_url import is_loopback

MAX_CONNECTIONS = 100
# The pool looks at each connection that it keeps for every request: keeping all takes longer
# than connecting anew.
_LIMITS = httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=20)

Http = TypeVar("Http", httpx.Client, httpx.AsyncClient)


def own_http_client(kind: type[Http], base_url: str) -> Http:
    """Return an httpx client that takes proxies and certificates from the environment.

    Raises ValueError when the environment's settings cannot be used.
    """
    # What is on this machine is not sent through a proxy, where it would travel unencrypted.
    hosts = {"127.0.0.1", "localhost", "[::1]"}
    host = httpx.URL(base_url).host
    if is_loopback(host):
        hosts.add(f"[{host}]" if ":" in host else host)
    direct = {f"http://{host}": None for host in hosts}
    try:
        return kind(mounts=direct, cookies=_NoCookies(), limits=_LIMITS)
    except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
        what = str(error) or type(error).__name__
    raise ValueError(
        "the environment's settings for proxies or certificates cannot be used (HTTP_PROXY, "
        f"HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE, SSL_CERT_DIR): {what}"
    )


class _NoCookies(CookieJar):
    """The API needs no cookies, and clients with other credentials may share the connections.

    A policy that refuses them all would say the same, but first read them from each answer.
    """

    def extract_cookies(self, response: HTTPResponse, request: Request) -> None:
        pass
