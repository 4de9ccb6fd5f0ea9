"""Tells whether JSON has lists and objects where the generated classes have them.

It cannot be seen afterwards: `from_dict` makes a dict of what should be an object, and loops over
what should be a list, so that a list of pairs passes for an object, and {} or "" for a list.
"""

import types
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any, get_args, get_origin

from .annotations import fields_of, is_generated, json_key, values_of

_SCALARS = {str, int, float, bool}


def has_structure(content: object, hint: object) -> bool:
    """Tell whether decoded JSON has the lists and objects of an annotation."""
    return _column_has_structure([content], hint)


def _column_has_structure(values: Sequence[Any], hint: object) -> bool:
    members = values_of(hint)
    allowed = {kind for member in members for kind in _json_kinds(member)}
    return set(map(type, values)) <= allowed and all(
        _inside_has_structure(values, member) for member in members
    )


def _inside_has_structure(values: Sequence[Any], member: Any) -> bool:
    if get_origin(member) is list:
        (hint,) = get_args(member)
        lists: list[Any] = [value for value in values if type(value) is list]
        items = list(chain.from_iterable(lists))
        return not _is_structured(hint) or _column_has_structure(items, hint)
    if is_generated(member):
        objects: list[Any] = [value for value in values if type(value) is dict]
        return all(
            _column_has_structure(_column(objects, name), hint)
            for name, hint in _structured_fields(member)
        )
    return True


def _column(objects: Sequence[dict[str, Any]], name: str) -> list[Any]:
    keys = (json_key(name, entries) for entries in objects)
    return [entries[key] for entries, key in zip(objects, keys, strict=True) if key is not None]


@cache
def _structured_fields(cls: type) -> list[tuple[str, Any]]:
    return [(name, hint) for name, hint in fields_of(cls) if _is_structured(hint)]


def _is_structured(hint: object) -> bool:
    return any(get_origin(member) is list or is_generated(member) for member in values_of(hint))


def _json_kinds(member: Any) -> set[type]:
    if get_origin(member) is list:
        return {list}
    if is_generated(member):
        return {dict}
    # What a scalar is made of is checked when it is parsed.
    return {types.NoneType} if member is types.NoneType else _SCALARS
