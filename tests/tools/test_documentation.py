"""The examples in the documents work as printed."""

import os
import re
import runpy
import subprocess
from pathlib import Path

import pytest
from anthropic_models.sandbox import Sandbox

from releasing.readme import python_examples
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


def test_every_link_between_documents_leads_somewhere() -> None:
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_the_readme_lists_every_make_target() -> None:
    described = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M))
    told = set(
        re.findall(r"`make ([a-z-]+)(?: [A-Z]+=\w+)?`", (ROOT / "README.md").read_text("utf-8"))
    )
    assert described - {"help"} == told


def test_make_alone_lists_the_commands_with_a_line_each() -> None:
    # Without the variables by which a make that runs the tests would speak to this one.
    alone = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["make"], cwd=ROOT, env=alone, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    described = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M)
    assert [line.split()[1] for line in lines] == described
    assert all(len(line.split()) > 3 for line in lines)
