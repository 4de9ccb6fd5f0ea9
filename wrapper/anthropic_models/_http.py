"""The httpx client that a client of ours makes when it is given none."""

from typing import TypeVar

import httpx

from ._core.base_url import is_loopback
from ._trust import trust

MAX_CONNECTIONS = 100
# For every request the pool looks at each connection that it keeps: with 20, as httpx has it, many
# listings at once take nearly twice as long.
_LIMITS = httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=10)

Http = TypeVar("Http", httpx.Client, httpx.AsyncClient)


def own_http_client(kind: type[Http], base_url: str) -> Http:
    """Return an httpx client that takes proxies and certificates from the environment.

    Raises ValueError when the environment's settings cannot be used.
    """
    # What is on this machine is not sent through a proxy, where it would travel unencrypted.
    hosts = {"127.0.0.1", "localhost", "[::1]"}
    url = httpx.URL(base_url)
    if is_loopback(url.host):
        hosts.add(f"[{url.host}]" if ":" in url.host else url.host)
    direct = {f"http://{name}": None for name in hosts}
    try:
        http = kind(verify=trust(url), mounts=direct, limits=_LIMITS)
        # The API needs no cookies, and clients with other credentials may share the connections.
        # To refuse them by a policy would take a twentieth of the time of a small page.
        vars(http.cookies)["extract_cookies"] = _keep_none
        return http
    except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
        what = str(error) or type(error).__name__
    raise ValueError(
        "the environment's settings for proxies or certificates cannot be used (HTTP_PROXY, "
        f"HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE, SSL_CERT_DIR): {what}"
    )


def _keep_none(response: httpx.Response) -> None:
    pass
