"""Makes document.json: what generated code and the wrapper read of openapi.yaml, as data."""

import json
import math
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from openapi_python_client.parser.openapi import generate_operation_id
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from generator.documents import Document, parameters_of, resolved

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
BETA_HEADER = "anthropic-beta"


def write_document_json(document: Document, path: Path) -> None:
    """Write document.json of openapi.yaml, as it is without overlays."""
    text = json.dumps(document_json(document), indent=1, ensure_ascii=False)
    path.write_text(f"{text}\n", "utf-8")


def document_json(document: Document) -> Document:
    """Return what `document()` of the generated package returns."""
    return {
        "server": document.get("servers", [{"url": "/"}])[0]["url"],
        "known_betas": _known_betas(document),
        "schemas": document.get("components", {}).get("schemas", {}),
        "operations": {
            module_of(path, method, operation): _operation(path, method, operation, item, document)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        },
    }


def module_of(path: str, method: str, operation: Document) -> str:
    """Return the name of the module that the generator makes of an operation."""
    name = operation.get("operationId")
    if name is None:
        return generate_operation_id(path=UntrustedString(path), method=method, prefix="field_")
    return PythonIdentifier(UntrustedString(name), prefix="field_")


def _operation(
    path: str, method: str, operation: Document, item: Document, document: Document
) -> Document:
    described = parameters_of(item, operation, document)
    in_query = {each["name"] for each in described if each["in"] == "query"}
    parameters = {
        parameter["name"]: {
            "in": parameter["in"],
            "required": parameter.get("required", False),
            "schema": parameter.get("schema", {}),
        }
        for parameter in described
        if parameter["in"] == "query" or parameter["name"] not in in_query
    }
    responses = dict(_json_responses(operation, document))
    body = resolved(operation.get("requestBody", {}), document).get("content", {})
    return {
        "method": method.upper(),
        "path": path,
        "parameters": parameters,
        "page": _page(parameters, list(responses.values()), document),
        "limit": _limit(parameters, document),
        "responses": responses,
        "bodies": {kind: media.get("schema", {}) for kind, media in body.items()},
    }


def successes_of(operation: Document) -> list[str]:
    """Return the status of each success response; `default` where no 2xx is documented."""
    responses = map(str, operation["responses"])
    return [status for status in responses if status.startswith("2")] or ["default"]


def _json_responses(operation: Document, document: Document) -> Iterator[tuple[str, Any]]:
    """Return the status and the schema of each success response that is JSON."""
    responses = {str(status): response for status, response in operation["responses"].items()}
    for status in successes_of(operation):
        content = resolved(responses.get(status, {}), document).get("content", {})
        for kind, media in content.items():
            kind = kind.partition(";")[0].strip().lower()
            if kind == "application/json" or kind.endswith("+json"):
                yield status, media.get("schema", {})
                break
            if kind.startswith("text/") or kind == "application/octet-stream":
                break


def _page(parameters: Document, schemas: list[Any], document: Document) -> str | None:
    names = {name for name, parameter in parameters.items() if parameter["in"] == "query"}
    fields = set[str]().union(*(_fields(schema, document) for schema in schemas))
    if {"data", "next_page"} <= fields and "page" in names:
        return "token"
    if {"data", "has_more", "first_id", "last_id"} <= fields and "after_id" in names:
        return "id"
    return None


def _limit(parameters: Document, document: Document) -> Document | None:
    """Return which integers the query parameter `limit` accepts; None where there is none.

    `smallest` (1 where the document has none), `largest` and `default`. `step`: all are multiples
    of it. `values`: the only ones, where they are listed.
    """
    parameter = parameters.get("limit", {"in": None})
    if parameter["in"] != "query":
        return None
    found = defaultdict[str, list[Any]](list)
    for keyword, value in _keywords(parameter["schema"], document):
        found[keyword].append(value)
    types = [[each] if isinstance(each, str) else each for each in found["type"]]
    if not all("integer" in each or "number" in each for each in types):
        return None
    step = math.lcm(*(Fraction(str(each)).numerator for each in found["multipleOf"]))
    smallest = [math.ceil(each) for each in found["minimum"]]
    smallest += [math.floor(each) + 1 for each in found["exclusiveMinimum"]]
    largest = [math.floor(each) for each in found["maximum"]]
    largest += [math.ceil(each) - 1 for each in found["exclusiveMaximum"]]
    lists = [_whole(each) for each in (*found["enum"], *([each] for each in found["const"]))]
    values = [each for each in lists[0] if all(each in other for other in lists)] if lists else []
    if lists and not values:
        return None
    if values:
        smallest, largest = [min(values)], [max(values)]
    return {
        "smallest": -(-max(smallest, default=1) // step) * step,
        "largest": min(largest) // step * step if largest else None,
        "default": next(iter(_whole(found["default"])), None),
        "step": step,
        "values": sorted(values),
    }


def _whole(values: list[Any]) -> list[int]:
    return [int(each) for each in values if type(each) in (int, float) and each == int(each)]


def _keywords(schema: Any, document: Document) -> Iterator[tuple[str, Any]]:
    """Yield the keywords of a schema and of its parts; of a union with null, those of the rest."""
    if isinstance(schema, bool):
        return
    yield from schema.items()
    parts = [*schema.get("allOf", [])]
    if "$ref" in schema:
        parts.append(resolved(schema, document))
    for union in ("anyOf", "oneOf"):
        members = [resolved(each, document) for each in schema.get(union, [])]
        others = [each for each in members if each.get("type") != "null"]
        parts += others if len(others) == 1 else []
    for part in parts:
        yield from _keywords(part, document)


def _fields(schema: Any, document: Document) -> Iterator[str]:
    schema = resolved(schema, document)
    yield from schema.get("properties", {})
    for part in schema.get("allOf", []):
        yield from _fields(part, document)


def _known_betas(document: Document) -> list[str]:
    """Return the values that the document lists for the header anthropic-beta, wherever it is."""
    lists = [
        operation.get("parameters", [])
        for item in document["paths"].values()
        for operation in (item, *(item[method] for method in METHODS if method in item))
    ]
    headers = [resolved(parameter, document) for each in lists for parameter in each]
    schemas = [
        header.get("schema", {}) for header in headers if header["name"].lower() == BETA_HEADER
    ]
    return list(dict.fromkeys(value for schema in schemas for value in _values(schema, document)))


def _values(schema: Any, document: Document) -> Iterator[str]:
    schema = resolved(schema, document)
    yield from schema.get("enum", [])
    for inner in (*schema.get("anyOf", []), *schema.get("oneOf", []), schema.get("items")):
        if inner is not None:
            yield from _values(inner, document)
