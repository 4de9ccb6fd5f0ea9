"""Tries a wheel in empty environments: what comes with it, and that its users' programs run."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from anthropic_models.sandbox import Sandbox
from attrs import frozen
from packaging.utils import canonicalize_name

from releasing.clean_process import run
from releasing.readme import python_examples

MODELS = 57

_LIST_DISTRIBUTIONS = """
import importlib.metadata, anthropic_models
print(*(distribution.name for distribution in importlib.metadata.distributions()))
"""


@frozen
class Trial:
    """What is to be tried, and with what."""

    wheel: Path
    version: str
    readme: str
    uv: Sequence[str | Path]
    pins: Path
    """Pins the extras and what they need."""
    bare_pins: Path
    """Names and pins all that may come with the wheel alone."""


def try_wheel(trial: Trial, python: str, folder: Path) -> Sequence[str]:
    """Install the wheel into environments in the new folder `folder`, and use it.

    Returns what is wrong, in sentences; raises ProcessError when something fails.
    """
    folder.mkdir()
    alone = _install(trial, python, folder / "alone", "", trial.bare_pins)
    told = run(alone / "python", "-W", "error", "-c", _LIST_DISTRIBUTIONS, folder=folder).split()
    found = strangers(told, trial.bare_pins.read_text("utf-8"))
    with Sandbox(MODELS) as sandbox:
        own = {
            "ANTHROPIC_BASE_URL": sandbox.base_url,
            "ANTHROPIC_API_KEY": "any",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        environments = {"": alone}
        for example in python_examples(trial.readme):
            extra = extra_for(example)
            if extra not in environments:
                environments[extra] = _install(trial, python, folder / extra, extra, trial.pins)
            program = (environments[extra] / "python", "-W", "error", "-c", example)
            run(*program, folder=folder, own=own)
        command = _install(trial, python, folder / "cli", "cli", trial.pins) / "anthropic-models"
        version = run(command, "--version", folder=folder)
        printed = run(command, "list", "--format", "id", folder=folder, own=own)
        right = [str(model["id"]) for model in sandbox.models]
    return [*found, *command_complaints(version, trial.version, printed, right)]


def command_complaints(
    told: str, version: str, printed: str, right: Sequence[str]
) -> Sequence[str]:
    """Say what is wrong with the command's own version and with the ids that it lists."""
    found: list[str] = []
    if told.split() != ["anthropic-models", version]:
        found.append(f"`anthropic-models --version` prints {told.strip()!r}")
    if (ids := printed.split()) != right:
        what = f"{len(ids)} ids, which are not the {len(right)} of the sandbox"
        found.append(f"`anthropic-models list --format id` prints {what}")
    return found


def extra_for(example: str) -> str:
    """Return the extra that an example needs, or nothing."""
    return "sandbox" if "anthropic_models.sandbox" in example else ""


def strangers(installed: Iterable[str], pins: str) -> Sequence[str]:
    """Say which distributions are there although only the wheel and what it needs should be."""
    due = {"anthropic-models-client", *re.findall(r"^([\w.-]+)==", pins, re.M)}
    normalized = (canonicalize_name(name) for name in installed)
    return [f"the wheel alone brings {name}" for name in normalized if name not in due]


def _install(trial: Trial, python: str, folder: Path, extra: str, pins: Path) -> Path:
    """Return the folder of the programs of a new environment."""
    run(*trial.uv, "venv", "--quiet", "--python", python, folder, folder=folder.parent)
    what = f"{trial.wheel}[{extra}]" if extra else trial.wheel
    programs = folder / ("Scripts" if (folder / "Scripts").exists() else "bin")
    install = ("pip", "install", "--quiet", "--python", programs / "python")
    run(*trial.uv, *install, "--constraint", pins, what, folder=folder.parent)
    return programs
