"""What the sandbox reads in openapi.yaml: operations, their parameters, and errors by status."""

from functools import cache
from http import HTTPStatus
from typing import Any

import yaml
from attrs import frozen

from .._spec import openapi_path


@frozen
class Operation:
    """Where an operation is, and the names of the parameters and headers that it cannot lack."""

    path: str
    method: str
    required: tuple[tuple[str, str], ...]


class Document:
    """openapi.yaml, read once."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.operations: dict[str, Operation] = {}
        self._errors: dict[int, tuple[str, str]] = {}
        for path, item in content["paths"].items():
            for method, operation in item.items():
                if "operationId" in operation:
                    self._add(path, method, operation, item.get("parameters", []))

    def error(self, status: int) -> tuple[str, str]:
        """Return the type and a message of the error with this status, documented or not."""
        if status in self._errors:
            return self._errors[status]
        known = {known.value for known in HTTPStatus}
        message = HTTPStatus(status).phrase if status in known else f"HTTP status {status}"
        return self._errors[400 if status < 500 else 500][0], message

    def _add(
        self, path: str, method: str, operation: dict[str, Any], shared: list[dict[str, Any]]
    ) -> None:
        parameters = [self._resolved(item) for item in shared + operation.get("parameters", [])]
        required = tuple((p["in"], p["name"]) for p in parameters if p.get("required"))
        self.operations[operation["operationId"]] = Operation(path, method, required)
        for status, reference in operation["responses"].items():
            for media in self._resolved(reference).get("content", {}).values():
                for example in media.get("examples", {}).values():
                    value = self._resolved(example)["value"]
                    if value.get("type") == "error":
                        error = value["error"]
                        self._errors.setdefault(int(status), (error["type"], error["message"]))

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            steps = node["$ref"].removeprefix("#/").split("/")
            node = self.content
            for step in steps:
                node = node[step]
        return node


@cache
def document() -> Document:
    """Return openapi.yaml; reading it takes long enough to do it once."""
    return Document(yaml.safe_load(openapi_path().read_text("utf-8")))
