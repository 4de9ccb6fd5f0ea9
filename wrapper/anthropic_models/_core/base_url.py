"""Checks the base URL before a credential is sent there."""

import ipaddress
import re

import httpx

_HOST = re.compile(rb"[\w.-]+|[\da-f:.]+")  # a name or an address, as httpx has encoded it


def checked_base_url(url: object, allow_insecure_http: bool, name: str = "base_url") -> str:
    """Return the base URL without a slash at its end, or raise ValueError.

    The error does not quote a URL that may hold a password.
    """
    if not isinstance(url, str):
        raise TypeError(f"{name} must be a string, not {type(url).__name__}")
    parsed = _parsed_url(url)
    if parsed is None:
        raise ValueError(f"{name} is not a valid URL")
    if parsed.userinfo:
        raise ValueError(f"{name} must not hold a user name or password; use api_key=")
    host_is_valid = _HOST.fullmatch(parsed.raw_host) and (parsed.port or 0) <= 65535
    if parsed.scheme not in ("http", "https") or not host_is_valid:
        raise ValueError(f"{name} must start with https:// and name a host, unlike {url!r}")
    if parsed.query or parsed.fragment:
        raise ValueError(f"{name} must end with the path, unlike {url!r}")
    if parsed.scheme == "http" and not allow_insecure_http and not is_loopback(parsed.host):
        raise ValueError(
            f"{name} {url!r} would send the credential unencrypted; use https://, or pass "
            "allow_insecure_http=True if that is what you want"
        )
    return str(parsed).rstrip("/")


def _parsed_url(url: str) -> httpx.URL | None:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        return None


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
