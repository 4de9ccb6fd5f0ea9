"""The pinned requirements. That each file is closed is seen whenever an environment is built.

`make` installs from a file without resolving anything, and then asks uv, offline, whether a
package lacks one that it needs; CI does so on each system and Python.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.projects import ROOT

FILES = sorted(ROOT.glob("requirements/*.txt"))


def pinned(path: Path) -> list[Requirement]:
    lines = re.findall(r"^[\w.-]+.*", path.read_text("utf-8"), re.M)
    return [Requirement(line.rstrip(" \\")) for line in lines]


def sources(path: Path) -> Iterator[Requirement]:
    """Yield what the .in file of a .txt file asks for."""
    for line in path.with_suffix(".in").read_text("utf-8").splitlines():
        if line.startswith("-r "):
            yield from sources(path.with_name(line.removeprefix("-r ")))
        elif line and not line.startswith("#"):
            yield Requirement(line)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_pins_all_that_is_asked_for(path: Path) -> None:
    pins = {canonicalize_name(pin.name): pin.specifier for pin in pinned(path)}
    for asked in sources(path):
        (version,) = [pin.version for pin in pins[canonicalize_name(asked.name)]]
        assert asked.specifier.contains(version, prereleases=True), asked


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_pin_is_one_release_with_hashes_and_no_address(path: Path) -> None:
    text, pins = path.read_text("utf-8"), pinned(path)
    assert all(re.fullmatch(r"==[^,*]+", str(pin.specifier)) and not pin.url for pin in pins)
    blocks = re.findall(r"^[\w.-]+.*\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.M)
    assert len(blocks) == len(pins) > 0
    assert not re.search(r"https?:", text)
