"""Names the place in an answer that does not fit; slow, and asked only when something is wrong."""

import datetime
import types
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, Literal, cast, get_args, get_origin
from uuid import UUID

from .annotations import EXTRA, fields_of, is_generated, is_optional, json_key, values_of

Misfit = tuple[str, str]
"""A place, e.g. `data[3].created_at` (empty: the whole), and what is wrong with it."""


def misfit(content: object, hint: object, place: str) -> Misfit | None:
    """Return the first place in decoded JSON that does not fit an annotation; None if all fits."""
    members = values_of(hint)
    misfits = [_member_misfit(content, member, place) for member in members]
    if None in misfits:
        return None
    here = (place, f"should be {_wanted(members)}, but is {_shown(content)}")
    return next((found for found in misfits if found and found[0] != place), here)


def _member_misfit(content: object, member: Any, place: str) -> Misfit | None:
    here = (place, "")
    if member is object:
        return None
    if get_origin(member) is list:
        if not isinstance(content, list):
            return here
        items = enumerate(cast(list[object], content))
        (hint,) = get_args(member)
        return _first(misfit(item, hint, f"{place}[{i}]") for i, item in items)
    if is_generated(member):
        if not isinstance(content, dict):
            return here
        return _object_misfit(cast(dict[str, object], content), member, place)
    return None if _leaf_fits(content, member) else here


def _object_misfit(content: dict[str, object], cls: type, place: str) -> Misfit | None:
    unknown = dict(content)
    for name, hint in fields_of(cls):
        if name == EXTRA:
            return _entries_misfit(unknown, get_args(hint)[1], place)
        key = json_key(name, unknown)
        if key is not None:
            found = misfit(unknown.pop(key), hint, _within(place, key))
            if found:
                return found
        elif not is_optional(hint):
            return _within(place, name.rstrip("_")), "is missing"
    return None


def _entries_misfit(entries: dict[str, object], hint: object, place: str) -> Misfit | None:
    return _first(misfit(value, hint, _within(place, key)) for key, value in entries.items())


_PARSERS: dict[object, Callable[[str], object]] = {
    datetime.datetime: datetime.datetime.fromisoformat,
    datetime.date: datetime.date.fromisoformat,
    UUID: UUID,
}


def _leaf_fits(content: object, member: Any) -> bool:
    if get_origin(member) is Literal:
        return content in get_args(member)
    if member in _PARSERS:
        return isinstance(content, str) and _can_be_parsed(content, member)
    if issubclass(member, Enum):
        return content in [choice.value for choice in member]
    return type(content) is member


def _can_be_parsed(text: str, member: type) -> bool:
    try:
        value = _PARSERS[member](text)
    except ValueError:
        return False
    return not isinstance(value, datetime.datetime) or value.tzinfo is not None


def _first(found: Iterable[Misfit | None]) -> Misfit | None:
    return next((item for item in found if item), None)


def _within(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


_NAMES: dict[object, str] = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    types.NoneType: "null",
    datetime.datetime: "an RFC 3339 date-time",
    datetime.date: "a date",
    UUID: "a UUID",
}


def _wanted(members: list[Any]) -> str:
    null_last = sorted(members, key=lambda member: member is types.NoneType)
    return " or ".join(dict.fromkeys(_described(member) for member in null_last))


def _described(member: Any) -> str:
    if get_origin(member) is Literal:
        return " or ".join(repr(value) for value in get_args(member))
    kind = get_origin(member) or member
    if kind in _NAMES:
        return _NAMES[kind]
    return f"a {member.__name__}" if issubclass(kind, Enum) else "an object"


def _shown(content: object) -> str:
    if content is None:
        return "null"
    if isinstance(content, bool):
        return str(content).lower()
    if isinstance(content, dict):
        return "an object"
    if isinstance(content, list):
        return "a list"
    text = repr(content)
    return text if len(text) <= 60 else text[:57] + "..."
