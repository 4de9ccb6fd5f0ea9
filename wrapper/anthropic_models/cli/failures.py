"""What goes wrong, in one plain line on stderr."""

import shlex

from ..errors import AnthropicModelsError
from .notes import note


class CommandError(Exception):
    """The command cannot do what was asked; its text is for people."""

    def __init__(self, message: str, *, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def tell(text: str) -> None:
    """Print one line on stderr."""
    note(f"anthropic-models: {text}")


def described(error: AnthropicModelsError) -> str:
    """Return what happened, and which options continue a listing that broke off."""
    resume, error.resume = error.resume, None
    text = str(error)
    error.resume = resume
    if resume is None:
        return text
    options = (f"--{name.replace('_', '-')} {shlex.quote(str(v))}" for name, v in resume.items())
    return f"{text}; go on with {' '.join(options)}"
