"""Which page comes next: cursors, limits and the end of a listing.

Two shapes of pages are walked: by id (`data, has_more, first_id, last_id`, with the parameters
`after_id` and `before_id`) and by token (`data, next_page`, with the parameter `page`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar, cast

from anthropic_models_generated.document import document
from anthropic_models_generated.request import Request
from attrs import evolve, field, frozen

from ..errors import AnthropicModelsError, ArgumentError, PaginationError, Resume
from .call import Call, CallOptions, checked_call, is_encodable
from .secret import Secret, mask_error, secrets_in
from .settings import Settings, checked_int

T = TypeVar("T")

Cursor = Literal["after_id", "before_id", "page"]

_LIMIT = "limit"
# The field of a page that holds the cursor of the next one.
_NEXT: Mapping[Cursor, str] = {
    "after_id": "last_id",
    "before_id": "first_id",
    "page": "next_page",
}


class PageContent(NamedTuple):
    """What the body of a page says, whichever shape it has."""

    data: Sequence[Any]
    has_more: bool
    first_id: str | None
    last_id: str | None
    next_page: str | None

    @classmethod
    def of(cls, parsed: object) -> "PageContent":
        """Read the fields of a parsed page; what its shape does not have is None."""
        token = _text(parsed, "next_page")
        has_more = getattr(parsed, "has_more", None)
        return cls(
            data=getattr(parsed, "data", None) or [],
            has_more=has_more if isinstance(has_more, bool) else token is not None,
            first_id=_text(parsed, "first_id"),
            last_id=_text(parsed, "last_id"),
            next_page=token,
        )


@frozen
class Step:
    """One page of a listing: what to ask for, and which cursors came before."""

    parameter: Cursor
    cursor: str | None
    limits: "Limits"
    remaining: int | None
    number: int = 0
    # Shared by the steps of a listing: each cursor, and the number of the page that gave it.
    seen: dict[str, int] = field(factory=dict[str, int], repr=False)

    @property
    def resume(self) -> Resume | None:
        """The arguments that begin a listing here; None when this is where any begins."""
        if self.cursor is None:
            return None
        place: dict[str, Any] = {self.parameter: self.cursor}
        if self.remaining is not None:
            place["max_items"] = self.remaining
        return cast(Resume, place)

    def applied_to(self, call: Call[T]) -> Call[T]:
        """Return the call for the page of this step."""
        replaced = {*_NEXT, _LIMIT}
        query = [(name, value) for name, value in call.request.query if name not in replaced]
        if self.cursor is not None:
            query.append((self.parameter, self.cursor))
        page_size = self.limits.page_size(self.remaining)
        if page_size is not None:
            query.append((_LIMIT, str(page_size)))
        return evolve(call, request=evolve(call.request, query=tuple(query)))

    def items(self, data: Sequence[T]) -> Sequence[T]:
        """Return the items of this page in walking order: away from the cursor."""
        ordered = data[::-1] if self.parameter == "before_id" else data
        return ordered[: self.remaining]

    def following(self, page: PageContent) -> "Step | None":
        """Return the step after this one, whose page is given; None when the listing is done.

        Raises PaginationError when there should be one, but the page has no cursor for it.
        """
        remaining = None if self.remaining is None else self.remaining - len(page.data)
        has_token = self.parameter == "page" and page.next_page is not None
        if not (page.has_more or has_token) or (remaining is not None and remaining <= 0):
            return None
        name = _NEXT[self.parameter]
        cursor: str | None = getattr(page, name)
        if not page.data and self.parameter != "page":
            raise PaginationError("the API reports more items, on a page without any")
        if not cursor or not is_encodable(cursor):
            raise PaginationError(f"the API reports more items, but {name} is {cursor!r}")
        if self.seen.get(cursor, self.number) < self.number:
            raise PaginationError(f"pagination loop: {name} {cursor!r} repeats an earlier cursor")
        self.seen[cursor] = self.number
        return evolve(self, cursor=cursor, remaining=remaining, number=self.number + 1)


def walked_call(settings: Settings, request: Request[T], options: Secret[CallOptions]) -> Call[T]:
    """Return the call of a listing; raises ValueError or TypeError for wrong arguments."""
    call = checked_call(settings, request, options)
    for name in (*_NEXT, _LIMIT):
        if name in call.extra_query and name in _operation(request)["parameters"]:
            raise ValueError(f"{name} is an argument of the request, not for extra_query")
    return call


def failed_at(step: Step, error: AnthropicModelsError, call: Call[Any]) -> AnthropicModelsError:
    """Return the error of a page with the arguments to resume with, and without secrets."""
    error.resume = step.resume
    mask_error(error, secrets_in(call.sent_headers()))
    # The frames that it came through hold the page, where the key may be quoted.
    return error.with_traceback(None)


class Limits(NamedTuple):
    """How many items to ask for on a page; None leaves it to the API."""

    wanted: int | None
    smallest: int = 1
    default: int | None = None

    def page_size(self, remaining: int | None) -> int | None:
        """Return the limit to send: never more than are still needed."""
        if remaining is None:
            return self.wanted
        largest = self.wanted or self.default
        if largest is None or (self.wanted is None and largest <= remaining):
            return self.wanted
        return max(self.smallest, min(largest, remaining))


def first_step(request: Request[Any], *, max_items: object) -> Step:
    """Return the first step of a listing.

    Asks for the largest page that the document allows, unless the request has a limit. Raises
    ValueError or TypeError for a request that cannot be walked.
    """
    operation = _operation(request)
    parameters = cast(dict[str, Any], operation.get("parameters", {}))
    given = dict(request.query)
    cursors: list[Cursor] = [name for name in _NEXT if name in given]
    if len(cursors) > 1:
        raise ValueError(f"give {cursors[0]} or {cursors[1]}, not both")
    start: Cursor = "page" if operation["page"] == "token" else "after_id"
    parameter = cursors[0] if cursors else start
    cursor = given.get(parameter)
    if max_items is not None and checked_int("max_items", max_items) < 1:
        raise ValueError(f"max_items must be 1 or more, not {max_items}")
    return Step(
        parameter=parameter,
        cursor=cursor,
        limits=_limits(given.get(_LIMIT), parameters.get(_LIMIT, {})),
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
    """Return a limit within the document's bounds; raises ValueError or TypeError."""
    if value is None:
        return None
    limit = checked_int(_LIMIT, value)
    schema = document()["operations"][operation]["parameters"][_LIMIT]["schema"]
    smallest, largest = schema.get("minimum", 1), schema.get("maximum", float("inf"))
    if not smallest <= limit <= largest:
        raise ValueError(
            f"limit is the size of a page, {smallest} to {largest}, not {limit}; "
            "use max_items to cap how many models are listed in all"
        )
    return limit


def _operation(request: Request[Any]) -> dict[str, Any]:
    operation = document()["operations"].get(request.operation or "")
    if operation is None or operation["page"] is None:
        raise ValueError(
            f"{request.method} {request.path} cannot be walked page by page: the document "
            "describes no page as its response; use send()"
        )
    return cast(dict[str, Any], operation)


def _limits(given: str | None, parameter: dict[str, Any]) -> Limits:
    schema = parameter.get("schema", {})
    return Limits(
        wanted=schema.get("maximum") if given is None else int(given),
        smallest=schema.get("minimum", 1),
        default=schema.get("default"),
    )


def _text(parsed: object, name: str) -> str | None:
    value = getattr(parsed, name, None)
    return value if isinstance(value, str) else None
