"""Parses a response: validates its body, and returns the result or a failure."""

from collections.abc import Callable
from typing import Any, TypeVar

from anthropic_models_generated.document import mismatch
from anthropic_models_generated.request import Request, SuccessResponse

from ..errors import AnthropicModelsError, APIConnectionError, APIResponseValidationError
from ..responses import APIResponse, ResponseInfo
from .attempt_outcome import Failure, RawResponse
from .error_responses import status_failure
from .json_body import JsonError, decoded_json, decoded_text, kept_body

_BEGINNING = 1000  # bytes of which the first 60 characters are shown, masked

T = TypeVar("T")

Mask = Callable[[Any], Any]
"""Masks secrets in a text or in decoded JSON, before an error message quotes it."""


def parsed_response(
    request: Request[T], raw: RawResponse, *, retries_taken: int, now: float, mask: Mask
) -> APIResponse[T] | Failure:
    """Return the result of a response, or a failure when it is an error or not valid.

    A 2xx status that openapi.yaml does not list for the request is a failure, too. `now` is in
    seconds since the epoch.
    """
    success = _success_of(request, raw.status_code)
    if success is None:
        return status_failure(raw, retries_taken=retries_taken, now=now, mask=mask)
    if isinstance(raw.body, AnthropicModelsError):
        error = raw.body
    else:
        try:
            parsed = _parsed(request, success, raw.body, mask)
        except APIResponseValidationError as invalid:
            error = invalid.with_traceback(None)
        else:
            return APIResponse(parsed, _info(raw, retries_taken, mask))
    if isinstance(error, APIResponseValidationError):
        error.status_code = raw.status_code
        error.request_id = raw.request_id
        error.retries_taken = retries_taken
    return Failure(error, retryable=isinstance(error, APIConnectionError))


def _success_of(request: Request[T], status_code: int) -> SuccessResponse[T] | None:
    if not 200 <= status_code < 300:
        return None
    by_status = {success.status.upper(): success for success in request.responses}
    names = (str(status_code), "2XX", "DEFAULT")
    return next((by_status[name] for name in names if name in by_status), None)


def _parsed(request: Request[T], success: SuccessResponse[T], body: bytes, mask: Mask) -> T:
    match success.content:
        case "none":
            return success.parse(None)
        case "bytes":
            return success.parse(body)
        case "text":
            return _parsed_text(success, body, mask)
        case "json" if request.operation is None and not body.strip():
            return success.parse(None)
        case _:
            return _parsed_json(request.operation, success, body, mask)


def _parsed_text(success: SuccessResponse[T], body: bytes, mask: Mask) -> T:
    text = body.decode("utf-8", "replace")
    try:
        return success.parse(text)
    except ValueError:  # an enumeration
        shown = mask(text[:_BEGINNING])[:60]
    raise APIResponseValidationError(
        "the response does not match openapi.yaml: the body is none of the listed values, "
        f"but {shown!r}",
        body=kept_body(body, None),
    )


def _parsed_json(operation: str | None, success: SuccessResponse[T], body: bytes, mask: Mask) -> T:
    content: object = None
    try:
        content = decoded_json(body)
        invalid = operation and mismatch(operation, success.status, content)
        if not invalid:
            return success.parse(content)
        place, problem = invalid
        if _may_quote(body, mask):
            # The problem quotes values shortened, and a part of a secret might not be recognized.
            place, problem = mismatch(str(operation), success.status, mask(content)) or invalid
        message = f"does not match openapi.yaml: {place or 'the body'} {problem}"
    except JsonError as error:
        place, message = "", str(error)
    except RecursionError:
        place, message = "", "is nested too deep"
    except (ValueError, OverflowError) as error:  # such as a date in the year 10000
        place, message = "", f"has a value that Python cannot represent ({error})"
    if not place:
        text = mask(decoded_text(body[:_BEGINNING]))
        message += f"; it begins with {text[:60]!r}" if text.strip() else ""
    raise APIResponseValidationError(
        f"the response {message}", place=place or None, body=kept_body(body, content)
    )


def _may_quote(body: bytes, mask: Mask) -> bool:
    text = decoded_text(body)
    return "\\" in text or mask(text) != text


def _info(raw: RawResponse, retries_taken: int, mask: Mask) -> ResponseInfo:
    return ResponseInfo(
        status_code=raw.status_code,
        headers=raw.headers,
        request_id=mask(raw.request_id),
        retries_taken=retries_taken,
        elapsed=raw.elapsed,
    )
