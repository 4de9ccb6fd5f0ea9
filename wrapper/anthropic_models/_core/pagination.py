"""Pagination: the request for the next page, and when a listing ends.

Two kinds of pages are supported: with ids as cursors (`data, has_more, first_id, last_id`, and
the parameters `after_id` and `before_id`), and with tokens (`data, next_page`, and the parameter
`page`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar, cast

from anthropic_models_generated.document import document
from anthropic_models_generated.request import Request
from anthropic_models_generated.values import plain
from attrs import evolve

from ..errors import AnthropicModelsError, ArgumentError, PaginationError, Resume
from .call import Call, CallOptions, build_call, is_encodable
from .secret import Secret, mask_error, secrets_in
from .settings import Settings, checked_int

T = TypeVar("T")

CursorParameter = Literal["after_id", "before_id", "page"]

# The parameters that a listing sets itself, by its kind of pages.
_PARAMETERS: Mapping[str, Sequence[CursorParameter]] = {
    "id": ("after_id", "before_id"),
    "token": ("page",),
}
_LIMIT = "limit"
# The field of a page that holds the cursor of the next one.
_NEXT: Mapping[CursorParameter, str] = {
    "after_id": "last_id",
    "before_id": "first_id",
    "page": "next_page",
}


class PageContent(NamedTuple):
    """The fields of a page, of either kind."""

    data: Sequence[Any]
    has_more: bool
    first_id: str | None
    last_id: str | None
    next_page: str | None

    @classmethod
    def of(cls, parsed: object) -> "PageContent":
        """Read the fields of a parsed page; those that its kind does not have are None."""
        token = _text(parsed, "next_page")
        has_more = getattr(parsed, "has_more", None)
        return cls(
            data=items_of(parsed),
            has_more=has_more if isinstance(has_more, bool) else token is not None,
            first_id=_text(parsed, "first_id"),
            last_id=_text(parsed, "last_id"),
            next_page=token,
        )


def items_of(parsed: object) -> list[Any]:
    """Return the items of a parsed page; none of a response that is no page, such as a 204."""
    data = getattr(parsed, "data", None)
    return data if isinstance(data, list) else []  # pyright: ignore[reportUnknownVariableType] - of any items


class PageRequest(NamedTuple):
    """What to request for one page of a listing, and the cursors of the pages before it."""

    parameter: CursorParameter
    cursor: str | None
    # None leaves the limit of the request as it is.
    page_size: "PageSize | None"
    remaining: int | None
    # Shared by all requests of a listing: each cursor, and the number of the page it came from.
    seen: dict[str, int]
    number: int = 0

    @property
    def resume(self) -> Resume | None:
        """The arguments that start a listing with this page; None when none are needed."""
        if self.cursor is None:
            return None
        arguments: dict[str, Any] = {self.parameter: self.cursor}
        if self.remaining is not None:
            arguments["max_items"] = self.remaining
        return cast(Resume, arguments)

    def apply_to(self, call: Call[T]) -> Call[T]:
        """Return the call that fetches this page."""
        kind = "token" if self.parameter == "page" else "id"
        replaced = {*_PARAMETERS[kind], *([] if self.page_size is None else [_LIMIT])}
        query = [(name, value) for name, value in call.request.query if name not in replaced]
        if self.cursor is not None:
            query.append((self.parameter, self.cursor))
        limit = None if self.page_size is None else self.page_size.limit(self.remaining)
        if limit is not None:
            query.append((_LIMIT, str(limit)))
        return evolve(call, request=evolve(call.request, query=tuple(query)))

    def items(self, data: Sequence[T]) -> Sequence[T]:
        """Return the items of this page as iteration yields them: nearest to the cursor first."""
        ordered = data[::-1] if self.parameter == "before_id" else data
        return ordered[: self.remaining]

    def next_request(self, page: PageContent) -> "PageRequest | None":
        """Return the request for the page after `page`; None when the listing is complete.

        Raises PaginationError when the API reports more items, but `page` has no usable cursor.
        """
        remaining = None if self.remaining is None else self.remaining - len(page.data)
        has_token = self.parameter == "page" and page.next_page is not None
        if not (page.has_more or has_token) or (remaining is not None and remaining <= 0):
            return None
        name = _NEXT[self.parameter]
        cursor: str | None = getattr(page, name)
        if not page.data and self.parameter != "page":
            raise PaginationError("the API reports more items, but the page is empty")
        if not cursor or not is_encodable(cursor):
            raise PaginationError(f"the API reports more items, but {name} is {cursor!r}")
        if self.seen.get(cursor, self.number) < self.number:
            raise PaginationError(f"pagination loop: {name} {cursor!r} repeats an earlier cursor")
        self.seen[cursor] = self.number
        return self._replace(cursor=cursor, remaining=remaining, number=self.number + 1)


def build_listing_call(
    settings: Settings, request: Request[T], options: Secret[CallOptions]
) -> Call[T]:
    """Build the call that the pages of a listing share; raises ValueError or TypeError."""
    call = build_call(settings, request, options)
    operation = _operation(request)
    for name in (*_PARAMETERS[operation["page"]], _LIMIT):
        parameter = operation["parameters"].get(name, {})
        if name in call.extra_query and parameter.get("in") == "query":
            raise ValueError(f"{name} is an argument of the request, not for extra_query")
    return call


def resumable_error(
    error: AnthropicModelsError, page_request: PageRequest, call: Call[Any]
) -> AnthropicModelsError:
    """Return the error of a page request with the arguments to resume with, secrets masked."""
    error.resume = page_request.resume
    mask_error(error, secrets_in(call.sent_headers()))
    # Local variables in its traceback hold the page, where the API may have quoted the key.
    return error.with_traceback(None)


class PageSize(NamedTuple):
    """How many items a page may have; None leaves it to the API."""

    requested: int | None
    smallest: int = 1
    default: int | None = None
    # Openapi.yaml accepts multiples of this, or these values only.
    step: int = 1
    values: Sequence[int] = ()

    def limit(self, remaining: int | None) -> int | None:
        """Return the `limit` to send: no more than the items still needed, where it can be."""
        asked = self.default if self.requested is None else self.requested
        if remaining is None or (asked is not None and asked <= remaining):
            return self.requested
        if self.values:
            return max((size for size in self.values if size <= remaining), default=self.smallest)
        return max(self.smallest, remaining - remaining % self.step)


def first_page_request(request: Request[Any], *, max_items: object) -> PageRequest:
    """Return the request for the first page of a listing.

    It asks for the largest page that openapi.yaml allows, unless `request` has a limit. Raises
    ValueError or TypeError for a request whose response is not paginated.
    """
    operation = _operation(request)
    given = dict(request.query)
    parameters = _PARAMETERS[operation["page"]]
    cursors: list[CursorParameter] = [name for name in parameters if name in given]
    if len(cursors) > 1:
        raise ValueError(f"give {cursors[0]} or {cursors[1]}, not both")
    parameter = cursors[0] if cursors else parameters[0]
    cursor = given.get(parameter)
    if max_items is not None and checked_int("max_items", max_items) < 1:
        raise ValueError(f"max_items must be 1 or more, not {max_items}")
    return PageRequest(
        parameter=parameter,
        cursor=cursor,
        page_size=_page_size(given.get(_LIMIT), operation["limit"]),
        remaining=cast(int | None, max_items),
        seen={} if cursor is None else {cursor: -1},
    )


def checked_cursor(name: str, value: object) -> str | None:
    """Return an id given as a cursor; raises ValueError or TypeError."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(f"{name} must be the id of a model, not {value!r}")
    if not value or not is_encodable(value):
        raise ArgumentError(name, f"must be the id of a model, not {value!r}")
    return value


