"""Runs a command, and turns its result, error or signal into an exit code."""

import sys
from collections.abc import Sequence

import typer

from ..errors import AnthropicModelsError
from . import signals
from .app import PROGRAM, Action, app
from .command_error import CommandError
from .stdio import discard, escape_unencodable, output_error, report


def run(arguments: Sequence[str]) -> int:
    """Run the command with these arguments and return its exit code."""
    escape_unencodable()
    try:
        with signals.raised():
            action = _action(arguments)
            # An int is the exit code after --help, --version and the like.
            return action if isinstance(action, int) else action()
    except signals.SignalError as error:
        return 128 + error.number
    except BrokenPipeError:
        discard(sys.stdout)
        return 0  # like `head`, the reader may close the pipe early
    except SystemExit as error:  # raised by completion, and by --help when the pipe is closed
        if isinstance(error.__context__, BrokenPipeError):
            return 0
        raise
    except Exception as error:
        return _report(error)


def _action(arguments: Sequence[str]) -> Action | int:
    try:
        parsed: Action | int = app(list(arguments), prog_name=PROGRAM, standalone_mode=False)
    except OSError as error:  # of --help, --version and the like; typer handles a closed pipe
        raise output_error(error) from None
    return parsed


def _report(error: Exception) -> int:
    """Report an error in one line and return the exit code."""
    if isinstance(error, CommandError):
        report(str(error))
        return error.exit_code
    if isinstance(error, AnthropicModelsError):
        report(error.description)
        return 1
    if isinstance(error, typer.TyperException):
        context: typer.Context | None = getattr(error, "ctx", None)
        command = context.command_path if context else PROGRAM
        report(f"{error.format_message()} (help: {command} --help)")
        return 2
    report(f"unexpected {type(error).__name__}: {error}")
    return 1
