"""The base class of sync and async pages."""

import json
from collections.abc import Sequence
from typing import Any, Generic, NoReturn, TypeVar

from ..errors import PaginationError
from ..responses import APIResponse, ResponseInfo
from .pagination import PageContent, PageRequest, items_of

Item = TypeVar("Item")


class BasePage(Generic[Item]):
    """What sync and async pages have in common; it does no I/O."""

    parsed: Any
    """The whole body as the document describes it, unknown fields included; None without one."""
    response: ResponseInfo
    """Status, headers, request id, retries and seconds."""

    def __init__(self, result: APIResponse[Any], page_request: PageRequest) -> None:
        self.parsed = result.parsed
        self.response = result.response
        self._content = PageContent.of(result.parsed)
        self._request = page_request
        try:
            self._next = page_request.next_request(self._content)
        except PaginationError as error:
            error.body = self.to_dict()
            raise

    @property
    def data(self) -> list[Item]:
        """The items of this page as the API ordered them."""
        return items_of(self.parsed)

    @property
    def has_more(self) -> bool:
        """Whether the API has more in the direction of the listing."""
        return self._content.has_more

    @property
    def first_id(self) -> str | None:
        """The id of the first item in `data`; None when it is empty or pages have no ids."""
        return self._content.first_id

    @property
    def last_id(self) -> str | None:
        """The id of the last item in `data`; None when it is empty or pages have no ids."""
        return self._content.last_id

    @property
    def next_page(self) -> str | None:
        """The token of the next page; None when there is none or pages have no tokens."""
        return self._content.next_page

    def has_next_page(self) -> bool:
        """Return whether there is a next page, and `max_items` is not reached."""
        return self._next is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the page as plain data that can be pickled, copied or written as JSON."""
        plain: dict[str, Any] = {} if self.parsed is None else self.parsed.to_dict()
        return plain

    def to_json(self) -> str:
        """Return the page as JSON text, unknown fields included."""
        return json.dumps(self.to_dict())

    def __repr__(self) -> str:
        fields = {
            "has_more": self.has_more,
            "first_id": self.first_id,
            "last_id": self.last_id,
            "next_page": self.next_page,
        }
        shown = ", ".join(f"{name}={v!r}" for name, v in fields.items() if v is not None)
        return f"<{type(self).__name__} of {len(self.data)} items, {shown}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a page holds a client, so it cannot be pickled or copied; use to_dict()")

    def _items(self) -> Sequence[Item]:
        return self._request.items(self.data)

    def _next_request(self) -> PageRequest:
        if self._next is None:
            raise PaginationError("there is no next page; check has_next_page() first")
        return self._next