def checked_limit(operation: str, value: object) -> int | None:
    """Return a limit within the bounds in openapi.yaml; raises ValueError or TypeError."""
    if value is None:
        return None
    limit = checked_int(_LIMIT, value)
    bounds = document()["operations"][operation]["limit"]
    smallest, largest = bounds["smallest"], bounds["largest"] or float("inf")
    if not smallest <= limit <= largest:
        raise ValueError(
            f"limit, the page size, must be {smallest} to {largest}, not {limit}; "
            "use max_items to cap how many models are listed in all"
        )
    return limit


def _operation(request: Request[Any]) -> dict[str, Any]:
    operation = document()["operations"].get(request.operation or "")
    if operation is None or operation["page"] is None:
        raise ValueError(
            f"{request.method} {request.path} cannot be paginated: openapi.yaml does not "
            "describe its response as a page; use send()"
        )
    return cast(dict[str, Any], operation)


def _page_size(given: str | None, bounds: dict[str, Any] | None) -> PageSize | None:
    if bounds is None:
        return None
    sizes = {name: bounds[name] for name in ("smallest", "default", "step", "values")}
    if given is None:
        return PageSize(bounds["largest"], **sizes)
    whole = re.fullmatch(r"(\d+)(?:\.0)?", given)  # 50.0 where openapi.yaml has a number
    return PageSize(int(whole[1]), **sizes) if whole else None


def _text(parsed: object, name: str) -> str | None:
    """Return a field of a page as the text of its JSON value; None where there is none."""
    value = plain(getattr(parsed, name, None))
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)
