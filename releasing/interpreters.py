"""Finds the Pythons of this machine on which a release can be tried."""

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from process import run

Version = tuple[int, int]


def on_this_machine(uv: Sequence[str | Path], folder: Path) -> list[dict[str, Any]]:
    """Return what `uv python list` tells of the Pythons on PATH, of uv's own and of pyenv's."""
    listing = ("python", "list", "--only-installed", "--no-python-downloads")
    path = {"PATH": os.pathsep.join([*_folders_of_pyenv(folder), os.environ.get("PATH", "")])}
    told = run(*uv, *listing, "--output-format", "json", folder=folder, own=path)
    found: list[dict[str, Any]] = json.loads(told)
    return found


def _folders_of_pyenv(folder: Path) -> Sequence[str]:
    """Return where pyenv keeps its Pythons: on PATH it has only those that are switched on."""
    if shutil.which("pyenv") is None:
        return []
    versions = run("pyenv", "versions", "--bare", "--skip-aliases", folder=folder).split()
    prefixes = run("pyenv", "prefix", *versions, folder=folder).strip()
    return [str(Path(prefix) / "bin") for prefix in prefixes.split(os.pathsep) if versions]


def chosen(listed: Iterable[Mapping[str, Any]], required: SpecifierSet) -> dict[Version, str]:
    """Return the path of one CPython for each minor version that is required.

    Of several of the same minor version the one that uv names first is taken: the newest.
    """
    found: dict[Version, str] = {}
    for python in listed:
        usual = python["implementation"] == "cpython" and python["variant"] == "default"
        if usual and required.contains(python["version"], prereleases=True):
            parts = python["version_parts"]
            found.setdefault((int(parts["major"]), int(parts["minor"])), str(python["path"]))
    return dict(sorted(found.items()))


def claimed(classifiers: Iterable[str]) -> Sequence[Version]:
    """Return the versions of Python that the classifiers of a distribution name."""
    heading = "Programming Language :: Python :: 3."
    return sorted(
        (3, int(line.removeprefix(heading))) for line in classifiers if line.startswith(heading)
    )
