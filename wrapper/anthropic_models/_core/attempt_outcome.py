"""The outcome of one attempt: a response, or a failure."""

from typing import NamedTuple

import httpx
from attrs import frozen

from ..errors import AnthropicModelsError


@frozen(eq=False, repr=False)
class RawResponse:
    """A response before it is parsed; `body` is an error when the body could not be read."""

    status_code: int
    headers: httpx.Headers
    body: bytes | AnthropicModelsError
    elapsed: float

    @property
    def request_id(self) -> str | None:
        """The id that the API gave this request."""
        request_id: str | None = self.headers.get("request-id")
        return request_id


class Failure(NamedTuple):
    """An attempt that failed, and whether it may be retried."""

    error: AnthropicModelsError
    retryable: bool
    may_have_acted: bool = True
    """Whether the server may have processed the request, so that a retry may process it twice."""
    retry_after: float | None = None
    """How many seconds the server asks to wait, if it does."""
