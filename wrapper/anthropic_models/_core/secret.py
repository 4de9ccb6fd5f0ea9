"""Keeps credentials out of every text: `Secret` holds them, `mask_error` removes them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, NoReturn, ParamSpec, TypeVar, cast

_CREDENTIAL_HEADERS = ("x-api-key", "authorization", "proxy-authorization", "cookie")
_MASK = "<secret>"
_PUBLIC_PREFIX = re.compile(r"sk-ant-[a-z]+[0-9]*-")  # the same in every key
_SHORTEST = 8  # characters; fewer stand in ordinary words
_SAMPLE = 4  # characters; any run of _SHORTEST holds a whole sample at a multiple of this

T = TypeVar("T")
P = ParamSpec("P")


class Secret(Generic[T]):
    """A value that shows in no repr, no traceback and no pickle."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """Return the value itself."""
        return self._value

    def __repr__(self) -> str:
        return _MASK

    def __reduce__(self) -> NoReturn:
        raise TypeError("a credential cannot be pickled or copied")


def without_frames(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that checks arguments; its errors do not lead to its frames.

    Tools that print the local variables of a traceback would find the arguments there, and a
    credential may be among them. Give it as a `Secret`.
    """
    try:
        return function(*args, **kwargs)
    except Exception as error:
        checked = error.with_traceback(None)
        checked.__cause__ = checked.__context__ = None
    raise checked


def secrets_in(headers: Mapping[str, str]) -> tuple[Secret[str], ...]:
    """Return the credentials in the headers of a request, without scheme and public prefix."""
    found: list[Secret[str]] = []
    for name in _CREDENTIAL_HEADERS:
        value = headers.get(name, "")
        scheme, blank, rest = value.partition(" ")
        for part in (rest,) if blank else (scheme,):
            part = _PUBLIC_PREFIX.sub("", part, count=1)
            if len(part) >= _SHORTEST:
                found.append(Secret(part))
    return tuple(found)


def masked(content: Any, secrets: tuple[Secret[str], ...]) -> Any:
    """Return text, or decoded JSON, with every part of the secrets in it masked.

    A part is a run of 8 or more characters, in upper or lower case.
    """
    match content:
        case str():
            for secret in secrets:
                content = _masked_text(content, secret.reveal())
            return content
        case dict():
            items = cast(Mapping[Any, Any], content).items()
            return {masked(key, secrets): masked(value, secrets) for key, value in items}
        case list() | tuple():
            return type(content)(masked(item, secrets) for item in cast(Sequence[Any], content))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - a list or a tuple
        case _:
            return content


def mask_error(error: Exception, secrets: tuple[Secret[str], ...]) -> None:
    """Mask the secrets in the message and the attributes of an error.

    Servers and proxies are known to quote the key that they refuse.
    """
    error.args = masked(error.args, secrets)
    try:
        error.__dict__ = masked(error.__dict__, secrets)
    except RecursionError:  # a body nested too deep to be shown or pickled
        error.__dict__ = masked({**error.__dict__, "body": None}, secrets)


def _masked_text(text: str, secret: str) -> str:
    # Bytes, because lower() of a text may change its length.
    raw = text.encode("utf-8", "surrogatepass")
    runs = list(_runs(raw.lower(), secret.encode("utf-8", "surrogatepass").lower()))
    for start, end in reversed(runs):
        raw = raw[:start] + _MASK.encode() + raw[end:]
    return raw.decode("utf-8", "surrogatepass") if runs else text


def _runs(text: bytes, secret: bytes) -> Iterator[tuple[int, int]]:
    """Yield where in the text a part of the secret begins and ends, from left to right."""
    samples = {secret[i : i + _SAMPLE] for i in range(len(secret) - _SAMPLE + 1)}
    done = 0
    for i in range(0, len(text), _SAMPLE):
        if i < done or text[i : i + _SAMPLE] not in samples:
            continue
        start, end = i, i + _SAMPLE
        while end < len(text) and text[start : end + 1] in secret:
            end += 1
        while start > done and text[start - 1 : end] in secret:
            start -= 1
        if end - start >= _SHORTEST:
            yield start, end
            done = end
