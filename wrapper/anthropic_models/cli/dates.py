"""Release dates and ages, as people read them."""

import datetime
import os
import time

_DAY = datetime.timedelta(days=1)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def today() -> datetime.date:
    """Return today's date in UTC; SOURCE_DATE_EPOCH overrides it, for reproducible output."""
    try:
        return _day(int(os.environ["SOURCE_DATE_EPOCH"]))
    except (KeyError, ValueError, OverflowError, OSError):  # not set, or not a valid time
        return _day(time.time())


def release_date(created_at: datetime.datetime) -> datetime.date | None:
    """Return the date of a release; None for 1970-01-01 or earlier, which means unknown."""
    return None if created_at < _EPOCH + _DAY else created_at.date()


def age(released: datetime.date, now: datetime.date) -> str:
    """Return how long ago a release was, in the largest unit of which there are at least two."""
    if released > now:
        return {1: "tomorrow"}.get((released - now).days) or f"in {_span(now, released)}"
    return {0: "today", 1: "yesterday"}.get((now - released).days) or f"{_span(released, now)} ago"


def _day(seconds: float) -> datetime.date:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date()


def _span(start: datetime.date, end: datetime.date) -> str:
    days = (end - start).days
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    for count, unit in ((months // 12, "years"), (months, "months"), (days // 7, "weeks")):
        if count >= 2:
            return f"{count} {unit}"
    return f"{days} days"
