"""What the generated classes say about their fields: the one source of every check of answers."""

import sys
import types
from collections.abc import Iterable
from functools import cache
from typing import Any, TypeGuard, Union, get_args, get_origin, get_type_hints

import attrs

EXTRA = "additional_properties"  # where a generated class keeps what it does not know


def is_generated(hint: object) -> TypeGuard[type]:
    """Tell whether an annotation is a generated class with fields."""
    return isinstance(hint, type) and attrs.has(hint)


@cache
def fields_of(cls: type) -> list[tuple[str, Any]]:
    """Return the fields of a generated class that have something to check, with annotations.

    What it keeps of unknown fields is among them only when the specification restricts that.
    """
    package = sys.modules[cls.__module__.rpartition(".")[0]]
    hints = get_type_hints(cls, localns=vars(package))  # they name their neighbours as strings
    fields = [(attribute.name, hints[attribute.name]) for attribute in attrs.fields(cls)]
    return [(name, hint) for name, hint in fields if (name, hint) != (EXTRA, dict[str, Any])]


def is_optional(hint: Any) -> bool:
    """Tell whether a field of this annotation may be missing in the JSON."""
    return any(_is_unset(member) for member in members_of(hint))


def values_of(hint: Any) -> list[Any]:
    """Return the members of an annotation that JSON has values for."""
    return [member for member in members_of(hint) if not _is_unset(member)]


def _is_unset(member: Any) -> bool:
    # By name: every generated package has a class of its own for this.
    return getattr(member, "__name__", None) == "Unset"


def json_key(name: str, content: Iterable[str]) -> str | None:
    """Return the key in JSON of a field, whose Python name the generator has made from it."""
    return next((key for key in content if _plain(key) == _plain(name)), None)


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def members_of(hint: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the annotation itself; Any stands for object."""
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(member for part in get_args(hint) for member in members_of(part))
    if hint is Any:
        return (object,)
    # JSON has one kind of number; a float field may come without a fraction.
    return (float, int) if hint is float else (hint,)
