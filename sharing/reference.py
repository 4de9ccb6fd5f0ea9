"""Writes the HTML reference of the API: one page that fetches nothing, without scripts.

Everything that the document has is on the page, and nothing has to be opened to be read.
"""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from generator.documents import Document, resolved

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
UNIONS = {"anyOf": " or ", "oneOf": " or ", "allOf": " and "}
_SHOWN = frozenset(
    {"$ref", "type", "format", "description", "enum", "const", "items", "properties", "required"}
    | {"examples", "example", "title", "summary"}
    | UNIONS.keys()
)
"""Keywords of a schema that have a place of their own; each other one is shown by its name."""


def reference(document: Document) -> str:
    """Return the page about a document."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"markdown": _markdown, "json": _json}
    functions: dict[str, object] = {
        "type_of": _type,
        "rules": _rules,
        "children": _children,
        "values": _values,
        "is_open": _is_open,
        "target_of": partial(resolved, document=document),
        "methods": METHODS,
    }
    return environment.get_template("reference.html").render(document=document, **functions)


def _markdown(text: str) -> Markup:
    return Markup(MarkdownIt("commonmark", {"html": False}).render(text))  # noqa: S704 - html is off


def _json(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _type(schema: Any) -> Markup:
    """Return what a schema accepts, in words; a reference leads to its component."""
    if not isinstance(schema, dict):
        return escape("anything" if schema else "nothing")
    known = cast(Document, schema)
    if "$ref" in known:
        name = str(known["$ref"]).rpartition("/")[2]
        return Markup('<a href="#schema-{0}">{0}</a>').format(name)
    for keyword, word in UNIONS.items():
        if keyword in known:
            return escape(word).join(map(_type, known[keyword]))
    if "const" in known:
        return Markup("always <code>{}</code>").format(_json(known["const"]))
    kinds: Any = known.get("type", "anything")
    words = [
        Markup("array of ") + _type(known["items"])
        if kind == "array" and "items" in known
        else escape(kind)
        for kind in (cast(list[str], kinds) if isinstance(kinds, list) else [kinds])
    ]
    format_ = f" ({known['format']})" if "format" in known else ""
    return Markup(" or ").join(words) + format_


def _rules(schema: Any) -> Iterator[tuple[str, str]]:
    """Return what else a schema says, such as bounds and a default, by the name of the keyword."""
    for keyword, value in _pairs(schema):
        if keyword not in _SHOWN and not isinstance(value, dict) and not _opens(keyword, value):
            yield keyword, _json(value)


def _pairs(schema: Any) -> list[tuple[str, Any]]:
    return list(cast(Document, schema).items()) if isinstance(schema, dict) else []


def _is_open(schema: Any) -> bool:
    """Return whether fields may appear that the schema does not name."""
    return any(_opens(keyword, value) for keyword, value in _pairs(schema))


def _opens(keyword: str, value: Any) -> bool:
    return keyword == "additionalProperties" and value is True


def _values(schema: Any) -> list[Any]:
    """Return the values that a schema lists, its items and the members of its union included."""
    return [value for part in _parts(schema) for value in part.get("enum", ())]


def _children(schema: Any) -> Iterator[tuple[str, Document, bool]]:
    """Return each property, with whether it is required, of a schema and of what is in it."""
    for part in _parts(schema):
        required = part.get("required", ())
        for name, inner in part.get("properties", {}).items():
            yield name, inner, name in required


def _parts(schema: Any) -> Iterator[Document]:
    """Return a schema and what it is made of; what a reference leads to has its own place."""
    if isinstance(schema, dict):
        known = cast(Document, schema)
        yield known
        inner = [known.get("items"), known.get("additionalProperties")]
        for keyword in UNIONS:
            inner += known.get(keyword, ())
        for each in inner:
            yield from _parts(each)
