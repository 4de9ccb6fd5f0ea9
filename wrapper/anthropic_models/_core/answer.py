"""Judges what came back: a page, or the error that it stands for."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

import httpx
from anthropic_models_generated.models import BetaModelList
from attrs import field, frozen

from ..errors import (
    AnthropicModelsError,
    APIConnectionError,
    APIResponseValidationError,
    class_for_status,
)
from .retry import advised_wait, is_retryable_answer
from .validation import parsed


@frozen
class ResponseInfo:
    """The exchange that brought a page.

    Attributes:
        status_code: The HTTP status.
        headers: The headers of the response.
        request_id: How the API names this exchange (header `request-id`); None when it does not.
        retries_taken: How many further attempts were made.
        elapsed: Seconds from sending the request to the end of the body, last attempt only.

    """

    status_code: int
    headers: httpx.Headers = field(repr=False)
    request_id: str | None
    retries_taken: int
    elapsed: float


@frozen
class Failure:
    """An attempt that brought no page."""

    error: AnthropicModelsError
    retryable: bool
    advised_wait: float | None = None


@frozen
class Received:
    """What an attempt brought: the head of the answer, and its body or what is wrong with that."""

    status_code: int
    headers: httpx.Headers = field(repr=False)
    body: bytes | AnthropicModelsError = field(repr=False)
    elapsed: float

    @property
    def request_id(self) -> str | None:
        """How the API names this exchange."""
        request_id: str | None = self.headers.get("request-id")
        return request_id


def judged(
    received: Received, *, retries_taken: int, now: float
) -> tuple[BetaModelList, ResponseInfo] | Failure:
    """Return the page that was received, or the failure that the answer stands for."""
    body = received.body
    if received.status_code != HTTPStatus.OK:
        return _status_failure(received, retries_taken, now)
    if isinstance(body, AnthropicModelsError):
        error = _completed(body, received, retries_taken)
        return Failure(error, retryable=isinstance(error, APIConnectionError))
    try:
        page = parsed(BetaModelList, _decoded(body))
    except APIResponseValidationError as error:
        return Failure(_completed(error, received, retries_taken), retryable=False)
    return page, ResponseInfo(
        status_code=received.status_code,
        headers=received.headers,
        request_id=received.request_id,
        retries_taken=retries_taken,
        elapsed=received.elapsed,
    )


def _completed(
    error: AnthropicModelsError, received: Received, retries_taken: int
) -> AnthropicModelsError:
    if isinstance(error, APIResponseValidationError):
        error.request_id = received.request_id
        error.retries_taken = retries_taken
    return error


def _decoded(body: bytes) -> object:
    if not body.strip():
        raise APIResponseValidationError("the answer is empty, but should be JSON")
    try:
        return json.loads(body)
    except ValueError:
        what = "not JSON"
    except RecursionError:
        what = "nested too deep"
    text = body.decode("utf-8", "replace")
    raise APIResponseValidationError(
        f"the answer is {what}; it begins with {text[:60]!r}", body=text
    )


def _status_failure(received: Received, retries_taken: int, now: float) -> Failure:
    status = received.status_code
    body = _error_body(received.body)
    envelope = _mapping(body)
    detail = _mapping(envelope.get("error"))
    wait = advised_wait(received.headers, now)
    error = class_for_status(status)(
        _text(detail.get("message")) or _stand_in(status),
        status_code=status,
        type=_text(detail.get("type")),
        request_id=received.request_id or _text(envelope.get("request_id")),
        body=body,
        retries_taken=retries_taken,
        retry_after=wait,
    )
    return Failure(error, is_retryable_answer(status, received.headers), wait)


def _error_body(body: bytes | AnthropicModelsError) -> object:
    if isinstance(body, AnthropicModelsError) or not body:
        return None
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _stand_in(status: int) -> str:
    if 300 <= status < 400:
        return "redirected, and redirects are not followed; is base_url right?"
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def _mapping(value: object) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
