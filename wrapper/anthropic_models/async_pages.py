"""Pages of a listing, async."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from attrs import frozen

from ._async.prefetch import Prefetch, let_others_run
from ._async.sender import AsyncSender
from ._core.call import Call
from ._core.pages import BasePage
from ._core.pagination import Step, failed_at
from .errors import AnthropicModelsError

Item = TypeVar("Item")


@frozen
class AsyncListing(Generic[Item]):
    """What the pages of one listing share."""

    sender: AsyncSender
    call: Call[Any]
    prefetch: bool

    async def page(self, step: Step) -> "AsyncPage[Item]":
        """Fetch the page of a step; an error has the arguments to resume with."""
        try:
            return AsyncPage(self, await self.sender.send(step.applied_to(self.call)), step)
        except AnthropicModelsError as error:
            failure = failed_at(step, error, self.call)
        raise failure

    def prefetched(self, step: Step) -> "Callable[[], Awaitable[AsyncPage[Item]]]":
        """Fetch the page of a step in a task; return a function that waits for it."""
        return Prefetch(lambda: self.page(step), self.sender.prefetching).result


class AsyncPage(BasePage[Item]):
    """One page of a listing; iterating it yields every item from here on."""

    def __init__(self, listing: AsyncListing[Item], result: Any, step: Step) -> None:
        super().__init__(result, step)
        self._listing = listing

    async def get_next_page(self) -> "AsyncPage[Item]":
        """Fetch the next page.

        Raises PaginationError when there is none, and the errors of `send`.
        """
        return await self._listing.page(self._next_step())

    def iter_pages(self) -> "AsyncIterator[AsyncPage[Item]]":
        """Yield this page and all that follow, each fetched when it is asked for."""
        return _Pages(self._self)

    def __aiter__(self) -> AsyncIterator[Item]:
        """Yield every item from this page on, nearest to the cursor first."""
        return _Items(_Pages(self._self))

    async def _self(self) -> "AsyncPage[Item]":
        return self


# Not async generators: one that is left early stays unfinished until somebody closes it.

# A page and the iterators over it are one piece, so they use each other's private parts.
# pyright: reportPrivateUsage=false


class _Pages(AsyncIterator[AsyncPage[Item]]):
    def __init__(self, first: Callable[[], Awaitable[AsyncPage[Item]]]) -> None:
        # Until it has succeeded, each call of it is another try: nothing is skipped.
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
                await let_others_run()
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
            self._fetch = page.get_next_page
            if page._listing.prefetch:
                self._prefetched = page._listing.prefetched(page._next_step())
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
    """A listing that has not begun: await it for the first page, or iterate it for every item."""

    def __init__(self, listing: AsyncListing[Item], step: Step) -> None:
        self._listing = listing
        self._step = step

    def __repr__(self) -> str:
        return "<AsyncPaginator: await it for the first page, or iterate it with `async for`>"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            raise AttributeError(f"{self!r} has no {name!r}; a page has more")

    def __await__(self) -> Generator[Any, Any, AsyncPage[Item]]:
        return self._first_page().__await__()

    def __aiter__(self) -> AsyncIterator[Item]:
        """Fetch the first page, then yield every item as a page does."""
        return _Items(_Pages(self._first_page))

    async def _first_page(self) -> AsyncPage[Item]:
        return await self._listing.page(self._step)
