"""Tries a wheel in empty environments: what is installed with it, and that examples run."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from anthropic_models.sandbox import Sandbox
from attrs import frozen
from packaging.utils import canonicalize_name

from releasing.archives import metadata, read
from releasing.clean_process import run
from releasing.readme_checks import python_examples

MODELS = 57

_LIST_DISTRIBUTIONS = """
import importlib.metadata, anthropic_models
print(*(distribution.name for distribution in importlib.metadata.distributions()))
"""

# More requests at once than the client has connections for, so that some of them wait.
_LIST_ASYNC = """
import asyncio
from anthropic_models import AsyncClient

async def main():
    async with AsyncClient() as client:
        pages = await asyncio.gather(*(client.models.list(limit=20) for _ in range(200)))
        assert {len([model async for model in page]) for page in pages} == {57}

asyncio.run(asyncio.wait_for(main(), 60))
"""

_USE_WRONGLY = """
from anthropic_models.cli import main
assert main(["list", "--no-such-option"]) == 2
"""


@frozen
class Trial:
    """A wheel, and what it is tried with."""

    wheel: Path
    version: str
    readme: str
    uv: Sequence[str | Path]
    pins: Path
    """Pins the extras and what they need."""
    bare_pins: Path
    """Pins what may be installed with the wheel alone, and nothing else."""


def try_wheel(trial: Trial, python: str, folder: Path) -> Sequence[str]:
    """Install the wheel into environments in the new folder `folder`, and use it.

    Returns what is wrong, in sentences; raises ProcessError when something fails.
    """
    folder.mkdir()
    pinned = ("--constraint", trial.pins)
    alone = _install(trial, python, folder / "alone", "", ("--constraint", trial.bare_pins))
    installed = run(
        alone / "python", "-W", "error", "-c", _LIST_DISTRIBUTIONS, folder=folder
    ).split()
    found = unexpected_distributions(installed, trial.bare_pins.read_text("utf-8"))
    with Sandbox(MODELS) as sandbox:
        own = _environment(sandbox)
        environments = {"": alone}
        for example in python_examples(trial.readme):
            extra = extra_for(example)
            if extra not in environments:
                environments[extra] = _install(trial, python, folder / extra, extra, pinned)
            program = (environments[extra] / "python", "-W", "error", "-c", example)
            run(*program, folder=folder, own=own)
        command = _install(trial, python, folder / "cli", "cli", pinned) / "anthropic-models"
        version = run(command, "--version", folder=folder)
        printed = run(command, "list", "--format", "id", folder=folder, own=own)
        right = [str(model["id"]) for model in sandbox.models]
    return [*found, *command_complaints(version, trial.version, printed, right)]


def try_lowest(trial: Trial, python: str, folder: Path) -> Sequence[str]:
    """Use the wheel with the lowest versions of what it says it needs, as `try_wheel` does."""
    folder.mkdir()
    # uv takes the lowest version of what is named here only, so the needs of the wheel are, too.
    needs = metadata(read(trial.wheel)).get_all("Requires-Dist", [])
    lowest = ("--resolution", "lowest-direct", *(need.partition(";")[0] for need in needs))
    programs = _install(trial, python, folder / "all", "cli,sandbox", lowest)
    with Sandbox(MODELS) as sandbox:
        own = _environment(sandbox)
        right = [str(model["id"]) for model in sandbox.models]
        for example in (*python_examples(trial.readme), _LIST_ASYNC, _USE_WRONGLY):
            run(programs / "python", "-c", example, folder=folder, own=own)
        command = programs / "anthropic-models"
        version = run(command, "--version", folder=folder)
        printed = run(command, "list", "--format", "id", folder=folder, own=own)
        run(command, "list", "--sandbox", "--format", "table", folder=folder)
        run(command, "list", "--help", folder=folder)
    return command_complaints(version, trial.version, printed, right)


def _environment(sandbox: Sandbox) -> dict[str, str]:
    return {
        "ANTHROPIC_BASE_URL": sandbox.base_url,
        "ANTHROPIC_API_KEY": "any",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def command_complaints(
    printed_version: str, version: str, printed: str, right: Sequence[str]
) -> Sequence[str]:
    """Return what is wrong with the version that the command prints, and with its ids."""
    found: list[str] = []
    if printed_version.split() != ["anthropic-models", version]:
        found.append(f"`anthropic-models --version` prints {printed_version.strip()!r}")
    if (ids := printed.split()) != right:
        what = f"{len(ids)} ids, which are not the {len(right)} of the sandbox"
        found.append(f"`anthropic-models list --format id` prints {what}")
    return found


def extra_for(example: str) -> str:
    """Return the extra that an example needs, or nothing."""
    return "sandbox" if "anthropic_models.sandbox" in example else ""


def unexpected_distributions(installed: Iterable[str], pins: str) -> Sequence[str]:
    """Return which distributions are installed beside the wheel and what it needs."""
    due = {"anthropic-models-client", *re.findall(r"^([\w.-]+)==", pins, re.M)}
    normalized = (canonicalize_name(name) for name in installed)
    return [f"the wheel alone installs {name}" for name in normalized if name not in due]


def _install(
    trial: Trial, python: str, folder: Path, extra: str, versions: Sequence[str | Path]
) -> Path:
    """Return the folder of the programs of a new environment."""
    run(*trial.uv, "venv", "--quiet", "--python", python, folder, folder=folder.parent)
    what = f"{trial.wheel}[{extra}]" if extra else trial.wheel
    programs = folder / ("Scripts" if (folder / "Scripts").exists() else "bin")
    install = ("pip", "install", "--quiet", "--python", programs / "python")
    run(*trial.uv, *install, *versions, what, folder=folder.parent)
    return programs
