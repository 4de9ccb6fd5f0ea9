"""The command `betas`."""

from .. import KnownAnthropicBeta
from .stdio import write


def print_betas() -> int:
    """Print the known betas, one on each line; return the exit code."""
    write("".join(f"{beta.value}\n" for beta in KnownAnthropicBeta))
    return 0


def known_betas(incomplete: str) -> list[str]:
    """Return the known betas that start with `incomplete`, for shell completion."""
    return [beta.value for beta in KnownAnthropicBeta if beta.value.startswith(incomplete)]
