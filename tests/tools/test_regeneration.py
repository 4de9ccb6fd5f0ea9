"""`make regenerate` swaps in what openapi.yaml says, or leaves generated/ as it was."""

import os
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import regenerate
from generator.package_checks import ProofError
from tests.support.projects import (
    INTERRUPTIONS,
    MYPY_CACHE,
    ROOT,
    copied,
    interruptible,
    python_path,
    regeneration,
)

PACKAGE = "anthropic_models_generated"
BETAS = f"{PACKAGE}/models/known_anthropic_beta.py"
MEMBER = '    MADE_UP_BETA_2027_01_01 = "made-up-beta-2027-01-01"\n'
UNTOUCHED = "Nothing was generated; generated/ is as it was.\n"
OVERLAY = 'actions: [{target: "$.components.parameters.Gone", remove: true}]'
DEADLINE = 60
"""Seconds; far more than a regeneration takes."""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    names = ("openapi.yaml", "overlays", "generator", "generator-config.yml", "generated")
    folder = copied(tmp_path / "project", *names)
    (folder / "wrapper").symlink_to(ROOT / "wrapper")
    return folder


def unproven(_document: Path, _folder: Path) -> None:
    """Take the place of the proof, which has tests of its own."""


@pytest.fixture
def run(project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(
        *arguments: str, prove: Callable[[Path, Path], object] = unproven
    ) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["regenerate", *arguments])
        with regeneration(project, prove):
            code = regenerate.main()
        assert list(project.glob(".regenerate-*")) == []
        return subprocess.CompletedProcess(arguments, code, *capfd.readouterr())

    return run


def generated(project: Path) -> dict[str, bytes]:
    folder = project / "generated"
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def add_beta(project: Path) -> None:
    text = (project / "openapi.yaml").read_text("utf-8")
    first = r"enum:\n( *- )message-batches-2024-09-24\n"
    changed, count = re.subn(first, r"\g<0>\1made-up-beta-2027-01-01\n", text)
    assert count == 1
    (project / "openapi.yaml").write_text(changed, "utf-8")


