"""Which failed attempts are retried, and after how long."""

import datetime
import email.utils
import re

import httpx

from .attempt_outcome import Failure

MAX_RETRY_AFTER = 60.0  # seconds; when the server asks for more, the error is raised instead
_FIRST_BACKOFF = 0.5  # seconds
_MAX_BACKOFF = 8.0  # seconds

_IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}  # RFC 9110, 9.2.2
# With these statuses the server has not processed the request.
_NOT_PROCESSED = {429, 503, 529}

_SECONDS = r"[0-9]+(?:\.[0-9]+)?"


def seconds_before_retry(
    failure: Failure, *, method: str, retries_taken: int, max_retries: int, jitter: float
) -> float | None:
    """Return the seconds to wait before a retry; None when there is to be none.

    `jitter`, from 0 to 1, spreads the retries of clients that failed at the same time.
    """
    if retries_taken >= max_retries or not failure.retryable:
        return None
    if method not in _IDEMPOTENT and failure.may_have_acted:
        return None
    if failure.retry_after is not None:
        return failure.retry_after if failure.retry_after <= MAX_RETRY_AFTER else None
    backoff = min(_MAX_BACKOFF, _FIRST_BACKOFF * 2.0 ** min(retries_taken, 10))
    return backoff * (1 - jitter / 2)


def is_retryable_status(status_code: int) -> bool:
    """Return whether the same request may succeed later."""
    return status_code in (408, 409, 429) or (
        500 <= status_code < 600 and status_code not in (501, 505)
    )


def retry_advice(status_code: int, headers: httpx.Headers) -> tuple[bool, bool]:
    """Return whether to retry after a response, and whether the server may have acted.

    The header `x-should-retry` overrides the status.
    """
    advice = headers.get("x-should-retry", "").strip().lower()
    if advice in ("true", "false"):
        return advice == "true", advice == "false"
    return is_retryable_status(status_code), status_code not in _NOT_PROCESSED


def retry_after(headers: httpx.Headers, now: float) -> float | None:
    """Return how many seconds the server asks to wait; None when it does not.

    Reads `retry-after-ms`, then `retry-after` as seconds or as a date; `now` is in seconds since
    the epoch. A header that was sent several times counts when all its values are equal.
    """
    milliseconds = _single(headers, "retry-after-ms")
    if re.fullmatch(_SECONDS, milliseconds):
        return float(milliseconds) / 1000
    value = _single(headers, "retry-after")
    if re.fullmatch(_SECONDS, value):
        return float(value)
    try:
        date = email.utils.parsedate_to_datetime(value)
        if date.tzinfo is None:  # HTTP knows no local time (RFC 9110, 5.6.7)
            date = date.replace(tzinfo=datetime.UTC)
        return max(0.0, date.timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _single(headers: httpx.Headers, name: str) -> str:
    whole = [value.strip() for value in headers.get_list(name)]
    # A proxy joins equal ones with commas, which a date has, too.
    parts = [value.strip() for value in ",".join(whole).split(",")]
    return next((values[0] for values in (parts, whole) if len(set(values)) == 1), "")
