"""`make spec-diff` reports what changed in the API, in words, and whether it is breaking."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.documents import read_yaml, to_yaml
from sharing.changes import Change, changes
from tests.support.document_edits import edited
from tests.support.projects import ROOT, Program, committed, copied

SOURCE = read_yaml(ROOT / "openapi.yaml")
CASES: dict[str, Any] = read_yaml(ROOT / "tests/tools/data/api-changes.yaml")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_change_is_a_line_that_says_what_it_means(
    case: dict[str, Any], tmp_path: Path
) -> None:
    before = edited(SOURCE, case.get("before", {}))
    found = changes(before, edited(before, case["edit"]), tmp_path)
    lines = [f"{each.kind}{'!' if each.breaking else ''}: {each.text}" for each in found]
    assert lines == case["lines"]


def test_another_name_for_a_schema_breaks_those_whose_code_names_it(tmp_path: Path) -> None:
    renamed = yaml.safe_load(to_yaml(SOURCE).replace("BetaModelInfo", "ModelInfo"))
    found = changes(SOURCE, renamed, tmp_path)
    assert found == [Change("changed", "BetaModelInfo is now called ModelInfo", True)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository of its own, with the document as it is here as its first revision."""
    project = copied(tmp_path / "project", "generator", "sharing")
    write(project, "1.0.0")
    return committed(project, "openapi.yaml")


def write(project: Path, version: str, **edit: Any) -> None:
    document = edited(SOURCE, {"info.version": version, **edit})
    (project / "openapi.yaml").write_text(to_yaml(document), "utf-8")


SpecDiff = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def spec_diff(project: Path, program: Program) -> SpecDiff:
    def spec_diff(revision: str = "HEAD") -> subprocess.CompletedProcess[str]:
        return program(project / "sharing" / "spec_diff.py", revision)

    return spec_diff


def test_without_a_change_it_reports_so_and_exits_0(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sharing.spec_diff", "HEAD"],
        cwd=project,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "The API is as it was at HEAD.\n"


def test_what_is_not_breaking_exits_0(project: Path, spec_diff: SpecDiff) -> None:
    write(project, "1.1.0", **{"components.schemas.KnownAnthropicBeta.enum+": "new-2027-01-01"})
    done = spec_diff()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Since HEAD:",
        "  + added    value `new-2027-01-01` of KnownAnthropicBeta",
        "1 change, none of them breaking; info.version 1.0.0 → 1.1.0.",
    ]


@pytest.mark.parametrize(("version", "code"), [("1.0.0", 1), ("1.9.0", 1), ("2.0.0", 0)])
def test_a_breaking_change_needs_a_major_version(
    project: Path,
    spec_diff: SpecDiff,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    code: int,
) -> None:
    summary = project / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    write(project, version, **{"components.parameters.Limit.schema.maximum": 100})
    done = spec_diff()
    assert done.returncode == code
    assert "maximum of query parameter `limit`: 1000 → 100  [breaking]" in done.stdout
    advice = "A breaking change needs a major version: 2.0.0."
    assert done.stderr == (f"{advice}\n" if code else "")
    assert summary.read_text("utf-8") == (
        "## The API since `HEAD`\n\n"
        f"1 change, 1 of them breaking; info.version 1.0.0 → {version}."
        f"{f' **{advice}**' if code else ''}\n\n"
        "| | change |\n|---|---|\n"
        "| **breaking**, changed | maximum of query parameter `limit`: 1000 → 100 |\n\n"
    )


@pytest.mark.parametrize(
    ("revision", "text", "reason"),
    [
        ("no-such-revision", None, "no-such-revision"),
        ("HEAD", "[", "openapi.yaml, line 2, column 1"),
        (
            "HEAD",
            "openapi: 3.1.0\ninfo: {title: x, version: one}\n",
            "should be three numbers",
        ),
        ("HEAD", "info: {title: x, version: 1.0.0}\n", "`redocly diff"),
    ],
)
def test_what_cannot_be_compared_exits_2_and_says_why(
    project: Path, spec_diff: SpecDiff, revision: str, text: str | None, reason: str
) -> None:
    if text is not None:
        (project / "openapi.yaml").write_text(text, "utf-8")
    done = spec_diff(revision)
    assert done.returncode == 2
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
