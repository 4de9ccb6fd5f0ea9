"""Lists models page by page: what `client.models.list()` does and returns."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from anthropic_models_generated.models import BetaModelInfo, BetaModelList
from attrs import frozen

from .._core.answer import ResponseInfo
from .._core.models import BaseModels
from .._core.page import BasePage
from .._core.pagination import Step
from .._core.request import Call, page_request
from .._core.settings import Settings
from ..errors import AnthropicModelsError
from .background import Ahead, let_others_run
from .sender import Sender


@frozen
class Listing:
    """What the pages of one listing share."""

    sender: Sender
    call: Call
    prefetch: bool

    async def page(self, step: Step) -> "AsyncPage":
        """Fetch the page of a step; an error tells where to resume."""
        try:
            generated, response = await self.sender.page(page_request(self.call, step))
            return AsyncPage(self, generated, response, step)
        except AnthropicModelsError as error:
            error.resume = step.resume
            raise

    def ahead(self, step: Step) -> "Ahead[AsyncPage]":
        """Fetch the page of a step in the background."""
        return self.sender.background.start(lambda: self.page(step))


class AsyncPage(BasePage):
    """One page of a listing; iterating it yields every model from here on.

    Attributes:
        response: Status, headers, request id, retries and seconds of the exchange.
        generated: The page as the generated class has it, unknown fields included.

    """

    def __init__(
        self, listing: Listing, generated: BetaModelList, response: ResponseInfo, step: Step
    ) -> None:
        super().__init__(generated, response, step)
        self._listing = listing

    async def get_next_page(self) -> "AsyncPage":
        """Fetch the next page.

        Raises PaginationError when there is none, and what `list` raises.
        """
        return await self._listing.page(self._next_step())

    def iter_pages(self) -> "AsyncIterator[AsyncPage]":
        """Yield this page and all that follow, each fetched when it is asked for."""
        return _Pages(self._self)

    def __aiter__(self) -> AsyncIterator[BetaModelInfo]:
        """Yield every model from this page on, nearest to the cursor first."""
        return _Models(_Pages(self._self))

    async def _self(self) -> "AsyncPage":
        return self

    def _following_page(self) -> "Callable[[], Awaitable[AsyncPage]]":
        if self._listing.prefetch:
            return self._listing.ahead(self._next_step()).result
        return self.get_next_page


# Not async generators: one that is broken off stays unfinished until somebody closes it.

# A page and the iterators over it are one piece, so they see each other's inside.
# pyright: reportPrivateUsage=false


class _Pages(AsyncIterator[AsyncPage]):
    def __init__(self, first: Callable[[], Awaitable[AsyncPage]]) -> None:
        self._following: Callable[[], Awaitable[AsyncPage]] | None = first
        self._fetched: AsyncPage | None = None
        self._is_fetching = False

    async def __anext__(self) -> AsyncPage:
        if self._is_fetching:
            raise RuntimeError("this listing is being iterated by another task already")
        self._is_fetching = True
        try:
            # What fails or is cancelled here can be asked for again: nothing is skipped.
            page = self._fetched = self._fetched or await self._fetch()
            if page._listing.prefetch:
                await let_others_run()
        finally:
            self._is_fetching = False
        self._fetched = None
        return page

    async def _fetch(self) -> AsyncPage:
        if self._following is None:
            raise StopAsyncIteration
        page = await self._following()
        self._following = page._following_page() if page.has_next_page() else None
        return page


class _Models(AsyncIterator[BetaModelInfo]):
    def __init__(self, pages: _Pages) -> None:
        self._pages = pages
        self._items: Iterator[BetaModelInfo] = iter(())

    async def __anext__(self) -> BetaModelInfo:
        while True:
            for model in self._items:
                return model
            self._items = iter((await anext(self._pages))._items())


class AsyncPaginator:
    """A listing that has not begun: await it for the first page, or iterate it for every model."""

    def __init__(self, listing: Listing, step: Step) -> None:
        self._listing = listing
        self._step = step

    def __repr__(self) -> str:
        return "<AsyncPaginator: await it for the first page, or iterate it with `async for`>"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            raise AttributeError(f"{self!r} has no {name!r}; a page has more")

    def __await__(self) -> Generator[Any, Any, AsyncPage]:
        return self._first_page().__await__()

    def __aiter__(self) -> AsyncIterator[BetaModelInfo]:
        """Fetch the first page, then yield every model as a page does."""
        return _Models(_Pages(self._first_page))

    async def _first_page(self) -> AsyncPage:
        return await self._listing.page(self._step)


class AsyncModels(BaseModels[AsyncPaginator]):
    """The models of the API."""

    def __init__(self, sender: Sender, settings: Settings) -> None:
        super().__init__(settings)
        self._sender = sender

    def _begun(self, call: Call, step: Step, prefetch: bool) -> AsyncPaginator:
        return AsyncPaginator(Listing(self._sender, call, prefetch), step)
