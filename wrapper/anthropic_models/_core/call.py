"""A call: a request, merged with the settings of the client and the options of the caller."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypedDict, TypeVar, cast

import httpx
from anthropic_models_generated.request import Request
from attrs import frozen

from .headers import (
    BETA_HEADER,
    Betas,
    Headers,
    checked_betas,
    checked_headers,
    merged_headers,
    split_betas,
)
from .secret import Secret
from .settings import (
    DEFAULT_HEADERS,
    Settings,
    checked_max_retries,
    checked_timeout,
    version_header,
)

T = TypeVar("T")

QueryValue = str | int | float | bool | None
Query = Mapping[str, QueryValue | Sequence[QueryValue]]


class CallOptions(TypedDict, total=False):
    """The keyword arguments of every call, in addition to its request."""

    betas: Betas | None
    """Beta features to use in addition to those of the client. A string is one beta."""
    extra_headers: Headers | None
    """Headers that override all others; None removes one."""
    extra_query: Query | None
    """Query parameters that replace those of the request; None removes one."""
    timeout: float | httpx.Timeout | None
    """Seconds, or an httpx.Timeout. Default: the client's."""
    max_retries: int | None
    """How often a failed request is retried. Default: as the client does."""


@frozen(eq=False, repr=False)
class Call(Generic[T]):
    """A request that is ready to be sent, once for each attempt."""

    request: Request[T]
    url: str
    headers: Secret[dict[str, str | None]]
    extra_query: dict[str, Any]
    timeout: httpx.Timeout
    max_retries: int

    def sent_headers(self) -> dict[str, str]:
        """Return the headers that are sent, credential included."""
        return {name: v for name, v in self.headers.reveal().items() if v is not None}

    def build_request(self) -> httpx.Request:
        """Build the httpx request for one attempt, without the defaults of any httpx client."""
        return httpx.Request(
            self.request.method,
            self.url,
            params=self._query() or None,
            headers=self.sent_headers(),
            content=self.request.body,
            extensions={"timeout": self.timeout.as_dict()},
        )

    def build_request_with(self, client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """Build the httpx request for one attempt; our headers override those of `client`."""
        request = client.build_request(
            self.request.method,
            self.url,
            params=self._query(),
            headers=self.sent_headers(),
            content=self.request.body,
            timeout=self.timeout,
        )
        for name, value in self.headers.reveal().items():
            if value is None:
                request.headers.pop(name, None)
        return request

    def _query(self) -> httpx.QueryParams:
        kept = [(name, v) for name, v in self.request.query if name not in self.extra_query]
        return httpx.QueryParams([*kept, *httpx.QueryParams(self.extra_query).multi_items()])


def build_call(settings: Settings, request: Request[T], options: Secret[CallOptions]) -> Call[T]:
    """Build the call of a request; raises ValueError or TypeError for wrong arguments."""
    given = dict(options.reveal())
    extra_headers = checked_headers(given.pop("extra_headers", None), "extra_headers")
    betas = checked_betas(given.pop("betas", None))
    extra_query = checked_query(given.pop("extra_query", None))
    timeout, max_retries = given.pop("timeout", None), given.pop("max_retries", None)
    if given:
        raise TypeError(f"unexpected keyword argument {min(given)!r}")
    checked = checked_request(request).items()
    request_headers = {name.lower(): value or "" for name, value in checked}
    defaults = {} if settings.removes_betas() else merged_headers(request.default_headers)
    default_betas = defaults.get(BETA_HEADER) or ""
    request_betas = split_betas(request_headers.pop(BETA_HEADER, default_betas))
    all_betas = checked_betas([*settings.all_betas(), *request_betas, *betas])
    headers = merged_headers(
        DEFAULT_HEADERS,
        accept_header(request),
        version_header(),
        settings.credential_headers(),
        request.default_headers,
        settings.headers.reveal(),
        request_headers,
        {BETA_HEADER: ",".join(all_betas) or None},
        extra_headers,
    )
    return Call(
        request=request,
        url=settings.base_url + request.path,
        headers=Secret(headers),
        extra_query=extra_query,
        timeout=settings.timeout if timeout is None else checked_timeout(timeout),
        max_retries=(
            settings.max_retries if max_retries is None else checked_max_retries(max_retries)
        ),
    )


def checked_request(request: Request[Any]) -> Headers:
    """Return the headers of a request; raises ValueError or TypeError when it cannot be sent.

    Checked before httpx has it: tracebacks of httpx's errors reach frames with the credential.
    """
    path, body = request.path, cast(object, request.body)
    if not _METHOD.fullmatch(request.method):
        raise ValueError(f"the method of a request must be in upper case: {request.method!r}")
    if not path.startswith("/") or {".", ".."} & set(path.lower().replace("%2e", ".").split("/")):
        raise ValueError(
            f"the path of a request must start with / and not contain . or .. segments: {path!r}"
        )
    if "?" in path or "#" in path:
        raise ValueError(f"the path of a request must not contain ? or #: {path!r}")
    if not path.isprintable():
        raise ValueError(f"the path of a request has characters that no URL can hold: {path!r}")
    if not all(is_encodable(f"{name}{value}") for name, value in request.query):
        raise ValueError("the query of a request has characters that no URL can hold")
    if body is not None and not isinstance(body, bytes):
        raise TypeError(f"the body of a request must be bytes, not {type(body).__name__}")
    checked_headers(request.default_headers, "default_headers of the request")
    return checked_headers(request.headers, "headers of the request")


def accept_header(request: Request[Any]) -> dict[str, str]:
    """Return the header that accepts any content, when a success response is not JSON."""
    is_json = all(success.content in ("json", "none") for success in request.responses)
    return {} if is_json else {"accept": "*/*"}


_METHOD = re.compile("[A-Z][A-Z-]*")


def checked_query(query: object) -> dict[str, Any]:
    """Return the query parameters as lists, empty for None; raises ValueError or TypeError."""
    if query is None:
        return {}
    if not isinstance(query, Mapping):
        raise TypeError("extra_query must map names to values")
    checked: dict[str, Any] = {}
    name: object
    value: Any
    for name, value in query.items():  # pyright: ignore[reportUnknownVariableType] - checked below
        if not isinstance(name, str):
            raise TypeError(f"extra_query must have strings as names, not {name!r}")
        parts: list[Any] = list(value) if isinstance(value, list | tuple) else [value]  # pyright: ignore[reportUnknownArgumentType] - checked below
        if not all(is_encodable(f"{name}{part}") for part in parts):
            raise ValueError(f"extra_query: {name!r} has characters that cannot be sent in a URL")
        checked[name] = [] if value is None else parts
    return checked


def is_encodable(text: str) -> bool:
    """Return whether a text can be sent in a URL: JSON allows lone surrogates, UTF-8 does not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
