"""Runs a command of a release check, and tells what it said when it fails."""

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

LAST_LINES = 30
"""How much is shown of what a failed command has printed."""
TIMEOUT = 600
"""Seconds; far more than a slow machine takes."""

# What would send an installation or a program somewhere else, or a build to another date.
_FOREIGN = ("ANTHROPIC_", "PYTHON", "VIRTUAL_ENV", "SOURCE_DATE_EPOCH")


class CommandError(Exception):
    """A command is not there, or failed; the message has its last lines."""


def run(*command: str | Path, folder: Path, own: Mapping[str, str] | None = None) -> str:
    """Run a command in a folder and return what it wrote to its standard output.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        own: Environment variables for this command alone.

    Raises CommandError when it is not there, takes too long, or does not exit with 0.

    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    shown = shlex.join(str(word) for word in command)
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**clean, **(own or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
    except FileNotFoundError as error:
        raise CommandError(f"`{shown}`: {error.filename} is not there") from error
    except subprocess.TimeoutExpired as error:
        raise CommandError(f"`{shown}` took more than {TIMEOUT} seconds") from error
    if done.returncode != 0:
        lines = (done.stdout + done.stderr).splitlines()[-LAST_LINES:]
        said = "\n".join(f"  {line}" for line in lines)
        raise CommandError(f"`{shown}` failed (exit {done.returncode}):\n{said}".rstrip())
    return done.stdout
