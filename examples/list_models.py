"""Lists models: from the real API when ANTHROPIC_API_KEY is set, else from the sandbox."""

import os
import sys
from collections.abc import Iterable

from anthropic_models import AnthropicModelsError, BetaModelInfo, Client
from anthropic_models.sandbox import Sandbox


def main() -> int:
    """List the models, print them and their source, and return the exit code."""
    try:
        if os.environ.get("ANTHROPIC_API_KEY"):
            with Client() as client:
                show(client.models.list())
                print(f"\nfrom {client.base_url}")
            return 0
        with Sandbox() as sandbox, Client(base_url=sandbox.base_url, api_key="any") as client:
            show(client.models.list())
        print("\nfrom the sandbox on this machine; set ANTHROPIC_API_KEY to list the real ones")
    except (AnthropicModelsError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def show(models: Iterable[BetaModelInfo]) -> None:
    """Print a table."""
    rows = [(m.id, m.display_name, f"{m.created_at:%Y-%m-%d}") for m in models]
    rows.insert(0, ("id", "name", "released"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        print("  ".join(cell.ljust(width) for cell, width in cells).rstrip())


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
