"""Opens the client that a command asks for."""

import logging
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

from attrs import frozen

from .. import ArgumentError, Client, MissingCredentialsError
from .errors import CommandError
from .stdio import log_shown


@frozen
class ClientOptions:
    """The options that all commands have which send requests."""

    base_url: str | None
    allow_insecure_http: bool
    betas: list[str]
    verbose: bool
    sandbox: bool = False

    @contextmanager
    def open(self) -> Generator[Client]:
        """Open a client of the API, or of a sandbox that runs as long; raises CommandError."""
        with ExitStack() as stack:
            base_url, api_key = self.base_url, None
            if self.sandbox:
                with arguments_reported():
                    from ..sandbox import Sandbox
                base_url, api_key = stack.enter_context(Sandbox()).base_url, "any"
            with arguments_reported():
                client = Client(
                    base_url=base_url,
                    api_key=api_key,
                    betas=self.betas,
                    allow_insecure_http=self.allow_insecure_http,
                )
            stack.enter_context(client)
            if self.verbose:
                stack.enter_context(log_shown("anthropic_models", logging.DEBUG))
            yield client


@contextmanager
def arguments_reported() -> Generator[None]:
    """Turn errors about arguments into a CommandError about options."""
    try:
        yield
    except MissingCredentialsError:
        message = "no credential: set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN)"
    except ArgumentError as error:
        message = f"{_option(error.argument)} {error.reason}"
        if error.allowed_by:
            message += f", or give {_option(error.allowed_by)}"
    except (ValueError, ModuleNotFoundError) as error:
        message = str(error)
    else:
        return
    raise CommandError(message, exit_code=2) from None


def _option(argument: str) -> str:
    """Return the option for an argument; an environment variable stays as it is."""
    if argument.isupper():
        return argument
    return "--beta" if argument == "betas" else f"--{argument.replace('_', '-')}"
