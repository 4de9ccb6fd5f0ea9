"""The examples in the documents work as printed."""

import os
import re
import runpy
import subprocess
from pathlib import Path

import pytest
from anthropic_models.sandbox import Sandbox

from releasing.readme_checks import python_examples
from tests.support.projects import ROOT


def examples() -> list[tuple[str, str]]:
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [
        (f"{document.name}-{number}", code)
        for document in documents
        for number, code in enumerate(python_examples(document.read_text("utf-8")), start=1)
    ]


@pytest.mark.parametrize("code", [pytest.param(code, id=name) for name, code in examples()])
def test_the_example_runs_as_printed(
    code: str,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "any")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", sandbox.base_url)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "example.py").write_text(code, "utf-8")
    runpy.run_path("example.py", run_name="__main__")
    assert capfd.readouterr().err == ""


def documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("*/README.md")]


def test_every_link_between_documents_and_to_a_heading_leads_there() -> None:
    for document in documents():
        text = document.read_text("utf-8")
        for target, heading in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", text):
            there = (document.parent / target) if target else document
            assert there.exists(), f"{document.name} links to {target}"
            if heading:
                headings = re.findall(r"^#+ (.+)$", there.read_text("utf-8"), re.M)
                anchors = [re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings]
                assert heading in anchors, f"{document.name} links to {target}#{heading}"


def test_every_file_that_a_document_names_is_there() -> None:
    folders = (
        "benchmarks|docs|examples|generator|languages|overlays|releasing|requirements|sharing"
    )
    named = re.compile(rf"`((?:{folders}|tests|wrapper)/[\w./-]*)`")
    count = 0
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for path in named.findall(document.read_text("utf-8")):
            assert (ROOT / path).exists() or "NAME" in path, f"{document.name} names {path}"
            count += 1
    assert count > 40


def test_every_module_of_the_wrapper_that_the_design_names_is_there() -> None:
    text = (ROOT / "docs/design.md").read_text("utf-8")
    table = text.partition("| module | holds |")[2].partition("\n\n")[0]
    cells = re.findall(r"^\| (.*?) \|", table, re.M)
    names = [Path(path).name for cell in cells for path in re.findall(r"`([\w/.]+)`", cell)]
    there = {path.name for path in (ROOT / "wrapper/anthropic_models").rglob("*")}
    assert len(names) > 20
    assert [name for name in names if name not in there] == []


def make_targets(document: str) -> list[str]:
    text = (ROOT / document).read_text("utf-8")
    table = text[text.index("\n| command | does |") :].partition("\n\n")[0]
    return re.findall(r"`make ([a-z-]+)(?: [A-Z]+=\w+)?`", table)


def test_the_commands_are_those_of_make_and_contributing_lists_all_of_them() -> None:
    described = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert {*make_targets("CONTRIBUTING.md"), "help"} == set(described)
    assert set(make_targets("README.md")) < set(described)
    # Without the variables by which a make that runs the tests would speak to this one.
    alone = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["make"], cwd=ROOT, env=alone, capture_output=True, text=True, check=True
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [words[1] for words in lines] == described
    assert all(len(words) > 3 for words in lines)
