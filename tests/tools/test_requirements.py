"""The pinned requirements: each file is closed, so an installation resolves nothing."""

import itertools
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.projects import ROOT

FILES = sorted(ROOT.glob("requirements/*.txt"))
ENVIRONMENTS = (ROOT / ".venv", *ROOT.glob(".envs/*"))
MACHINES = [
    {"python_version": python, "python_full_version": f"{python}.0", "extra": "", **system}
    for python, system in itertools.product(
        ("3.11", "3.12", "3.13", "3.14", "3.15"),
        (
            {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
            {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
            {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
        ),
    )
]


@cache
def parsed(text: str) -> Requirement:
    return Requirement(text)


def pinned(text: str) -> list[Requirement]:
    return [Requirement(line.rstrip(" \\")) for line in re.findall(r"^[\w.-]+.*", text, re.M)]


def sources(path: Path) -> Iterator[Requirement]:
    """What the .in file of a .txt file asks for."""
    for line in path.with_suffix(".in").read_text("utf-8").splitlines():
        if line.startswith("-r "):
            yield from sources(path.with_name(line.removeprefix("-r ")))
        elif line and not line.startswith("#"):
            yield Requirement(line)


@pytest.fixture(scope="module")
def installed() -> dict[tuple[str, str], Distribution]:
    """What is known of each release that one of the environments has."""
    folders = [str(f) for e in ENVIRONMENTS for f in e.glob("lib/python*/site-packages")]
    found = distributions(path=folders)
    return {(canonicalize_name(each.name), each.version): each for each in found}


def lacking(
    asked: list[Requirement],
    pins: list[Requirement],
    installed: dict[tuple[str, str], Distribution],
    machine: dict[str, str],
) -> tuple[set[str], set[str]]:
    """Return what is needed on a machine but not pinned, and of which pins needs are unknown."""
    here = {
        canonicalize_name(pin.name): pin.specifier
        for pin in pins
        if pin.marker is None or pin.marker.evaluate(machine)
    }
    missing: set[str] = set()
    unknown: set[str] = set()
    seen: set[tuple[str, str]] = set()
    todo = [(str(need), need, "") for need in asked]
    while todo:
        text, need, extra = todo.pop()
        if need.marker is not None and not need.marker.evaluate({**machine, "extra": extra}):
            continue
        name = canonicalize_name(need.name)
        versions = [pin.version for pin in here.get(name, ())]
        if not any(need.specifier.contains(version, prereleases=True) for version in versions):
            missing.add(text)
            continue
        for part in {"", *need.extras} - {extra for known, extra in seen if known == name}:
            seen.add((name, part))
            release = installed.get((name, versions[0]))
            if release is None:
                unknown.add(name)
                continue
            for line in release.requires or ():
                todo.append((f"{name} needs {line}", parsed(line), part))
    return missing, unknown


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_pins_all_that_its_packages_need(
    path: Path, installed: dict[tuple[str, str], Distribution]
) -> None:
    pins, asked = pinned(path.read_text("utf-8")), list(sources(path))
    for machine in MACHINES:  # what only another machine needs may be unknown here
        missing, _ = lacking(asked, pins, installed, machine)
        assert missing == set(), machine
    here = {name: str(value) for name, value in default_environment().items()}
    missing, unknown = lacking(asked, pins, installed, {**here, "extra": ""})
    assert missing == set()
    if unknown:
        pytest.skip(f"not built here, so their needs are unknown: {', '.join(sorted(unknown))}")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_pin_is_one_release_with_hashes_and_no_address(path: Path) -> None:
    text = path.read_text("utf-8")
    assert all(
        re.fullmatch(r"==[^,*]+", str(pin.specifier)) and not pin.url for pin in pinned(text)
    )
    blocks = re.findall(r"^[\w.-]+.*\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.M)
    assert len(blocks) == len(pinned(text)) > 0
    assert not re.search(r"https?:", text)


def test_a_need_that_is_not_pinned_is_found(
    installed: dict[tuple[str, str], Distribution],
) -> None:
    pins = pinned((ROOT / "requirements" / "dev.txt").read_text("utf-8"))
    asked = [Requirement("pytest-cov"), Requirement("jsonschema[format]")]
    without = [pin for pin in pins if pin.name != "coverage"]
    missing, _ = lacking(asked, without, installed, MACHINES[0])
    assert {text.split()[0] for text in missing} == {"pytest-cov", "jsonschema"}
