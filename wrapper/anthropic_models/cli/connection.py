"""Opens the client that a command asked for."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager

from .._sync.client import Client
from .failures import CommandError


@contextmanager
def connected(
    *, base_url: str | None, betas: list[str], sandbox: bool = False
) -> Generator[Client]:
    """Open a client of the API, or of a sandbox that lives as long; raises CommandError."""
    if sandbox and base_url is not None:
        raise CommandError("give --base-url or --sandbox, not both", exit_code=2)
    with ExitStack() as stack:
        api_key = None
        if sandbox:
            with usage_checked():
                from ..sandbox import Sandbox
            base_url, api_key = stack.enter_context(Sandbox()).base_url, "any"
        with usage_checked():
            client = Client(base_url=base_url, api_key=api_key, betas=betas)
        yield stack.enter_context(client)


@contextmanager
def usage_checked() -> Generator[None]:
    """Turn the wrapper's complaints about arguments into those of a command."""
    try:
        yield
    except (ValueError, ModuleNotFoundError) as error:
        text = str(error)
    else:
        return
    # What comes then is advice for those who write Python.
    text = text.partition(", or pass ")[0].replace("use api_key=", "set ANTHROPIC_API_KEY")
    for name in ("base_url", "after_id", "before_id"):
        text = text.replace(name, f"--{name.replace('_', '-')}")
    raise CommandError(text, exit_code=2)
