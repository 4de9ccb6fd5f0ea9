"""Keeps credentials out of every text: what holds them, and what takes them out."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, cast

_CARRIERS = ("x-api-key", "authorization", "proxy-authorization", "cookie")
_MASK = "<secret>"
_SHORTEST = 8  # characters


class Secret:
    """A credential that shows in no repr, no traceback and no pickle."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def kind(self) -> str:
        """Return the name of its type, which is safe to show."""
        return type(self._value).__name__

    def is_text(self) -> bool:
        """Tell whether it is a string at all; callers may not use a type checker."""
        return isinstance(self._value, str)  # pyright: ignore[reportUnnecessaryIsInstance] - callers without a type checker

    def reveal(self) -> str:
        """Return the credential itself."""
        return self._value

    def __repr__(self) -> str:
        return _MASK

    def __reduce__(self) -> NoReturn:
        raise TypeError("a credential cannot be pickled or copied")


def secrets_in(headers: Mapping[str, str]) -> tuple[Secret, ...]:
    """Return the credentials in the headers of a request, whole and without their scheme."""
    found: list[Secret] = []
    for name in _CARRIERS:
        value = headers.get(name, "")
        parts = (value, value.partition(" ")[2])
        # A shorter one guards nothing, and stands in ordinary words.
        found += [Secret(part) for part in parts if len(part) >= _SHORTEST]
    return tuple(found)


def masked(content: Any, secrets: tuple[Secret, ...]) -> Any:
    """Return text, or decoded JSON, with the secrets in it masked."""
    match content:
        case str():
            for secret in secrets:
                content = content.replace(secret.reveal(), _MASK)
            return content
        case dict():
            items = cast(Mapping[Any, Any], content).items()
            return {masked(key, secrets): masked(value, secrets) for key, value in items}
        case list():
            return [masked(item, secrets) for item in cast(Sequence[Any], content)]
        case _:
            return content


def mask_error(error: Exception, secrets: tuple[Secret, ...]) -> None:
    """Mask the secrets in everything that an error says.

    Servers and proxies are known to quote the key that they refuse.
    """
    error.args = tuple(masked(list(error.args), secrets))
    try:
        error.__dict__ = masked(error.__dict__, secrets)
    except RecursionError:  # a body nested so deep that it could be neither shown nor pickled
        error.__dict__ = masked({**error.__dict__, "body": None}, secrets)
