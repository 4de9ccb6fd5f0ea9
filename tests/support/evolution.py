"""A copy of the project as it is a year later: the API has grown, the wrapper is as it was.

Each folder of `tests/spec/evolution` is one change of the API: `change.yaml`, an OpenAPI Overlay
that holds what a maintainer writes into openapi.yaml, at its place; `spec-diff.txt`, what
`make spec-diff` prints of it; and `use.py`, a program that uses what is new. `known-lifecycle` is
what two of them share.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from generator.documents import Document, to_yaml
from generator.portable import portable_edition
from tests.support.projects import MYPY_CACHE, ROOT, committed, copied, python_path

EVOLUTION = ROOT / "tests" / "spec" / "evolution"
# What the parameter and the field of the same name have in common.
SHARED = {"lifecycle-parameter": "known-lifecycle", "model-fields": "known-lifecycle"}


@cache
def later_document(*changes: str) -> Document:
    """Return openapi.yaml with changes of tests/spec/evolution in it."""
    shared = {SHARED[change] for change in changes if change in SHARED}
    with tempfile.TemporaryDirectory() as folder:
        for name in {*shared, *changes}:
            shutil.copy(EVOLUTION / name / "change.yaml", Path(folder, f"{name}.yaml"))
        return portable_edition(ROOT / "openapi.yaml", Path(folder))


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
