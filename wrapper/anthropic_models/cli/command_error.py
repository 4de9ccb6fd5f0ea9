"""The error that ends the command with a message."""


class CommandError(Exception):
    """The command cannot continue; its message is printed unchanged."""

    def __init__(self, message: str, *, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code
