"""Standard output: what is written is out at once, and what goes wrong is told in a sentence."""

import os
import sys

from .failures import CommandError


def emit(text: str) -> None:
    """Write text and flush it; raises BrokenPipeError when nobody reads it any more."""
    if sys.stdout is None:
        raise CommandError("standard output is closed", exit_code=1)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
    else:
        return
    give_up_output()
    raise CommandError(f"cannot write the output: {reason}", exit_code=1)


def give_up_output() -> None:
    """Drop what could not be written, or Python would complain about it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def is_for_a_terminal() -> bool:
    """Tell whether a person looks at what is written."""
    return sys.stdout is not None and sys.stdout.isatty()
