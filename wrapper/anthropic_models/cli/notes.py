"""What people are told beside the output: on stderr, if there is one."""

import sys

from .printable import printable


def note(text: str) -> None:
    """Print one line on stderr."""
    if sys.stderr is not None:  # else it was closed by whoever started this
        print(printable(text), file=sys.stderr, flush=True)


def are_read() -> bool:
    """Tell whether a person sees what is told."""
    return sys.stderr is not None and sys.stderr.isatty()
