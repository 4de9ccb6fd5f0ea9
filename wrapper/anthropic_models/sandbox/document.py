"""What the sandbox reads in openapi.yaml: operations, what they require, and errors by status."""

from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

import yaml
from attrs import frozen
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from .._spec import openapi_path

# Several times as quick as the other safe one, which is there where libyaml is not.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@frozen
class Operation:
    """Where an operation is, and what it cannot lack (headers in small letters)."""

    path: str
    method: str
    required_query: frozenset[str]
    required_headers: frozenset[str]


class Document:
    """The content of openapi.yaml."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        resource = DRAFT202012.create_resource(content)
        self._resolver = Registry[Any]().with_resource("", resource).resolver()
        self.operations: dict[str, Operation] = {}
        self._errors: dict[str, tuple[str, str]] = {}
        for path, item in content["paths"].items():
            for method, described in item.items():
                if "operationId" in described:
                    self.operations[described["operationId"]] = self._operation(path, method)
                    self._errors |= self._documented_errors(described["responses"])

    def error(self, status: int) -> tuple[str, str]:
        """Return the type and a message of the error with this status, documented or not."""
        if str(status) in self._errors:
            return self._errors[str(status)]
        ranges = (f"{status // 100}XX", "default", "400" if status < 500 else "500")
        type_, _ = next(self._errors[name] for name in ranges if name in self._errors)
        phrases = {known.value: known.phrase for known in HTTPStatus}
        return type_, phrases.get(status, f"HTTP status {status}")

    def _operation(self, path: str, method: str) -> Operation:
        item = self.content["paths"][path]
        described = item.get("parameters", []) + item[method].get("parameters", [])
        parameters = [self._resolved(parameter) for parameter in described]
        required = [(p["in"], p["name"]) for p in parameters if p.get("required")]
        return Operation(
            path,
            method,
            frozenset(name for where, name in required if where == "query"),
            frozenset(name.lower() for where, name in required if where == "header"),
        )

    def _documented_errors(self, responses: dict[str, Any]) -> dict[str, tuple[str, str]]:
        return {
            status: (example["error"]["type"], example["error"]["message"])
            for status, response in responses.items()
            for example in self._examples(response)
            if example.get("type") == "error"
        }

    def _examples(self, response: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for media in self._resolved(response).get("content", {}).values():
            for example in media.get("examples", {}).values():
                yield self._resolved(example)["value"]

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            node = self._resolver.lookup(node["$ref"]).contents
        return node


@cache
def document() -> Document:
    """Return openapi.yaml; reading it takes long enough to do it once."""
    return Document(yaml.load(openapi_path().read_text("utf-8"), Loader=_Loader))  # noqa: S506 - a safe one
