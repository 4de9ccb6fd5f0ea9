"""A request as a value: what is sent, and how its success responses are parsed.

Each module of `api` has a function `request()` that returns one. Nothing here sends anything.
"""

import datetime
import json
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Protocol, TypeVar, cast
from urllib.parse import quote, urlencode

import httpx
from attrs import field, frozen

from .types import UNSET, File, Unset
from .values import plain

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    T_co = TypeVarWithDefault("T_co", covariant=True, default=Any)
else:
    T_co = TypeVar("T_co", covariant=True)
Item_co = TypeVar("Item_co", covariant=True)
T = TypeVar("T")

BodyKind = Literal["json", "data", "files", "content"]


class SuccessResponse(NamedTuple, Generic[T_co]):
    """How one documented success response is parsed."""

    status: str
    """As in the document: "200", "2XX", or "default" where no other success is documented."""
    content: Literal["json", "text", "bytes", "none"]
    """What `parse` takes: decoded JSON, a str, bytes, or None."""
    parse: Callable[[Any], T_co]
    """Returns the value; a function of a module, so that it pickles. It validates nothing."""


def _as_it_is(content: Any) -> Any:
    return content


def _names(headers: Mapping[str, str]) -> str:
    return f"<{', '.join(headers)}>"


def _length(body: bytes | None) -> str:
    return "None" if body is None else f"<{len(body)} bytes>"


def _copied(headers: Mapping[str, str]) -> dict[str, str]:
    return dict(headers)


@frozen
class Request(Generic[T_co]):
    """A request to one operation; `T_co` is the type of what its success responses hold.

    One for an endpoint that the document does not have can be written by hand:
    `Request("GET", "/v1/new")` is a `Request[Any]`, whose result is the decoded JSON, or None
    where the body is empty. Its repr shows no value of a header and nothing of the body.
    """

    method: str
    """In upper case."""
    path: str
    """Joined to the base URL; values in it are percent-encoded."""
    query: tuple[tuple[str, str], ...] = ()
    """In the order in which it is sent, not yet percent-encoded; a list repeats its name."""
    headers: Mapping[str, str] = field(factory=dict[str, str], converter=_copied, repr=_names)
    """What the caller gave, and the content type of the body."""
    default_headers: Mapping[str, str] = field(
        factory=dict[str, str], converter=_copied, repr=_names
    )
    """The document's defaults of headers that the caller did not give."""
    body: bytes | None = field(default=None, repr=_length)
    """What is sent after the headers, already encoded; None for no body."""
    operation: str | None = None
    """The key of `document()["operations"]`; None for a request written by hand."""
    responses: tuple[SuccessResponse[T_co], ...] = (SuccessResponse("2XX", "json", _as_it_is),)
    """The documented success responses; a success that matches none of them is an error."""


class IdPage(Protocol[Item_co]):
    """A page that is walked by `after_id` and `before_id`."""

    @property
    def data(self) -> Sequence[Item_co] | Unset | None:
        """The items."""
        ...

    @property
    def has_more(self) -> bool | Unset | None:
        """Whether there are more in the requested direction."""
        ...

    @property
    def first_id(self) -> object:
        """The `before_id` of the page before this one."""
        ...

    @property
    def last_id(self) -> object:
        """The `after_id` of the page after this one."""
        ...


class TokenPage(Protocol[Item_co]):
    """A page that is walked by `page`."""

    @property
    def data(self) -> Sequence[Item_co] | Unset | None:
        """The items."""
        ...

    @property
    def next_page(self) -> object:
        """The `page` of the page after this one; None or Unset on the last page."""
        ...


