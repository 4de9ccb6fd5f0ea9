"""Runs a command of a release check without the environment variables that would affect it."""

import os
from collections.abc import Mapping
from pathlib import Path

from generator import process

# They would change where something is installed or sent, or the date of a build.
_FOREIGN = ("ANTHROPIC_", "PYTHON", "VIRTUAL_ENV", "SOURCE_DATE_EPOCH")


def run(*command: str | Path, folder: Path, own: Mapping[str, str] | None = None) -> str:
    """Run a command in a folder and return what it wrote to its standard output.

    `own` are environment variables for this command alone. Raises ProcessError when the
    command is missing, takes too long, or exits with another code than 0.
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return process.run(*command, folder=folder, environment={**clean, **(own or {})}).stdout
