"""A copy of the project as it is a year later: the API has grown, the wrapper is as it was.

Each folder of `tests/spec/evolution` is one change of the API: `change.yaml`, an OpenAPI Overlay
that holds what a maintainer writes into openapi.yaml, at its place. `known-stage` is what two of
them share. They have names that no API will have. `november-2026` is what the API really had then;
a part of it may be in openapi.yaml already.
"""

import copy
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache, reduce
from operator import getitem
from pathlib import Path
from typing import Any, cast

import pytest

from generator import regenerate
from generator.documents import Document, read_yaml, to_yaml
from tests.support.projects import ROOT, committed, copied, imported_from, regeneration

EVOLUTION = ROOT / "tests" / "spec" / "evolution"
CHANGES = ("get-example", "parameter", "fields", "betas")
NOVEMBER = "november-2026"
# What the parameter and the field of the same name have in common.
SHARED = {"parameter": "known-stage", "fields": "known-stage"}


@cache
def later_document(*changes: str) -> Document:
    """Return openapi.yaml with changes of tests/spec/evolution, and the next minor version."""
    document = copy.deepcopy(read_yaml(ROOT / "openapi.yaml"))
    major, minor, _ = document["info"]["version"].split(".")
    document["info"]["version"] = f"{major}.{int(minor) + 1}.0"
    for name in dict.fromkeys([*(SHARED[each] for each in changes if each in SHARED), *changes]):
        for action in read_yaml(EVOLUTION / name / "change.yaml")["actions"]:
            if "remove" in action:  # of something named, such as $.components.examples.EmptyPage
                *steps, last = action["target"].split(".")[1:]
                del reduce(getitem, steps, document)[last]
            else:
                merged(document, action["update"])
    _complete(document)
    return document


def _complete(document: Document) -> None:
    """Give the models in examples what the document requires of them by now."""
    examples: Document = document["components"]["examples"]
    whole: Document = examples["PageOfModels"]["value"]["data"][0]
    for example in examples.values():
        value: Document = example["value"]
        for model in [value, *value.get("data", [])]:
            for name in document["components"]["schemas"]["BetaModelInfo"]["required"]:
                if model.get("type") == "model":
                    model.setdefault(name, whole[name])


def merged(into: Document, new: Document) -> Document:
    """Merge an addition into a document; what is in a list already stays there once."""
    for key, value in new.items():
        there: Any = into.get(key)
        if isinstance(there, dict):
            merged(cast(Document, there), value)
        elif isinstance(there, list):
            items = cast(list[object], there)
            items += [item for item in value if item not in items]
        else:
            into[key] = copy.deepcopy(value)
    return into


@contextmanager
def later_project(folder: Path, document: Document) -> Generator[Path]:
    """Copy the project, edit openapi.yaml and regenerate; import its packages in the block."""
    copied(folder, "openapi.yaml", "overlays", "generator-config.yml", "generated")
    (folder / "wrapper").symlink_to(ROOT / "wrapper")  # not a line of it is changed
    committed(folder, "openapi.yaml")
    (folder / "openapi.yaml").write_text(to_yaml(document), "utf-8")
    with regeneration(folder), pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["regenerate"])
        assert regenerate.main() == 0
    with imported_from(folder / "generated", folder / "wrapper"):
        yield folder
