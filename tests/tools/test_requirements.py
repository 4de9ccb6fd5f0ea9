"""The pinned requirements: one release of each package with its hashes, for every system."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.support.projects import ROOT

FILES = sorted(ROOT.glob("requirements/*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_pin_is_one_release_with_hashes_and_no_address(path: Path) -> None:
    text = path.read_text("utf-8")
    pins = [Requirement(line.rstrip(" \\")) for line in re.findall(r"^[\w.-]+.*", text, re.M)]
    assert all(re.fullmatch(r"==[^,*]+", str(pin.specifier)) and not pin.url for pin in pins)
    blocks = re.findall(r"^[\w.-]+.*\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.M)
    assert len(blocks) == len(pins) > 0
    assert not re.search(r"https?:", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_says_how_it_is_pinned_anew_for_every_system_and_python(path: Path) -> None:
    # What a file lacks, `make` reports when it installs it.
    heading = path.read_text("utf-8").partition("\n\n")[0][:300]
    assert "uv pip compile --universal --python-version 3.11" in heading
