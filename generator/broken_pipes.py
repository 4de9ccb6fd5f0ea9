"""Runs the `main` of a program, and survives a reader that closes the pipe."""

import io
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any


def exit_code(main: Callable[[], int]) -> int:
    """Run the program `main` to its end; return its exit code.

    A reader that closes the pipe, as `head` does, is no error: the rest of the output is dropped.
    """
    stdout = sys.stdout
    if not isinstance(stdout, io.TextIOWrapper):  # it is closed, or something that never breaks
        return main()
    stdout.flush()
    raw = _Pipe(stdout.fileno(), "w", closefd=False)
    own = io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stdout.encoding,
        errors=stdout.errors,
        line_buffering=stdout.line_buffering,
        write_through=stdout.write_through,
    )
    with redirect_stdout(own):
        try:
            return main()
        finally:
            own.flush()


class _Pipe(io.FileIO):
    def write(self, content: Any) -> int:
        try:
            return super().write(content)
        except BrokenPipeError:
            return len(content)
