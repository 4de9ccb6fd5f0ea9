"""Runs a program to its end; when it fails, the error has its output."""

import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, NamedTuple

LAST_LINES = 50
"""How much is shown of what a failed program has printed."""
TIMEOUT = 600
"""Seconds; far more than a slow machine takes."""


class ProcessError(Exception):
    """A program is missing or failed; the message has the last lines of its output."""


class Output(NamedTuple):
    """The output of a program."""

    stdout: str
    stderr: str


def run(
    *command: str | Path,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    accept: tuple[int, ...] = (0,),
    timeout: float = TIMEOUT,
) -> Output:
    """Run a program in a folder, without input, and return its output.

    `environment` is by default that of this process. Raises ProcessError when the program is
    missing, takes more than `timeout` seconds, or has an exit code that is not accepted.
    """
    name, *arguments = map(str, command)
    shown = shlex.join([Path(name).name, *arguments])
    # Files, because a pipe stays open for as long as anything that the program has started.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            done = subprocess.run(
                [name, *arguments],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                timeout=timeout,
            )
            failure = "" if done.returncode in accept else f"failed (exit {done.returncode})"
        except FileNotFoundError as error:
            raise ProcessError(f"`{shown}`: {error.filename} is not there") from error
        except subprocess.TimeoutExpired:
            failure = f"took more than {timeout} seconds"
        output = Output(_content(out), _content(err))
    if failure:
        lines = "".join(output).splitlines()[-LAST_LINES:]
        raise ProcessError("\n".join([f"`{shown}` {failure}:", *(f"  {line}" for line in lines)]))
    return output


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")
