"""Makes document.json: what generated code and the wrapper read of openapi.yaml, as data."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openapi_python_client.parser.openapi import generate_operation_id
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from generator.documents import Document, resolved

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
    described = [*item.get("parameters", []), *operation.get("parameters", [])]
    parameters = {
        parameter["name"]: {
            "in": parameter["in"],
            "required": parameter.get("required", False),
            "schema": parameter.get("schema", {}),
        }
        for parameter in (resolved(each, document) for each in described)
    }
    responses = dict(_json_responses(operation, document))
    body = resolved(operation.get("requestBody", {}), document).get("content", {})
    return {
        "method": method.upper(),
        "path": path,
        "parameters": parameters,
        "page": _page(parameters, list(responses.values()), document),
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
