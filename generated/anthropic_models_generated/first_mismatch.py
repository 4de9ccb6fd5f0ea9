"""Finds what is wrong with decoded JSON of any depth."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, cast
from urllib.parse import unquote

from .document import document, is_valid, reference, validator
from .validation_message import Path, comparable, explained

_LEVELS = 200
"""The depth up to which the validator explains content; it can up to 255."""

Place = tuple[str, ...]
"""The steps to a schema in the document."""


class _Part(NamedTuple):
    """A part of the content that is invalid."""

    path: Path
    content: Any
    place: Place
    """Where a schema is by which it is invalid; empty when there is nothing more to look at."""
    schema: str
    """What explains the error: the schema there, or that of a union of which it is a member."""


def first_mismatch(schema: Place, content: object) -> tuple[str, str]:
    """Return where invalid content, made comparable, differs from a schema, and how.

    Goes from each part to the first invalid one in it, and through the members of a union side by
    side, for the deepest. No part is looked at twice by the same schema, so that the time grows
    with the content, not with the number of ways to take through nested unions.
    """
    deepest = _Part((), content, schema, reference(*schema))
    level, seen = [deepest], set[tuple[Place, Path]]()
    while level:
        deepest = max(*level, deepest, key=lambda part: len(part.path))
        following = {
            (part.place, part.path): part for each in level for part in _invalid_parts(each)
        }
        level = [part for key, part in following.items() if key not in seen]
        seen |= following.keys()
    shallow = comparable(deepest.content, levels=_LEVELS)
    errors = list(validator(deepest.schema).iter_errors(shallow))
    errors.sort(key=lambda error: len(error.instance_path))
    return explained(errors[0], shallow, deepest.path)


def _invalid_parts(part: _Part) -> list[_Part]:
    """Return the first invalid part of a part; of a union, the part by each likely member."""
    path, content, place, schema = part
    found = _at(place) if place else None
    if not isinstance(found, dict):
        return []
    for inner in _joined_places(place, found):
        if not is_valid(reference(*inner), content):
            by_itself = schema == reference(*place)
            return [part._replace(place=inner, schema=reference(*inner) if by_itself else schema)]
    for step, inner, value in _fields(place, found, content):
        if not is_valid(reference(*inner), value):
            return [_Part((*path, step), value, inner, reference(*inner))]
    for union in ("anyOf", "oneOf"):
        members = [(*place, union, str(number)) for number in range(len(found.get(union, ())))]
        if members and not any(is_valid(reference(*each), content) for each in members):
            return _by_members(
                part, [each for member in members for each in _flat(member, content)]
            )
    return []


def _by_members(part: _Part, members: list[Place]) -> list[_Part]:
    """Return an invalid part by those members of a union whose constants match it.

    When none matches, it is the field that has other constants in all members.
    """
    path, content, _, schema = part
    likely = [each for each in members if _accepts_objects(each)]
    if not isinstance(content, dict) or not likely:
        return [part._replace(place=each) for each in members]
    content = cast(dict[str, object], content)
    constants = {each: _constants(each) for each in likely}
    shared = [name for name in constants[likely[0]] if all(name in constants[m] for m in likely)]
    for name in sorted(shared, key=lambda name: max(len(constants[m][name]) for m in likely)):
        values = [value for each in likely for value in constants[each][name]]
        if name in content:
            likely = [each for each in likely if _is_one_of(constants[each][name], content[name])]
            if not likely:
                wanted = json.dumps({"enum": values})
                return [_Part((*path, name), content[name], (), wanted)]
        elif all(name in _required(each) for each in likely):
            return [_Part(path, content, (), json.dumps({"required": [name]}))]
    matching = [
        each
        for each in likely
        if all(
            _is_one_of(values, content[name])
            for name, values in constants[each].items()
            if name in content
        )
    ]
    likely = matching or likely
    return [
        part._replace(place=each, schema=schema if likely == members else reference(*each))
        for each in likely
    ]


def _is_one_of(values: list[object], content: object) -> bool:
    return is_valid(json.dumps({"enum": values}), content)


def _joined_places(place: Place, schema: dict[str, Any]) -> list[Place]:
    """Return the places of schemas by which whatever is valid by a schema is valid, too."""
    parts = [(*place, "allOf", str(number)) for number in range(len(schema.get("allOf", ())))]
    return [_target(schema), *parts] if "$ref" in schema else parts


def _joined_schemas(place: Place, seen: tuple[Place, ...] = ()) -> Iterator[tuple[Place, Any]]:
    schema = _at(place)
    if isinstance(schema, dict) and place not in seen:
        yield place, schema
        for inner in _joined_places(place, cast(dict[str, Any], schema)):
            yield from _joined_schemas(inner, (*seen, place))


def _flat(member: Place, content: object, seen: tuple[Place, ...] = ()) -> list[Place]:
    """Return a member of a union; those of the union that it is itself, when none is valid."""
    schema = _at(member)
    if not isinstance(schema, dict) or member in seen or {"properties", "allOf"} & schema.keys():
        return [member]
    inner = [_target(cast(dict[str, Any], schema))] if "$ref" in schema else []
    for union in ("anyOf", "oneOf"):
        inner += [(*member, union, str(number)) for number in range(len(schema.get(union, ())))]
    flat = [each for place in inner for each in _flat(place, content, (*seen, member))]
    is_union = len(flat) > 1 and not any(is_valid(reference(*each), content) for each in flat)
    return flat if is_union else [member]


def _accepts_objects(place: Place) -> bool:
    return all(
        "object" in schema.get("type", "object") and not {"const", "enum"} & schema.keys()
        for _, schema in _joined_schemas(place)
    )


def _required(place: Place) -> set[str]:
    return {name for _, schema in _joined_schemas(place) for name in schema.get("required", ())}


def _constants(place: Place) -> dict[str, list[object]]:
    """Return the values of those fields of an object that have a constant or an enumeration."""
    return {
        name: values
        for within, schema in _joined_schemas(place)
        for name in schema.get("properties", ())
        for _, field in _joined_schemas((*within, "properties", name))
        if (values := [field["const"]] if "const" in field else field.get("enum"))
    }


def _fields(
    place: Place, schema: dict[str, Any], content: object
) -> Iterator[tuple[str | int, Place, object]]:
    """Return the fields or items of the content, with the places of their schemas."""
    if isinstance(content, dict):
        for name, value in cast(dict[str, object], content).items():
            places: list[Place] = [
                (*place, "patternProperties", pattern)
                for pattern in schema.get("patternProperties", ())
                if is_valid(json.dumps({"pattern": pattern}), name)
            ]
            if name in schema.get("properties", ()):
                places.append((*place, "properties", name))
            elif not places and "additionalProperties" in schema:
                places.append((*place, "additionalProperties"))
            for each in places:
                yield name, each, value
    elif isinstance(content, list):
        first = len(schema.get("prefixItems", ()))
        for number, value in enumerate(cast(list[object], content)):
            if number < first:
                yield number, (*place, "prefixItems", str(number)), value
            elif "items" in schema:
                yield number, (*place, "items"), value


def _at(place: Place) -> Any:
    found: Any = document()
    for step in place[1:] if place[0] == "components" else place:
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def _target(schema: dict[str, Any]) -> Place:
    steps = str(schema["$ref"]).removeprefix("#/").split("/")
    return tuple(unquote(step).replace("~1", "/").replace("~0", "~") for step in steps)
