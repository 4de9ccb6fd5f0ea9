"""How one attempt ends: with a response, or with a failure."""

import httpx
from attrs import field, frozen

from ..errors import AnthropicModelsError


@frozen
class RawResponse:
    """A response before it is parsed: its head, and its body or why that could not be read."""

    status_code: int
    headers: httpx.Headers = field(repr=False)
    body: bytes | AnthropicModelsError = field(repr=False)
    elapsed: float

    @property
    def request_id(self) -> str | None:
        """The id that the API gave this request."""
        request_id: str | None = self.headers.get("request-id")
        return request_id


@frozen
class Failure:
    """An attempt without a result."""

    error: AnthropicModelsError
    retryable: bool
    may_have_acted: bool = True
    """Whether the server may have acted on the request, so that repeating it may act twice."""
    retry_after: float | None = None
    """Seconds to wait that the server asks for."""
