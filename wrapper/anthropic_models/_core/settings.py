"""What a client is set up with: its arguments, the environment, and the defaults."""

import sys
from collections.abc import Iterable
from typing import Any

import httpx
from attrs import evolve, field, frozen

from .._version import __version__
from ..errors import MissingCredentialsError
from .base_url import checked_base_url
from .credential import CREDENTIAL_HEADERS, VARIABLES, credential
from .headers import (
    BETA_HEADER,
    AnthropicBeta,
    Headers,
    checked_betas,
    checked_headers,
    split_betas,
)
from .secret import Secret

BASE_URL = "https://api.anthropic.com"  # the server that openapi.yaml names
MAX_RETRIES = 2
TIMEOUT = httpx.Timeout(60.0, connect=5.0)

_LONGEST_TIMEOUT = 1_000_000  # seconds, eleven days; sockets cannot count much further

# Only gzip is asked for, because only gzip is decoded with a bound on what comes out.
DEFAULT_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": (
        f"anthropic-models-client/{__version__} "
        f"python/{sys.version.split()[0]} httpx/{httpx.__version__}"
    ),
}


@frozen
class Settings:
    """Everything that a request takes from its client."""

    base_url: str
    credential: tuple[str, Secret] | None
    betas: tuple[str, ...]
    headers: dict[str, str | None] = field(repr=False)
    timeout: httpx.Timeout
    max_retries: int
    allow_insecure_http: bool

    def credential_headers(self) -> dict[str, str]:
        """Return the header that carries the credential; nothing when there is none."""
        if self.credential is None:
            return {}
        name, secret = self.credential
        return {name: secret.reveal()}

    def all_betas(self) -> tuple[str, ...]:
        """Return the betas of the default headers, then the others."""
        headers = [v or "" for name, v in self.headers.items() if name.lower() == BETA_HEADER]
        return checked_betas([*split_betas(",".join(headers)), *self.betas])

    def has_credential(self) -> bool:
        """Tell whether there is a credential, or the default headers decide about it."""
        named = {name.lower() for name in self.headers}
        return self.credential is not None or bool(CREDENTIAL_HEADERS & named)

    def changed(
        self,
        *,
        api_key: Secret | None,
        auth_token: Secret | None,
        base_url: str | None,
        betas: Iterable[AnthropicBeta] | str | None,
        default_headers: Headers | None,
        timeout: float | httpx.Timeout | None,
        max_retries: int | None,
        allow_insecure_http: bool | None,
    ) -> "Settings":
        """Return settings with what is not None changed; raises ValueError or TypeError."""
        changes: dict[str, Any] = {}
        if api_key is not None or auth_token is not None:
            changes["credential"] = credential(api_key=api_key, auth_token=auth_token)
        if default_headers is not None:
            changes["headers"] = _checked_default_headers(default_headers)
        if betas is not None:
            changes["betas"] = checked_betas(betas)
        if timeout is not None:
            changes["timeout"] = checked_timeout(timeout)
        if max_retries is not None:
            changes["max_retries"] = checked_retries(max_retries)
        if allow_insecure_http is None:
            allow_insecure_http = self.allow_insecure_http
        changes["allow_insecure_http"] = allow_insecure_http
        url = self.base_url if base_url is None else base_url
        changes["base_url"] = checked_base_url(url, allow_insecure_http)
        return evolve(self, **changes)


DEFAULTS = Settings(
    base_url=BASE_URL,
    credential=None,
    betas=(),
    headers={},
    timeout=TIMEOUT,
    max_retries=MAX_RETRIES,
    allow_insecure_http=False,
)


@frozen
class Environment:
    """What the environment says; nothing else of it is looked at."""

    api_key: Secret | None
    auth_token: Secret | None
    base_url: str | None


def settings(
    given: Settings, environment: Environment, *, authenticated_elsewhere: bool
) -> Settings:
    """Return what was given as arguments, with the environment's credential if there is no other.

    Raises MissingCredentialsError when there is no credential at all, ValueError when that of the
    environment cannot be used.
    """
    if given.has_credential() or authenticated_elsewhere:
        return given
    if environment.api_key is not None:
        found = credential(api_key=environment.api_key, names=VARIABLES)
    elif environment.auth_token is not None:
        found = credential(auth_token=environment.auth_token, names=VARIABLES)
    else:
        raise MissingCredentialsError(
            "no credential: set the environment variable ANTHROPIC_API_KEY (or "
            "ANTHROPIC_AUTH_TOKEN), or pass api_key= (or auth_token=)"
        )
    return evolve(given, credential=found)


def _checked_default_headers(headers: Headers) -> dict[str, str | None]:
    checked = checked_headers(headers, "default_headers")
    for name, value in checked.items():
        if name.lower() == BETA_HEADER:
            split_betas(value or "")
    return checked


def checked_timeout(timeout: object) -> httpx.Timeout:
    """Return a Timeout; a number of seconds means every part of it."""
    if isinstance(timeout, httpx.Timeout):
        if any((part or 0) > _LONGEST_TIMEOUT for part in timeout.as_dict().values()):
            raise ValueError(f"timeout: {timeout} has more than {_LONGEST_TIMEOUT} seconds")
        return timeout
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout must be seconds or an httpx.Timeout, not {timeout!r}")
    if not 0 < timeout < float("inf"):
        raise ValueError(f"timeout must be a positive number of seconds, not {timeout}")
    return httpx.Timeout(min(timeout, _LONGEST_TIMEOUT))


def checked_retries(max_retries: object) -> int:
    """Return how many further attempts a call may make."""
    if isinstance(max_retries, bool) or not isinstance(max_retries, int):
        raise TypeError(f"max_retries must be an int, not {max_retries!r}")
    if max_retries < 0:
        raise ValueError(f"max_retries must be 0 or more, not {max_retries}")
    return max_retries
