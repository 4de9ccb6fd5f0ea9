"""Reads openapi.yaml: the operations, their parameters, and the examples of responses."""

import re
from collections.abc import Iterator
from functools import cache, cached_property
from http import HTTPStatus
from typing import cast

import yaml
from attrs import frozen

from .._openapi_path import openapi_path
from .parameters import Parameter
from .references import Json, resolved

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PHRASES = {status.value: status.phrase for status in HTTPStatus}

# libyaml is several times as fast as the other safe loader; some builds of PyYAML lack it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@frozen
class DocumentedResponse:
    """A documented response: its status (200, 4XX, default), its media type and its examples."""

    status: str
    content_type: str | None
    examples: tuple[object, ...]


@frozen
class Operation:
    """An operation: a method of a path, with its parameters and responses."""

    name: str
    method: str
    path: re.Pattern[str]
    path_names: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    security: tuple[tuple[Json, ...], ...]
    """The alternatives, each with the security schemes that are required together."""
    responses: tuple[DocumentedResponse, ...]

    def success(self) -> DocumentedResponse | None:
        """Return the success response with the lowest status; None when there is none."""
        successes = [response for response in self.responses if response.status.startswith("2")]
        return min(successes, key=lambda response: response.status, default=None)


class OpenAPIDocument:
    """The content of openapi.yaml."""

    def __init__(self, content: Json) -> None:
        self._content = content
        operations = [
            self._operation(path, method, item)
            for path, item in content["paths"].items()
            for method in _METHODS
            if method in item
        ]
        # A path without parameters takes precedence over one whose parameters match it.
        self.operations = sorted(operations, key=lambda operation: len(operation.path_names))
        self._errors = {
            response.status: body
            for operation in self.operations
            for response in operation.responses
            for body in map(as_object, response.examples)
            if body.get("type") == "error" and isinstance(body.get("error"), dict)
        }

    def error(self, status: int) -> Json:
        """Return the body of an error: the example for its status, or one for a similar status."""
        if str(status) in self._errors:
            return self._errors[str(status)]
        ranges = (f"{status // 100}XX", "default", "400" if status < 500 else "500")
        unknown: Json = {"type": "error", "error": {"type": "api_error"}}
        similar = next((self._errors[name] for name in ranges if name in self._errors), unknown)
        message = _PHRASES.get(status, f"HTTP status {status}")
        return {**similar, "error": {**similar["error"], "message": message}}

    @cached_property
    def page(self) -> Json:
        """The required fields of a page of models, with the values of an example."""
        return self._required_fields("BetaModelList", self._page_example())

    @cached_property
    def model(self) -> Json:
        """The required fields of a model, with the values of an example."""
        return self._required_fields("BetaModelInfo", self._page_example()["data"][0])

    def _page_example(self) -> Json:
        successes = [o.success() for o in self.operations if o.name == "list_models"]
        examples = [example for found in successes if found for example in found.examples]
        pages = [page for page in map(as_object, examples) if page.get("data")]
        return pages[0] if pages else {"data": [{}]}

    def _required_fields(self, name: str, example: Json) -> Json:
        schema = self._content["components"]["schemas"][name]
        fields: Json = {}
        for field in schema.get("required", ()):
            values = [example[field]] if field in example else []
            values += _schema_examples(self._resolved(schema["properties"].get(field, {})))
            if values:
                fields[field] = values[0]
        return fields

    def _operation(self, path: str, method: str, item: Json) -> Operation:
        described = item[method]
        parameters = {
            (parameter["in"], parameter["name"]): Parameter(parameter, self._content)
            for given in (*item.get("parameters", ()), *described.get("parameters", ()))
            for parameter in [self._resolved(given)]
        }
        schemes = self._content["components"].get("securitySchemes", {})
        alternatives = described.get("security", self._content.get("security", ()))
        return Operation(
            name=described.get("operationId", f"{method.upper()} {path}"),
            method=method.upper(),
            path=re.compile("([^/]+)".join(map(re.escape, re.split(r"\{[^}]*\}", path)))),
            path_names=tuple(re.findall(r"\{([^}]*)\}", path)),
            parameters=tuple(parameters.values()),
            security=tuple(
                tuple(self._resolved(schemes[name]) for name in alternative)
                for alternative in alternatives
            ),
            responses=tuple(self._responses(described.get("responses", {}))),
        )

    def _responses(self, responses: Json) -> Iterator[DocumentedResponse]:
        for status, given in responses.items():
            content = self._resolved(given).get("content", {})
            content_type = next(iter(content), None)
            media = content.get(content_type, {})
            yield DocumentedResponse(str(status), content_type, tuple(self._examples(media)))

    def _examples(self, media: Json) -> Iterator[object]:
        if "example" in media:
            yield media["example"]
        for given in media.get("examples", {}).values():
            example = self._resolved(given)
            if "value" in example:
                yield example["value"]
        yield from _schema_examples(self._resolved(media.get("schema", {})))

    def _resolved(self, node: Json) -> Json:
        return resolved(node, self._content)


def _schema_examples(schema: Json) -> list[object]:
    keywords = ("const", "default", "example")
    values = [schema[keyword] for keyword in keywords if keyword in schema]
    return [*schema.get("examples", ()), *values, *schema.get("enum", ())]


def as_object(example: object) -> Json:
    """Return an example if it is an object, else an empty object."""
    return cast(Json, example) if isinstance(example, dict) else {}


@cache
def openapi_document() -> OpenAPIDocument:
    """Return openapi.yaml; it is read once, since that is slow."""
    return OpenAPIDocument(yaml.load(openapi_path().read_text("utf-8"), Loader=_Loader))  # noqa: S506 - a safe loader
