"""The content of openapi.yaml as data, and the validation of decoded JSON against it.

`document.json` beside this module is written by regeneration.
"""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, Registry

_HOME = "urn:openapi"


@cache
def document() -> dict[str, Any]:
    """Return the content of document.json; it is read once and not to be changed.

    `server`: the URL. `known_betas`: as listed. `schemas`: by name. `operations`: by the name of
    their module, each with `method`, `path`, `parameters` (by name: `in`, `required`, `schema`),
    `page` (how it pages: "id", "token" or None), `limit` (which sizes of a page its parameter
    `limit` accepts: `smallest`, `largest`, `default`, `step`, `values`; or None), `responses` (by
    status: the schema of the JSON of a success response) and `bodies` (by content type: the
    schema).
    """
    return cast(dict[str, Any], json.loads(_text()))


def mismatch(operation: str, status: str, content: object) -> tuple[str, str] | None:
    """Return where decoded JSON differs from the schema of a success response, and how.

    `status` is a key of the operation's `responses`. Returns None when nothing differs; else a
    place such as `data[3].created_at` (empty: the whole) and what is wrong there: "should be a
    string, but is 3".
    """
    place = ("operations", operation, "responses", status)
    if is_valid(reference(*place), content):
        return None
    from .first_mismatch import first_mismatch
    from .validation_message import comparable

    content = comparable(content)
    return None if is_valid(reference(*place), content) else first_mismatch(place, content)


def is_valid(schema: str, content: object) -> bool:
    """Return whether decoded JSON is valid by a schema, given as JSON.

    A `$ref` in it begins with `urn:openapi#/` and goes on with a place in the document.
    """
    try:
        return validator(schema).is_valid(content)
    except UnicodeEncodeError:  # a lone surrogate, which JSON may hold
        from .validation_message import comparable

        return validator(schema).is_valid(comparable(content))


def _text() -> str:
    # The loader also reads from a zip archive; pkgutil and importlib.resources are slow to import.
    loader: Any = __spec__.loader
    content: bytes = loader.get_data(str(Path(__file__).with_name("document.json")))
    return content.decode()


def reference(*place: str) -> str:
    """Return a schema that is the one at a place in the document."""
    escaped = (quote(step.replace("~", "~0").replace("/", "~1")) for step in place)
    return json.dumps({"$ref": f"{_HOME}#/{'/'.join(escaped)}"})


@cache
def validator(schema: str) -> "Draft202012Validator":
    """Return what validates by a schema; see `is_valid`."""
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(json.loads(schema), validate_formats=True, registry=_registry())


@cache
def _registry() -> "Registry":
    from jsonschema_rs import Draft202012, Registry

    content = _as_validated(json.loads(_text()))
    # References within the schemas go by their places in openapi.yaml.
    content["components"] = {"schemas": content.pop("schemas")}
    return Registry([(_HOME, content)], draft=Draft202012)


_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf")
_FORMATS = ("date-time", "date", "uuid")
_VALUES = ("const", "enum", "default", "example", "examples")
_IN_DOCUMENT_JSON = ("schemas", "operations", "parameters", "responses", "bodies")
_BY_NAME = ("properties", "patternProperties", "$defs", "dependentSchemas", *_IN_DOCUMENT_JSON)


def _as_validated(node: Any, *, by_name: bool = False) -> Any:
    """Return schemas as the validator is to read them; `by_name`: the node maps names to schemas.

    Only the formats that are parsed are checked; others are annotations (JSON Schema, 7.2.1). The
    validator cannot compare an integer of thousands of digits with bounds, so a schema with bounds
    rejects it; `mismatch` tries again after `comparable` has made it shorter.
    """
    if isinstance(node, list):
        return [_as_validated(each) for each in cast(list[object], node)]
    if not isinstance(node, dict):
        return node
    schema = {
        name: _as_validated(each, by_name=not by_name and name in _BY_NAME)
        if by_name or name not in _VALUES
        else each
        for name, each in cast(dict[str, Any], node).items()
    }
    if by_name:
        return schema
    if schema.get("format") not in _FORMATS:
        schema.pop("format", None)
    if any(type(schema.get(bound)) in (int, float) for bound in _BOUNDS):
        guard = {"if": {"type": "integer"}, "then": {"type": "number"}}
        schema["allOf"] = [*schema.get("allOf", []), guard]
    return schema
