"""Whether a failed attempt is repeated, and after how long."""

import datetime
import email.utils
import re
from collections.abc import Mapping

MAX_ADVISED_WAIT = 60.0  # seconds; what asks for a longer wait is left to the caller
_FIRST_BACKOFF = 0.5  # seconds
_MAX_BACKOFF = 8.0  # seconds

_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def is_retryable_status(status_code: int) -> bool:
    """Tell whether the same request may succeed later."""
    return status_code in (408, 409, 429) or (
        500 <= status_code < 600 and status_code not in (501, 505)
    )


def is_retryable_answer(status_code: int, headers: Mapping[str, str]) -> bool:
    """Tell whether to repeat after this answer; the server's own word comes first."""
    advice = headers.get("x-should-retry", "").strip().lower()
    if advice in ("true", "false"):
        return advice == "true"
    return is_retryable_status(status_code)


def advised_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that the server asks to wait; None when it does not say.

    Reads `retry-after-ms`, then `retry-after` as seconds or as a date; `now` is in seconds since
    the epoch.
    """
    milliseconds = headers.get("retry-after-ms", "").strip()
    if _SECONDS.fullmatch(milliseconds):
        return float(milliseconds) / 1000
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        date = email.utils.parsedate_to_datetime(value)
        if date.tzinfo is None:  # HTTP knows no local time (RFC 9110, 5.6.7)
            date = date.replace(tzinfo=datetime.UTC)
        return max(0.0, date.timestamp() - now)
    except (ValueError, OverflowError):
        return None


def wait_before_retry(
    *, retries_taken: int, max_retries: int, advised: float | None, chance: float
) -> float | None:
    """Return the seconds to wait before the next attempt; None when there is to be none.

    `chance`, from 0 to 1, spreads clients that failed together.
    """
    if retries_taken >= max_retries:
        return None
    if advised is not None:
        return advised if advised <= MAX_ADVISED_WAIT else None
    backoff = min(_MAX_BACKOFF, _FIRST_BACKOFF * 2.0 ** min(retries_taken, 10))
    return backoff * (1 - chance / 2)
