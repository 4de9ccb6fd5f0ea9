"""Reads an answer into the generated classes, and checks that everything in it fits.

The generated `from_dict` believes most of what it is given. What it returns is checked here
against the annotations of its class, a whole column of values at a time, which costs little.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any, Literal, Protocol, TypeVar, cast, get_args, get_origin

from ..errors import APIResponseValidationError
from .annotations import fields_of, is_generated, members_of
from .structure import has_structure


class _Generated(Protocol):
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Any: ...


T = TypeVar("T", bound=_Generated)


def parsed(cls: type[T], content: object) -> T:
    """Return decoded JSON as an instance of a generated class.

    Raises APIResponseValidationError, naming the place, when it does not fit the class.
    """
    instance = _believed(cls, content)
    if instance is not None and fits(instance, cls) and has_structure(content, cls):
        return instance
    from .misfit import misfit  # what few need, nobody waits for

    place, complaint = misfit(content, cls, "") or ("", f"does not fit {cls.__name__}")
    raise APIResponseValidationError(
        f"the answer is not what the specification says: {place or 'the body'} {complaint}",
        place=place or None,
        body=content,
    )


def _believed(cls: type[T], content: object) -> T | None:
    try:
        instance: T = cls.from_dict(cast(Mapping[str, Any], content))
    except Exception:  # whatever it stumbled over, misfit() finds and names it
        return None
    return instance


def fits(instance: object, hint: object) -> bool:
    """Tell whether a parsed value is of the annotated type, inside and out."""
    return _column_check(hint)([instance])


_Check = Callable[[Iterable[Any]], bool]
_InnerCheck = Callable[[Sequence[Any]], bool]


@cache
def _column_check(hint: object) -> _Check:
    """Return the check of a whole column of values against one annotation."""
    inner = [_inner_check(member) for member in members_of(hint)]
    allowed = {kind for kind, _ in inner}
    checks = {kind: check for kind, check in inner if check is not None}
    if object in allowed:
        return lambda _values: True

    def check(values: Iterable[Any]) -> bool:
        if not checks:
            return set(map(type, values)) <= allowed
        values = list(values)
        kinds = set(map(type, values))
        if not kinds <= allowed:
            return False
        if len(kinds) == 1:
            (kind,) = kinds
            return kind not in checks or checks[kind](values)
        return all(
            checks[kind]([value for value in values if type(value) is kind])
            for kind in kinds & checks.keys()
        )

    return check


def _inner_check(member: Any) -> tuple[type, _InnerCheck | None]:
    """Return the class of one member of an annotation, and what to check within its values."""
    origin: object = get_origin(member)
    arguments: tuple[Any, ...] = get_args(member)
    if origin is Literal:
        allowed = set(arguments)
        return arguments[0].__class__, lambda values: set(values) <= allowed
    if origin is list:
        items = _column_check(arguments[0])
        return list, lambda values: items(chain.from_iterable(values))
    if origin is dict:
        items = _column_check(arguments[1])
        return dict, lambda values: items(item for value in values for item in value.values())
    if member is datetime.datetime:
        return member, lambda values: all(map(_TZINFO, values))
    if is_generated(member):
        return member, lambda values: all(
            check(map(column, values)) for column, check in _columns(member)
        )
    return member, None


@cache
def _columns(cls: type) -> list[tuple[Callable[[Any], Any], _Check]]:
    # Only when there is a value to check: a class may hold others of its own.
    return [(attrgetter(name), _column_check(hint)) for name, hint in fields_of(cls)]


_TZINFO = attrgetter("tzinfo")
