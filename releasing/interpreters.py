"""Finds the Pythons of this machine on which a release can be tried."""

import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet

from releasing.clean_process import run


def on_this_machine(uv: Sequence[str | Path], folder: Path) -> list[dict[str, Any]]:
    """Return what `uv python list` prints on the Pythons on PATH, uv's own and pyenv's."""
    listing = ("python", "list", "--only-installed", "--no-python-downloads")
    path = {"PATH": os.pathsep.join([*_folders_of_pyenv(folder), os.environ.get("PATH", "")])}
    printed = run(*uv, *listing, "--output-format", "json", folder=folder, own=path)
    found: list[dict[str, Any]] = json.loads(printed)
    return found


def _folders_of_pyenv(folder: Path) -> Sequence[str]:
    """Return where pyenv keeps its Pythons: on PATH it has only the active ones."""
    if shutil.which("pyenv") is None:
        return []
    versions = run("pyenv", "versions", "--bare", "--skip-aliases", folder=folder).split()
    if not versions:
        return []
    prefixes = run("pyenv", "prefix", *versions, folder=folder).strip()
    return [str(Path(prefix) / "bin") for prefix in prefixes.split(os.pathsep)]


def chosen(listed: Iterable[Mapping[str, Any]], required: SpecifierSet) -> dict[str, str]:
    """Return the path of one CPython for each minor version that is required, such as "3.12".

    Of several of the same minor version the one that uv names first is taken: the newest.
    """
    found: dict[str, str] = {}
    for python in listed:
        usual = python["implementation"] == "cpython" and python["variant"] == "default"
        if usual and required.contains(python["version"]):
            parts = python["version_parts"]
            found.setdefault(f"{parts['major']}.{parts['minor']}", str(python["path"]))
    return found


def claimed(classifiers: Iterable[str]) -> Sequence[str]:
    """Return the minor versions of Python that the classifiers of a distribution name."""
    heading = "Programming Language :: Python :: "
    named = [line.removeprefix(heading) for line in classifiers if line.startswith(heading)]
    return [name for name in named if re.fullmatch(r"\d+\.\d+", name)]
