"""Refuses what is no OpenAPI 3.1, and what the generator or the validator does not know.

Each refusal is one sentence that names the place in openapi.yaml and what to write instead. What
would come out wrong for other reasons is refused by `schema_rewrites`, and in the end by
`package_checks`.
"""

import difflib
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import httpx
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import ClassName, PythonIdentifier

from generator.documents import Document, SpecError
from generator.package.validation_message import explained

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

Place = tuple[str, ...]

# Keywords whose value is a schema, a list of schemas, or schemas by name.
SINGLE = ("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then",
          "else", "unevaluatedItems", "unevaluatedProperties")  # fmt: skip
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED = ("properties", "patternProperties", "$defs", "dependentSchemas")
_OTHERS = {
    "$ref", "$comment", "type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum",
    "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems",
    "uniqueItems", "maxContains", "minContains", "maxProperties", "minProperties", "required",
    "dependentRequired", "format", "title", "description", "default", "deprecated", "readOnly",
    "writeOnly", "examples", "example", "contentEncoding", "contentMediaType", "contentSchema",
    "discriminator", "xml", "externalDocs",
}  # fmt: skip
_KEYWORDS = {*SINGLE, *LISTS, *NAMED, *_OTHERS}
_HOST = re.compile(rb"[\w.-]+|[\da-f:.]+")
# What each of these is in the words of OpenAPI 3.1, or of this generator.
_INSTEAD = {
    "nullable": 'write "null" beside the type, as in `type: [string, "null"]`',
    "definitions": "move what it defines to `components/schemas`",
    "dependencies": "write `dependentRequired` or `dependentSchemas`",
    "additionalItems": "write `prefixItems` and `items`",
    "$id": "leave it out, and refer to the schema by its place",
    "$anchor": "leave it out, and refer to the schema by its place",
    "$dynamicAnchor": "leave it out, and refer to the schema by its place",
    "$dynamicRef": "write `$ref` with the place of the schema",
}


def check_document(document: Document) -> None:
    """Refuse a document that is no OpenAPI 3.1, or has keywords or references of another kind."""
    _check(_openapi(), document, ())
    if not document.get("paths"):
        raise SpecError("openapi.yaml, #/paths: there is no operation; describe one.")
    _check_server(document)
    for place, reference in _references(document, ()):
        _check_reference(document, place, reference)
    names: dict[str, str] = {}
    for name in document.get("components", {}).get("schemas", {}):
        module = PythonIdentifier(ClassName(UntrustedString(name), "field_"), "field_")
        same = names.setdefault(module, name)
        if same != name:
            raise SpecError(
                f"openapi.yaml, #/components/schemas/{name}: its class would be in the module "
                f"{module}, like that of {same}; give it another name."
            )
    for place, schema in _schemas(document):
        _check(_json_schema(), schema, place)
        for inner_place, inner in _within(schema, place):
            _check_keywords(inner, inner_place)
            if "default" in inner:
                _check_default(inner, inner_place, document)


