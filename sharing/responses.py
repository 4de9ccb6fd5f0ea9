"""Compares responses of the API with openapi.yaml, in words."""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define, field
from jsonschema.exceptions import ValidationError
from openapi_schema_validator import OAS31Validator, oas31_format_checker

from generator.documents import Document, Json, resolved

Schema = dict[str, Any]


@define
class Responses:
    """The responses of one operation, compared with the document."""

    document: Document
    path: str
    method: str
    _differences: dict[str, str] = field(factory=dict[str, str])
    _unknown: dict[str, list[Any]] = field(factory=dict[str, list[Any]])
    _bodies: dict[str, list[Any]] = field(factory=dict[str, list[Any]])

    @property
    def statuses(self) -> set[str]:
        """The statuses that the document has."""
        return set(self._responses)

    @property
    def _responses(self) -> dict[str, Any]:
        return dict(self.document["paths"][self.path][self.method]["responses"])

    def see(self, request: str, status: int, headers: Mapping[str, str], body: bytes) -> Any:
        """Compare the response to a request (described in words); return its JSON or None."""
        named = (str(status), f"{status // 100}XX", "default")
        documented = next((name for name in named if name in self.statuses), None)
        if documented is None:
            self._differ(f"{status}", f"{request}: returned {status}, which the document has not")
            return None
        response = resolved(self._responses[documented], self.document)
        for name, header in response.get("headers", {}).items():
            if resolved(header, self.document).get("required") and name not in headers:
                self._differ(f"{status} {name}", f"response {status} has no header `{name}`")
        if "application/json" not in response.get("content", {}):
            return None
        try:
            content: Any = json.loads(body)
        except (ValueError, RecursionError):
            self._differ(f"{status} JSON", f"{request}: response {status} is not JSON")
            return None
        schema = response["content"]["application/json"]["schema"]
        self._bodies.setdefault(documented, []).append(content)
        for error in self._errors(schema, content):
            place = _place(error)
            for name, value in _unknown_fields(error):
                there = f"response {status}: `{_joined(place, name)}`"
                self._unknown.setdefault(there, []).append(value)
            for key, text in _described(error, place):
                self._differ(f"{status} {key}", f"response {status}: {text}")
        return content

    def expect(self, request: str, status: int, expected: int) -> None:
        """Note the status of a request, which should be another."""
        if status != expected:
            text = f"{request}: returned {status}; {expected} was expected"
            self._differences.setdefault(request, text)

    def differences(self) -> list[str]:
        """Return what the responses have and the document has not, and the reverse."""
        unknown = [
            f"{there} is not in the document ({_kinds(values)}, such as {_shown(values[0])})"
            for there, values in self._unknown.items()
        ]
        never = [
            f"response {status}: no `{place}`, which the document has"
            for status, place, values, _ in self._fields()
            if not values
            and not place.endswith("[]")
            and f"{status} {place}" not in self._differences
        ]
        return [*self._differences.values(), *unknown, *never]

    def unseen(self) -> list[str]:
        """Return what the document has and no response had, though one may have it."""
        statuses = [f"response {status}" for status in sorted(self.statuses - set(self._bodies))]
        items = [
            f"an item of `{place.removesuffix('[]')}` in response {status}"
            for status, place, values, _ in self._fields()
            if not values and place.endswith("[]")
        ]
        nulls = [
            f"null in `{place}` of response {status}"
            for status, place, values, schema in self._fields()
            if values and "null" in schema.get("type", ()) and None not in values
        ]
        return [*statuses, *items, *nulls]

    def _differ(self, key: str, text: str) -> None:
        self._differences.setdefault(key, text)

    def _errors(self, schema: Schema, content: Any) -> Iterator[ValidationError]:
        components = _without_room_to_grow(self.document["components"])
        whole = {**schema, "components": components}
        yield from OAS31Validator(whole, format_checker=oas31_format_checker).iter_errors(content)

    def _fields(self) -> Iterator[tuple[str, str, list[Any], Schema]]:
        """Return the status, place, values and schema of each documented field."""
        for status, bodies in sorted(self._bodies.items()):
            response = resolved(self._responses[status], self.document)
            schema = response["content"]["application/json"]["schema"]
            for place, values, inner in self._within(schema, bodies, ""):
                yield status, place, values, inner

    def _within(
        self, schema: Schema, values: list[Json], place: str
    ) -> Iterator[tuple[str, list[Json], Schema]]:
        """Return each documented field below a place, with the values seen there."""
        schema = resolved(schema, self.document)
        objects = [value for value in values if isinstance(value, dict)]
        for name, inner in schema.get("properties", {}).items() if objects else ():
            there = _joined(place, name)
            found = [each[name] for each in objects if name in each]
            yield there, found, resolved(inner, self.document)
            yield from self._within(inner, found, there)
        if "items" in schema:
            items = [item for value in values if isinstance(value, list) for item in value]
            yield f"{place}[]", items, resolved(schema["items"], self.document)
            yield from self._within(schema["items"], items, f"{place}[]")


_KINDS: tuple[tuple[type, str], ...] = (
    (dict, "object"),
    (list, "array"),
    (str, "string"),
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
)


def _without_room_to_grow(components: Any) -> Any:
    """Return the components so that fields and values that they do not know are errors."""
    strict = copy.deepcopy(components)
    for schema in strict["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
        if {"type": "string"} in schema.get("anyOf", ()):
            schema["allOf"] = [each for each in schema.pop("anyOf") if each != {"type": "string"}]
    return strict


def _place(error: ValidationError) -> str:
    return re.sub(r"\[\d+\]", "[]", error.json_path).removeprefix("$").lstrip(".")


def _unknown_fields(error: ValidationError) -> Iterator[tuple[str, Any]]:
    """Return what an object has beside the fields of the document."""
    if error.validator == "additionalProperties":
        schema: Any = error.schema
        fields: Any = error.instance
        for name, value in fields.items():
            if name not in schema["properties"]:
                yield name, value


def _described(error: ValidationError, place: str) -> Iterator[tuple[str, str]]:
    """Return the differences in an error, each with a key that is the same for all items."""
    value: Any = error.instance
    rule: Any = error.validator_value
    what = f"`{place}`" if place else "the whole"
    match error.validator:
        case "additionalProperties":
            pass
        case "required":
            for name in rule:
                if name not in value:
                    there = _joined(place, name)
                    yield there, f"`{there}` is missing; the document says that it is there"
        case "type":
            said = rule if isinstance(rule, str) else " or ".join(rule)
            yield f"{place} type", f"{what} is {_kind(value)}; the document says {said}"
        case "enum":
            text = f"{what} is {_shown(value)}, which the document does not know"
            yield f"{place} {value}", text
        case name:
            text = f"{what} is {_shown(value)}; the document says {name} {rule}"
            yield f"{place} {name}", text


def _joined(place: str, name: str) -> str:
    return f"{place}.{name}".lstrip(".")


def _kinds(values: list[Any]) -> str:
    return " or ".join(dict.fromkeys(_kind(value) for value in values))


def _kind(value: Any) -> str:
    for type_, name in _KINDS:
        if isinstance(value, type_):
            return name
    return "null"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
