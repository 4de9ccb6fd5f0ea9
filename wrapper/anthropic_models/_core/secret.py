"""Keeps credentials out of reprs, tracebacks and messages."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, NoReturn, ParamSpec, TypeVar, cast

_CREDENTIAL_HEADERS = ("x-api-key", "authorization", "proxy-authorization", "cookie")
_MASK = "<secret>"
_PUBLIC_PREFIX = re.compile(r"sk-ant-[a-z]+[0-9]*-")  # the same in every key
_ESCAPED = re.compile(r'["\\\x00-\x1f]')  # by JSON
_MIN_PART = 8  # characters; a shorter part of a secret may occur in ordinary text
_SAMPLE = 4  # characters; any part of _MIN_PART contains an aligned sample of this size

T = TypeVar("T")
P = ParamSpec("P")


class Secret(Generic[T]):
    """A value that no repr, traceback or pickle shows."""

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


def without_traceback(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function; an exception that it raises has no traceback into the function.

    Some tools print the local variables of a traceback, and those of a function that checks
    arguments may hold a credential. Pass credentials to this function as a `Secret`.
    """
    try:
        return function(*args, **kwargs)
    except Exception as error:
        failure = error.with_traceback(None)
        failure.__cause__ = failure.__context__ = None
    raise failure


def secrets_in(headers: Mapping[str, str]) -> tuple[Secret[str], ...]:
    """Return the credentials in request headers, without their scheme and public prefix."""
    found: list[Secret[str]] = []
    for name in _CREDENTIAL_HEADERS:
        value = headers.get(name, "")
        scheme, blank, rest = value.partition(" ")
        for part in (rest,) if blank else (scheme,):
            part = _PUBLIC_PREFIX.sub("", part, count=1)
            if len(part) >= _MIN_PART:
                found.append(Secret(part))
    return tuple(found)


def masked(content: Any, secrets: tuple[Secret[str], ...]) -> Any:
    """Return text, or decoded JSON, with every part of a secret in it masked.

    A part is 8 or more consecutive characters of the secret; case is ignored.
    """
    return _masked(content, secrets) if _may_hold(content, secrets) else content


def _masked(content: Any, secrets: tuple[Secret[str], ...]) -> Any:
    match content:
        case str():
            for secret in secrets:
                content = _masked_text(content, secret.reveal())
            return content
        case dict():
            items = cast(Mapping[Any, Any], content).items()
            return {_masked(key, secrets): _masked(value, secrets) for key, value in items}
        case list() | tuple():
            return type(content)(_masked(item, secrets) for item in cast(Sequence[Any], content))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - a list or a tuple
        case _:
            return content


def _may_hold(content: object, secrets: tuple[Secret[str], ...]) -> bool:
    """Return whether a part of a secret may be in decoded JSON, which is searched as one text."""
    if isinstance(content, str) or any(_ESCAPED.search(each.reveal()) for each in secrets):
        return True
    try:
        text = json.dumps(content, ensure_ascii=False, default=lambda _: None)
    except (TypeError, ValueError, RecursionError):
        return True
    return bool(_masked(text, secrets) != text)


def mask_error(error: Exception, secrets: tuple[Secret[str], ...]) -> None:
    """Mask the secrets in the message and the attributes of an error.

    Servers and proxies are known to quote the key that they reject.
    """
    error.args = masked(error.args, secrets)
    try:
        error.__dict__ = masked(error.__dict__, secrets)
    except RecursionError:  # the body is nested too deep
        error.__dict__ = masked({**error.__dict__, "body": None}, secrets)


def _masked_text(text: str, secret: str) -> str:
    # Bytes, because lower() of a str may change its length.
    raw = text.encode("utf-8", "surrogatepass")
    parts = list(_parts(raw.lower(), secret.encode("utf-8", "surrogatepass").lower()))
    for start, end in reversed(parts):
        raw = raw[:start] + _MASK.encode() + raw[end:]
    return raw.decode("utf-8", "surrogatepass") if parts else text


def _parts(text: bytes, secret: bytes) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each part of the secret in the text, from left to right."""
    samples = {secret[i : i + _SAMPLE] for i in range(len(secret) - _SAMPLE + 1)}
    # Fast path, since text may be long: compare samples as integers; most texts contain none.
    numbers = {int.from_bytes(sample, sys.byteorder) for sample in samples}
    if numbers.isdisjoint(memoryview(text + bytes(-len(text) % _SAMPLE)).cast("I")):
        return
    done = 0
    for i in range(0, len(text), _SAMPLE):
        if i < done or text[i : i + _SAMPLE] not in samples:
            continue
        start, end = i, i + _SAMPLE
        while end < len(text) and text[start : end + 1] in secret:
            end += 1
        while start > done and text[start - 1 : end] in secret:
            start -= 1
        if end - start >= _MIN_PART:
            yield start, end
            done = end
