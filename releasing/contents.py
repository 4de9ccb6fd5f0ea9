"""Checks the files in a wheel or an sdist."""

import configparser
import re
from collections.abc import Iterable, Mapping, Sequence

from releasing.archives import Files

PLACES = {
    "generated/anthropic_models_generated/": "anthropic_models_generated/",
    "wrapper/anthropic_models/": "anthropic_models/",
    "openapi.yaml": "anthropic_models/openapi.yaml",
}
"""Where in the wheel the files and folders of the tree go; no other goes there."""

NEEDED = (
    "anthropic_models/__init__.py",
    "anthropic_models/openapi.yaml",
    "anthropic_models/py.typed",
    "anthropic_models_generated/__init__.py",
    "anthropic_models_generated/py.typed",
)
"""Files that a wheel needs."""

IN_SDIST = (
    *("generated/", "wrapper/", "openapi.yaml"),
    *("README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", ".gitignore"),
)
"""The files and folders of the tree that are in the sdist."""

_OUT_OF_PLACE = re.compile(
    r"(^|/)(tests?|\.\w*cache\w*|__pycache__)/|(^|/)(test_\w*|conftest)\.py$|\.py[co]$"
)


def wheel_complaints(
    files: Files, tracked: Iterable[str], scripts: Mapping[str, str]
) -> Sequence[str]:
    """Return what is wrong, in sentences; nothing when everything is right.

    Args:
        files: The wheel.
        tracked: The paths that git tracks.
        scripts: The commands that the wheel installs, and what each calls.

    """
    own = {name: name.partition("/")[2] for name in files if ".dist-info/" in name}
    due = {place for path in tracked if (place := _place(path)) is not None}
    found = [
        *_out_of_place("the wheel", files),
        *(f"the wheel has no {name}" for name in NEEDED if name not in files),
        *_differences("the wheel", set(files) - set(own), due),
    ]
    if "licenses/LICENSE" not in own.values():
        found.append("the wheel has no LICENSE")
    commands = configparser.ConfigParser(delimiters=["="])
    for name, inside in own.items():
        if inside == "entry_points.txt":
            commands.read_string(files[name].decode())
    installed = dict(commands["console_scripts"]) if "console_scripts" in commands else {}
    if installed != scripts:
        found.append(f"the wheel installs the commands {installed}, not {dict(scripts)}")
    return found


def sdist_complaints(files: Files, tracked: Iterable[str]) -> Sequence[str]:
    """Return what is wrong with the sdist, in sentences; nothing when everything is right."""
    due = {path for path in tracked if any(_is_at(path, place) for place in IN_SDIST)}
    return [
        *_out_of_place("the sdist", files),
        *(["the sdist has no PKG-INFO"] if "PKG-INFO" not in files else []),
        *_differences("the sdist", set(files) - {"PKG-INFO"}, due),
    ]


def _place(path: str) -> str | None:
    for origin, place in PLACES.items():
        if _is_at(path, origin):
            return place + path.removeprefix(origin)
    return None


def _is_at(path: str, place: str) -> bool:
    return path.startswith(place) if place.endswith("/") else path == place


def _out_of_place(what: str, files: Files) -> list[str]:
    return [
        f"{what} has {name}, which is a test, a cache or compiled"
        for name in files
        if _OUT_OF_PLACE.search(name)
    ]


def _differences(what: str, files: set[str], due: set[str]) -> list[str]:
    return [
        *(f"{what} has {name}, which git does not track there" for name in sorted(files - due)),
        *(f"{what} lacks {name}, which git tracks" for name in sorted(due - files)),
    ]
