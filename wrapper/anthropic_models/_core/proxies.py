"""Which proxy a URL is requested through: settings of the environment or the system."""

import ipaddress
from collections.abc import Callable, Mapping
from importlib.util import find_spec

import httpx

from .base_url import is_loopback

_SCHEMES = ("http", "https", "socks5", "socks5h")


def proxy_for(
    url: httpx.URL, proxies: Mapping[str, str], is_bypassed: Callable[[str], object]
) -> httpx.Proxy | None:
    """Return the proxy for a URL; None for a direct connection, as always to this machine.

    `proxies` is what `urllib.request.getproxies` returns, `is_bypassed` what
    `urllib.request.proxy_bypass` does. A setting that the URL does not need is not parsed. Raises
    ValueError for one that cannot be used; it names the variable and shows no password.
    """
    if is_loopback(url.host) or _is_excluded(url, proxies.get("no", ""), is_bypassed):
        return None
    scheme = url.scheme if proxies.get(url.scheme) else "all"
    setting = proxies.get(scheme)
    if not setting:
        return None
    proxy = _parsed(setting if "://" in setting else f"http://{setting}")
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
    try:
        proxy = httpx.Proxy(setting)
    except (ValueError, httpx.InvalidURL):
        return None
    return proxy if proxy.url.scheme in _SCHEMES and proxy.url.host else None


def _is_excluded(url: httpx.URL, no_proxy: str, is_bypassed: Callable[[str], object]) -> bool:
    host = url.host.rstrip(".")
    if any(_is_in_network(host, part.strip()) for part in no_proxy.split(",")):
        return True
    return bool(is_bypassed(host if url.port is None else f"{host}:{url.port}"))


def _is_in_network(host: str, network: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
        return address in ipaddress.ip_network(network.strip("[]"), strict=False)
    except ValueError:
        return False