def build(
    method: str,
    path: str,
    *,
    operation: str,
    responses: tuple[SuccessResponse[T], ...],
    path_values: Mapping[str, object] = {},
    query: Mapping[str, object] = {},
    headers: Mapping[str, object] = {},
    default_headers: Mapping[str, object] = {},
    cookies: Mapping[str, object] = {},
    body: tuple[str, bytes] | None = None,
    joined: Sequence[str] = (),
    deprecated: Mapping[str, object] = {},
) -> Request[T]:
    """Return the request that the arguments of a generated `request()` describe.

    `path` holds the names of `path_values` in braces; `body` is a content type and the bytes. What
    is Unset or None is not sent. Raises ValueError when a value of the path is empty, "." or "..",
    which would name another path, or Unset or None, when a number is infinite or NaN, and when a
    cookie has a semicolon. A list of the query that is `joined` is sent as one text. What is
    `deprecated` and given is warned of.
    """
    for name, value in deprecated.items():
        if _is_given(value):
            warnings.warn(f"{name} is deprecated", DeprecationWarning, stacklevel=3)
    given = {name: _text(value) for name, value in headers.items() if _is_given(value)}
    texts = {name: _text(value) for name, value in cookies.items() if _is_given(value)}
    for name, text in texts.items():
        if ";" in text:
            raise ValueError(f"the cookie {name} cannot have a semicolon, which would end it")
    if texts:
        given["cookie"] = "; ".join(map("=".join, texts.items()))
    defaults = {name: _text(value) for name, value in default_headers.items() if name not in given}
    if body is not None:
        given["content-type"] = body[0]
    return Request(
        method,
        _filled(path, path_values) if path_values else path,
        tuple(
            pair
            for name, value in query.items()
            for pair in _pairs(name, _text(value) if name in joined and value else value)
        ),
        given,
        defaults,
        None if body is None else body[1],
        operation,
        responses,
    )


def encoded(kind: BodyKind, content_type: str, body: object) -> tuple[str, bytes]:
    """Return the content type and the bytes of a body; a file in it is read from its start."""
    if kind == "files":
        parts = [part for name, value in _fields(body) for part in _parts(name, value)]
        made = httpx.Request("POST", "https://api", files=parts)
        return made.headers.get("content-type", content_type), made.read()
    if kind == "data":
        pairs = [(name, each) for name, value in _fields(body) for each in _each(value)]
        texts = [(name, _field_text(value)) for name, value in pairs]
        return content_type, urlencode(texts).encode()
    if kind == "content":
        payload = cast(File, body).payload
        if payload.seekable():  # rewound as httpx rewinds those of a form
            payload.seek(0)
        return content_type, payload.read()
    return content_type, _json(plain(body)).encode()


def _json(value: object) -> str:
    # In ASCII: JSON can hold a lone surrogate, UTF-8 cannot.
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _is_given(value: object) -> bool:
    return value is not None and not isinstance(value, Unset)


def _text(value: Any) -> str:
    value = plain(value) if hasattr(value, "to_dict") or isinstance(value, Enum) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(f"{value} cannot be sent: it is not a number of JSON")
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, list):  # style simple
        return ",".join(map(_text, cast(list[object], value)))
    return str(value)


def _each(value: object) -> Iterable[object]:
    values = cast(list[object], value) if isinstance(value, list) else [value]
    return filter(_is_given, values)


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if hasattr(value, "to_dict"):  # style form, exploded: its fields are the parameters
        for key, each in value.to_dict().items():
            yield from _pairs(key, each)
    else:
        for each in _each(value):
            yield name, _text(each)


def _filled(path: str, values: Mapping[str, object]) -> str:
    texts = {name: _text(value) if _is_given(value) else "" for name, value in values.items()}
    for name, text in texts.items():
        if text in ("", ".", ".."):
            raise ValueError(f"{name} is a part of the path and cannot be {text!r}")
    return _PLACE.sub(lambda place: quote(texts[place[1]], safe=""), path)


_PLACE = re.compile(r"\{(\w+)\}")


def _fields(body: Any) -> Iterable[tuple[str, object]]:
    return cast(dict[str, object], body.to_dict()).items()


def _field_text(value: object) -> str:
    """Return a field of a form as a text: an object or a list in it as JSON."""
    return _json(plain(value)) if isinstance(value, (dict, list)) else _text(value)


def _parts(name: str, value: object) -> Iterator[tuple[str, Any]]:
    for each in _each(value):
        if isinstance(each, tuple):  # a File
            yield name, each
        else:
            kind = "application/json" if isinstance(each, (dict, list)) else "text/plain"
            yield name, (None, _field_text(each).encode(), kind)


__all__ = ["UNSET", "IdPage", "Request", "SuccessResponse", "TokenPage", "Unset"]
