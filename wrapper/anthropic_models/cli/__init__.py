"""The command `anthropic-models` (extra `cli`)."""

import signal
import sys
from collections.abc import Sequence

from .stdio import report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: The arguments after the name of the program. Default: `sys.argv[1:]`.

    """
    try:
        from .signals import immediate

        # An interrupt during an import may become any exception, in modules written in C.
        with immediate():
            from .run import run

        return run(sys.argv[1:] if arguments is None else arguments)
    except ModuleNotFoundError as error:
        report(
            f"the command line needs {error.name}; install it with: "
            "pip install 'anthropic-models-client[cli]'"
        )
        return 2
    except KeyboardInterrupt:  # outside of the block in which `run` handles signals
        return 128 + signal.SIGINT
