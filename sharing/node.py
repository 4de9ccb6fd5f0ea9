"""Runs the pinned tools that need Node, in the environment that `make` builds for them."""

import os
from pathlib import Path

from generator import process

ENVIRONMENT = Path(__file__).resolve().parent.parent / ".envs" / "node"

# Redocly would otherwise send statistics and look for updates.
_QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def environment() -> dict[str, str]:
    """Return the environment variables with which the tools run."""
    folders = [str(ENVIRONMENT / "node_modules" / ".bin"), str(ENVIRONMENT / "nodejs")]
    path = os.pathsep.join([*folders, os.environ.get("PATH", "")])
    return {**os.environ, **_QUIET, "PATH": path}


def run(tool: str, *arguments: str, folder: Path, accept: tuple[int, ...] = (0,)) -> str:
    """Run a tool in a folder and return what it wrote to its standard output.

    Raises ProcessError when it is not there, or when its exit code is none that is accepted.
    """
    program = ENVIRONMENT / "node_modules" / ".bin" / tool
    if not program.exists():
        raise process.ProcessError(
            f"{tool} is not installed; `make .envs/node/ready` installs it."
        )
    done = process.run(
        program, *arguments, folder=folder, environment=environment(), accept=accept
    )
    return done.stdout
