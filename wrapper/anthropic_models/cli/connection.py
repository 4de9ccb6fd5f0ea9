"""Opens the client that a command asked for."""

import os
import ssl
from collections.abc import Generator
from contextlib import contextmanager

import httpx

from .._sync.client import Client
from .failures import CommandError


@contextmanager
def connected(
    *, base_url: str | None, betas: list[str], sandbox: bool = False
) -> Generator[Client]:
    """Open a client of the API, or of a sandbox that lives as long; raises CommandError."""
    if not sandbox:
        with _opened(base_url, None, betas) as client:
            yield client
        return
    if base_url is not None:
        raise CommandError("give --base-url or --sandbox, not both", exit_code=2)
    with usage_checked():
        from ..sandbox import Sandbox
    with Sandbox() as running, _opened(running.base_url, "any", betas) as client:
        yield client


@contextmanager
def _opened(base_url: str | None, api_key: str | None, betas: list[str]) -> Generator[Client]:
    address = base_url or os.environ.get("ANTHROPIC_BASE_URL", "")
    # The client allows plain http to this machine only, where neither certificates nor proxies
    # count. Loading the certificates would take longer than the listing, so none is trusted.
    plain = address.lower().startswith("http://")
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    http = httpx.Client(verify=nobody, trust_env=False) if plain else None
    try:
        with usage_checked():
            client = Client(base_url=base_url, api_key=api_key, betas=betas, http_client=http)
        with client:
            yield client
    finally:
        if http is not None:
            http.close()


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
