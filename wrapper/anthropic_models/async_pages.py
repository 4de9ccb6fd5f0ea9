"""Pages of a listing, async."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, NoReturn, TypeVar

from ._async.prefetch import Prefetch, run_other_tasks
from ._core.base_page import BasePage
from ._core.call import Call
from ._core.pagination import PageRequest, resumable_error
from .errors import AnthropicModelsError

if TYPE_CHECKING:
    from ._async.sender import AsyncSender

Item = TypeVar("Item")


class AsyncListing(NamedTuple, Generic[Item]):
    """What all pages of a listing share."""

    sender: "AsyncSender"
    call: Call[Any]
    prefetch: bool

    async def fetch_page(self, page_request: PageRequest) -> "AsyncPage[Item]":
        """Fetch a page; an error has the arguments to resume with."""
        try:
            return AsyncPage(
                self, await self.sender.send(page_request.apply_to(self.call)), page_request
            )
        except AnthropicModelsError as error:
            failure = resumable_error(error, page_request, self.call)
        raise failure

    def start_prefetch(
        self, page_request: PageRequest
    ) -> "Callable[[], Awaitable[AsyncPage[Item]]]":
        """Fetch a page in a task; return a function that waits for it."""
        fetch = partial(self.fetch_page, page_request)
        return Prefetch(fetch, self.sender.prefetching).result


class AsyncPage(BasePage[Item]):
    """One page of a listing; iterating it yields every item from here on."""

    def __init__(
        self, listing: AsyncListing[Item], result: Any, page_request: PageRequest
    ) -> None:
        super().__init__(result, page_request)
        self._listing = listing

    async def get_next_page(self) -> "AsyncPage[Item]":
        """Fetch the next page.

        Raises PaginationError when there is none, and the errors of `send`.
        """
        return await self._listing.fetch_page(self._next_request())

    def iter_pages(self) -> "AsyncIterator[AsyncPage[Item]]":
        """Yield this page and all that follow, each fetched when it is needed.

        It keeps no page in memory while the next one is fetched.
        """
        return _Pages(self._self)

    def __aiter__(self) -> AsyncIterator[Item]:
        """Yield every item from this page on, nearest to the cursor first."""
        return _Items(_Pages(self._self))

    async def _self(self) -> "AsyncPage[Item]":
        return self


# The iterators are classes: an async generator stays suspended when its caller stops iterating.

# A page and its iterators use each other's private attributes.
# pyright: reportPrivateUsage=false


class _Pages(AsyncIterator[AsyncPage[Item]]):
    def __init__(self, first: Callable[[], Awaitable[AsyncPage[Item]]]) -> None:
        # Kept until it succeeds: after an error, the next __anext__() fetches the same page again.
        self._fetch: Callable[[], Awaitable[AsyncPage[Item]]] | None = first
        self._prefetched: Callable[[], Awaitable[AsyncPage[Item]]] | None = None
        self._page: AsyncPage[Item] | None = None
        self._is_fetching = False

    async def __anext__(self) -> AsyncPage[Item]:
        if self._is_fetching:
            raise RuntimeError("this listing is being iterated by another task already")
        self._is_fetching = True
        try:
            page = self._page = self._page or await self._next()
            if page._listing.prefetch:
                await run_other_tasks()
        finally:
            self._is_fetching = False
        self._page = None
        return page

    async def _next(self) -> AsyncPage[Item]:
        if self._fetch is None:
            raise StopAsyncIteration
        fetch = self._prefetched or self._fetch
        try:
            page = await fetch()
        except Exception:
            self._prefetched = None
            raise
        self._fetch = self._prefetched = None
        if page.has_next_page():
            # A method of the page would keep it in memory.
            self._fetch = partial(page._listing.fetch_page, page._next_request())
            if page._listing.prefetch:
                self._prefetched = page._listing.start_prefetch(page._next_request())
        return page


class _Items(AsyncIterator[Item]):
    def __init__(self, pages: _Pages[Item]) -> None:
        self._pages = pages
        self._items: Iterator[Item] = iter(())

    async def __anext__(self) -> Item:
        while True:
            for item in self._items:
                return item
            self._items = iter((await anext(self._pages))._items())


class AsyncPaginator(Generic[Item]):
    """A listing not yet requested: await it for the first page, or iterate it for every item."""

    def __init__(self, listing: AsyncListing[Item], page_request: PageRequest) -> None:
        self._listing = listing
        self._request = page_request

    def __repr__(self) -> str:
        return "<AsyncPaginator: await it for the first page, or iterate it with `async for`>"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            raise AttributeError(f"{self!r} has no attribute {name!r}; did you mean to await it?")

    def __await__(self) -> Generator[Any, Any, AsyncPage[Item]]:
        return self._first_page().__await__()

    def __aiter__(self) -> AsyncIterator[Item]:
        """Fetch the first page, then yield every item as a page does."""
        return _Items(_Pages(self._first_page))

    async def _first_page(self) -> AsyncPage[Item]:
        return await self._listing.fetch_page(self._request)
