"""A year later the API has grown, and the wrapper goes on without a change of its own.

The changes of tests/spec/evolution are made together, and docs/a-year-later.md shows them.
"""

import csv
import importlib
import re
import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from generator import regenerate
from generator.documents import Json
from sharing import spec_diff
from tests.support.evolution import CHANGES, EVOLUTION, later_document, later_project
from tests.support.projects import ROOT, Program
from tests.support.scripted_server import Scripted, model, page, respond

DOCUMENT = later_document(*CHANGES)
TEXT = (ROOT / "docs" / "a-year-later.md").read_text("utf-8")
PROGRAM = EVOLUTION / "use.py"
PARITY = "tests/spec/test_wrapper_matches_document.py"


def blocks(language: str) -> list[str]:
    """Return the blocks of the page in a language; those without one show what is printed."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.M | re.S)
    assert {each for each, _ in found} == {"yaml", "py", ""}
    return [block for each, block in found if each == language]


@pytest.fixture(scope="module")
def evolved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project in which the API has grown, whose packages are imported."""
    with later_project(tmp_path_factory.mktemp("evolution"), DOCUMENT) as folder:
        yield folder


def test_regenerating_shows_what_is_new_and_nothing_else(
    evolved: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    no_caches = shutil.ignore_patterns("__pycache__")
    trees = [
        shutil.copytree(project / "generated", tmp_path / name, ignore=no_caches)
        for name, project in (("before", ROOT), ("after", evolved))
    ]
    regenerate.show_difference(*trees)
    shown = capfd.readouterr().out
    summary = blocks("")[1]
    assert without_versions(shown).startswith(without_versions(summary))
    assert shown.count("\ndiff --git ") == len(summary.splitlines()) - 1
    # In JSON a line that another one follows gets a comma.
    data = r"^diff --git \S+ \S+/document\.json\n(?:(?!diff --git ).*\n)*"
    code = re.sub(data, "", shown, flags=re.M)
    # What a module of models imports of another stands in one line.
    assert re.findall(r"^-(?!--|from \.\.values import ).*", code, re.M) == []


def test_spec_diff_lists_what_is_new_and_that_nothing_breaks(
    evolved: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spec_diff, "ROOT", evolved)
    done = program(spec_diff.main, "HEAD")
    assert (done.returncode, done.stderr) == (0, "")
    assert without_versions(done.stdout) == without_versions(blocks("")[0])


def without_versions(text: str) -> str:
    """Leave out versions, and how many lines have changed."""
    changing = r"\d+\.\d+\.\d+| +\| +\d+ [+-]+$|\d+ (insertions|deletions).*"
    return re.sub(changing, "", text, flags=re.M)


@pytest.mark.usefixtures("evolved")
def test_the_parity_test_names_what_the_wrapper_does_not_offer_yet() -> None:
    parity = runpy.run_path(str(ROOT / PARITY))
    missing = ("list_models", "example_stage")
    assert missing in parity["OFFERED"]
    test = parity["test_the_wrapper_offers_the_parameter"]
    with pytest.raises(AssertionError, match=r"_core/list_models\.py"):
        test(*missing)
    assert blocks("")[2] == f"FAILED {PARITY}::{test.__name__}[{'-'.join(missing)}]\n"


def limited_model() -> dict[str, Any]:
    """Return the model in the example that comes with the new fields."""
    (found,) = DOCUMENT["components"]["examples"]["LimitedModel"]["value"]["data"]
    return dict(found)


@pytest.mark.usefixtures("evolved")
def test_the_new_fields_endpoint_parameter_and_betas_work_at_once(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = limited_model()
    null = {"example_limit": None, "example_until": None, "example_others": None}
    listed = page(full, full | null, full | {"example_stage": "hibernating"}, model("older"))
    server = scripted(respond(listed), respond(model("claude-next")), respond(page("claude-next")))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-evolution")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.base_url)
    runpy.run_path(str(PROGRAM))
    assert [request.target for request in server.requests] == [
        "/v1/models?limit=1000",
        "/v1/examples/claude-next",
        "/v1/models?example_stage=active&example_stage=deprecated&limit=20",
        "/v1/models?limit=20&example_stage=active&example_stage=deprecated",
    ]
    betas = [request.headers.get("anthropic-beta") for request in server.requests]
    assert betas == [None, *["example-2m-2099-11-01"] * 3]


@pytest.mark.usefixtures("evolved")
def test_the_command_line_has_a_column_for_each_new_field(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = scripted(respond(page(limited_model(), model("older"))))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-evolution")
    command = importlib.import_module("anthropic_models.cli").main
    assert command(["list", "--format", "csv", "--base-url", server.base_url]) == 0
    columns = list(zip(*csv.reader(capsys.readouterr().out.splitlines()), strict=True))
    assert columns[-5:] == [
        ("example_stage", "deprecated", ""),
        ("example_size", "200000", ""),
        ("example_limit", "64000", ""),
        ("example_until", "2027-05-14T00:00:00+00:00", ""),
        ("example_others", '["claude-sonnet-4-5-20250929"]', ""),
    ]


@pytest.mark.usefixtures("evolved")
def test_the_sandbox_follows_the_later_document() -> None:
    headers = {"X-Api-Key": "any", "anthropic-version": "2023-06-01"}
    sandbox = importlib.import_module("anthropic_models.sandbox").Sandbox(3)
    with sandbox, httpx.Client(base_url=sandbox.base_url, headers=headers) as http:
        right = http.get("/v1/models?example_stage=active&example_stage=retired")
        wrong = http.get("/v1/models?example_stage=asleep")
        example = http.get("/v1/examples/made-up-model-000001")
    assert len(right.json()["data"]) == 3
    says = 'example_stage: "asleep" is not one of "active", "deprecated" or "retired"'
    assert (wrong.status_code, wrong.json()["error"]["message"]) == (400, says)
    assert example.json()["id"] == "claude-sonnet-4-20250514"


def test_the_page_shows_the_changes_and_the_program_of_the_evolution() -> None:
    program = PROGRAM.read_text("utf-8")
    assert [block for block in blocks("py") if block not in program] == []
    for block in blocks("yaml"):
        part = yaml.safe_load(block)
        part.pop("info", None)  # its version depends on what openapi.yaml has today
        assert_within(part, DOCUMENT)


def assert_within(part: Json, whole: Json) -> None:
    if isinstance(part, dict):
        assert isinstance(whole, dict)
        for key, value in part.items():
            assert_within(value, whole[key])
    elif isinstance(part, list):
        assert isinstance(whole, list)
        assert [item for item in part if item not in whole] == []
    else:
        assert part == whole
