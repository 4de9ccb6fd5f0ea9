"""Reads an answer into the generated classes, and checks it against their annotations.

The generated `from_dict` believes most of what it is given. What it returns is checked here,
column by column, which costs little; only when something is wrong the JSON is gone through item
by item, to name the place.
"""

import datetime
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, IntEnum
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import (
    Any,
    Literal,
    Protocol,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs
from anthropic_models_generated import models
from anthropic_models_generated.types import Unset

from ..errors import APIResponseValidationError


class _Generated(Protocol):
    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Any: ...


T = TypeVar("T", bound=_Generated)


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


# --- the fast question: does everything fit? -----------------------------------------------------


class _Verdict(IntEnum):
    NO = 0
    UNSURE = 1
    YES = 2


_Check = Callable[[Sequence[Any]], _Verdict]


def _believed(cls: type[T], content: object) -> tuple[T | None, _Verdict]:
    try:
        instance: T = cls.from_dict(cast(Mapping[str, Any], content))
        return instance, _fits([instance], cls)
    except Exception:  # whatever it stumbled over, misfit() finds and names it
        return None, _Verdict.NO


def _fits(values: Sequence[object], hint: object) -> _Verdict:
    """Tell whether all values are of the annotated type, inside and out."""
    return _column_check(hint)(values)


def _verdict(fits: bool) -> _Verdict:
    return _Verdict.YES if fits else _Verdict.NO


@cache
def _column_check(hint: object) -> _Check:
    """Return the check of a whole column of values against one annotation."""
    inner = [_inner_check(member) for member in _members(hint)]
    allowed = {kind for kind, _ in inner}
    checks = {kind: check for kind, check in inner if check is not None}
    if object in allowed:
        return lambda _values: _Verdict.YES

    def check(values: Sequence[Any]) -> _Verdict:
        kinds = set(map(type, values))
        if not kinds <= allowed:
            return _Verdict.NO
        return min(
            (
                checks[kind](_of_kind(kind, values) if len(kinds) > 1 else values)
                for kind in kinds & checks.keys()
            ),
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
        if arguments[1] is Any:
            return dict, None
        return dict, lambda values: _fits(
            [item for value in values for item in value.values()], arguments[1]
        )
    if member is datetime.datetime:
        return datetime.datetime, lambda values: _verdict(None not in set(map(_TZINFO, values)))
    if isinstance(member, type) and attrs.has(member):
        columns = [(attrgetter(name), hint) for name, hint in _fields(member)]
        return member, lambda values: min(
            _fits(list(map(column, values)), hint) for column, hint in columns
        )
    return (member, None) if isinstance(member, type) else (object, None)


def _lists_fit(lists: Sequence[list[Any]], hint: object) -> _Verdict:
    verdict = _fits(list(chain.from_iterable(lists)), hint)
    # The generated code loops over what should be a list, so that {} and "" become [] as well.
    return verdict if all(lists) else min(verdict, _Verdict.UNSURE)


def _of_kind(kind: type, values: Sequence[Any]) -> list[Any]:
    return [value for value in values if type(value) is kind]


_TZINFO = attrgetter("tzinfo")


@cache
def _fields(cls: type) -> list[tuple[str, object]]:
    hints = get_type_hints(cls, localns=vars(models))
    fields = [attribute.name for attribute in attrs.fields(cls)]
    return [(name, hints[name]) for name in fields if name != "additional_properties"]


def _members(hint: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the annotation itself; Any stands for object."""
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(member for part in get_args(hint) for member in _members(part))
    if hint is Any:
        return (object,)
    # JSON has one kind of number; a float field may come without a fraction.
    return (float, int) if hint is float else (hint,)


# --- the slow question: what does not fit, and where? --------------------------------------------


def misfit(content: object, hint: object, place: str) -> tuple[str, str] | None:
    """Return the first place in decoded JSON that does not fit, and what is wrong with it."""
    members = [member for member in _members(hint) if member is not Unset]
    misfits = [_member_misfit(content, member, place) for member in members]
    if None in misfits:
        return None
    deeper = [found for found in misfits if found is not None and found[0] != place]
    if deeper:
        return deeper[0]
    wanted = " or ".join(dict.fromkeys(_described(member) for member in members))
    return place, f"should be {wanted}, but is {_shown(content)}"


def _member_misfit(content: object, member: object, place: str) -> tuple[str, str] | None:
    here = (place, "")
    origin, arguments = get_origin(member), get_args(member)
    if member is object:
        return None
    if origin is Literal:
        return None if content in arguments else here
    if origin is list:
        if not isinstance(content, list):
            return here
        items = enumerate(cast(list[object], content))
        return _first(misfit(item, arguments[0], f"{place}[{i}]") for i, item in items)
    if origin is dict or (isinstance(member, type) and attrs.has(member)):
        if not isinstance(content, dict):
            return here
        entries = cast(dict[str, object], content)
        if origin is dict:
            values = (misfit(v, arguments[1], _within(place, k)) for k, v in entries.items())
            return _first(values)
        return _object_misfit(entries, cast(type, member), place)
    return None if _leaf_fits(content, member) else here


def _object_misfit(content: dict[str, object], cls: type, place: str) -> tuple[str, str] | None:
    for name, hint in _fields(cls):
        key = next((key for key in content if _plain(key) == _plain(name)), None)
        if key is not None:
            found = misfit(content[key], hint, _within(place, key))
            if found:
                return found
        elif Unset not in _members(hint):
            return _within(place, name.rstrip("_")), "is missing"
    return None


def _leaf_fits(content: object, member: object) -> bool:
    if member is datetime.datetime:
        try:
            return datetime.datetime.fromisoformat(cast(str, content)).tzinfo is not None
        except (TypeError, ValueError):
            return False
    if isinstance(member, type) and issubclass(member, Enum):
        return content in [choice.value for choice in member]
    return type(content) is member


def _first(found: Iterable[tuple[str, str] | None]) -> tuple[str, str] | None:
    return next((item for item in found if item), None)


def _within(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _plain(name: str) -> str:
    """Undo what the generator does to make a Python name of a JSON name."""
    return name.replace("_", "").replace("-", "").lower()


_JSON_NAMES: dict[object, str] = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    types.NoneType: "null",
    datetime.datetime: "an RFC 3339 date-time",
}


def _described(member: Any) -> str:
    origin = get_origin(member)
    if origin is Literal:
        return " or ".join(repr(value) for value in get_args(member))
    if origin is list:
        return "a list"
    if member in _JSON_NAMES:
        return _JSON_NAMES[member]
    return f"a {member.__name__}" if issubclass(member, Enum) else "an object"


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
