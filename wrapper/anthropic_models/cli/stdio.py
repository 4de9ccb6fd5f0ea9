"""Writes to standard output and standard error, either of which may be closed or full."""

import io
import logging
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import TextIO

from .command_error import CommandError
from .printable import printable


def write(text: str) -> None:
    """Write text to standard output and flush it.

    Raises:
        BrokenPipeError: The reader has closed the pipe.
        CommandError: Standard output is closed, or cannot be written.

    """
    if sys.stdout is None:
        raise CommandError("standard output is closed", exit_code=1)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise output_error(error) from None


def output_error(error: OSError) -> CommandError:
    """Return what to raise when standard output cannot be written."""
    discard(sys.stdout)
    reason = error.strerror or str(error)
    return CommandError(f"cannot write the output: {reason}", exit_code=1)


def write_line(text: str) -> None:
    """Write one line to standard error; errors are ignored."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{printable(text)}\n")
        sys.stderr.flush()
    except (OSError, ValueError):  # a full disk, a terminal that is gone, a closed file
        discard(sys.stderr)


def report(text: str) -> None:
    """Write a message to standard error, with the name of the program."""
    write_line(f"anthropic-models: {text}")


def discard(stream: TextIO) -> None:
    """Discard what a stream has buffered, or Python would try to write it again at exit."""
    with suppress(OSError, ValueError):  # a stream without a file descriptor
        devnull = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(devnull, stream.fileno())
        finally:
            os.close(devnull)
        stream.flush()


def escape_unencodable() -> None:
    """Make standard output escape characters that its encoding does not have."""
    stdout: object = sys.stdout
    if isinstance(stdout, io.TextIOWrapper):  # in a notebook it is another class
        stdout.reconfigure(errors="backslashreplace")


def stdout_is_terminal() -> bool:
    """Return whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def stderr_is_terminal() -> bool:
    """Return whether standard error is a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def log_to_stderr(name: str, level: int) -> Generator[None]:
    """Write the records of a logger to standard error, each on a line."""
    logger = logging.getLogger(name)
    handler = _LineHandler()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)
        logger.removeHandler(handler)


class _LineHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        write_line(record.getMessage())
