"""The command as a whole: its help, its version, its betas, and what is wrong usage."""

import signal
import sys
from pathlib import Path

import anthropic_models
import pytest
from anthropic_models import KnownAnthropicBeta
from anthropic_models.cli import main

from generator.documents import read_yaml
from tests.support.sync_and_async import KEY
from tests.support.terminal import Command, piped, reported, started

WRONG = read_yaml(Path(__file__).with_name("data") / "wrong-usage.yaml")


@pytest.mark.parametrize(("words", "says"), WRONG.items())
def test_wrong_usage_is_reported_in_one_line(words: str, says: str, command: Command) -> None:
    line = reported(command(*words.split(), ANTHROPIC_API_KEY=KEY), 2, says)
    assert not [word for word in ("allow_insecure_http", "api_key", KEY) if word in line]


def test_a_wrong_environment_is_wrong_usage_and_names_the_variable(command: Command) -> None:
    for name in ("list", "watch"):
        assert "api_key=" not in reported(command(name), 2, "ANTHROPIC_API_KEY")
    wrong = command("list", ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL="ftp://x")
    reported(wrong, 2, "ANTHROPIC_BASE_URL must start with https://")


def test_no_command_is_wrong_usage_and_shows_the_help(command: Command) -> None:
    done = command()
    assert (done.returncode, done.stdout) == (2, "")
    assert "Commands:" in done.stderr


@pytest.mark.parametrize("words", ["", "list", "watch", "betas", "sandbox"])
def test_the_help_fits_one_screen_and_has_an_example(words: str, command: Command) -> None:
    done = command(*words.split(), "--help", COLUMNS="80")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert "..." not in done.stdout.replace("[ARGS]...", "")
    assert len([line for line in lines if line.startswith("  Example: anthropic-models ")]) == 1


def test_help_in_a_closed_pipe_ends_quietly() -> None:
    with started("--help") as process:
        process.close_output()
        assert process.ended() == (0, "", "")


def test_the_version_is_that_of_the_package_and_python_m_does_the_same(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["anthropic-models", "--version"])
    assert main() == 0
    version = f"anthropic-models {anthropic_models.__version__}\n"
    assert capfd.readouterr().out == version
    with started("--version", command=[sys.executable, "-m", "anthropic_models"]) as process:
        assert process.ended() == (0, version, "")


def test_the_known_betas_are_listed_one_a_line(command: Command) -> None:
    done = command("betas")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [beta.value for beta in KnownAnthropicBeta]


@pytest.mark.parametrize(
    ("missing", "needed_by", "words", "extra"),
    [
        ("typer", "anthropic_models.cli.run", ["list", "--help"], "[cli]"),
        ("yaml", "anthropic_models.sandbox", ["list", "--sandbox"], "[sandbox]"),
    ],
)
def test_without_its_extra_it_reports_what_to_install(
    missing: str,
    needed_by: str,
    words: list[str],
    extra: str,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in sys.modules if name.startswith(needed_by)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    done = command(*words)
    assert missing in reported(done, 2, f"pip install 'anthropic-models-client{extra}'")


INTERRUPTED = """
import signal
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    raise ImportError("modules in C turn it into this")
"""


@pytest.mark.parametrize(
    ("typer", "code"), [("raise KeyboardInterrupt", 130), (INTERRUPTED, -signal.SIGINT)]
)
def test_ctrl_c_while_python_still_imports_ends_it_quietly(
    typer: str, code: int, tmp_path: Path
) -> None:
    (tmp_path / "typer.py").write_text(typer)
    done = piped("list", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")
