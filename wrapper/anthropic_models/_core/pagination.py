"""Which page comes next: cursors, limits and the end of a listing."""

from collections.abc import Sequence
from typing import Literal

from anthropic_models_generated.models import BetaModelInfo, BetaModelList
from attrs import evolve, field, frozen

from ..errors import PaginationError, Resume

# The API's own bounds of `limit`, as openapi.yaml has them.
MIN_LIMIT = 1
MAX_LIMIT = 1000


@frozen
class Step:
    """One page of a listing: what to ask for, and what has been seen before."""

    backwards: bool
    cursor: str | None
    limit: int
    remaining: int | None
    number: int = 0
    # Shared by the steps of a listing: each cursor, and the number of the page asked for with it.
    seen: dict[str, int] = field(factory=dict[str, int], repr=False)

    @property
    def after_id(self) -> str | None:
        """The cursor, when the listing goes forwards."""
        return None if self.backwards else self.cursor

    @property
    def before_id(self) -> str | None:
        """The cursor, when the listing goes backwards."""
        return self.cursor if self.backwards else None

    @property
    def page_size(self) -> int:
        """How many models to ask for: never more than are still needed."""
        return self.limit if self.remaining is None else min(self.limit, self.remaining)

    @property
    def resume(self) -> Resume | None:
        """The arguments that begin a listing here; None when this is where any begins."""
        if self.cursor is None:
            return None
        place: Resume = {"before_id": self.cursor} if self.backwards else {"after_id": self.cursor}
        if self.remaining is not None:
            place["max_items"] = self.remaining
        return place

    def items(self, data: Sequence[BetaModelInfo]) -> Sequence[BetaModelInfo]:
        """Return the models of this page in walking order: away from the cursor."""
        ordered = data[::-1] if self.backwards else data
        return ordered[: self.remaining]

    def following(self, page: BetaModelList) -> "Step | None":
        """Return the step after this one, whose page is at hand; None when the listing is done.

        Raises PaginationError when there should be one, but the page gives no way to it.
        """
        remaining = None if self.remaining is None else self.remaining - len(page.data)
        if not page.has_more or (remaining is not None and remaining <= 0):
            return None
        name = "first_id" if self.backwards else "last_id"
        cursor = page.first_id if self.backwards else page.last_id
        if not page.data:
            raise PaginationError(
                "the API says that there are more models, on a page without any",
                body=page.to_dict(),
            )
        if not cursor or not is_sendable(cursor):
            raise PaginationError(
                f"the API says that there are more models, but {name} is {cursor!r}",
                body=page.to_dict(),
            )
        if cursor == self.cursor or self.seen.get(cursor, self.number) < self.number:
            raise PaginationError(
                f"the API leads in a circle: {name} is {cursor!r}, which was a cursor before",
                body=page.to_dict(),
            )
        self.seen[cursor] = self.number
        return evolve(self, cursor=cursor, remaining=remaining, number=self.number + 1)


def first_step(*, after_id: object, before_id: object, limit: object, max_items: object) -> Step:
    """Return the first step of a listing; raises ValueError or TypeError for wrong arguments."""
    if after_id is not None and before_id is not None:
        raise ValueError("give after_id or before_id, not both")
    cursor = _checked_cursor("after_id", after_id) or _checked_cursor("before_id", before_id)
    return Step(
        backwards=before_id is not None,
        cursor=cursor,
        limit=MAX_LIMIT if limit is None else _checked_limit(limit),
        remaining=None if max_items is None else _checked_max_items(max_items),
    )


def is_sendable(text: str) -> bool:
    """Tell whether a text can be sent: JSON can hold lone surrogates, a URL cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _checked_cursor(name: Literal["after_id", "before_id"], value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(f"{name} must be the id of a model, not {value!r}")
    if not value or not is_sendable(value):
        raise ValueError(f"{name} must be the id of a model, not {value!r}")
    return value


def _checked_limit(value: object) -> int:
    limit = _checked_int("limit", value)
    if not MIN_LIMIT <= limit <= MAX_LIMIT:
        raise ValueError(
            f"limit is the size of a page, {MIN_LIMIT} to {MAX_LIMIT}, not {limit}; "
            "use max_items to cap how many models are listed in all"
        )
    return limit


def _checked_max_items(value: object) -> int:
    max_items = _checked_int("max_items", value)
    if max_items < 1:
        raise ValueError(f"max_items must be 1 or more, not {max_items}")
    return max_items


def _checked_int(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {value!r}")
    return value
