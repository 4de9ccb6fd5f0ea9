"""Turns an error response into an APIStatusError."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, cast

from ..errors import AnthropicModelsError, class_for_status
from .attempt_outcome import Failure, RawResponse
from .json_body import MAX_KEPT_BYTES, JsonError, decoded_json, decoded_text, kept_body
from .retry import retry_advice, retry_after

_MAX_TEXT = 200  # characters of a message that is not from the API, such as a gateway's
_MAX_HTML = 10_000  # characters; the patterns take quadratic time for tags that do not end

_TITLE = r"(?is)<title[^>]*>(.*?)</title>"
_TAG = r"(?is)<(script|style)\b.*?</\1>|<[^>]*>"


def status_failure(
    raw: RawResponse, *, retries_taken: int, now: float, mask: Callable[[Any], Any]
) -> Failure:
    """Return the failure for an error response; `now` is in seconds since the epoch.

    `mask` masks secrets in a text or in decoded JSON; it is applied before a text is shortened.
    """
    body = mask(_decoded(raw.body))
    envelope = _mapping(body)
    detail = _mapping(envelope.get("error"))
    wait = retry_after(raw.headers, now)
    retryable, may_have_acted = retry_advice(raw.status_code, raw.headers)
    error = class_for_status(raw.status_code)(
        _message(body) or _status_text(raw.status_code),
        status_code=raw.status_code,
        type=_text(detail.get("type")),
        request_id=raw.request_id or _text(envelope.get("request_id")),
        body=body,
        retries_taken=retries_taken,
        retry_after=wait,
    )
    return Failure(error, retryable, may_have_acted, wait)


def _decoded(body: bytes | AnthropicModelsError) -> object:
    """Return decoded JSON, else the text; None when there is neither."""
    if isinstance(body, AnthropicModelsError) or not body:
        return None
    if len(body) > MAX_KEPT_BYTES:
        return kept_body(body, None)
    text = decoded_text(body)  # it may be UTF-16 or UTF-32
    try:
        content = decoded_json(text.encode())
    except JsonError:
        return text
    return None if content is None else kept_body(body, content)


def _message(body: object) -> str | None:
    """Return the message in an error body of the API, or of a gateway in front of it."""
    if isinstance(body, str):
        return _plain_text(body)
    content = _mapping(body)
    error = content.get("error")
    candidates = (
        _mapping(error).get("message"),
        error,
        content.get("message"),
        content.get("detail"),
    )
    for candidate in candidates:
        if text := _text(candidate):
            return text
    # FastAPI's validation errors are a list of objects; others have names of their own.
    for candidate in (content.get("detail"), body):
        if candidate and isinstance(candidate, dict | list):
            with suppress(ValueError):  # an integer of more than 4,300 digits
                return _cut(json.dumps(candidate, ensure_ascii=False))
    return None


def _plain_text(text: str) -> str:
    if text.lstrip().startswith("<"):
        text = text[:_MAX_HTML]
        title = re.search(_TITLE, text)
        text = title[1] if title and title[1].strip() else re.sub(_TAG, " ", text)
    return _cut(" ".join(text.split()))


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}…"


def _status_text(status: int) -> str:
    if 300 <= status < 400:
        return "redirected, and redirects are not followed; is base_url correct?"
    try:
        text = f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        text = f"HTTP {status}"
    return f"{text} is not documented for this request" if 200 <= status < 300 else text


def _mapping(value: object) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
