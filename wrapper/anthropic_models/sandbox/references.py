"""Resolves `$ref` within an OpenAPI document."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def resolved(node: Json | bool, document: Json) -> Json:
    """Return the target of a reference; return anything else unchanged.

    A schema that is true or false describes nothing, so it is returned as an empty one.
    """
    while not isinstance(node, bool) and "$ref" in node:
        target: Any = document
        for name in node["$ref"].removeprefix("#/").split("/"):
            target = target[name.replace("~1", "/").replace("~0", "~")]
        node = target
    return {} if isinstance(node, bool) else node


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
