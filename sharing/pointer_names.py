"""Names places of the API's document in people's words."""

from typing import Any

from generator.documents import Document, SpecError, resolved


def words(pointer: str, document: Document) -> str:
    """Return what people call the place that a JSON pointer (`#/…`) leads to."""
    steps = tokens(pointer)
    try:
        return _named(steps, document)
    except (LookupError, TypeError, ValueError, SpecError):  # it leads nowhere in this document
        return ".".join(steps)


def _named(tokens: list[str], document: Document) -> str:
    match tokens:
        case ["components", "schemas", name, *rest]:
            return name + _inside(rest)
        case ["components", "parameters", name, *_]:
            return parameter(document["components"]["parameters"][name])
        case ["components", "responses", name, *rest]:
            return _part(rest, f"response {name}")
        case ["components", "securitySchemes", name, *_]:
            return f"security scheme {name}"
        case ["components", kind, name, *_]:
            return f"{kind.removesuffix('s')} {name}"
        case ["paths", path] | ["paths", path, "parameters", *_]:
            return path
        case ["paths", path, method, "parameters", index, *_]:
            item = document["paths"][path][method]["parameters"][int(index)]
            return f"{parameter(resolved(item, document))} of {method.upper()} {path}"
        case ["paths", path, method, "responses", status, *rest]:
            return _part(rest, f"response {status} of {method.upper()} {path}")
        case ["paths", path, method, *_]:
            return f"{method.upper()} {path}"
        case ["servers", *_]:
            return "server"
        case ["tags", index, *_]:
            return f"tag {document['tags'][int(index)]['name']}"
        case _:
            return ".".join(tokens)


def parameter(item: dict[str, Any]) -> str:
    """Return what people call a parameter."""
    kind = "header" if item["in"] == "header" else f"{item['in']} parameter"
    return f"{kind} `{item['name']}`"


def tokens(pointer: str) -> list[str]:
    """Return the steps of a JSON pointer."""
    parts = pointer.removeprefix("#").strip("/").split("/")
    return [part.replace("~1", "/").replace("~0", "~") for part in parts]


def _inside(tokens: list[str]) -> str:
    match tokens:
        case ["properties", name, *rest]:
            return f".{name}{_inside(rest)}"
        case ["items", *rest]:
            return f"[]{_inside(rest)}"
        case [_, *rest]:
            return _inside(rest)
        case _:
            return ""


def _part(tokens: list[str], whole: str) -> str:
    match tokens:
        case ["headers", name, *_]:
            return f"header `{name}` of {whole}"
        case ["content", _, "examples", name, *_]:
            return f"example {name} of {whole}"
        case ["content", media_type, *_]:
            return f"{media_type} of {whole}"
        case [name, *_]:
            return f"{name} of {whole}"
        case _:
            return whole
