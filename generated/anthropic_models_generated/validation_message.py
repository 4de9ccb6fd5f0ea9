"""Describes what is wrong with invalid JSON; slow, so it is called for invalid JSON only."""

import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

Path = tuple[str | int, ...]

_SHOWN = 60
"""How much of a value is shown, in characters."""
_KINDS = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_FORMATS = {"date-time": "an RFC 3339 date-time", "date": "a date", "uuid": "a UUID"}
_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "a string of at least {} characters",
    "maxLength": "a string of at most {} characters",
    "minItems": "a list of at least {}",
    "maxItems": "a list of at most {}",
    "minProperties": "an object of at least {} fields",
    "maxProperties": "an object of at most {} fields",
}


def explained(error: "ValidationError", content: object, within: Path = ()) -> tuple[str, str]:
    """Return the place of an error in content that is `within` another, and what is wrong."""
    path, wanted, complaint = _found(error)
    if wanted is not None:
        complaint = f"should be {wanted}, but is {_shown(_at(path, content))}"
    return _place((*within, *path)), complaint


def _found(error: "ValidationError") -> tuple[Path, str | None, str]:
    """Return where an error is, and what should be there or what is wrong."""
    path: Path = tuple(error.instance_path)
    name, facts = error.kind.name, error.kind.as_dict()
    match name:
        case "required":
            return (*path, facts["property"]), None, "is missing"
        case "additionalProperties" | "unevaluatedProperties":
            return (*path, facts["unexpected"][0]), None, "is not in the specification"
        case "falseSchema":
            return path, None, "is not in the specification"
        case "anyOf" | "oneOf" if any(facts["context"]):
            return _of_members(path, [_found(each[0]) for each in facts["context"] if each])
        case "anyOf" | "oneOf":
            return path, None, "fits several alternatives where it should fit one"
        case "type":
            return path, _joined(_KINDS[kind] for kind in _sorted(facts["types"])), ""
        case "const":
            return path, _wanted(facts["expected_value"]), ""
        case "enum":
            return path, _joined(map(_wanted, facts["options"])), ""
        case "format":
            return path, _FORMATS.get(facts["format"], f"a {facts['format']}"), ""
        case "pattern":
            return path, f"a string that matches {_shown(facts['pattern'])}", ""
        case _ if name in _LIMITS:
            return path, _LIMITS[name].format(*facts.values()), ""
        case _:
            return path, None, f"breaks the rule {name!r}"


def _of_members(
    path: Path, found: Sequence[tuple[Path, str | None, str]]
) -> tuple[Path, str | None, str]:
    """Return the error of the union member that matches most, or that no member matches."""
    within = [each for each in found if len(each[0]) > len(path)]
    if within:
        return max(within, key=lambda each: len(each[0]))
    return path, _joined(wanted or "something else" for _, wanted, _ in found), ""


def _sorted(kinds: Iterable[str]) -> list[str]:
    return sorted(kinds, key="null".__eq__)


def _joined(words: Iterable[str]) -> str:
    null_last = sorted(dict.fromkeys(words), key=lambda word: word == "null")
    return " or ".join(null_last)


def _place(path: Path) -> str:
    place = ""
    for step in path:
        if isinstance(step, int):
            place += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            place += f".{step}" if place else step
        else:
            text = json.dumps(_cut(step), ensure_ascii=not step.isprintable())
            place += f"[{text}]"
    return place


_PLAIN = re.compile(rf"[\w$@-]{{1,{_SHOWN}}}")


def _at(path: Path, content: Any) -> Any:
    for step in path:
        content = content[step]
    return content


def _shown(content: object) -> str:
    if content is None:
        return "null"
    if isinstance(content, bool):
        return str(content).lower()
    if isinstance(content, dict):
        return "an object"
    if isinstance(content, list):
        return "a list"
    if isinstance(content, int) and content.bit_length() >= _LONG:
        return "an integer of hundreds of digits"
    return _cut(repr(content))


def _wanted(content: object) -> str:
    is_json = isinstance(content, (dict, list))
    return _cut(json.dumps(content, ensure_ascii=False)) if is_json else _shown(content)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def comparable(content: Any, *, levels: float = math.inf) -> Any:
    """Return decoded JSON with what the validator cannot read replaced by equivalent values.

    Lone surrogates become private characters, of which there are as many; integers of more digits
    than a bound can have become shorter ones. Lists and objects that are nested in `levels` others
    lose their content. A stack of its own, not Python's, bounds the depth.
    """
    if levels == math.inf and _is_comparable(content):
        return content
    whole: list[Any] = [content]
    copies: list[tuple[Any, Any, int]] = [(whole, 0, 0)]
    while copies:
        container, key, level = copies.pop()
        value = container[key]
        if isinstance(value, list):
            copy: Any = list(cast(list[object], value)) if level < levels else []
            copies.extend((copy, index, level + 1) for index in range(len(copy)))
        elif isinstance(value, dict):
            fields = cast(dict[str, object], value) if level < levels else {}
            copy = {_text(name): each for name, each in fields.items()}
            copies.extend((copy, name, level + 1) for name in copy)
        elif isinstance(value, str):
            copy = _text(value)
        elif isinstance(value, int) and value.bit_length() >= _LONG:
            copy = (1 if value > 0 else -1) << _LONG
        else:
            continue
        container[key] = copy
    return whole[0]


def _is_comparable(content: Any) -> bool:
    """Return whether the validator can read decoded JSON as it is; fast, so it may err to no."""
    try:
        text = json.dumps(content, ensure_ascii=False)
        text.encode()
    except (ValueError, RecursionError):
        return False
    return _MANY_DIGITS.search(text) is None


_MANY_DIGITS = re.compile(r"\d{300}")


def _text(text: str) -> str:
    return text if text.isascii() else _SURROGATE.sub(_private, text)


_SURROGATE = re.compile("[\ud800-\udfff]")
_LONG = 1100
"""In bits. A number in a document has at most 1,024."""


def _private(surrogate: re.Match[str]) -> str:
    return chr(ord(surrogate[0]) - 0xD800 + 0x10F000)
