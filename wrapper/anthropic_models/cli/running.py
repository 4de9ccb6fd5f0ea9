"""Runs what was asked for, and turns whatever ends it into an exit code."""

import signal
import sys
from collections.abc import Sequence
from typing import Any, cast

import typer

from ..errors import AnthropicModelsError
from .app import Action, app
from .failures import CommandError, described, tell
from .output import give_up_output
from .signals import Signals, TerminatedError

PROGRAM = "anthropic-models"


def run(arguments: Sequence[str]) -> int:
    """Run the command with these arguments; return its exit code."""
    if sys.stdout is not None:  # else it was closed by whoever started this
        # What the encoding of the terminal or the pipe cannot hold is written as an escape.
        cast(Any, sys.stdout).reconfigure(errors="backslashreplace")
    with Signals() as signals:
        try:
            action: Action | int = app(
                with_counts(arguments), prog_name=PROGRAM, standalone_mode=False
            )
            # An int is the exit code of help, the version and the like, printed by now.
            return action if isinstance(action, int) else action(signals)
        except KeyboardInterrupt:
            return 128 + signal.SIGINT
        except TerminatedError:
            return 128 + signal.SIGTERM
        except BrokenPipeError:
            give_up_output()
            return 0  # whoever reads has had enough
        except Exception as error:
            return _failed(error)


def with_counts(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the 1 that `--drop` alone stands for, which typer cannot say."""
    if not arguments or arguments[0] != "sandbox":
        return list(arguments)
    following = [*arguments[1:], ""]
    pairs = zip(arguments, following, strict=True)
    return [
        f"{word}=1" if word == "--drop" and not after.isdecimal() else word
        for word, after in pairs
    ]


def _failed(error: Exception) -> int:
    if isinstance(error, CommandError):
        tell(str(error))
        return error.exit_code
    if isinstance(error, AnthropicModelsError):
        tell(described(error))
        return 1
    if isinstance(error, typer.TyperException):
        tell(f"{error.format_message()} (help: {_command_of(error)} --help)")
        return 2
    tell(f"unexpected {type(error).__name__}: {error}")
    return 1


def _command_of(error: typer.TyperException) -> str:
    context: typer.Context | None = getattr(error, "ctx", None)
    return context.command_path if context else PROGRAM
