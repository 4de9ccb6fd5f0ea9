"""Decodes JSON as RFC 8259 defines it, with limits on its size and depth."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from itertools import accumulate
from typing import Any, NoReturn

MAX_SEPARATORS = 2_000_000
"""Commas and opening brackets. Without it, 32 MiB could become 1.5 GiB of Python objects."""

MAX_DEPTH = 2_000
"""Nested lists and objects; the parser and the validator use the stack for each level."""

MAX_KEPT_BYTES = 1024 * 1024
_MAX_KEPT_DEPTH = 100  # more cannot be pickled
_MAX_DIGITS = 100_000  # in all integers that int() refuses, which have more than 4,300


class JsonError(ValueError):
    """The body is not JSON, or exceeds a limit; the message continues "the response …"."""


def decoded_json(body: bytes) -> Any:
    """Return decoded JSON; raises JsonError."""
    if not body.strip():
        raise JsonError("is empty, but should be JSON")
    # Counting takes a tenth of the time of parsing; a shorter body cannot have so many.
    if len(body) > MAX_SEPARATORS and sum(map(body.count, (b",", b"[", b"{"))) > MAX_SEPARATORS:
        raise JsonError(f"has more than {MAX_SEPARATORS:,} values")
    if is_deeper(body, MAX_DEPTH):
        raise JsonError("is nested too deep")
    try:
        try:
            return json.loads(body, parse_constant=_no_constant)
        except ValueError:  # also raised for integers with more than 4,300 digits
            return json.loads(body, parse_constant=_no_constant, parse_int=_integers())
    except JsonError as error:
        what = str(error)
    except ValueError:
        what = "is not JSON"
    except RecursionError:
        what = "is nested too deep"
    raise JsonError(what)


def kept_body(body: bytes, content: object) -> object:
    """Return the `body` attribute of an error: decoded JSON, else the text; None when empty.

    JSON that is nested too deep to be pickled is kept as text, and of a large body only the first
    MAX_KEPT_BYTES: all that is kept is searched for secrets.
    """
    if not body:
        return None
    if content is None or len(body) > MAX_KEPT_BYTES or is_deeper(body, _MAX_KEPT_DEPTH):
        return decoded_text(body[:MAX_KEPT_BYTES])
    return content


def decoded_text(body: bytes) -> str:
    """Return the text of JSON, in whichever of its encodings it is."""
    return body.decode(json.detect_encoding(body), "replace")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not valid JSON")


def _integers() -> Callable[[str], int]:
    """Return a function that parses integers, long ones too, up to a number of digits in all."""
    left = _MAX_DIGITS

    def parse(digits: str) -> int:
        nonlocal left
        with suppress(ValueError):
            return int(digits)
        left -= len(digits)
        if left < 0:
            raise JsonError(f"has long integers of more than {_MAX_DIGITS:,} digits in all")
        return int(Decimal(digits))

    return parse


_STRING = rb'(?s)"(?:[^"\\]++|\\.)*+"'  # possessive: it keeps no stack
_STEPS = dict(zip(b"[{]}", (1, 1, -1, -1), strict=True))
_NO_BRACKETS = bytes(set(range(256)) - _STEPS.keys())


def is_deeper(body: bytes, depth: int) -> bool:
    """Return whether JSON has more than `depth` levels of lists and objects."""
    if body.count(b"[") + body.count(b"{") <= depth:
        return False
    brackets = re.sub(_STRING, b"", body).translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > depth
