"""Checks the base URL before a credential is sent there."""

import re

import httpx

from ..errors import ArgumentError

_MAX_QUOTED = 40  # characters; a longer value may be a key, which has about 110
_NUMBER = re.compile(r"0x[\da-f]{1,8}|0[0-7]{0,11}|[1-9]\d{0,9}", re.ASCII)
_HOST = re.compile(rb"[\w.-]+|[\da-f:.]+")  # a name or an address, as httpx has encoded it


def checked_base_url(url: object, allow_insecure_http: bool, name: str = "base_url") -> str:
    """Return the base URL without a slash at its end, or raise ArgumentError or TypeError.

    The error does not quote a value that may contain a password.
    """
    if not isinstance(url, str):
        raise TypeError(f"{name} must be a string, not {type(url).__name__}")
    parsed = _parsed_url(url)
    if parsed is None:
        raise ArgumentError(name, "is not a valid URL")
    if parsed.userinfo:
        raise ArgumentError(name, "must not contain a user name or password")
    host_is_valid = _HOST.fullmatch(parsed.raw_host) and (parsed.port or 0) <= 65535
    if parsed.scheme not in ("http", "https") or not host_is_valid:
        # Not quoted when it may be a key or contain a password: with an @, perhaps encoded.
        is_quotable = url.isascii() and len(url) <= _MAX_QUOTED and not set("@?#%;") & set(url)
        unlike = f", unlike {url!r}" if is_quotable else ""
        raise ArgumentError(name, f"must start with https:// and name a host{unlike}")
    if parsed.query or parsed.fragment:
        raise ArgumentError(name, "must not have a query or a fragment")
    if parsed.scheme == "http" and not allow_insecure_http and not is_loopback(parsed.host):
        origin = f"http://{parsed.netloc.decode('ascii')}"  # the path may hold a secret
        raise ArgumentError(
            name,
            f"{origin!r} would send the credential unencrypted; use https://",
            allowed_by="allow_insecure_http",
        )
    return str(parsed).rstrip("/")


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, in any notation of its address.

    0.0.0.0 and :: count, too: connecting to them connects to this machine.
    """
    host = host.rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, 6.3
        return True
    if ":" not in host:
        return _is_ipv4_of_this_machine(host)
    import ipaddress  # only when needed, because it is slow to import

    address = ipaddress.IPv6Address(host)
    mapped = address.ipv4_mapped or address
    return mapped.is_loopback or mapped.is_unspecified


def _is_ipv4_of_this_machine(host: str) -> bool:
    # As sockets read it: the last number fills what is left of four bytes, and a number may be
    # hexadecimal or octal, so 127.1 and 0x7f000001 are 127.0.0.1.
    parts = host.lower().split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return False
    *bytes_before, rest = (
        int(part, 16 if part.startswith("0x") else 8 if part.startswith("0") else 10)
        for part in parts
    )
    if any(byte > 255 for byte in bytes_before) or rest >= 256 ** (4 - len(bytes_before)):
        return False
    address = bytes([*bytes_before, *rest.to_bytes(4 - len(bytes_before), "big")])
    return address[0] == 127 or not any(address)


def _parsed_url(url: str) -> httpx.URL | None:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        return None
