"""Runs the pinned tools that need Node, in the environment that `make` builds for them."""

import os
import subprocess
from pathlib import Path

ENVIRONMENT = Path(__file__).resolve().parent.parent / ".envs" / "node"

# Redocly would otherwise send statistics and look for updates.
_QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


class ToolError(Exception):
    """A tool is not there, or did not do its work; the message is what it said."""


def environment() -> dict[str, str]:
    """Return the environment variables with which the tools run."""
    folders = [str(ENVIRONMENT / "node_modules" / ".bin"), str(ENVIRONMENT / "nodejs")]
    path = os.pathsep.join([*folders, os.environ.get("PATH", "")])
    return {**os.environ, **_QUIET, "PATH": path}


def run(tool: str, *arguments: str, folder: Path, accept: tuple[int, ...] = (0,)) -> str:
    """Run a tool in a folder and return what it wrote to its standard output.

    Raises ToolError when it is not there, or when its exit code is none that is accepted.
    """
    program = ENVIRONMENT / "node_modules" / ".bin" / tool
    if not program.exists():
        raise ToolError(f"{tool} is not installed; `make .envs/node/ready` installs it.")
    done = subprocess.run(
        [str(program), *arguments], cwd=folder, env=environment(), capture_output=True, text=True
    )
    if done.returncode not in accept:
        said = f"{done.stdout}{done.stderr}".strip()
        raise ToolError(f"{tool} failed (exit {done.returncode}):\n{said}")
    return done.stdout
