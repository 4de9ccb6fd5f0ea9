"""Makes the portable edition of openapi.yaml: the document with every overlay applied."""

import copy
import runpy
from collections.abc import Callable
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import cast

from generator.documents import Document, SpecError, read_yaml


def portable_edition(source: Path, overlays: Path) -> Document:
    """Return the document `source` with each overlay of the folder `overlays` applied, by name.

    Raises SpecError when a file cannot be read, or when an action of an overlay changes nothing,
    because its target has moved.
    """
    document = read_yaml(source)
    for path in sorted(overlays.glob("*.y*ml")):
        for number, action in enumerate(_actions(path), start=1):
            changed = _applied(document, action, path)
            if changed == document:
                raise SpecError(
                    f"{path.name}: action {number} ({action['target']}) changes nothing in "
                    f"{source.name}. Fix its target, or remove the overlay if it is no longer "
                    "needed."
                )
            document = changed
    return document


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

    It is imported from its file, since its package imports a command line, which takes a fifth of
    the time of a regeneration.
    """
    path = distribution("oas-patch").locate_file("oas_patch/overlay.py")
    return cast(Callable[[Document, Document], object], runpy.run_path(str(path))["apply_overlay"])
