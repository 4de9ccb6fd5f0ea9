"""What a client is set up with: its arguments, the environment, and the defaults."""

import platform
from collections.abc import Iterable, Mapping
from typing import Any

import httpx
from attrs import evolve, field, frozen

from .._version import __version__
from ..errors import MissingCredentialsError
from .base_url import checked_base_url
from .headers import (
    BETA_HEADER,
    AnthropicBeta,
    Headers,
    checked_betas,
    checked_headers,
    is_header_value,
    split_betas,
)
from .secret import Secret

BASE_URL = "https://api.anthropic.com"  # the server that openapi.yaml names
MAX_RETRIES = 2
TIMEOUT = httpx.Timeout(60.0, connect=5.0)

_CREDENTIAL_HEADERS = {"x-api-key", "authorization"}

# Only gzip is asked for, because only gzip is decoded with a bound on what comes out.
DEFAULT_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": (
        f"anthropic-models-client/{__version__} "
        f"python/{platform.python_version()} httpx/{httpx.__version__}"
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

    def changed(
        self,
        *,
        api_key: str | None,
        auth_token: str | None,
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
            changes["credential"] = _credential(api_key, auth_token)
        header_betas: tuple[str, ...] = ()
        if default_headers is not None:
            changes["headers"], header_betas = _headers_and_betas(default_headers)
        given_betas = self.betas if betas is None else checked_betas(betas)
        changes["betas"] = checked_betas([*header_betas, *given_betas])
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


def settings(
    *,
    api_key: str | None,
    auth_token: str | None,
    base_url: str | None,
    betas: Iterable[AnthropicBeta] | str | None,
    default_headers: Headers | None,
    timeout: float | httpx.Timeout | None,
    max_retries: int | None,
    allow_insecure_http: bool,
    environ: Mapping[str, str],
    authenticated_elsewhere: bool,
) -> Settings:
    """Return the settings for a client's arguments; the environment fills what is missing.

    Raises MissingCredentialsError when there is no credential at all, ValueError or TypeError for
    arguments that cannot be used.
    """
    if api_key is None and auth_token is None:
        api_key = environ.get("ANTHROPIC_API_KEY") or None
    if api_key is None and auth_token is None:
        auth_token = environ.get("ANTHROPIC_AUTH_TOKEN") or None
    chosen = DEFAULTS.changed(
        api_key=api_key,
        auth_token=auth_token,
        base_url=base_url if base_url is not None else environ.get("ANTHROPIC_BASE_URL") or None,
        betas=betas,
        default_headers=default_headers,
        timeout=timeout,
        max_retries=max_retries,
        allow_insecure_http=allow_insecure_http,
    )
    credential_named = _CREDENTIAL_HEADERS & {name.lower() for name in chosen.headers}
    if chosen.credential is None and not credential_named and not authenticated_elsewhere:
        raise MissingCredentialsError(
            "no credential: set the environment variable ANTHROPIC_API_KEY (or "
            "ANTHROPIC_AUTH_TOKEN), or pass api_key= (or auth_token=)"
        )
    return chosen


def authenticates(http_client: httpx.Client | httpx.AsyncClient) -> bool:
    """Tell whether an httpx client of the caller's brings a credential of its own."""
    return http_client.auth is not None or bool(_CREDENTIAL_HEADERS & http_client.headers.keys())


def _credential(api_key: str | None, auth_token: str | None) -> tuple[str, Secret]:
    if api_key is not None and auth_token is not None:
        raise ValueError("give api_key or auth_token, not both")
    if api_key is not None:
        return "X-Api-Key", Secret(_checked_credential(api_key, "api_key"))
    return "Authorization", Secret("Bearer " + _checked_credential(auth_token, "auth_token"))


def _checked_credential(value: object, argument: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be a string, not {type(value).__name__}")
    if not value:
        raise ValueError(f"{argument} is empty")
    if not is_header_value(value) or not value.isprintable():
        raise ValueError(
            f"{argument} has characters that no header may hold, such as a line break or a blank "
            "at an end; was it copied whole and alone? (its value is not shown here)"
        )
    return value


def _headers_and_betas(headers: Headers | None) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """Take betas out of the default headers, so that they unite with the others."""
    checked = checked_headers(headers, "default_headers")
    betas: tuple[str, ...] = ()
    for name in [name for name in checked if name.lower() == BETA_HEADER]:
        betas += split_betas(checked.pop(name) or "")
    return checked, betas


def checked_timeout(timeout: object) -> httpx.Timeout:
    """Return a Timeout; a number of seconds means every part of it."""
    if isinstance(timeout, httpx.Timeout):
        return timeout
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout must be seconds or an httpx.Timeout, not {timeout!r}")
    if not 0 < timeout < float("inf"):
        raise ValueError(f"timeout must be a positive number of seconds, not {timeout!r}")
    return httpx.Timeout(timeout)


def checked_retries(max_retries: object) -> int:
    """Return how many further attempts a call may make."""
    if isinstance(max_retries, bool) or not isinstance(max_retries, int):
        raise TypeError(f"max_retries must be an int, not {max_retries!r}")
    if max_retries < 0:
        raise ValueError(f"max_retries must be 0 or more, not {max_retries}")
    return max_retries
