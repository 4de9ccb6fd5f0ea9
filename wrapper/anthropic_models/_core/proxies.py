"""Chooses the proxy for a URL, from the settings of the environment or the system."""

from collections.abc import Callable
from importlib.util import find_spec

import httpx

from .base_url import is_loopback
from .secret import Secret

_SCHEMES = ("http", "https", "socks5", "socks5h")


def proxy_for(
    url: httpx.URL, proxies: Secret[dict[str, str]], is_bypassed: Callable[[str], object]
) -> httpx.Proxy | None:
    """Return the proxy for a URL; None for a direct connection, such as to this machine.

    `proxies` is what `urllib.request.getproxies` returns, `is_bypassed` what
    `urllib.request.proxy_bypass` does. A setting that the URL does not need is not parsed. Raises
    ValueError for one that cannot be used; it names the variable and shows no password.
    """
    if is_loopback(url.host) or _is_excluded(url, proxies, is_bypassed):
        return None
    scheme = url.scheme if proxies.reveal().get(url.scheme) else "all"
    if not proxies.reveal().get(scheme):
        return None
    proxy = _parsed(proxies.reveal()[scheme])
    if proxy is None:
        raise ValueError(
            f"{scheme.upper()}_PROXY is not the URL of a proxy, such as http://proxy:3128 (its "
            "value is not shown here); characters like / in a password must be percent-encoded"
        )
    if proxy.url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise ValueError(
            f"{scheme.upper()}_PROXY names a SOCKS proxy, which needs a package: "
            "pip install 'httpx[socks]'"
        )
    return proxy


def _parsed(setting: str) -> httpx.Proxy | None:
    setting = setting.strip()
    try:
        proxy = httpx.Proxy(setting if "://" in setting else f"http://{setting}")
    except (ValueError, httpx.InvalidURL):
        return None
    url = proxy.url
    is_whole = url.scheme in _SCHEMES and url.host and (url.port or 1) <= 65535
    # A / or # in a password ends the host there, so that its @ is in the path or fragment.
    return proxy if is_whole and b"@" not in url.raw_path and "@" not in url.fragment else None


def _is_excluded(
    url: httpx.URL, proxies: Secret[dict[str, str]], is_bypassed: Callable[[str], object]
) -> bool:
    host = url.host.rstrip(".")
    port = url.port or {"http": 80, "https": 443}[url.scheme]
    patterns = [part.strip().lower() for part in proxies.reveal().get("no", "").split(",")]
    return any(_covers(part, host, port) for part in patterns if part) or bool(
        is_bypassed(f"{host}:{port}")
    )


def _covers(pattern: str, host: str, port: int) -> bool:
    """Return whether an entry of NO_PROXY covers a host in a form that urllib does not know."""
    if pattern.startswith("*.") and host.endswith(pattern[1:].removesuffix(f":{port}")):
        return True
    import ipaddress  # only when needed, because it is slow to import

    try:
        address = ipaddress.ip_address(host)
        return address in ipaddress.ip_network(pattern.strip("[]"), strict=False)
    except ValueError:
        return False
