import os
import select
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.projects import (
    INTERRUPTIONS,
    MYPY_CACHE,
    ROOT,
    Program,
    copied,
    interruptible,
    python_path,
)

PACKAGE = Path("generated", "anthropic_models_generated")
NEW_BETA = "made-up-beta-2027-01-01"
Regenerate = Callable[..., subprocess.CompletedProcess[str]]
DEADLINE = 60
"""Seconds; far more than a regeneration takes."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MYPY_CACHE_DIR", MYPY_CACHE)
    names = ("openapi.yaml", "overlays", "generator", "generator-config.yml", "generated")
    folder = copied(tmp_path / "project", *names)
    (folder / "wrapper").symlink_to(ROOT / "wrapper")
    return folder


@pytest.fixture
def regenerate(project: Path, program: Program) -> Regenerate:
    def regenerate(*arguments: str) -> subprocess.CompletedProcess[str]:
        return program(project / "generator" / "regenerate.py", *arguments)

    return regenerate


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def change_document(project: Path, change: Callable[[Any], object]) -> None:
    document = yaml.safe_load((project / "openapi.yaml").read_text("utf-8"))
    change(document)
    (project / "openapi.yaml").write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")


def set_post_hook(project: Path, command: str) -> None:
    settings = yaml.safe_load((project / "generator-config.yml").read_text("utf-8"))
    settings["post_hooks"] = [command]
    (project / "generator-config.yml").write_text(yaml.safe_dump(settings), "utf-8")


def break_yaml(project: Path) -> None:
    (project / "openapi.yaml").write_text("openapi: [3.1.0", "utf-8")


def write_something_else(project: Path) -> None:
    (project / "openapi.yaml").write_text("shopping: [bread, milk]", "utf-8")


def remove_paths(project: Path) -> None:
    change_document(project, lambda document: document.pop("paths"))


def add_overlay_without_match(project: Path) -> None:
    actions = [{"target": "$.components.parameters.Gone", "remove": True}]
    (project / "overlays" / "gone.yaml").write_text(yaml.safe_dump({"actions": actions}), "utf-8")


def remove_overlay(project: Path) -> None:
    (project / "overlays" / "beta-header-as-string.yaml").unlink()


def add_overlay_with_the_short_ending(project: Path) -> None:
    add_overlay_without_match(project)
    (project / "overlays" / "gone.yaml").rename(project / "overlays" / "gone.yml")


def put_a_file_in_the_place_of_generated(project: Path) -> None:
    shutil.rmtree(project / "generated")
    (project / "generated").touch()


def add_failing_hook(project: Path) -> None:
    set_post_hook(project, "false")


def add_missing_hook(project: Path) -> None:
    set_post_hook(project, "no-such-command --at-all")


def remove_settings(project: Path) -> None:
    (project / "generator-config.yml").unlink()


def add_stray_file(project: Path) -> None:
    (project / PACKAGE / "stray.py").write_text("LEFT_BEHIND = True\n", "utf-8")


def remove_file(project: Path) -> None:
    (project / PACKAGE / "errors.py").unlink()


def edit_file(project: Path) -> None:
    with (project / PACKAGE / "client.py").open("a", encoding="utf-8") as file:
        file.write("# edited by hand\n")


def add_cache(project: Path) -> None:
    cache = project / PACKAGE / "models" / "__pycache__" / "beta_model_info.cpython-311.pyc"
    cache.parent.mkdir()
    cache.write_bytes(b"\0")


def add_beta(project: Path) -> None:
    change_document(
        project,
        lambda document: document["components"]["schemas"]["KnownAnthropicBeta"]["enum"].append(
            NEW_BETA
        ),
    )


def test_neither_the_working_directory_nor_the_ruff_settings_around_it_matter(
    project: Path, tmp_path: Path
) -> None:
    committed, elsewhere = files(project / "generated"), tmp_path / "elsewhere"
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
    ruff = {
        "XDG_CONFIG_HOME": str(settings),
        "RUFF_CACHE_DIR": ".",
        "RUFF_NO_CACHE": "false",
        "RUFF_OUTPUT_FILE": "findings.txt",
        "RUFF_OUTPUT_FORMAT": "made-up",
    }
    command = [sys.executable, "-m", "generator.regenerate"]
    variables = {**os.environ, **ruff, **python_path(project)}
    subprocess.run(command, cwd=elsewhere, env=variables, check=True)
    assert files(project / "generated") == committed
    assert list(elsewhere.iterdir()) == []


def test_one_more_beta_is_shown_as_a_diff_and_becomes_a_member(
    project: Path, regenerate: Regenerate
) -> None:
    add_beta(project)
    done = regenerate()
    assert done.returncode == 0
    name = f"{PACKAGE.name}/models/known_anthropic_beta.py"
    assert any(name in line and line.endswith("| 1 +") for line in done.stdout.splitlines())
    assert " 2 files changed, " in done.stdout
    assert f"+++ after/{name}\n" in done.stdout
    member = f'    MADE_UP_BETA_2027_01_01 = "{NEW_BETA}"\n'
    assert f"+{member}" in done.stdout
    assert member in (project / "generated" / name).read_text("utf-8")
    assert regenerate("--check").returncode == 0


def test_the_check_shows_every_drift_and_its_remedy_and_regenerating_mends_it(
    project: Path, regenerate: Regenerate
) -> None:
    committed = files(project / "generated")
    add_stray_file(project)
    remove_file(project)
    edit_file(project)
    drifted = files(project / "generated")
    checked = regenerate("--check")
    assert checked.returncode == 1
    assert "make regenerate" in checked.stderr
    assert files(project / "generated") == drifted
    mended = regenerate()
    assert (mended.returncode, mended.stderr) == (0, "")
    assert files(project / "generated") == committed
    for done in (checked, mended):
        assert "-LEFT_BEHIND = True" in done.stdout
        assert "+class UnexpectedStatus(Exception):" in done.stdout
        assert "-# edited by hand" in done.stdout
    assert list(project.glob(".regenerate-*")) == []


def test_the_check_passes_when_nothing_differs_but_caches_of_python(
    project: Path, regenerate: Regenerate
) -> None:
    add_cache(project)
    checked = regenerate("--check")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "generated/ is what openapi.yaml says.\n"


def test_regenerating_what_is_up_to_date_gives_the_same_bytes_and_says_that_nothing_changed(
    project: Path,
    regenerate: Regenerate,
) -> None:
    add_cache(project)
    before = files(project / "generated")
    again = regenerate()
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == "generated/ is what openapi.yaml says: nothing changed.\n"
    assert files(project / "generated") == before


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (break_yaml, "openapi.yaml, line "),
        (write_something_else, "openapi.yaml, #: `openapi` is missing."),
        (remove_paths, "paths"),
        (add_overlay_without_match, "gone.yaml: action 1 ($.components.parameters.Gone)"),
        (add_overlay_with_the_short_ending, "gone.yml: action 1"),
        (remove_overlay, "anthropic-beta"),
        (add_failing_hook, "false failed"),
        (add_missing_hook, "no-such-command is not in PATH"),
        (remove_settings, "config"),
    ],
)
def test_a_failure_is_told_in_a_sentence_and_leaves_generated_as_it_was(
    project: Path, regenerate: Regenerate, cause: Callable[[Path], None], reason: str
) -> None:
    add_stray_file(project)
    cause(project)
    before = files(project / "generated")
    failed = regenerate()
    assert failed.returncode == 1
    assert reason in failed.stderr
    assert failed.stderr.endswith("Nothing was generated; generated/ is as it was.\n")
    assert "Traceback" not in failed.stderr
    assert files(project / "generated") == before
    assert list(project.glob(".regenerate-*")) == []


def test_a_check_that_fails_tells_so_instead_of_a_difference(
    project: Path, regenerate: Regenerate
) -> None:
    break_yaml(project)
    failed = regenerate("--check")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("openapi.yaml, line ")
    assert "make regenerate" not in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("number", INTERRUPTIONS)
def test_an_interruption_leaves_generated_as_it_was(
    project: Path, tmp_path: Path, number: signal.Signals
) -> None:
    add_beta(project)
    before = files(project / "generated")
    marker = tmp_path / "marker"
    os.mkfifo(marker)
    set_post_hook(project, f"yes > {shlex.quote(str(marker))}")
    with (
        marker.open("r+b", buffering=0) as reader,
        interruptible("-m", "generator.regenerate", folder=project) as process,
    ):
        assert select.select([reader], [], [], DEADLINE)[0]
        os.killpg(process.pid, number)
        _, stderr = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130
    assert stderr == "Interrupted; generated/ is as it was.\n"
    assert files(project / "generated") == before
    assert list(project.glob(".regenerate-*")) == []


def test_an_interruption_while_the_difference_is_shown_says_what_is_true(
    project: Path, tmp_path: Path
) -> None:
    add_beta(project)
    before = files(project / "generated")
    marker = tmp_path / "marker"
    os.mkfifo(marker)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "git").write_text(f"#!/bin/sh\nexec yes > {shlex.quote(str(marker))}\n", "utf-8")
    (tools / "git").chmod(0o755)
    told = tmp_path / "stderr"
    with (
        marker.open("r+b", buffering=0) as reader,
        told.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-m", "generator.regenerate"],
            cwd=project,
            env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"},
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        ) as process,
    ):
        assert select.select([reader], [], [], DEADLINE)[0]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=DEADLINE) == 130
    assert told.read_text() == "Interrupted, but generated/ is regenerated.\n"
    assert list(project.glob(".regenerate-*")) == []
    after = files(project / "generated")
    name = f"{PACKAGE.name}/models/known_anthropic_beta.py"
    assert after.keys() == before.keys()
    data = f"{PACKAGE.name}/document.json"
    assert [file for file in after if after[file] != before[file]] == [data, name]
    assert NEW_BETA.encode() in after[name]


def test_a_file_where_generated_should_be_is_told_or_replaced(
    project: Path, regenerate: Regenerate
) -> None:
    committed = files(project / "generated")
    put_a_file_in_the_place_of_generated(project)
    assert "make regenerate" in regenerate("--check").stderr
    assert regenerate().returncode == 0
    assert files(project / "generated") == committed


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(
    project: Path, regenerate: Regenerate
) -> None:
    (project / "openapi.yaml").unlink()
    (project / "openapi.yaml").mkdir()
    failed = regenerate()
    assert failed.returncode == 1
    assert "openapi.yaml cannot be read" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_reader_that_has_seen_enough_is_no_error(project: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "generator.regenerate", "--check"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
