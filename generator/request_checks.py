"""Refuses what requests and responses would not have on the wire as the document says.

Each refusal is one sentence that names the place in openapi.yaml and what to write instead.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.document_checks import shown
from generator.document_json import METHODS
from generator.documents import Document, SpecError, parameters_of, resolved

# The rules of the wrapper for headers. It cannot be imported here: it imports the package that is
# to be made, which may be broken. A test compares the two.
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_HEADER_VALUE = re.compile(r"(?:[!-~](?:[\t -~]*[!-~])?)?")
_MANAGED = ("content-length", "transfer-encoding", "connection", "keep-alive", "upgrade")
_RESPONSES = ("application/json", "application/octet-stream")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_BODIES = (*_RESPONSES, *_FORMS)


def check_requests(document: Document, content_types: Mapping[str, str]) -> None:
    """Refuse paths, servers, credentials, parameters and bodies that would be sent otherwise.

    `content_types` are the `content_type_overrides` of the generator. Raises SpecError, which
    names the place and what to write instead.
    """
    for path, item in document["paths"].items():
        _check_path(path)
        _check_servers(item, shown(("paths", path)))
        for method in METHODS:
            if method in item:
                here = f"{method.upper()} {path}"
                operation = item[method]
                _check_servers(operation, here)
                _check_security(operation, here, document)
                for parameter in parameters_of(item, operation, document):
                    problem = _problem_of(parameter, document)
                    if problem:
                        raise SpecError(
                            f"openapi.yaml, {here}: the {parameter['in']} parameter "
                            f"{parameter['name']!r} {problem}."
                        )
                _check_body(operation, here, document, content_types)
                _check_responses(operation, here, document, content_types)


def _check_path(path: str) -> None:
    segments = path.split("/")[1:]
    if {"?", "#"} & set(path):
        raise SpecError(
            f"openapi.yaml, {shown(('paths', path))}: a path ends before `?` and `#`; leave out "
            "what follows, and describe each value of a query with a parameter."
        )
    if {".", ".."} & set(segments) or "" in segments[:-1]:
        raise SpecError(
            f"openapi.yaml, {shown(('paths', path))}: a part of the path is empty, `.` or `..`, "
            "which names another path; write that path."
        )


def _check_servers(node: Document, here: str) -> None:
    if "servers" in node:
        raise SpecError(
            f"openapi.yaml, {here}: it has `servers`, but every request goes to the first server "
            "of the document; leave them out, and give the client of such requests a `base_url`."
        )


def _check_security(operation: Document, here: str, document: Document) -> None:
    """Refuse alternatives of which each requires what the client does not send."""
    place = here if "security" in operation else "#/security"
    alternatives: list[Document] = (document | operation).get("security", [])
    schemes = document.get("components", {}).get("securitySchemes", {})
    for names in alternatives:
        sent = [_is_sent(resolved(schemes.get(name, {}), document)) for name in names]
        if not sent or sent == [True]:
            return
    if alternatives:
        required = " and ".join(alternatives[0])
        raise SpecError(
            f"openapi.yaml, {place}: it requires {required}, but the client sends either an API "
            "key in the header X-Api-Key or a bearer token; require a scheme that is "
            "`type: apiKey, in: header, name: X-Api-Key`, or one that is "
            "`type: http, scheme: bearer`."
        )


def _is_sent(scheme: Document) -> bool:
    match scheme:
        case {"type": "apiKey", "in": "header", "name": str(name)}:
            return name.lower() == "x-api-key"
        case {"type": "http", "scheme": str(name)}:
            return name.lower() == "bearer"
        case _:
            return False


def _problem_of(parameter: Document, document: Document) -> str | None:
    """Return what is wrong with a parameter, and what to write instead."""
    where, name = parameter["in"], parameter["name"]
    usual = "form" if where in ("query", "cookie") else "simple"
    style = parameter.get("style", usual)
    schemas = list(_alternatives(parameter.get("schema", {}), document))
    if "content" in parameter:
        return "has `content`, which is not generated; describe it with `schema`"
    if style != usual:
        return f"has the style {style}, which is not generated; leave `style` out"
    if parameter.get("allowReserved"):
        return "has `allowReserved`, which is not generated; leave it out"
    if any(map(_is_object, schemas)) and (where != "query" or not parameter.get("explode", True)):
        return (
            "is an object, which is generated in the query only, with `explode: true`; give each "
            "of its fields a parameter of its own"
        )
    is_list = any("array" in schema.get("type", ()) for schema in schemas)
    if is_list and where in ("header", "cookie"):
        return (
            "is a list, which is generated in the query only; keep it, and make it a string for "
            "the generator, as overlays/beta-header-as-string.yaml does"
        )
    for schema in schemas:
        if _holds_object(schema.get("items", {}), document):
            return "is a list of objects, which has no text in OpenAPI; make its items texts"
        fields: Document = dict(schema.get("properties", {}))
        fields["additionalProperties"] = schema.get("additionalProperties", {})
        for field, inner in fields.items():
            if _holds_object(inner, document):
                return (
                    f"is an object with an object in {field}, which has no text in OpenAPI; give "
                    "each field of that one a parameter of its own"
                )
    if where in ("header", "cookie") and not _TOKEN.fullmatch(name):
        return f"cannot be sent; write a name of letters, digits and {'!#$%&*+-.^_`|~'!r} only"
    if where == "header" and name.lower() in _MANAGED:
        return "is sent by the HTTP client itself; leave it out"
    default = resolved(parameter.get("schema", {}), document).get("default")
    if where == "header" and isinstance(default, str) and not _HEADER_VALUE.fullmatch(default):
        return (
            f"has the default {default!r}, which cannot be sent; write one in visible ASCII "
            "characters, with spaces only between them"
        )
    return None


def _alternatives(schema: Any, document: Document) -> Iterator[Document]:
    """Return the schema, and those that it refers to or is composed of."""
    seen, rest = set[int](), [schema]
    while rest:
        found = resolved(rest.pop(), document)
        if id(found) not in seen:
            seen.add(id(found))
            yield found
            for keyword in ("allOf", "anyOf", "oneOf"):
                rest.extend(found.get(keyword, ()))


def _is_object(schema: Document) -> bool:
    return "object" in schema.get("type", ()) or "properties" in schema


def _holds_object(schema: Any, document: Document) -> bool:
    """Return whether a value may be an object, or a list with one in it."""
    rest, seen = [schema], list[Document]()
    while rest:
        for found in _alternatives(rest.pop(), document):
            if _is_object(found):
                return True
            if "items" in found and found not in seen:
                seen.append(found)
                rest.append(found["items"])
    return False


def _check_body(
    operation: Document, here: str, document: Document, content_types: Mapping[str, str]
) -> None:
    body = resolved(operation.get("requestBody", {}), document)
    for kind, media in body.get("content", {}).items():
        _check_content_type(kind, _BODIES, f"{here}: the body", content_types)
        if "schema" not in media:
            raise SpecError(
                f"openapi.yaml, {here}: the body {kind} has no `schema`; write one, such as "
                "`schema: {}` for any value."
            )
        schema = media["schema"]
        parts = list(_alternatives(schema, document))
        simple = _simple(kind, content_types)
        if simple == "application/octet-stream" and not any(map(_is_binary, parts)):
            raise SpecError(
                f"openapi.yaml, {here}: the body {kind} is sent from a file; write "
                "`type: string, format: binary` as its schema."
            )
        if simple in _FORMS and not any(map(_is_object, parts)):
            raise SpecError(
                f"openapi.yaml, {here}: the body {kind} is made of the fields of an object; "
                "describe one as its schema."
            )
        for name, encoding in media.get("encoding", {}).items():
            place = f"openapi.yaml, {here}: the encoding of the field {name!r} in the body"
            for keyword in ("style", "explode", "allowReserved", "headers"):
                if keyword in encoding:
                    raise SpecError(
                        f"{place} has `{keyword}`, which is not generated; leave it out."
                    )
            if "contentType" in encoding and not _is_file(schema, name, document):
                raise SpecError(
                    f"{place} has `contentType`, which is generated for files only; leave it out, "
                    "or write `format: binary` in the schema of the field."
                )


def _is_file(schema: Any, name: str, document: Document) -> bool:
    """Return whether a field of a body is a file, or a list of files."""
    for whole in _alternatives(schema, document):
        for found in _alternatives(whole.get("properties", {}).get(name, {}), document):
            if any(map(_is_binary, (found, *_alternatives(found.get("items", {}), document)))):
                return True
    return False


def _is_binary(schema: Document) -> bool:
    return bool(schema.get("format") == "binary")


def _check_responses(
    operation: Document, here: str, document: Document, content_types: Mapping[str, str]
) -> None:
    for status, response in operation.get("responses", {}).items():
        kinds = list(resolved(response, document).get("content", {}))
        if kinds and not any(_is_generated(each, _RESPONSES, content_types) for each in kinds):
            where = f"{here}: the response {status}"
            _check_content_type(kinds[0], _RESPONSES, where, content_types)


def _is_generated(kind: str, known: tuple[str, ...], content_types: Mapping[str, str]) -> bool:
    kind = _simple(kind, content_types)
    is_text = kind.startswith("text/") and known is _RESPONSES
    return kind in known or kind.endswith("+json") or is_text


def _simple(kind: str, content_types: Mapping[str, str]) -> str:
    """Return the content type that the generator takes one for, without its parameters."""
    return content_types.get(kind, kind).partition(";")[0].strip()


def _check_content_type(
    kind: str, known: tuple[str, ...], where: str, content_types: Mapping[str, str]
) -> None:
    if not _is_generated(kind, known, content_types):
        instead = (
            f"to make it a file, write `{kind}: application/octet-stream` under "
            "`content_type_overrides` in generator-config.yml"
        )
        if _is_generated(kind.lower(), known, content_types):
            instead = "write it in lower case"
        raise SpecError(f"openapi.yaml, {where} is {kind}, which is not generated; {instead}.")
