"""Finds what is wrong with decoded JSON of any depth."""

from collections.abc import Iterable, Iterator
from typing import Any, cast
from urllib.parse import unquote

from jsonschema_rs import ValidationError

from .document import document, is_valid, reference, validator
from .validation_message import Path, comparable, explained

_LEVELS = 200
"""The depth up to which the validator locates an error itself; it can up to 255."""

Place = tuple[str, ...]
"""The steps to a schema in the document."""


def first_mismatch(schema: Place, content: object) -> tuple[str, str]:
    """Return where invalid content, made comparable, differs from a schema, and how."""
    within: Path = ()
    while is_deep := _is_deep(content):
        wrong = [
            (path, place, part)
            for path, place, part in _parts(schema, content, frozenset())
            if not is_valid(reference(*place), part)
        ]
        if not wrong:  # it is the content itself
            break
        path, schema, content = next((each for each in wrong if _is_deep(each[2])), wrong[0])
        within += path
    if not is_deep:
        try:
            validator(reference(*schema)).validate(content)
        except ValidationError as error:
            return explained(error, content, within)
    shallow = comparable(content, levels=_LEVELS)
    errors = list(validator(reference(*schema)).iter_errors(shallow))
    errors.sort(key=lambda error: len(error.instance_path))
    return explained(errors[0], shallow, within)


def _is_deep(content: object) -> bool:
    level = [content]
    for _ in range(_LEVELS):
        level = [part for each in level for part in _values(each)]
        if not level:
            return False
    return True


def _values(content: Any) -> Iterable[object]:
    if isinstance(content, dict):
        return cast(dict[str, object], content).values()
    return cast(list[object], content) if isinstance(content, list) else ()


def _parts(
    place: Place, content: Any, seen: frozenset[Place]
) -> Iterator[tuple[Path, Place, object]]:
    """Return the fields or items of the content, with their paths and places of their schemas."""
    schema = _at(place)
    if place in seen or not isinstance(schema, dict):
        return
    seen |= {place}
    if "$ref" in schema:
        steps = str(schema["$ref"]).removeprefix("#/").split("/")
        yield from _parts(tuple(map(_unescaped, steps)), content, seen)
    for union in ("allOf", "anyOf", "oneOf"):
        for number in range(len(schema.get(union, ()))):
            yield from _parts((*place, union, str(number)), content, seen)
    if isinstance(content, dict):
        for name, value in cast(dict[str, object], content).items():
            if name in schema.get("properties", ()):
                yield (name,), (*place, "properties", name), value
            elif "additionalProperties" in schema:
                yield (name,), (*place, "additionalProperties"), value
    elif isinstance(content, list):
        first = len(schema.get("prefixItems", ()))
        for number, value in enumerate(cast(list[object], content)):
            if number < first:
                yield (number,), (*place, "prefixItems", str(number)), value
            elif "items" in schema:
                yield (number,), (*place, "items"), value


def _at(place: Place) -> Any:
    found: Any = document()
    for step in place[1:] if place[0] == "components" else place:
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def _unescaped(step: str) -> str:
    return unquote(step).replace("~1", "/").replace("~0", "~")
