"""Values of JSON that Python's own types do not parse as the document means them."""

import datetime
import re


def date_time(text: str) -> datetime.datetime:
    """Return an RFC 3339 date-time.

    The second 60 becomes the next second; digits beyond microseconds are cut. Raises ValueError
    for what Python cannot hold: the year 0, the second after the year 9999.
    """
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        text = text.upper()  # t and z
        leap = _LEAP_SECOND.fullmatch(text)
        if leap is None:
            return datetime.datetime.fromisoformat(text)
    try:
        return datetime.datetime.fromisoformat(f"{leap[1]}59{leap[2]}") + _SECOND
    except OverflowError as error:
        raise ValueError(f"{text} is later than Python can hold") from error


_LEAP_SECOND = re.compile(r"(.+:)60((?:\.\d+)?(?:Z|[+-]\d\d:\d\d))")
_SECOND = datetime.timedelta(seconds=1)
