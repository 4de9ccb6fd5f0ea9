"""Runs a command of a release check with nothing of this environment that could mislead it."""

import os
from collections.abc import Mapping
from pathlib import Path

from generator import process

# What would send an installation or a program somewhere else, or a build to another date.
_FOREIGN = ("ANTHROPIC_", "PYTHON", "VIRTUAL_ENV", "SOURCE_DATE_EPOCH")


def run(*command: str | Path, folder: Path, own: Mapping[str, str] | None = None) -> str:
    """Run a command in a folder and return what it wrote to its standard output.

    `own` are environment variables for this command alone. Raises ProcessError when it is not
    there, takes too long, or does not exit with 0.
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return process.run(*command, folder=folder, environment={**clean, **(own or {})}).stdout
