"""Completion in the shells that are installed here, by what they do when a key is pressed."""

import shutil
import subprocess
from pathlib import Path

import pytest
from anthropic_models import KnownAnthropicBeta
from anthropic_models.cli import main

from tests.support.terminal import PROGRAM, Terminal, environment

CONTEXT = [beta.value for beta in KnownAnthropicBeta if beta.value.startswith("context-")]
PATH = f"{Path(PROGRAM).parent}:{environment()['PATH']}"


def test_a_shell_gets_the_betas_that_complete_a_word(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_ANTHROPIC_MODELS_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "anthropic-models list --beta context-")
    monkeypatch.setenv("COMP_CWORD", "3")
    with pytest.raises(SystemExit):
        main([])
    assert capfd.readouterr().out.split() == CONTEXT


def run_in(shell: str, script: str, home: Path) -> str:
    """Run a script in a shell for which the command is installed; return what it prints."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run(
        [shell, "-c", script],
        env=environment(HOME=str(home), PATH=PATH),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


BASH = """
complete_words() {
    COMP_WORDS=(anthropic-models "$@")
    COMP_CWORD=$#
    _anthropic_models_completion anthropic-models
    echo "${COMPREPLY[@]}"
}
complete_words ""
complete_words list --format js
complete_words list --beta context-
"""


def test_bash_completes_commands_options_and_betas(tmp_path: Path) -> None:
    shown = run_in("bash", "anthropic-models --show-completion; true", tmp_path)
    run_in("bash", "anthropic-models --install-completion; true", tmp_path)
    installed = tmp_path / ".bash_completions" / "anthropic-models.sh"
    assert shown.strip() == installed.read_text("utf-8").strip()
    commands, formats, betas = run_in("bash", f"source ~/.bashrc\n{BASH}", tmp_path).splitlines()
    assert {"list", "watch", "betas"} <= set(commands.split())
    assert sorted(formats.split()) == ["json", "jsonl"]
    assert betas.split() == CONTEXT


def test_fish_completes_commands_options_and_betas(tmp_path: Path) -> None:
    asked = ("", "list --format js", "list --beta context-")
    ask = "; echo; ".join(f"complete -C 'anthropic-models {words}'" for words in asked)
    completed = run_in("fish", f"anthropic-models --show-completion | source; {ask}", tmp_path)
    commands, formats, betas = (
        [line.partition("\t")[0] for line in lines.splitlines()]
        for lines in completed.split("\n\n")
    )
    assert {"list", "watch", "betas"} <= set(commands)
    assert sorted(formats) == ["json", "jsonl"]
    assert betas == CONTEXT


def test_zsh_completes_a_beta(tmp_path: Path) -> None:
    zsh = shutil.which("zsh")
    if zsh is None:
        pytest.skip("zsh is not installed")
    variables = {"HOME": str(tmp_path), "PATH": PATH}
    with Terminal(command=[zsh, "-f", "-i"], variables=variables) as terminal:
        terminal.type("autoload -Uz compinit; compinit -u\n")
        terminal.type("source <(anthropic-models --show-completion); echo REA''DY\n")
        terminal.until("READY")
        terminal.type("anthropic-models list --beta context-1\t")
        terminal.until("m-2025-08-07")
