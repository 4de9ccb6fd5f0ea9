"""Completion in the shells that are installed here, by what they do when a key is pressed."""

import shutil
import subprocess
from pathlib import Path

import pytest
from anthropic_models import KnownAnthropicBeta

from tests.support.terminal import PROGRAM, Terminal, environment

CONTEXT = [beta.value for beta in KnownAnthropicBeta if beta.value.startswith("context-")]
PATH = f"{Path(PROGRAM).parent}:{environment()['PATH']}"


BASH = """
anthropic-models --install-completion >/dev/null
source ~/.bashrc
complete_words() {
    COMP_WORDS=(anthropic-models "$@")
    COMP_CWORD=$#
    _anthropic_models_completion anthropic-models
    printf '%s\\n' "${COMPREPLY[@]}"
}
complete_words list --format js
complete_words list --beta context-
"""
FISH = """
anthropic-models --show-completion | source
complete -C 'anthropic-models list --format js'
complete -C 'anthropic-models list --beta context-'
"""


@pytest.mark.parametrize(("shell", "script"), [("bash", BASH), ("fish", FISH)])
def test_a_shell_completes_options_and_betas(shell: str, script: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run(
        [shell, "-c", script],
        env=environment(HOME=str(tmp_path), PATH=PATH),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    completed = [line.partition("\t")[0] for line in done.stdout.splitlines()]
    assert sorted(completed) == sorted(["json", "jsonl", *CONTEXT])


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
