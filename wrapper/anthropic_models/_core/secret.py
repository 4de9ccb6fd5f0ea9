"""Keeps credentials out of every text: what holds them, and what takes them out."""

from collections.abc import Mapping
from typing import NoReturn

_CARRIERS = ("x-api-key", "authorization", "proxy-authorization", "cookie")
_MASK = "<secret>"


class Secret:
    """A credential that shows in no repr, no traceback and no pickle."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the credential itself."""
        return self._value

    def __repr__(self) -> str:
        return _MASK

    def __reduce__(self) -> NoReturn:
        raise TypeError("a credential cannot be pickled or copied")


def without_secrets(body: bytes, request_headers: Mapping[str, str]) -> bytes:
    """Return a body with the credentials of the request masked.

    Servers and proxies are known to quote the key that they refuse.
    """
    for name, value in request_headers.items():
        if name.lower() in _CARRIERS:
            secret = value.rpartition(" ")[2].encode()
            if secret:
                body = body.replace(secret, _MASK.encode())
    return body
