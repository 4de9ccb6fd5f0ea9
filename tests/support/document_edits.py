"""Edits of a document, as the tables of tests write them.

An edit maps places, such as `components.schemas.ErrorType.anyOf.0`, to what stands there then, or
to GONE; with + at the end of a place, it is appended to the list there.
"""

import copy
from functools import reduce
from operator import getitem
from typing import Any

from generator.documents import Document


def edited(document: Document, edit: dict[str, Any]) -> Document:
    """Return a copy of a document in which an edit is made."""
    document = copy.deepcopy(document)
    for place, value in edit.items():
        *steps, last = map(_step, place.rstrip("+").split("."))
        holder: Any = reduce(getitem, steps, document)
        if place.endswith("+"):
            holder[last].append(value)
        elif value == "GONE":
            del holder[last]
        else:
            holder[last] = value
    return document


def _step(text: str) -> Any:
    return int(text) if len(text) < 3 and text.isdecimal() else text  # 503 is a name
