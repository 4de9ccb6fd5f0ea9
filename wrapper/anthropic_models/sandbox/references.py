"""Resolves `$ref` within an OpenAPI document."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def resolved(node: Json, document: Json) -> Json:
    """Return the target of a reference; return anything else unchanged."""
    while "$ref" in node:
        names = node["$ref"].removeprefix("#/").split("/")
        node = document
        for name in names:
            node = node[name.replace("~1", "/").replace("~0", "~")]
    return node


def alternatives(schema: Json, document: Json) -> Iterator[Json]:
    """Yield a schema and all members of its `allOf`, `anyOf` and `oneOf`, references resolved."""
    waiting, seen = [schema], list[Json]()
    while waiting:
        current = resolved(waiting.pop(), document)
        if current not in seen:
            seen.append(current)
            yield current
            for keyword in ("allOf", "anyOf", "oneOf"):
                waiting += current.get(keyword, ())
