"""The options that `list` and `watch` have in common, and the client that they configure."""

import logging
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

from attrs import frozen

from .. import ArgumentError, Client, MissingCredentialsError
from .command_error import CommandError
from .stdio import log_to_stderr


@frozen
class CommonOptions:
    """The options of all commands that send requests."""

    base_url: str | None
    allow_insecure_http: bool
    betas: list[str]
    verbose: bool
    sandbox: bool = False

    @contextmanager
    def open_client(self) -> Generator[Client]:
        """Open a client of the API, or of a sandbox started for it; raises CommandError."""
        with ExitStack() as stack:
            base_url, api_key = self.base_url, None
            if self.sandbox:
                with argument_errors_reported():
                    from ..sandbox import Sandbox
                base_url, api_key = stack.enter_context(Sandbox()).base_url, "any"
            with argument_errors_reported():
                client = Client(
                    base_url=base_url,
                    api_key=api_key,
                    betas=self.betas,
                    allow_insecure_http=self.allow_insecure_http,
                )
            stack.enter_context(client)
            if self.verbose:
                stack.enter_context(log_to_stderr("anthropic_models", logging.DEBUG))
            yield client


@contextmanager
def argument_errors_reported() -> Generator[None]:
    """Turn an error about an argument into a CommandError about the option."""
    try:
        yield
    except MissingCredentialsError:
        message = "no credential: set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN)"
    except ArgumentError as error:
        message = f"{_option(error.argument)} {error.reason}"
        if error.allowed_by:
            message += f", or use {_option(error.allowed_by)}"
    except (ValueError, ModuleNotFoundError) as error:
        message = str(error)
    else:
        return
    raise CommandError(message, exit_code=2) from None


def _option(argument: str) -> str:
    """Return the option for an argument; return an environment variable unchanged."""
    if argument.isupper():
        return argument
    return "--beta" if argument == "betas" else f"--{argument.replace('_', '-')}"
