"""The error that ends the command with a message."""

from .. import AnthropicModelsError


class CommandError(Exception):
    """The command cannot continue; the text is shown as it is."""

    def __init__(self, message: str, *, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def description(error: AnthropicModelsError) -> str:
    """Return what happened, without how to resume in Python."""
    return error._described()  # pyright: ignore[reportPrivateUsage] - of this package
