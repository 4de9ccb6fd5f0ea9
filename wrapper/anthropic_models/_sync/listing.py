"""Lists models page by page: what `client.models.list()` does and returns."""

from collections.abc import Callable, Iterator
from itertools import chain

from anthropic_models_generated.models import BetaModelInfo, BetaModelList
from attrs import frozen

from .._core.answer import ResponseInfo
from .._core.models import BaseModels
from .._core.page import BasePage
from .._core.pagination import Step
from .._core.request import Call, page_request
from .._core.settings import Settings
from ..errors import AnthropicModelsError
from .background import Ahead
from .sender import Sender


@frozen
class Listing:
    """What the pages of one listing share."""

    sender: Sender
    call: Call
    prefetch: bool

    def page(self, step: Step) -> "Page":
        """Fetch the page of a step; an error tells where to resume."""
        try:
            generated, response = self.sender.page(page_request(self.call, step))
            return Page(self, generated, response, step)
        except AnthropicModelsError as error:
            error.resume = step.resume
            raise

    def ahead(self, step: Step) -> "Ahead[Page]":
        """Fetch the page of a step in the background."""
        return self.sender.background.start(lambda: self.page(step))


class Page(BasePage):
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

    def get_next_page(self) -> "Page":
        """Fetch the next page.

        Raises PaginationError when there is none, and what `list` raises.
        """
        return self._listing.page(self._next_step())

    def iter_pages(self) -> "Iterator[Page]":
        """Yield this page and all that follow, each fetched when it is asked for."""
        page = self
        while page.has_next_page():
            following = page._following_page()
            yield page
            page = following()
        yield page

    def __iter__(self) -> Iterator[BetaModelInfo]:
        """Yield every model from this page on, nearest to the cursor first."""
        return chain.from_iterable(page._items() for page in self.iter_pages())

    def _following_page(self) -> "Callable[[], Page]":
        if self._listing.prefetch:
            return self._listing.ahead(self._next_step()).result
        return self.get_next_page


class Models(BaseModels[Page]):
    """The models of the API."""

    def __init__(self, sender: Sender, settings: Settings) -> None:
        super().__init__(settings)
        self._sender = sender

    def _begun(self, call: Call, step: Step, prefetch: bool) -> Page:
        return Listing(self._sender, call, prefetch).page(step)
