"""A copy of the project as it is a year later: the API has grown, the wrapper is as it was.

Each folder of `tests/spec/evolution` is one change of the API: `change.yaml`, an OpenAPI Overlay
that holds what a maintainer writes into openapi.yaml, at its place; `spec-diff.txt`, what
`make spec-diff` prints of it; and `use.py`, a program that uses what is new. `known-stage` is what
two of them share. They have names that no API will have. `november-2026` is what the API really
had then; a part of it may be in openapi.yaml already.
"""

import copy
import os
import subprocess
import sys
from functools import cache, reduce
from operator import getitem
from pathlib import Path
from typing import Any, cast

from generator.documents import Document, read_yaml, to_yaml
from tests.support.projects import MYPY_CACHE, ROOT, committed, copied, python_path

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


class LaterProject:
    """The project in a folder of its own, in which openapi.yaml has been edited."""

    def __init__(self, folder: Path, document: Document) -> None:
        self.folder = copied(
            *(folder, "openapi.yaml", "overlays", "generator", "generator-config.yml"),
            *("generated", "sharing"),
        )
        # Not a line of these is changed.
        for name in ("wrapper", "tests"):
            (folder / name).symlink_to(ROOT / name)
        committed(folder, "openapi.yaml")
        (folder / "openapi.yaml").write_text(to_yaml(document), "utf-8")

    def run(self, *command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a Python program with the packages of this project."""
        packages = python_path(self.folder / "generated", self.folder / "wrapper")
        # Where CI is set, pytest tells more than a document shows.
        alone = {"PATH": os.environ["PATH"], "MYPY_CACHE_DIR": MYPY_CACHE}
        plain = {"PYTHONUTF8": "1", "COLUMNS": "80"}
        return subprocess.run(
            [sys.executable, "-W", "error", *command],
            cwd=self.folder,
            env=alone | packages | plain | environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
