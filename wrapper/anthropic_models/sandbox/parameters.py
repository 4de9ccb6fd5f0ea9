"""Parses the parameters of a request, and validates them against openapi.yaml."""

import re
from collections.abc import Iterable, Sequence

import jsonschema_rs

from .references import Json, alternatives

Headers = Sequence[tuple[str, str]]

_SEPARATORS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_INTEGER = re.compile("-?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_BOOLEANS = {"true": True, "false": False}


class HTTPError(Exception):
    """The request gets an error response; None as message stands for the documented one."""

    def __init__(self, status_code: int, message: str | None, headers: Headers = ()) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.message = message
        self.headers = headers


class Parameter:
    """A parameter of an operation, as openapi.yaml describes it."""

    def __init__(self, description: Json, document: Json) -> None:
        self.name: str = description["name"]
        self.where: str = description["in"]  # path, query, header or cookie
        self._required = description.get("required", False)
        self._may_be_empty = description.get("allowEmptyValue", False)
        schema: Json = description.get("schema", {})
        combined = list(alternatives(schema, document))
        items = [part["items"] for part in combined if isinstance(part.get("items"), dict)]
        item_alternatives = [part for item in items for part in alternatives(item, document)]
        self._default = next((part["default"] for part in combined if "default" in part), None)
        self._types = _types(combined)
        self._item_types = _types(item_alternatives)
        style = description.get("style", "form" if self.where == "query" else "simple")
        self._is_style_supported = style in _SEPARATORS and "content" not in description
        explode = self.where == "query" and description.get("explode", style == "form")
        self._separator = None if explode else _SEPARATORS.get(style)
        self._validator = jsonschema_rs.validator_for(
            {"allOf": [schema], "components": document.get("components", {})}
        )

    def parse(self, texts: Sequence[str]) -> object:
        """Return the value, or the default when nothing was sent; raises HTTPError."""
        if not texts:
            if self._required:
                raise HTTPError(400, f"{self.name}: is required, but was not sent")
            return self._default
        if not self._is_style_supported:
            return list(texts)
        if "" in texts and not self._may_be_empty:
            raise HTTPError(400, f"{self.name}: must not be empty")
        if "array" in self._types:
            parts = texts if self._separator is None else ",".join(texts).split(self._separator)
            value: object = [_typed(part.strip(), self._item_types) for part in parts]
        elif len(texts) > 1 and self.where == "query":
            raise HTTPError(400, f"{self.name}: must be sent only once")
        else:
            value = _typed(texts[0], self._types)
        for error in self._validator.iter_errors(value):
            raise HTTPError(400, f"{self.name}: {error.message}")
        return value


def _typed(text: str, types: frozenset[str]) -> object:
    """Return a text as a value of one of these types, or unchanged when that is not possible."""
    if {"integer", "number"} & types and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in types and _NUMBER.fullmatch(text):
        return float(text)
    if "boolean" in types and text in _BOOLEANS:
        return _BOOLEANS[text]
    return text


def _types(schemas: Iterable[Json]) -> frozenset[str]:
    types: set[str] = set()
    for schema in schemas:
        given = schema.get("type", ())
        types |= {given} if isinstance(given, str) else set(given)
    return frozenset(types)
