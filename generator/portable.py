"""Makes the portable edition of openapi.yaml: the truth with every overlay applied."""

import copy
import runpy
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias, cast

import yaml

Document = dict[str, Any]
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


# Several times as quick as the other safe one, which is there where libyaml is not.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class SpecError(Exception):
    """The document or an overlay cannot be used; the message says why."""


def portable_edition(truth: Path, overlays: Path) -> Document:
    """Return the document `truth` with each overlay of the folder `overlays` applied, by name.

    Raises SpecError when a file cannot be read, or when an action of an overlay changes
    nothing: then the document has moved away from under it.
    """
    document = read_yaml(truth)
    for path in sorted(overlays.glob("*.y*ml")):
        for number, action in enumerate(_actions(path), start=1):
            changed = _applied(document, action, path)
            if changed == document:
                raise SpecError(
                    f"{path.name}: action {number} ({action['target']}) changes nothing in "
                    f"{truth.name}. Mend its target, or remove the overlay if it is no longer "
                    "needed."
                )
            document = changed
    return document


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


class _Dumper(yaml.SafeDumper):
    """Writes every value out where it stands, and texts of several lines as such."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(_dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _actions(path: Path) -> list[Document]:
    actions: object = read_yaml(path).get("actions")
    if not isinstance(actions, list) or not actions:
        raise SpecError(f"{path.name} has no actions.")
    return cast(list[Document], actions)


def _applied(document: Document, action: Document, path: Path) -> Document:
    apply = _apply_overlay()
    try:
        changed = apply(copy.deepcopy(document), {"actions": [action]})
    except Exception as error:  # the library raises whatever its JSONPath parser does
        raise SpecError(f"{path.name}: {action} cannot be applied: {error}") from error
    return cast(Document, changed)


@cache
def _apply_overlay() -> Callable[[Document, Document], object]:
    """Return the function of oas_patch, loaded when there is an overlay.

    It is loaded from its file: with its package would come a command line, which takes a fifth of
    the time of a regeneration.
    """
    package = find_spec("oas_patch")
    assert package is not None  # noqa: S101 - a pinned requirement
    assert package.origin is not None  # noqa: S101
    module = runpy.run_path(str(Path(package.origin).with_name("overlay.py")))
    return cast(Callable[[Document, Document], object], module["apply_overlay"])
