"""Follows the references within a document."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def resolved(node: Json, document: Json) -> Json:
    """Return what a reference refers to; anything else as it is."""
    while "$ref" in node:
        names = node["$ref"].removeprefix("#/").split("/")
        node = document
        for name in names:
            node = node[name.replace("~1", "/").replace("~0", "~")]
    return node


def alternatives(schema: Json, document: Json) -> Iterator[Json]:
    """Yield a schema, and all that it is a combination of, without references."""
    waiting, seen = [schema], list[Json]()
    while waiting:
        current = resolved(waiting.pop(), document)
        if current not in seen:
            seen.append(current)
            yield current
            for keyword in ("allOf", "anyOf", "oneOf"):
                waiting += current.get(keyword, ())
