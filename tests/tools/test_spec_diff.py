"""`make spec-diff` reports what changed in the API, in words, and whether it is breaking."""

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import yaml

from generator.documents import read_yaml, to_yaml
from sharing import changes, spec_diff
from sharing.changes import Change
from tests.support.document_edits import edited
from tests.support.projects import ROOT, Program, committed

SOURCE = read_yaml(ROOT / "openapi.yaml")
CASES: dict[str, Any] = read_yaml(ROOT / "tests/tools/data/api-changes.yaml")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_change_is_a_line_that_says_what_it_means(
    case: dict[str, Any], tmp_path: Path
) -> None:
    before = edited(SOURCE, case["before"])
    found = changes.changes(before, edited(before, case["edit"]), tmp_path)
    lines = [f"{each.kind}{'!' if each.breaking else ''}: {each.text}" for each in found]
    assert lines == case["lines"]


def test_another_name_for_a_schema_breaks_those_whose_code_names_it(tmp_path: Path) -> None:
    renamed = yaml.safe_load(to_yaml(SOURCE).replace("BetaModelInfo", "ModelInfo"))
    found = changes.changes(SOURCE, renamed, tmp_path)
    assert found == [Change("changed", "BetaModelInfo is now called ModelInfo", True)]


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The document of a repository that has its version 1.0.0 as the first revision."""
    monkeypatch.setattr(spec_diff, "ROOT", tmp_path)
    write(tmp_path / "openapi.yaml", "1.0.0")
    return committed(tmp_path, "openapi.yaml") / "openapi.yaml"


def write(document: Path, version: str) -> None:
    document.write_text(to_yaml(edited(SOURCE, {"info.version": version})), "utf-8")


@pytest.mark.parametrize(("version", "code"), [("1.9.0", 1), ("2.0.0", 0)])
def test_a_breaking_change_needs_a_major_version(
    document: Path, program: Program, monkeypatch: pytest.MonkeyPatch, version: str, code: int
) -> None:
    summary = document.with_name("summary.md")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    breaking = Change("changed", "maximum of query parameter `limit`: 1000 → 100", True)
    found = [Change("added", "value `a|b` of KnownErrorType"), breaking]
    monkeypatch.setattr(changes, "changes", Mock(return_value=found))
    write(document, version)
    done = program(spec_diff.main, "HEAD")
    assert done.returncode == code
    verdict = f"2 changes, 1 of them breaking; info.version 1.0.0 → {version}."
    assert done.stdout.splitlines() == [
        "Since HEAD:",
        "  + added    value `a|b` of KnownErrorType",
        "  ~ changed  maximum of query parameter `limit`: 1000 → 100  [breaking]",
        verdict,
    ]
    advice = "A breaking change needs a major version: 2.0.0."
    assert done.stderr == (f"{advice}\n" if code else "")
    assert summary.read_text("utf-8") == (
        f"## The API since `HEAD`\n\n{verdict}{f' **{advice}**' if code else ''}\n\n"
        "| | change |\n|---|---|\n"
        "| **breaking**, changed | maximum of query parameter `limit`: 1000 → 100 |\n"
        "| added | value `a\\|b` of KnownErrorType |\n\n"
    )


def test_without_a_change_it_reports_so_and_exits_0(document: Path, program: Program) -> None:
    done = program(spec_diff.main, "HEAD")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "The API is as it was at HEAD.\n"


@pytest.mark.parametrize(
    ("revision", "text", "reason"),
    [
        ("no-such-revision", None, "no-such-revision"),
        ("HEAD", "[", "openapi.yaml, line 2, column 1"),
        ("HEAD", "info: {version: one}\n", "should be three numbers"),
        ("HEAD", "info: {title: x, version: 1.0.0}\n", "`redocly diff"),
    ],
)
def test_what_cannot_be_compared_exits_2_and_says_why(
    document: Path, program: Program, revision: str, text: str | None, reason: str
) -> None:
    if text is not None:
        document.write_text(text, "utf-8")
    done = program(spec_diff.main, revision)
    assert done.returncode == 2
    assert reason in done.stderr
