"""The API reference: it has everything that users import."""

import re
import subprocess
import sys
from pathlib import Path

import anthropic_models
import pytest
from anthropic_models import sandbox

from tests.support.projects import ROOT

MAKE = ROOT / "docs" / "reference" / "make.py"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("made") / "reference"
    # With nothing of this environment: to be measured by coverage would take most of the time.
    done = subprocess.run(
        [sys.executable, "-W", "error", MAKE, folder],
        env={},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*.*")
    }


def anchors(page: str) -> set[str]:
    return set(re.findall(r'<(?:section|div) id="([^"]+)"', page))


def test_the_reference_has_every_public_name_and_what_is_reached_through_a_client(
    pages: dict[str, str],
) -> None:
    found = anchors(pages["anthropic_models.html"])
    assert set(vars(anthropic_models)["__all__"]) <= found
    assert set(sandbox.__all__) <= anchors(pages["anthropic_models/sandbox.html"])
    assert "models_sandbox" in anchors(pages["anthropic_models/pytest_plugin.html"])
    for client, page in (("Client", "Page"), ("AsyncClient", "AsyncPage")):
        assert {f"{client}.__init__", f"{client}.models.list", f"{client}.base_url"} <= found
        assert {f"{page}.data", f"{page}.has_next_page", f"{page}.response"} <= found
    assert f"KnownAnthropicBeta.{next(iter(anthropic_models.KnownAnthropicBeta)).name}" in found


def test_the_reference_tells_nothing_private(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert re.findall(r"anthropic_models\._\w+|_generated\.models\.[a-z]", page) == []
        private = [anchor for anchor in anchors(page) if re.search(r"(^|\.)_[^_]", anchor)]
        assert private == [], name


def test_the_links_of_the_reference_lead_somewhere(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        for link in re.findall(r'href="([^":$]*)"', page):
            path, _, anchor = link.partition("#")
            target = (Path("/", name).parent / path if path else Path("/", name)).resolve()
            there = pages[target.relative_to("/").as_posix()]
            assert not anchor or f'id="{anchor}"' in there, f"{name} links to {link}"
