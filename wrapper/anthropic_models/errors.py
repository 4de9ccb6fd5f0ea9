"""The errors that callers see: one base, and a class for each kind of failure."""

from collections.abc import Callable
from typing import Any, TypedDict


class Resume(TypedDict, total=False):
    """Where an interrupted listing goes on: `client.models.list(**error.resume)`.

    Attributes:
        after_id: The model after which it goes on, unless it goes to newer ones.
        before_id: The model before which it goes on, when it goes to newer ones.
        max_items: How many models are still wanted, when there is a cap.

    """

    after_id: str
    before_id: str
    max_items: int


class AnthropicModelsError(Exception):
    """Base of all errors of this package.

    Attributes:
        message: What happened, for people.
        resume: The arguments of `list` that continue an interrupted listing with the first model
            that was not handed out; None when no listing had begun.

    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.resume: Resume | None = None

    def __str__(self) -> str:
        if not self.resume:
            return self._described()
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.resume.items())
        return f"{self._described()} (resume with {arguments})"

    def _described(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Callable[..., "AnthropicModelsError"], tuple[object, ...]]:
        return _restore, (type(self), self.args, self.__dict__)


def _restore(
    kind: type[AnthropicModelsError], arguments: tuple[object, ...], state: dict[str, Any]
) -> AnthropicModelsError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class MissingCredentialsError(AnthropicModelsError, ValueError):
    """Neither an argument nor the environment has an API key or a token."""


class ClientClosedError(AnthropicModelsError, RuntimeError):
    """The client was closed before or during the call."""


class PaginationError(AnthropicModelsError):
    """The listing cannot be walked on: the API promises more, but gives no way to it.

    Attributes:
        body: The page that says so, as the API sent it; None when there was none.

    """

    def __init__(self, message: str, *, body: object = None) -> None:
        super().__init__(message)
        self.body = body


class APIConnectionError(AnthropicModelsError):
    """No whole answer came: not connected, disconnected, or broken off.

    Attributes:
        retries_taken: How many further attempts were made.

    """

    def __init__(self, message: str, *, retries_taken: int = 0) -> None:
        super().__init__(message)
        self.retries_taken = retries_taken


class APITimeoutError(APIConnectionError):
    """The answer took longer than `timeout` allows."""


class APIResponseValidationError(AnthropicModelsError):
    """A success whose content is not what the specification says.

    Attributes:
        place: Where in the content, e.g. `data[3].created_at`; None when it is the whole.
        status_code: The HTTP status.
        request_id: How the API names this exchange; None when it does not.
        body: The decoded JSON, or the text when it is no JSON; None when it cannot be decoded.
        retries_taken: How many further attempts were made.

    """

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

    def _described(self) -> str:
        known = f" (request id {self.request_id})" if self.request_id else ""
        return f"{self.message}{known}"


class APIStatusError(AnthropicModelsError):
    """The API answered with another status than a success; redirects are such too.

    Attributes:
        status_code: The HTTP status.
        type: The API's name for the kind of error, e.g. `rate_limit_error`; None when the body
            does not say.
        message: The API's explanation, or a stand-in for it.
        request_id: How the API names this exchange (header `request-id`, else the body).
        body: The decoded JSON, or the text when it is no JSON; None when it cannot be decoded.
        retries_taken: How many further attempts were made.
        retry_after: Seconds to wait that the API asks for; None when it does not.

    """

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        type: str | None = None,  # noqa: A002 - the API's own word
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

    def _described(self) -> str:
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
    """400: the request is not as it should be."""


class AuthenticationError(APIStatusError):
    """401: the API key or the token is missing or not valid."""


class PermissionDeniedError(APIStatusError):
    """403: the API key may not do this."""


class NotFoundError(APIStatusError):
    """404: nothing of this name, e.g. no model with the id given as cursor."""


class RequestTooLargeError(APIStatusError):
    """413: the request has more bytes than the API accepts."""


class RateLimitError(APIStatusError):
    """429: too many requests; see `retry_after`."""


class InternalServerError(APIStatusError):
    """5xx: the API, or something in front of it, failed."""


class OverloadedError(InternalServerError):
    """529: the API has more to do than it can."""


def class_for_status(status_code: int) -> type[APIStatusError]:
    """Return the class of error that stands for an HTTP status."""
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
