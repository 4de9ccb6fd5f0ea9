"""The exceptions of this package: one base class, and a class for each kind of failure.

    AnthropicModelsError
      MissingCredentialsError      also a ValueError
      ClientClosedError            also a RuntimeError
      PaginationError
      APIConnectionError
        APITimeoutError
      APIResponseValidationError
      APIStatusError
        BadRequestError            400
        AuthenticationError        401
        PermissionDeniedError      403
        NotFoundError              404
        RequestTooLargeError       413
        RateLimitError             429
        InternalServerError        5xx
          OverloadedError          529

Wrong arguments raise ValueError, some of them its subclass ArgumentError, or TypeError, before
anything is sent.
"""

from collections.abc import Callable
from typing import Any, TypedDict


class Resume(TypedDict, total=False):
    """The arguments that continue an interrupted listing: `client.models.list(**error.resume)`.

    Where the listing is not of models, the first two are parameters of its request.
    """

    after_id: str
    """The cursor of the page to continue with, for a listing with `after_id` or no cursor."""
    before_id: str
    """The cursor of the page to continue with, for a listing with `before_id`."""
    max_items: int
    """How many items are left of the `max_items` of the listing, if it had any."""


class TokenResume(TypedDict, total=False):
    """The arguments that continue an interrupted listing whose pages have tokens as cursors."""

    page: str
    """The token of the page to continue with."""
    max_items: int
    """How many items are left of the `max_items` of the listing, if it had any."""


