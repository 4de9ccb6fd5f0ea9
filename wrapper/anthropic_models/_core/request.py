"""Builds the request for one page, with the generated request builder."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import httpx
from anthropic_models_generated.api.models import list_models
from anthropic_models_generated.types import UNSET
from attrs import field, frozen

from .headers import (
    BETA_HEADER,
    AnthropicBeta,
    Headers,
    checked_betas,
    checked_headers,
    layered,
    removed,
)
from .pagination import Step, is_sendable
from .settings import DEFAULT_HEADERS, Settings, checked_retries, checked_timeout

# The generated module has no public builder; its functions send the request as well.
_parts = list_models._get_kwargs  # pyright: ignore[reportPrivateUsage]

# The headers that a generated function sends when its caller does not say otherwise. They are
# defaults, so what the client says wins over them.
_GENERATED_DEFAULTS = httpx.Headers(_parts()["headers"])

QueryValue = str | int | float | bool | None
Query = Mapping[str, QueryValue | Sequence[QueryValue]]


@frozen
class Call:
    """What all requests of one listing have in common."""

    url: str
    path: str
    headers: dict[str, str] = field(repr=False)
    removed_headers: frozenset[str]
    extra_query: dict[str, Any] = field(repr=False)
    timeout: httpx.Timeout
    max_retries: int
    prepared: httpx.Request = field(repr=False)  # one without its parameters


@frozen
class PageRequest:
    """One request, ready to be sent by any httpx client."""

    call: Call
    params: dict[str, Any] = field(repr=False)

    def built(self) -> httpx.Request:
        """Return the request as it is, for a client that adds nothing."""
        prepared = self.call.prepared
        # Passing params= instead takes twice as long, as httpx then parses the URL twice.
        return httpx.Request(
            prepared.method,
            f"{self.call.url}?{httpx.QueryParams(self.params)}",
            headers=prepared.headers,
            stream=prepared.stream,
            extensions=prepared.extensions,
        )

    def built_with(self, client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """Return the request as `client` sends it, with its own defaults below ours."""
        call = self.call
        request = client.build_request(
            call.prepared.method,
            call.url,
            params=self.params,
            headers=call.headers,
            timeout=call.timeout,
        )
        for name in call.removed_headers:
            request.headers.pop(name, None)
        return request


def checked_call(
    settings: Settings,
    *,
    betas: Iterable[AnthropicBeta] | str | None,
    extra_headers: Headers | None,
    extra_query: Query | None,
    timeout: float | httpx.Timeout | None,
    max_retries: int | None,
) -> Call:
    """Return the common part of a listing; raises ValueError or TypeError for wrong arguments."""
    united = checked_betas([*settings.all_betas(), *checked_betas(betas)])
    parts = _parts(anthropic_beta=",".join(united) or UNSET)
    layers = _layers(settings, parts["headers"], checked_headers(extra_headers, "extra_headers"))
    url, headers = settings.base_url + parts["url"], layered(*layers)
    limits = settings.timeout if timeout is None else checked_timeout(timeout)
    extensions = {"timeout": limits.as_dict()}
    return Call(
        url=url,
        path=parts["url"],
        headers=headers,
        removed_headers=removed(*layers),
        extra_query=_checked_query(extra_query),
        timeout=limits,
        max_retries=settings.max_retries if max_retries is None else checked_retries(max_retries),
        prepared=httpx.Request(parts["method"], url, headers=headers, extensions=extensions),
    )


def page_request(call: Call, step: Step) -> PageRequest:
    """Return the request for the page of a step."""
    parts = _parts(
        after_id=UNSET if step.after_id is None else step.after_id,
        before_id=UNSET if step.before_id is None else step.before_id,
        limit=step.page_size,
    )
    query = {**parts["params"], **call.extra_query}
    return PageRequest(call, {name: v for name, v in query.items() if v is not None})


def complete(
    request: httpx.Request, client: httpx.Client | httpx.AsyncClient, settings: Settings
) -> None:
    """Give a request that a generated function has built what `client` and the settings add."""
    asked = request.url.params
    added = [(name, v) for name, v in client.params.multi_items() if name not in asked]
    request.url = request.url.copy_with(
        params=httpx.QueryParams([*added, *asked.multi_items()]) or None
    )
    chosen = httpx.Headers(client_headers(settings))
    for name, default in _GENERATED_DEFAULTS.items():
        if request.headers.get(name) == default:
            request.headers[name] = chosen.get(name, default)
    for name, value in client.headers.items():
        request.headers.setdefault(name, value)
    client.cookies.set_cookie_header(request)
    for name in removed(*_client_layers(settings)):
        request.headers.pop(name, None)


def client_headers(settings: Settings) -> dict[str, str]:
    """Return the headers of every request of a client."""
    return layered(*_client_layers(settings))


def _client_layers(settings: Settings) -> tuple[Headers, ...]:
    betas = ",".join(settings.all_betas())
    return _layers(settings, {BETA_HEADER: betas} if betas else {}, {})


def _layers(settings: Settings, parameters: Headers, extra: Headers) -> tuple[Headers, ...]:
    credential = settings.credential_headers()
    own = {name: v for name, v in settings.headers.items() if name.lower() != BETA_HEADER}
    return DEFAULT_HEADERS, credential, parameters, own, extra


def _checked_query(query: Query | None) -> dict[str, Any]:
    if query is not None and not isinstance(query, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without a type checker
        raise TypeError("extra_query must map names to values")
    query = query or {}
    for name in query:
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without a type checker
            raise TypeError(f"extra_query must have strings as names, not {name!r}")
        if name in ("after_id", "before_id", "limit"):
            raise ValueError(f"{name} is an argument of list(), not for extra_query")
        value = query[name]
        parts = [value] if isinstance(value, str) or not isinstance(value, Sequence) else value
        if not all(is_sendable(f"{name}{part}") for part in parts):
            raise ValueError(f"extra_query: {name!r} has characters that no URL can hold")
    return dict(query)
