"""The result of a call: the parsed body, and the response that it came in."""

from typing import Generic, TypeVar

import httpx
from attrs import field, frozen

T = TypeVar("T")


@frozen(eq=False)
class ResponseInfo:
    """The HTTP response of a page or of another result."""

    status_code: int
    """The HTTP status."""
    headers: httpx.Headers = field(repr=False)
    """The headers of the response."""
    request_id: str | None
    """The id that the API gave this request (header `request-id`); None when there is none."""
    retries_taken: int
    """How many retries were made."""
    elapsed: float
    """Seconds from sending the request to the end of the body, in the last attempt."""


@frozen(eq=False)
class APIResponse(Generic[T]):
    """The result of `send_detailed`."""

    parsed: T
    """What `send` returns: the body as openapi.yaml describes it."""
    response: ResponseInfo
    """Status, headers, request id, retries and seconds."""