class AnthropicModelsError(Exception):
    """The base class of all errors of this package."""

    message: str
    """What happened, in a sentence."""
    resume: Resume | None
    """The arguments that continue an interrupted listing with the first item that was not yielded;
    None when no listing was interrupted."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.resume = None

    @property
    def description(self) -> str:
        """`str(error)`, without the arguments to resume with."""
        return self.message

    def __str__(self) -> str:
        if not self.resume:
            return self.description
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.resume.items())
        return f"{self.description} (resume with {arguments})"

    def __reduce__(self) -> tuple[Callable[..., "AnthropicModelsError"], tuple[object, ...]]:
        return _restored, (type(self), self.args, self.__dict__)


def _restored(
    kind: type[AnthropicModelsError], arguments: tuple[object, ...], state: dict[str, Any]
) -> AnthropicModelsError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class ArgumentError(ValueError):
    """An argument has a wrong value; nothing was sent."""

    argument: str
    """The name of the argument, or of the environment variable."""
    reason: str
    """What is wrong with its value."""
    allowed_by: str | None
    """The argument that allows the value, if any."""

    def __init__(self, argument: str, reason: str, allowed_by: str | None = None) -> None:
        super().__init__(argument, reason, allowed_by)
        self.argument = argument
        self.reason = reason
        self.allowed_by = allowed_by

    def __str__(self) -> str:
        hint = f"; {self.allowed_by}=True allows it" if self.allowed_by else ""
        return f"{self.argument} {self.reason}{hint}"


class MissingCredentialsError(AnthropicModelsError, ValueError):
    """There is no API key and no token, in the arguments or in the environment."""


class ClientClosedError(AnthropicModelsError, RuntimeError):
    """The client was closed before or during the call."""


class PaginationError(AnthropicModelsError):
    """There are more items according to the API, but no usable cursor to request them with."""

    body: Any
    """The last page, as decoded JSON; None when there was no page."""

    def __init__(self, message: str, *, body: object = None) -> None:
        super().__init__(message)
        self.body = body


class APIConnectionError(AnthropicModelsError):
    """No complete response: could not connect, connection lost, or the body was cut off."""

    retries_taken: int
    """How many retries were made."""

    def __init__(self, message: str, *, retries_taken: int = 0) -> None:
        super().__init__(message)
        self.retries_taken = retries_taken


class APITimeoutError(APIConnectionError):
    """Connecting, or the response, took longer than `timeout` allows."""


class APIResponseValidationError(AnthropicModelsError):
    """The body of a success response does not match the schema in openapi.yaml."""

    place: str | None
    """Where in the body, e.g. `data[3].created_at`; None when the whole body is invalid."""
    status_code: int
    """The HTTP status."""
    request_id: str | None
    """The id that the API gave this request; None when there is none."""
    body: Any
    """The decoded JSON, or the text when it is not JSON; the beginning of the text when it is
    larger than 1 MiB; None when it cannot be decoded."""
    retries_taken: int
    """How many retries were made."""

    def __init__(
        self,
        message: str,
        *,
        place: str | None = None,
        status_code: int = 200,
        request_id: str | None = None,
        body: object = None,
        retries_taken: int = 0,
    ) -> None:
        super().__init__(message)
        self.place = place
        self.status_code = status_code
        self.request_id = request_id
        self.body = body
        self.retries_taken = retries_taken

    @property
    def description(self) -> str:
        """`str(error)`, without the arguments to resume with."""
        known = f" (request id {self.request_id})" if self.request_id else ""
        return f"{self.message}{known}"


class APIStatusError(AnthropicModelsError):
    """The API responded with an error status, a redirect, or a success that is not documented."""

    status_code: int
    """The HTTP status."""
    type: str | None
    """The type of the error in the body, e.g. `rate_limit_error`; None when it has none."""
    request_id: str | None
    """The id that the API gave this request (header `request-id`, else the body)."""
    body: Any
    """The decoded JSON, or the text when it is not JSON; the beginning of the text when it is
    larger than 1 MiB; None when it cannot be decoded."""
    retries_taken: int
    """How many retries were made."""
    retry_after: float | None
    """How many seconds the API asks to wait (`retry-after`); None when it does not."""

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        type: str | None = None,  # noqa: A002 - the name in the API
        request_id: str | None = None,
        body: object = None,
        retries_taken: int = 0,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.type = type
        self.request_id = request_id
        self.body = body
        self.retries_taken = retries_taken
        self.retry_after = retry_after

    @property
    def is_retryable(self) -> bool:
        """Whether a retry may succeed: status 408, 409, 429, or 5xx except 501 and 505."""
        from ._core.retry import is_retryable_status  # here, because it imports this module

        return is_retryable_status(self.status_code)

    @property
    def description(self) -> str:
        """`str(error)`, without the arguments to resume with."""
        kind = f" {self.type}" if self.type else ""
        known: list[str] = []
        if self.request_id:
            known.append(f"request id {self.request_id}")
        if self.retry_after is not None:
            known.append(f"retry after {self.retry_after:g} s")
        if self.retries_taken:
            known.append(f"retries taken: {self.retries_taken}")
        return f"{self.status_code}{kind}: {self.message}" + (
            f" ({', '.join(known)})" if known else ""
        )


class BadRequestError(APIStatusError):
    """400: the request is not valid."""


class AuthenticationError(APIStatusError):
    """401: the API key or the token is missing or not valid."""


class PermissionDeniedError(APIStatusError):
    """403: the API key may not do this."""


class NotFoundError(APIStatusError):
    """404: not found, e.g. no model has the id given as cursor."""


class RequestTooLargeError(APIStatusError):
    """413: the request has more bytes than the API accepts."""


class RateLimitError(APIStatusError):
    """429: too many requests; see `retry_after`."""


class InternalServerError(APIStatusError):
    """5xx: the API, or a gateway in front of it, failed."""


class OverloadedError(InternalServerError):
    """529: the API is overloaded."""


def class_for_status(status_code: int) -> type[APIStatusError]:
    """Return the class of error for an HTTP status."""
    if status_code in _CLASSES:
        return _CLASSES[status_code]
    return InternalServerError if status_code >= 500 else APIStatusError


_CLASSES: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    413: RequestTooLargeError,
    429: RateLimitError,
    529: OverloadedError,
}
