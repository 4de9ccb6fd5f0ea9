"""Tells whether JSON has lists and objects where the generated classes have them.

It cannot be seen afterwards: `from_dict` makes a dict of what should be an object, and loops over
what should be a list, so that a list of pairs passes for an object, and {} or "" for a list.
"""

import types
from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain
from typing import Any, get_args, get_origin

from .annotations import fields_of, is_generated, json_key, values_of

_SCALARS = {str, int, float, bool}


def has_structure(content: object, hint: object) -> bool:
    """Tell whether decoded JSON has the lists and objects of an annotation."""
    return _column_check(hint)([content])


_Check = Callable[[Sequence[Any]], bool]


@cache
def _column_check(hint: object) -> _Check:
    """Return the check of a whole column of JSON values against one annotation."""
    members = values_of(hint)
    allowed = {kind for member in members for kind in _json_kinds(member)}
    inner = [check for member in members if (check := _inner_check(member)) is not None]
    return lambda values: (
        set(map(type, values)) <= allowed and all(check(values) for check in inner)
    )


def _inner_check(member: Any) -> _Check | None:
    """Return the check of what is within the values of one member of an annotation."""
    if get_origin(member) is list:
        (hint,) = get_args(member)
        return _list_check(_column_check(hint)) if _is_structured(hint) else None
    if is_generated(member):
        return lambda values: _objects_have_structure(values, member)
    return None


def _list_check(items_check: _Check) -> _Check:
    def check(values: Sequence[Any]) -> bool:
        lists: list[Any] = [value for value in values if type(value) is list]
        return items_check(list(chain.from_iterable(lists)))

    return check


def _objects_have_structure(values: Sequence[Any], cls: type) -> bool:
    objects: list[Any] = [value for value in values if type(value) is dict]
    return all(check(_column(objects, name)) for name, check in _structured_fields(cls))


@cache
def _structured_fields(cls: type) -> list[tuple[str, _Check]]:
    return [(name, _column_check(hint)) for name, hint in fields_of(cls) if _is_structured(hint)]


def _column(objects: Sequence[dict[str, Any]], name: str) -> list[Any]:
    keys = (json_key(name, entries) for entries in objects)
    return [entries[key] for entries, key in zip(objects, keys, strict=True) if key is not None]


def _is_structured(hint: object) -> bool:
    return any(get_origin(member) is list or is_generated(member) for member in values_of(hint))


def _json_kinds(member: Any) -> set[type]:
    if get_origin(member) is list:
        return {list}
    if is_generated(member):
        return {dict}
    # What a scalar is made of is checked when it is parsed.
    return {types.NoneType} if member is types.NoneType else _SCALARS
