"""Reads an answer into the generated classes, and checks that everything in it fits.

The generated `from_dict` believes most of what it is given. What it returns is checked here
against the annotations of its class, a whole column of values at a time, which costs little.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any, Literal, Protocol, TypeVar, cast, get_args, get_origin

from ..errors import APIResponseValidationError
from .annotations import fields_of, is_generated, members_of
from .misfit import misfit


class _Generated(Protocol):
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Any: ...


T = TypeVar("T", bound=_Generated)


class _Verdict(IntEnum):
    NO = 0
    UNSURE = 1
    YES = 2


def parsed(cls: type[T], content: object) -> T:
    """Return decoded JSON as an instance of a generated class.

    Raises APIResponseValidationError, naming the place, when it does not fit the class.
    """
    instance, verdict = _believed(cls, content)
    if verdict is _Verdict.YES:
        return cast(T, instance)
    found = misfit(content, cls, "")
    if verdict is _Verdict.UNSURE and found is None:
        return cast(T, instance)
    place, complaint = found or ("", f"does not fit {cls.__name__}")
    raise APIResponseValidationError(
        f"the answer is not what the specification says: {place or 'the body'} {complaint}",
        place=place or None,
        body=content,
    )


def _believed(cls: type[T], content: object) -> tuple[T | None, _Verdict]:
    try:
        instance: T = cls.from_dict(cast(Mapping[str, Any], content))
        return instance, _fit([instance], cls)
    except Exception:  # whatever it stumbled over, misfit() finds and names it
        return None, _Verdict.NO


_Check = Callable[[Sequence[Any]], _Verdict]


def _fit(values: Sequence[object], hint: object) -> _Verdict:
    """Tell whether all values are of the annotated type, inside and out."""
    return _column_check(hint)(values)


@cache
def _column_check(hint: object) -> _Check:
    """Return the check of a whole column of values against one annotation."""
    inner = [_inner_check(member) for member in members_of(hint)]
    allowed = {kind for kind, _ in inner}
    checks = {kind: check for kind, check in inner if check is not None}
    if object in allowed:
        return lambda _values: _Verdict.YES

    def check(values: Sequence[Any]) -> _Verdict:
        kinds = set(map(type, values))
        if not kinds <= allowed:
            return _Verdict.NO
        if len(kinds) == 1:
            (kind,) = kinds
            return checks[kind](values) if kind in checks else _Verdict.YES
        return min(
            (checks[kind](_of_kind(kind, values)) for kind in kinds & checks.keys()),
            default=_Verdict.YES,
        )

    return check


def _inner_check(member: Any) -> tuple[type, _Check | None]:
    """Return the class of one member of an annotation, and what to check within its values."""
    origin: object = get_origin(member)
    arguments: tuple[Any, ...] = get_args(member)
    if origin is Literal:
        return arguments[0].__class__, lambda values: _verdict(set(values) <= set(arguments))
    if origin is list:
        return list, lambda values: _lists_fit(values, arguments[0])
    if origin is dict:
        return dict, lambda values: _fit(
            [item for value in values for item in value.values()], arguments[1]
        )
    if member is datetime.datetime:
        return member, lambda values: _verdict(None not in set(map(_TZINFO, values)))
    if is_generated(member):
        columns = [(attrgetter(name), hint) for name, hint in fields_of(member)]
        return member, lambda values: min(
            (_fit(list(map(column, values)), hint) for column, hint in columns),
            default=_Verdict.YES,
        )
    return member, None


_TZINFO = attrgetter("tzinfo")


def _lists_fit(lists: Sequence[list[Any]], hint: object) -> _Verdict:
    verdict = _fit(list(chain.from_iterable(lists)), hint)
    # The generated code loops over what should be a list, so that {} and "" become [] as well.
    return verdict if all(lists) else min(verdict, _Verdict.UNSURE)


def _of_kind(kind: type, values: Sequence[Any]) -> Sequence[Any]:
    return [value for value in values if type(value) is kind]


def _verdict(fits: bool) -> _Verdict:
    return _Verdict.YES if fits else _Verdict.NO
