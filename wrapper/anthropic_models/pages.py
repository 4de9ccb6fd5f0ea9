"""Pages of a listing, sync."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from ._core.base_page import BasePage
from ._core.call import Call
from ._core.pagination import PageRequest, resumable_error
from .errors import AnthropicModelsError

if TYPE_CHECKING:
    from ._sync.sender import Sender

Item = TypeVar("Item")


class Listing(NamedTuple, Generic[Item]):
    """What all pages of a listing share."""

    sender: "Sender"
    call: Call[Any]
    prefetch: bool

    def fetch_page(self, page_request: PageRequest) -> "Page[Item]":
        """Fetch a page; an error has the arguments to resume with."""
        try:
            return Page(self, self.sender.send(page_request.apply_to(self.call)), page_request)
        except AnthropicModelsError as error:
            failure = resumable_error(error, page_request, self.call)
        raise failure

    def start_fetching(self, page_request: PageRequest) -> Callable[[], "Page[Item]"]:
        """Return a function that returns a page; a thread already fetches it with `prefetch`."""
        fetch = partial(self.fetch_page, page_request)
        if not self.prefetch:
            return fetch
        from ._sync.prefetch import Prefetch

        return Prefetch(fetch, self.sender.prefetching).result


class Page(BasePage[Item]):
    """One page of a listing; iterating it yields every item from here on."""

    def __init__(self, listing: Listing[Item], result: Any, page_request: PageRequest) -> None:
        super().__init__(result, page_request)
        self._listing = listing

    def get_next_page(self) -> "Page[Item]":
        """Fetch the next page.

        Raises PaginationError when there is none, and the errors of `send`.
        """
        return self._listing.fetch_page(self._next_request())

    def iter_pages(self) -> "Iterator[Page[Item]]":
        """Yield this page and all that follow, each fetched when it is needed.

        It keeps no page in memory while the next one is fetched.
        """
        page = self
        del self
        while page.has_next_page():
            fetch = page._listing.start_fetching(page._next_request())
            yield page
            del page
            page = fetch()
        yield page

    def __iter__(self) -> Iterator[Item]:
        """Yield every item from this page on, nearest to the cursor first."""
        return chain.from_iterable(map(Page[Item]._items, self.iter_pages()))
