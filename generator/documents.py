"""Reads and writes OpenAPI documents as YAML."""

from pathlib import Path
from typing import Any, NoReturn, TypeAlias, cast

import yaml

Document = dict[str, Any]
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class SpecError(Exception):
    """The document or an overlay cannot be used; the message says why."""


def read_yaml(path: Path) -> Document:
    """Return the mapping in a YAML file; raises SpecError when there is none."""
    try:
        content: object = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe one
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SpecError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise SpecError(f"{path.name} is not a mapping.")
    return cast(Document, content)


def to_yaml(document: Document) -> str:
    """Return the document as YAML that people can read."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


# Several times as quick as the other safe one, which is there where libyaml is not.
_Loader: Any = type("_Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {})


def _date(_loader: object, node: yaml.ScalarNode) -> NoReturn:
    raise _ambiguous(node, "a date")


def _boolean(_loader: object, node: yaml.ScalarNode) -> bool:
    value = str(node.value).lower()
    if value not in ("true", "false"):  # but yes, no, on, off
        raise _ambiguous(node, "true or false")
    return value == "true"


def _ambiguous(node: yaml.ScalarNode, other: str) -> yaml.YAMLError:
    problem = f"{node.value} is {other} to YAML 1.1 and a text to YAML 1.2; put it in quotes"
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _date)
_Loader.add_constructor("tag:yaml.org,2002:bool", _boolean)


class _Dumper(yaml.SafeDumper):
    """Writes every value out where it stands, and texts of several lines as such."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(_dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
