"""Pages of a listing, sync."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Generic, TypeVar

from attrs import frozen

from ._core.call import Call
from ._core.pages import BasePage
from ._core.pagination import Step, failed_at
from ._sync.prefetch import Prefetch
from ._sync.sender import Sender
from .errors import AnthropicModelsError

Item = TypeVar("Item")


@frozen
class Listing(Generic[Item]):
    """What the pages of one listing share."""

    sender: Sender
    call: Call[Any]
    prefetch: bool

    def page(self, step: Step) -> "Page[Item]":
        """Fetch the page of a step; an error has the arguments to resume with."""
        try:
            return Page(self, self.sender.send(step.applied_to(self.call)), step)
        except AnthropicModelsError as error:
            failure = failed_at(step, error, self.call)
        raise failure

    def prefetched(self, step: Step) -> Callable[[], "Page[Item]"]:
        """Fetch the page of a step in a thread; return a function that waits for it."""
        return Prefetch(lambda: self.page(step), self.sender.prefetching).result


class Page(BasePage[Item]):
    """One page of a listing; iterating it yields every item from here on."""

    def __init__(self, listing: Listing[Item], result: Any, step: Step) -> None:
        super().__init__(result, step)
        self._listing = listing

    def get_next_page(self) -> "Page[Item]":
        """Fetch the next page.

        Raises PaginationError when there is none, and the errors of `send`.
        """
        return self._listing.page(self._next_step())

    def iter_pages(self) -> "Iterator[Page[Item]]":
        """Yield this page and all that follow, each fetched when it is asked for."""
        page = self
        while page.has_next_page():
            fetch = page.get_next_page
            if self._listing.prefetch:
                fetch = self._listing.prefetched(page._next_step())
            yield page
            page = fetch()
        yield page

    def __iter__(self) -> Iterator[Item]:
        """Yield every item from this page on, nearest to the cursor first."""
        return chain.from_iterable(page._items() for page in self.iter_pages())
