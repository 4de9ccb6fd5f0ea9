"""The pictures in the documents: up to date, and readable where they are shown."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import comparison
from tests.support.projects import ROOT

PICTURES = ROOT / "docs" / "pictures"
# Those of the command line are terminals, which are dark everywhere.
DIAGRAMS = [path for path in sorted(PICTURES.glob("*.svg")) if "terminal" not in path.read_text()]


def test_the_comparison_shows_the_committed_results() -> None:
    # After `make bench`, `make pictures` draws it anew.
    assert (PICTURES / "comparison.svg").read_text("utf-8") == comparison.drawn()


def test_the_readme_says_what_the_comparison_shows() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert comparison.rewritten(readme) == readme


@pytest.mark.parametrize("picture", DIAGRAMS, ids=lambda path: path.stem)
def test_a_diagram_is_readable_at_800_pixels_in_light_and_dark(picture: Path) -> None:
    text = picture.read_text("utf-8")
    svg = ElementTree.fromstring(text)  # noqa: S314 - our own file
    assert svg.attrib["width"] == "800"
    assert svg.attrib["viewBox"].startswith("0 0 800 ")
    sizes = [float(size) for size in re.findall(r"font-size[=:]\s*\"?([\d.]+)", text)]
    assert sizes
    assert min(sizes) >= 13
    assert svg.attrib["aria-label"]
    light, dark = re.split(r"@media \(prefers-color-scheme: dark\)", text)
    dark = dark.partition("\n    }")[0]
    coloured = r"(\.[a-z]+) \{[^}]*(?:fill|stroke): #"
    assert set(re.findall(coloured, light)) == set(re.findall(coloured, dark))


def test_there_are_diagrams() -> None:
    assert {path.stem for path in DIAGRAMS} == {"comparison", "flow", "request", "retries"}