def _check_server(document: Document) -> None:
    """Refuse a first server that no client can have as its default."""
    servers = document.get("servers") or [{"url": "/"}]
    url: str = servers[0]["url"]
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        parsed = httpx.URL("/")
    problem: str | None = None
    if "{" in url:
        problem = "its URL has variables; write it with the value of each"
    elif (
        not re.match("https?://", url)
        or not _HOST.fullmatch(parsed.raw_host)
        or (parsed.port or 0) > 65535
    ):
        problem = (
            "the first server is the default of the client; write its whole address, such as "
            "`url: https://api.example`"
        )
    elif parsed.userinfo or {"?", "#"} & set(url):
        problem = "its URL has a user name, a query or a fragment; leave that out"
    elif parsed.scheme == "http" and not _is_loopback(parsed.host):
        problem = "its URL would have credentials sent unencrypted; write `https://`"
    if problem:
        raise SpecError(f"openapi.yaml, #/servers: {problem}.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _check(validator: "Draft202012Validator", content: Any, place: Place) -> None:
    """Refuse content that is not valid by the meta-schema of JSON Schema or of OpenAPI."""
    errors = [each for each in validator.iter_errors(content) if not _is_default(each)]
    for error in errors:
        path = tuple(map(str, error.instance_path))
        raise SpecError(f"openapi.yaml, {shown((*place, *path))}: {_words(error, content)}.")


def _is_default(error: "ValidationError") -> bool:
    """Return whether it is the error that `default` is missing, which is never the real one."""
    return error.kind.name == "required" and error.kind.as_dict()["property"] == "default"


def _words(error: "ValidationError", content: Any) -> str:
    name, facts = error.kind.name, error.kind.as_dict()
    match name:
        case "required":
            return f"`{facts['property']}` is missing"
        case "unevaluatedProperties" if error.instance_path == ["paths"]:
            path = facts["unexpected"][0]
            return f"a path begins with a slash; write `/{path}`"
        case "unevaluatedProperties":
            unknown = facts["unexpected"][0]
            return (
                f"`{unknown}` is not known to OpenAPI 3.1 in this place; correct it, or begin its "
                "name with `x-`"
            )
        case "oneOf" if not any(facts["context"]):
            return "only one of several alternatives may be present; leave the others out"
        case "oneOf" if all(each[0].kind.name == "required" for each in facts["context"]):
            names = [f"`{each[0].kind.as_dict()['property']}`" for each in facts["context"]]
            return f"{' or '.join(names)} is missing"
        case "propertyNames":
            return "the names in it are to have A to Z, a to z, 0 to 9, '.', '-' and '_' only"
        case "pattern" if error.instance_path == ["openapi"]:
            return "the document is to be OpenAPI 3.1; write `openapi: 3.1.0`"
        case _:
            return f"it {explained(error, content)[1]}"


@cache
def _openapi() -> "Draft202012Validator":
    from jsonschema_rs import Draft202012Validator

    path = files("openapi_spec_validator") / "resources/schemas/v3.1/schema.json"
    return Draft202012Validator(json.loads(path.read_text("utf-8")))


@cache
def _json_schema() -> "Draft202012Validator":
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator({"$ref": "https://json-schema.org/draft/2020-12/schema"})


def _references(node: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """Return every $ref, except in what only looks like one: examples and constants."""
    if isinstance(node, list):
        for number, inner in enumerate(cast(list[object], node)):
            yield from _references(inner, (*place, str(number)))
    elif isinstance(node, dict):
        for name, inner in cast(Document, node).items():
            if name == "$ref" and isinstance(inner, str):
                yield place, inner
            elif name not in ("value", "example", "const", "enum", "default", "mapping"):
                yield from _references(inner, (*place, name))


def _check_reference(document: Document, place: Place, reference: str) -> None:
    found = re.fullmatch(r"#/components/(\w+)/([\w.-]+)", reference, re.ASCII)
    if found is None:
        raise SpecError(
            f"openapi.yaml, {shown(place)}: it refers to {reference}, which is not generated; "
            "move what it refers to into `components` of openapi.yaml, and refer to that."
        )
    components = document.get("components", {}).get(found[1], {})
    if found[2] not in components:
        near = difflib.get_close_matches(found[2], components, 1)
        hint = f"write {near[0]}" if near else "write what is meant there"
        raise SpecError(
            f"openapi.yaml, {shown(place)}: it refers to {reference}, which is not in the "
            f"document; {hint}."
        )


def _schemas(document: Document) -> Iterator[tuple[Place, Any]]:
    """Return the schemas of components and operations, with their places."""
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        yield ("components", "schemas", name), schema

    def visit(node: Any, place: Place) -> Iterator[tuple[Place, Any]]:
        if isinstance(node, list):
            for number, inner in enumerate(cast(list[object], node)):
                yield from visit(inner, (*place, str(number)))
        elif isinstance(node, dict):
            for name, inner in cast(Document, node).items():
                if name == "schema":
                    yield (*place, name), inner
                elif name not in ("schemas", "example", "examples"):
                    yield from visit(inner, (*place, name))

    yield from visit(document["paths"], ("paths",))
    yield from visit(document.get("components", {}), ("components",))


def _within(schema: Any, place: Place) -> Iterator[tuple[Place, Document]]:
    """Return a schema and those within it, with their places; none that is true or false."""
    if not isinstance(schema, dict):
        return
    schema = cast(Document, schema)
    yield place, schema
    for keyword in SINGLE:
        if keyword in schema:
            yield from _within(schema[keyword], (*place, keyword))
    for keyword in LISTS:
        for number, inner in enumerate(schema.get(keyword, ())):
            yield from _within(inner, (*place, keyword, str(number)))
    for keyword in NAMED:
        for name, inner in schema.get(keyword, {}).items():
            yield from _within(inner, (*place, keyword, name))


def _check_keywords(schema: Document, place: Place) -> None:
    for keyword in schema:
        if keyword in _KEYWORDS or keyword.startswith("x-"):
            continue
        near = difflib.get_close_matches(keyword, _KEYWORDS, 1)
        meant = f"write `{near[0]}`" if near else "correct it, or begin its name with `x-`"
        raise SpecError(
            f"openapi.yaml, {shown(place)}: the keyword `{keyword}` is not known; "
            f"{_INSTEAD.get(keyword, meant)}."
        )
    if schema.get("enum") == []:
        raise SpecError(
            f"openapi.yaml, {shown(place)}: no value is valid by an empty `enum`; list the "
            "values, or leave it out."
        )


def _check_default(schema: Document, place: Place, document: Document) -> None:
    from jsonschema_rs import Draft202012, Draft202012Validator, Registry

    registry = Registry([("urn:document", document)], draft=Draft202012)
    pointer = "/".join(quote(step.replace("~", "~0").replace("/", "~1")) for step in place)
    validator = Draft202012Validator({"$ref": f"urn:document#/{pointer}"}, registry=registry)
    for error in validator.iter_errors(schema["default"]):
        problem = explained(error, schema["default"])[1]
        raise SpecError(f"openapi.yaml, {shown(place)}: the default {problem}.")


def shown(place: Place) -> str:
    """Return a place in the document as people see it."""
    return "#" + "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in place)
