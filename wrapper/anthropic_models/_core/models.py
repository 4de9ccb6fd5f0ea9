"""`models.list` with its parameters, written once for sync and async."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Generic, TypeVar

import httpx

from .headers import AnthropicBeta, Headers
from .pagination import Step, first_step
from .request import Call, Query, checked_call
from .settings import Settings

Begun = TypeVar("Begun", covariant=True)
"""What a listing is when it has begun: a page, or something to await for one."""


class BaseModels(ABC, Generic[Begun]):
    """The models of the API."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def list(
        self,
        *,
        after_id: str | None = None,
        before_id: str | None = None,
        limit: int | None = None,
        betas: Iterable[AnthropicBeta] | str | None = None,
        max_items: int | None = None,
        prefetch: bool = False,
        extra_headers: Headers | None = None,
        extra_query: Query | None = None,
        timeout: float | httpx.Timeout | None = None,
        max_retries: int | None = None,
    ) -> Begun:
        """List the available models, more recently released ones first.

        Args:
            after_id: List what comes after the model of this id: older and older models.
            before_id: List what comes before the model of this id: newer and newer models.
                Iteration then goes away from the cursor, the reverse of `page.data`, which stays
                as the API orders it.
            limit: Models per page, 1 to 1000. Default 1000 (the API's own default is 20).
            betas: Beta features to use beside those of the client. A string is one beta.
            max_items: List no more than this many models in all. Default: no cap.
            prefetch: Fetch the next page while this one is worked on. Default: do not.
            extra_headers: Headers that win over all others; None removes one.
            extra_query: Query parameters that this method does not offer.
            timeout: Seconds, or an httpx.Timeout. Default: the client's.
            max_retries: Further attempts after a failed one. Default: the client's.

        Returns:
            The first page, already fetched; of an AsyncClient, something to await for it, or to
            iterate at once. Iterating yields every model and fetches further pages as they are
            needed.

        Raises:
            ValueError, TypeError: Wrong arguments; nothing was sent.
            APIStatusError: The API refused; see its subclasses.
            APIConnectionError: No whole answer came, or not in time (APITimeoutError).
            APIResponseValidationError: The answer is not what the specification says.
            PaginationError: The API promises more models, but gives no way to them.
            ClientClosedError: The client is closed.

        """
        step = first_step(after_id=after_id, before_id=before_id, limit=limit, max_items=max_items)
        call = checked_call(
            self._settings,
            betas=betas,
            extra_headers=extra_headers,
            extra_query=extra_query,
            timeout=timeout,
            max_retries=max_retries,
        )
        return self._begun(call, step, prefetch)

    @abstractmethod
    def _begun(self, call: Call, step: Step, prefetch: bool) -> Begun: ...
