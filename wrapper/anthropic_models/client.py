"""The sync client.

The sender, the pages and the models are imported when they are first needed.
"""

from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, Unpack

import httpx
from anthropic_models_generated.request import IdPage, Request, TokenPage

from ._base_client import BaseClient
from ._core.call import CallOptions
from ._core.secret import Secret

if TYPE_CHECKING:
    from anthropic_models_generated.models import BetaModelInfo

    from .pages import Page
    from .responses import APIResponse

T = TypeVar("T")
Item = TypeVar("Item")


class Client(BaseClient[httpx.Client]):
    """Sends requests to the API. Close it after use, or use it in a `with` statement.

    Threads may share one client.
    """

    @staticmethod
    def _http_kind() -> type[httpx.Client]:
        return httpx.Client

    def _create_sender(self, http: httpx.Client | None) -> None:
        from ._sync.sender import Sender

        self._sender = Sender(self.base_url, http)
        self._models = Models(self)

    def _share_connections(self) -> None:
        self._sender = self._sender.derived(self.base_url)
        self._models = Models(self)

    @property
    def models(self) -> "Models":
        """The models of the API; `models.list()` lists them."""
        return self._models

    @property
    def is_closed(self) -> bool:
        """Whether the client, or the httpx client it sends with, is closed."""
        return self._sender.is_closed

    def send(self, request: Request[T], **options: Unpack[CallOptions]) -> T:
        """Send a request; return the parsed body of the response.

        Args:
            request: What the `request()` of a generated module returns, or one written by hand.
            options: `betas`, `extra_headers`, `extra_query`, `timeout` (seconds), `max_retries`;
                see `CallOptions`.

        Raises:
            ValueError, TypeError: Wrong arguments; nothing was sent.
            APIStatusError: The API responded with an error; see the subclasses.
            APIConnectionError: No complete response, or not in time (APITimeoutError).
            APIResponseValidationError: The response does not match openapi.yaml.
            ClientClosedError: The client is closed.

        """
        hidden: Secret[CallOptions] = Secret(options)
        del options
        return self._sender.send(self._call(request, hidden)).parsed

    def send_detailed(
        self, request: Request[T], **options: Unpack[CallOptions]
    ) -> "APIResponse[T]":
        """Send a request as `send` does; return status and headers of the response, too."""
        hidden: Secret[CallOptions] = Secret(options)
        del options
        return self._sender.send(self._call(request, hidden))

    def paginate(
        self,
        request: Request[IdPage[Item]] | Request[TokenPage[Item]],
        *,
        max_items: int | None = None,
        prefetch: bool = False,
        **options: Unpack[CallOptions],
    ) -> "Page[Item]":
        """Fetch the first page of a listing; iterating it yields every item.

        Unless the request has a `limit`, pages are as large as openapi.yaml allows.

        Args:
            request: What the `request()` of a generated module returns; its response is a page.
            max_items: Yield at most this many items in all. Default: no limit.
            prefetch: Fetch the next page while the caller works on this one. Default: False.
            options: See `send`.

        Raises:
            PaginationError: The API reports more items, but no usable cursor.
            ValueError, TypeError, AnthropicModelsError: See `send`.

        """
        hidden: Secret[CallOptions] = Secret(options)
        del options
        return self._start_listing(request, hidden, max_items, prefetch)

    def _start_listing(
        self,
        request: Request[IdPage[Item]] | Request[TokenPage[Item]],
        options: Secret[CallOptions],
        max_items: int | None,
        prefetch: bool,
    ) -> "Page[Item]":
        from .pages import Listing

        call, page_request = self._prepare_listing(request, options, max_items)
        return Listing[Item](self._sender, call, prefetch).fetch_page(page_request)

    def close(self) -> None:
        """Close the client and its connections; calls in progress raise ClientClosedError."""
        self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Models:
    """The models of the API."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(
        self,
        *,
        after_id: str | None = None,
        before_id: str | None = None,
        limit: int | None = None,
        max_items: int | None = None,
        prefetch: bool = False,
        **options: Unpack[CallOptions],
    ) -> "Page[BetaModelInfo]":
        """List the available models, more recently released ones first.

        Args:
            after_id: List the models after the one with this id, which are older.
            before_id: List the models before the one with this id, which are newer. Iteration
                yields the nearest one first; `page.data` stays in the order of the API.
            limit: Models per page, 1 to 1000. Default: the maximum.
            max_items: List at most this many models in all. Default: no limit.
            prefetch: Fetch the next page while the caller works on this one. Default: False.
            options: `betas`, `extra_headers`, `extra_query`, `timeout` (seconds), `max_retries`;
                see `CallOptions`.

        Returns:
            The first page, already fetched. Iterating it yields every model and fetches further
            pages as they are needed.

        Raises:
            ValueError, TypeError: Wrong arguments; nothing was sent.
            APIStatusError: The API responded with an error; see the subclasses.
            APIConnectionError: No complete response, or not in time (APITimeoutError).
            APIResponseValidationError: The response does not match openapi.yaml.
            PaginationError: The API reports more models, but no usable cursor.
            ClientClosedError: The client is closed.

        """
        from ._core.list_models import list_request

        hidden: Secret[CallOptions] = Secret(options)
        del options
        request = list_request(after_id=after_id, before_id=before_id, limit=limit)
        return self._client._start_listing(request, hidden, max_items, prefetch)  # pyright: ignore[reportPrivateUsage] - a part of the client