def test_neither_the_working_directory_nor_the_ruff_settings_around_it_matter(
    project: Path, tmp_path: Path
) -> None:
    committed, elsewhere = generated(project), tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.rmtree(project / "generated")
    hostile = (
        'line-length = 40\n[lint]\nselect = ["ALL"]\n[format]\n'
        'quote-style = "single"\nindent-style = "tab"\n'
    )
    settings = tmp_path / "settings"
    for folder in (project, tmp_path, settings / "ruff"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ruff.toml").write_text(hostile, "utf-8")
    variables = {
        "XDG_CONFIG_HOME": str(settings),
        "RUFF_CACHE_DIR": ".",
        "RUFF_NO_CACHE": "false",
        "RUFF_OUTPUT_FILE": "findings.txt",
        "RUFF_OUTPUT_FORMAT": "made-up",
        "MYPY_CACHE_DIR": MYPY_CACHE,
    }
    subprocess.run(
        [sys.executable, "-m", "generator.regenerate"],
        cwd=elsewhere,
        env={**os.environ, **variables, **python_path(project)},
        check=True,
    )
    assert generated(project) == committed
    assert list(elsewhere.iterdir()) == []


def test_one_more_beta_is_shown_as_a_diff_and_becomes_a_member(project: Path, run: Run) -> None:
    add_beta(project)
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert any(BETAS in line and line.endswith("| 1 +") for line in done.stdout.splitlines())
    assert " 2 files changed, " in done.stdout
    assert f"+++ after/{BETAS}\n" in done.stdout
    assert f"+{MEMBER}" in done.stdout
    assert MEMBER.encode() in generated(project)[BETAS]


def test_the_check_shows_every_drift_and_its_remedy_and_regenerating_removes_it(
    project: Path, run: Run
) -> None:
    committed, package = generated(project), project / "generated" / PACKAGE
    (package / "stray.py").write_text("LEFT_BEHIND = True\n", "utf-8")
    (package / "errors.py").unlink()
    with (package / "client.py").open("a", encoding="utf-8") as file:
        file.write("# edited by hand\n")
    drifted = generated(project)
    checked = run("--check")
    assert checked.returncode == 1
    assert "make regenerate" in checked.stderr
    assert generated(project) == drifted
    regenerated = run()
    assert (regenerated.returncode, regenerated.stderr) == (0, "")
    assert generated(project) == committed
    for done in (checked, regenerated):
        assert "-LEFT_BEHIND = True" in done.stdout
        assert "+class UnexpectedStatus(Exception):" in done.stdout
        assert "-# edited by hand" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"), [(["--check"], "says.\n"), ([], "says: nothing changed.\n")]
)
def test_what_is_up_to_date_stays_as_it_is_and_caches_of_python_do_not_count(
    project: Path, run: Run, arguments: list[str], says: str
) -> None:
    cache = project / "generated" / PACKAGE / "models/__pycache__/request.cpython-311.pyc"
    cache.parent.mkdir()
    cache.write_bytes(b"\0")
    before = generated(project)
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"generated/ is what openapi.yaml {says}"
    assert generated(project) == before


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("openapi.yaml", "openapi: [3.1.0", "openapi.yaml, line "),
        ("openapi.yaml", "shopping: [bread]", "openapi.yaml, #: `openapi` is missing."),
        ("openapi.yaml", None, "openapi.yaml cannot be read"),
        ("overlays/gone.yaml", OVERLAY, "gone.yaml: action 1 ($.components.parameters.Gone)"),
        ("overlays/gone.yml", OVERLAY, "gone.yml: action 1"),
        ("overlays/beta-header-as-string.yaml", None, "anthropic-beta"),
        ("generator-config.yml", "post_hooks: ['false']", "false failed"),
        ("generator-config.yml", "post_hooks: [no-such-tool x]", "no-such-tool is not in PATH"),
        ("generator-config.yml", None, "config"),
    ],
)
def test_a_failure_is_reported_in_a_sentence_and_leaves_generated_as_it_was(
    project: Path, run: Run, file: str, content: str | None, reason: str
) -> None:
    (project / "generated" / PACKAGE / "stray.py").write_text("LEFT_BEHIND = True\n", "utf-8")
    if content is None:
        (project / file).unlink()
    else:
        (project / file).write_text(content, "utf-8")
    before = generated(project)
    failed = run()
    assert failed.returncode == 1
    assert reason in failed.stderr
    assert failed.stderr.endswith(UNTOUCHED)
    assert "Traceback" not in failed.stderr
    assert generated(project) == before


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_what_the_proof_refuses_is_not_swapped_in(
    project: Path, run: Run, arguments: list[str]
) -> None:
    def refuse(document: Path, folder: Path) -> None:
        assert MEMBER in (folder / BETAS).read_text("utf-8")
        raise ProofError(f"{document.name} is wrong.")

    add_beta(project)
    before = generated(project)
    refused = run(*arguments, prove=refuse)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"openapi.yaml is wrong.\n{UNTOUCHED}"
    assert generated(project) == before


@pytest.mark.parametrize("number", INTERRUPTIONS)
def test_a_signal_before_the_swap_leaves_generated_as_it_was(
    project: Path, run: Run, number: signal.Signals
) -> None:
    def interrupt(_document: Path, _folder: Path) -> None:
        signal.raise_signal(number)

    add_beta(project)
    before = generated(project)
    interrupted = run(prove=interrupt)
    assert interrupted.returncode == 130
    assert interrupted.stderr == "Interrupted; generated/ is as it was.\n"
    assert generated(project) == before


def test_a_signal_while_the_difference_is_shown_reports_that_it_is_regenerated(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_before: Path, _after: Path) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(regenerate, "show_difference", interrupt)
    add_beta(project)
    done = run()
    assert done.returncode == 130
    assert done.stderr == "Interrupted, but generated/ is regenerated.\n"
    assert MEMBER.encode() in generated(project)[BETAS]


def test_ctrl_c_while_the_generator_runs_ends_all_that_runs(project: Path, tmp_path: Path) -> None:
    before = generated(project)
    marker = tmp_path / "marker"
    os.mkfifo(marker)
    hook = f"post_hooks: [{shlex.quote(f'yes > {marker}')}]"
    (project / "generator-config.yml").write_text(hook, "utf-8")
    with (
        marker.open("r+b", buffering=0) as reader,
        interruptible("-m", "generator.regenerate", folder=project) as process,
    ):
        assert select.select([reader], [], [], DEADLINE)[0]
        os.killpg(process.pid, signal.SIGINT)
        _, stderr = process.communicate(timeout=DEADLINE)
    assert (process.returncode, stderr) == (130, "Interrupted; generated/ is as it was.\n")
    assert generated(project) == before


def test_a_file_where_generated_should_be_is_reported_and_replaced(
    project: Path, run: Run
) -> None:
    committed = generated(project)
    shutil.rmtree(project / "generated")
    (project / "generated").touch()
    assert "make regenerate" in run("--check").stderr
    assert run().returncode == 0
    assert generated(project) == committed
