"""`make regenerate` swaps in what openapi.yaml says, or leaves generated/ as it was."""

import shutil
import signal
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import pytest

from generator import regenerate
from generator.documents import read_yaml, to_yaml
from generator.package_checks import ProofError
from tests.support.document_edits import edited
from tests.support.projects import INTERRUPTIONS, ROOT, Program, copied, regeneration

PACKAGE = regenerate.PACKAGE
BETAS = f"{PACKAGE}/models/known_anthropic_beta.py"
MEMBER = '    MADE_UP_BETA_2027_01_01 = "made-up-beta-2027-01-01"\n'
NEEDED = ("openapi.yaml", "overlays", "generator-config.yml", "generated")
UNTOUCHED = "Nothing was generated; generated/ is as it was.\n"
OVERLAY = 'actions: [{target: "$.components.parameters.Gone", remove: true}]'
UNPROVEN = Mock()
"""Takes the place of the proof, which has tests of its own."""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copied(tmp_path / "project", *NEEDED)


@pytest.fixture(scope="module")
def one_more_beta(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is generated of openapi.yaml with one more beta."""
    project = copied(tmp_path_factory.mktemp("one-more-beta"), *NEEDED)
    more = {"components.schemas.KnownAnthropicBeta.enum+": "made-up-beta-2027-01-01"}
    document = edited(read_yaml(ROOT / "openapi.yaml"), more)
    (project / "openapi.yaml").write_text(to_yaml(document), "utf-8")
    with regeneration(project):
        return regenerate.generate_from_openapi_yaml(project / "made")


@pytest.fixture
def run(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command; with `made`, the generator has made that already."""

    def run(
        *arguments: str,
        made: Path | None = None,
        prove: Callable[[Path, Path], object] = UNPROVEN,
    ) -> subprocess.CompletedProcess[str]:
        if made is not None:
            copying = partial(shutil.copytree, made, ignore=shutil.ignore_patterns("__pycache__"))
            monkeypatch.setattr(regenerate, "generate_from_openapi_yaml", copying)
        with regeneration(project, prove):
            done = program(regenerate.main, *arguments)
        assert list(project.glob(".regenerate-*")) == []
        return done

    return run


def generated(project: Path) -> dict[str, bytes]:
    folder = project / "generated"
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def test_neither_the_working_directory_nor_the_ruff_settings_around_it_matter(
    project: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed, elsewhere = generated(project), tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.rmtree(project / "generated")
    for folder in (project, tmp_path, tmp_path / "settings/ruff"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ruff.toml").write_text(
            'line-length = 40\n[format]\nindent-style = "tab"', "utf-8"
        )
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("RUFF_NO_CACHE", "false")
    monkeypatch.setenv("RUFF_CACHE_DIR", ".")
    monkeypatch.setenv("RUFF_OUTPUT_FORMAT", "made-up")
    monkeypatch.chdir(elsewhere)
    assert run().returncode == 0
    assert generated(project) == committed
    assert list(elsewhere.iterdir()) == []


def test_one_more_beta_is_shown_as_a_diff_and_becomes_a_member(
    project: Path, run: Run, one_more_beta: Path
) -> None:
    done = run(made=one_more_beta)
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
    checked = run("--check", made=ROOT / "generated")
    assert checked.returncode == 1
    assert "make regenerate" in checked.stderr
    assert generated(project) == drifted
    regenerated = run(made=ROOT / "generated")
    assert (regenerated.returncode, regenerated.stderr) == (0, "")
    assert generated(project) == committed
    for done in (checked, regenerated):
        assert "-LEFT_BEHIND = True" in done.stdout
        assert "+class UnexpectedStatus(Exception):" in done.stdout
        assert "-# edited by hand" in done.stdout


def test_what_is_up_to_date_stays_as_it_is_and_caches_of_python_do_not_count(
    project: Path, run: Run
) -> None:
    cache = project / "generated" / PACKAGE / "models/__pycache__/request.cpython-311.pyc"
    cache.parent.mkdir()
    cache.write_bytes(b"\0")
    before = generated(project)
    for arguments, says in ((["--check"], "says."), ([], "says: nothing changed.")):
        done = run(*arguments, made=ROOT / "generated")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"generated/ is what openapi.yaml {says}\n"
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
        ("generator-config.yml", None, "config"),
    ],
)
def test_a_failure_is_reported_in_a_sentence_and_leaves_generated_as_it_was(
    project: Path, run: Run, file: str, content: str | None, reason: str
) -> None:
    if content is None:
        (project / file).unlink()
    else:
        (project / file).write_text(content, "utf-8")
    before = generated(project)
    failed = run()
    assert failed.returncode == 1
    assert reason in failed.stderr
    assert failed.stderr.endswith(UNTOUCHED)
    assert generated(project) == before


def test_what_the_proof_refuses_is_not_swapped_in(
    project: Path, run: Run, one_more_beta: Path
) -> None:
    def refuse(document: Path, folder: Path) -> None:
        assert MEMBER in (folder / BETAS).read_text("utf-8")
        raise ProofError(f"{document.name} is wrong.")

    before = generated(project)
    for arguments in ([], ["--check"]):
        refused = run(*arguments, made=one_more_beta, prove=refuse)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr == f"openapi.yaml is wrong.\n{UNTOUCHED}"
    assert generated(project) == before


@pytest.mark.parametrize("number", INTERRUPTIONS)
def test_a_signal_before_the_swap_leaves_generated_as_it_was(
    project: Path, run: Run, one_more_beta: Path, number: signal.Signals
) -> None:
    def interrupt(_document: Path, _folder: Path) -> None:
        signal.raise_signal(number)

    before = generated(project)
    interrupted = run(made=one_more_beta, prove=interrupt)
    assert interrupted.returncode == 130
    assert interrupted.stderr == "Interrupted; generated/ is as it was.\n"
    assert generated(project) == before


def test_a_signal_while_the_difference_is_shown_reports_that_it_is_regenerated(
    project: Path, run: Run, one_more_beta: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_before: Path, _after: Path) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(regenerate, "show_difference", interrupt)
    done = run(made=one_more_beta)
    assert done.returncode == 130
    assert done.stderr == "Interrupted, but generated/ is regenerated.\n"
    assert MEMBER.encode() in generated(project)[BETAS]
