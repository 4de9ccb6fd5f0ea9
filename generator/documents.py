"""Reads and writes OpenAPI documents as YAML, and follows references in them."""

import re
from pathlib import Path
from typing import Any, TypeAlias, cast
from urllib.parse import unquote

import yaml

Document = dict[str, Any]
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class SpecError(Exception):
    """The document or an overlay cannot be used; the message says why, in one sentence."""


def read_yaml(path: Path) -> Document:
    """Return the mapping in a YAML file, which must mean the same in YAML 1.1 and 1.2.

    Raises SpecError when there is none, when a key is there twice, and when one of the versions
    reads a value as a number, a date or a boolean that the other reads differently.
    """
    try:
        content: object = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe one
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = " ".join(filter(None, [error.context, error.problem]))
        raise SpecError(f"{path.name}{place}: {problem}.") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise SpecError(f"{path.name} cannot be read: {reason}.") from error
    if not isinstance(content, dict):
        raise SpecError(f"{path.name} is not a mapping; write an OpenAPI document.")
    return cast(Document, content)


def to_yaml(document: Document) -> str:
    """Return the document as YAML that people can read."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


# Several times as quick as the other safe one, which is there where libyaml is not.
_Loader: Any = type("_Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {})

# What the core schema of YAML 1.2 reads as a number, and of that, what YAML 1.1 reads alike.
_NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|0o[0-7]+|0x[0-9a-fA-F]+")
_SAME_NUMBER = re.compile(r"[-+]?(0|[1-9]\d*)(\.\d+([eE][-+]\d+)?)?|0x[0-9a-fA-F]+")


def resolved(node: Document | bool, document: Document) -> Document:
    """Return what a reference within the document leads to, or the node itself.

    A schema that is true or false becomes one without keywords.
    """
    seen = list[str]()
    while not isinstance(node, bool) and "$ref" in node:
        reference = str(node["$ref"])
        if reference in seen:
            raise SpecError(
                f"openapi.yaml, {reference}: it refers to nothing but itself; write the schema "
                "that is meant."
            )
        seen.append(reference)
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[unquote(step).replace("~1", "/").replace("~0", "~")]
        node = found
    return {} if isinstance(node, bool) else node


def parameters_of(item: Document, operation: Document, document: Document) -> list[Document]:
    """Return the parameters of an operation: its own, and those of its path that it keeps."""
    given = (*item.get("parameters", []), *operation.get("parameters", []))
    parameters = [resolved(each, document) for each in given]
    return list({(each["in"], each["name"]): each for each in parameters}.values())


def _scalar(loader: Any, node: yaml.ScalarNode) -> Any:
    """Return the value of a scalar; refuse one that the versions of YAML read differently."""
    kind, text = node.tag.rpartition(":")[2], str(node.value)
    if node.style is None or node.style == "":  # it is not in quotes
        other = {
            "timestamp": "a date",
            "bool": None if text.lower() in ("true", "false") else "true or false",
            "merge": "a merge of mappings",
            "int": None if _SAME_NUMBER.fullmatch(text) else "another number",
            "float": None if _SAME_NUMBER.fullmatch(text) else "another number",
        }.get(kind)
        if kind == "str" and _NUMBER.fullmatch(text):
            problem = (
                f"{text} is a text to YAML 1.1 and a number to YAML 1.2; write the number in "
                "digits only, or put the text in quotes"
            )
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        if other is not None:
            instead = "write it in digits only, or put it in quotes"
            problem = f"{text} is {other} to YAML 1.1 and something else to YAML 1.2; "
            merged = "write out what it merges" if kind == "merge" else "put it in quotes"
            problem += instead if other == "another number" else merged
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
    return _ORIGINAL[f"tag:yaml.org,2002:{kind}"](loader, node)


def _mapping(loader: Any, node: yaml.MappingNode) -> Any:
    seen = list[object]()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        problem = f"the key {key!r} is there twice; keep one of the two" if key in seen else None
        if not isinstance(key, str):
            problem = f"the key {key!r} is no text; put it in quotes"
        if problem:
            raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
        seen.append(key)
    return _ORIGINAL[node.tag](loader, node)


_ORIGINAL: dict[str, Any] = dict(_Loader.yaml_constructors)
_ORIGINAL["tag:yaml.org,2002:merge"] = _ORIGINAL["tag:yaml.org,2002:str"]
for _kind in ("bool", "float", "int", "merge", "str", "timestamp"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_kind}", _scalar)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


class _Dumper(yaml.SafeDumper):
    """Writes every value out where it stands, and texts of several lines as such."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(_dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
