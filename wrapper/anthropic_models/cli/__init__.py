"""The command `anthropic-models` (extra `cli`)."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code.

    Args:
        arguments: What stands after the command's name. Default: that of this process.

    """
    try:
        from .running import run
    except ModuleNotFoundError as error:
        print(
            f"anthropic-models: the command line needs {error.name}; install it with: "
            "pip install 'anthropic-models-client[cli]'",
            file=sys.stderr,
        )
        return 2
    return run(sys.argv[1:] if arguments is None else arguments)
