"""Checks the base URL before a credential is sent there."""

import re
import socket

import httpx

from ..errors import ArgumentError

_LONGEST_HOST = 40  # characters of what is quoted where a host should be; keys have about 110
_HOST = re.compile(rb"[\w.-]+|[\da-f:.]+")  # a name or an address, as httpx has encoded it


def checked_base_url(url: object, allow_insecure_http: bool, name: str = "base_url") -> str:
    """Return the base URL without a slash at its end, or raise ArgumentError or TypeError.

    The error does not quote what may hold a password.
    """
    if not isinstance(url, str):
        raise TypeError(f"{name} must be a string, not {type(url).__name__}")
    parsed = _parsed_url(url)
    if parsed is None:
        raise ArgumentError(name, "is not a valid URL")
    if parsed.userinfo:
        raise ArgumentError(name, "must not hold a user name or password")
    host_is_valid = _HOST.fullmatch(parsed.raw_host) and (parsed.port or 0) <= 65535
    if parsed.scheme not in ("http", "https") or not host_is_valid:
        # Not quoted where it may be a key, or hold a password: with an @ or what may stand for it.
        is_quotable = url.isascii() and len(url) <= _LONGEST_HOST and not set("@?#%;") & set(url)
        unlike = f", unlike {url!r}" if is_quotable else ""
        raise ArgumentError(name, f"must start with https:// and name a host{unlike}")
    if parsed.query or parsed.fragment:
        raise ArgumentError(name, "must end with the path, without a query and a fragment")
    if parsed.scheme == "http" and not allow_insecure_http and not is_loopback(parsed.host):
        raise ArgumentError(
            name,
            f"{url!r} would send the credential unencrypted; use https://",
            allowed_by="allow_insecure_http",
        )
    return str(parsed).rstrip("/")


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, however its address is written.

    0.0.0.0 and :: are: who connects to them connects to this machine.
    """
    host = host.rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, 6.3
        return True
    if ":" not in host:
        try:
            packed = socket.inet_aton(host)  # reads 127.1 and 0x7f000001 as sockets do
        except OSError:
            return False
        return packed[0] == 127 or not any(packed)
    import ipaddress  # only where it is needed: it takes longer than all the rest

    address = ipaddress.IPv6Address(host)
    mapped = address.ipv4_mapped or address
    return mapped.is_loopback or mapped.is_unspecified


def _parsed_url(url: str) -> httpx.URL | None:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        return None
