"""The settings of a client, from its arguments, the environment and the defaults."""

import sys
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, TypedDict

import httpx
from anthropic_models_generated.document import document

from .._version import __version__
from ..errors import MissingCredentialsError
from .base_url import checked_base_url
from .credentials import (
    CREDENTIAL_HEADERS,
    Credential,
    api_key_credential,
    auth_token_credential,
)
from .headers import (
    BETA_HEADER,
    Betas,
    Headers,
    checked_betas,
    checked_headers,
    merged_headers,
    split_betas,
)
from .secret import Secret

VERSION_HEADER = "anthropic-version"

MAX_RETRIES = 2
TIMEOUT = httpx.Timeout(60.0, connect=5.0)

_MAX_TIMEOUT = 1_000_000  # seconds, eleven days; sockets overflow at a few times as much

# Only gzip, because only gzip is decoded with a limit on the decoded size.
DEFAULT_HEADERS = {
    "accept": "application/json",
    "accept-encoding": "gzip",
    "user-agent": (
        f"anthropic-models-client/{__version__} "
        f"python/{sys.version.split()[0]} httpx/{httpx.__version__}"
    ),
}


@cache
def version_header() -> dict[str, str]:
    """Return the version of the API that is the default of openapi.yaml, as a header.

    Requests have it whose operation does not list it, and those written by hand.
    """
    defaults = [
        parameter["schema"]["default"]
        for operation in document()["operations"].values()
        for name, parameter in operation["parameters"].items()
        if name.lower() == VERSION_HEADER and "default" in parameter["schema"]
    ]
    return {VERSION_HEADER: defaults[0]} if defaults else {}


class ClientOptions(TypedDict, total=False):
    """The arguments of a client that `with_options` can change; None leaves one unchanged."""

    api_key: str | None
    """Sent as `X-Api-Key`."""
    auth_token: str | None
    """Sent as `Authorization: Bearer …`, instead of a key."""
    base_url: str | None
    """The URL of the API, without `/v1`."""
    betas: Betas | None
    """Beta features to use in every call. A string is one beta."""
    default_headers: Headers | None
    """Headers of every request; None removes a default header."""
    timeout: float | httpx.Timeout | None
    """Seconds, or an httpx.Timeout, which is used unchanged."""
    max_retries: int | None
    """How often a failed request is retried."""
    allow_insecure_http: bool | None
    """Allow a base_url with http:// (unencrypted) for other hosts than this machine."""


class Settings(NamedTuple):
    """The settings of a client that its requests use."""

    base_url: str
    credential: Credential | None
    betas: tuple[str, ...]
    headers: Secret[dict[str, str | None]]
    timeout: httpx.Timeout
    max_retries: int
    allow_insecure_http: bool

    def credential_headers(self) -> dict[str, str]:
        """Return the header with the credential; an empty dict when there is none."""
        if self.credential is None:
            return {}
        name, secret = self.credential
        return {name: secret.reveal()}

    def all_betas(self) -> tuple[str, ...]:
        """Return the betas in the default headers, then the other betas."""
        headers = self.headers.reveal()
        values = [value or "" for name, value in headers.items() if name.lower() == BETA_HEADER]
        return checked_betas([*split_betas(",".join(values)), *self.betas])

    def removes_betas(self) -> bool:
        """Return whether a default header removes the betas that openapi.yaml has as a default."""
        return merged_headers(self.headers.reveal()).get(BETA_HEADER, "") is None

    def has_credential(self) -> bool:
        """Return whether there is a credential, or a default header that sets or removes one."""
        named = {name.lower() for name in self.headers.reveal()}
        return self.credential is not None or bool(CREDENTIAL_HEADERS & named)


Environment = Mapping[str, str]


def default_settings() -> Settings:
    """Return the settings of a client without arguments and environment."""
    return Settings(
        base_url=document()["server"],
        credential=None,
        betas=(),
        headers=Secret(dict[str, str | None]()),
        timeout=TIMEOUT,
        max_retries=MAX_RETRIES,
        allow_insecure_http=False,
    )


def settings(
    options: Secret[ClientOptions],
    environment: Secret[Environment],
    *,
    http_client_sends_credential: bool,
) -> Settings:
    """Return the settings of a new client.

    A base URL or a credential that is not in the options is read from the environment; the
    credential is not needed when the httpx client sends one. Raises MissingCredentialsError when
    there is none at all, ValueError or TypeError for wrong values.
    """
    base = default_settings()
    url = environment.reveal().get("ANTHROPIC_BASE_URL")
    if url and options.reveal().get("base_url") is None:
        allowed = options.reveal().get("allow_insecure_http")
        base = base._replace(base_url=checked_base_url(url, bool(allowed), "ANTHROPIC_BASE_URL"))
    given = changed_settings(base, options)
    if given.has_credential() or http_client_sends_credential:
        return given
    return given._replace(credential=_environment_credential(environment))


def changed_settings(base: Settings, options: Secret[ClientOptions]) -> Settings:
    """Return settings, with the options that are not None; raises ValueError or TypeError."""
    given = {name: value for name, value in options.reveal().items() if value is not None}
    changes: dict[str, Any] = {}
    key, token = given.pop("api_key", None), given.pop("auth_token", None)
    if key is not None and token is not None:
        raise ValueError("give api_key or auth_token, not both")
    if key is not None:
        changes["credential"] = api_key_credential(Secret(key))
    if token is not None:
        changes["credential"] = auth_token_credential(Secret(token))
    if "default_headers" in given:
        changes["headers"] = _checked_default_headers(given.pop("default_headers"))
    if "betas" in given:
        changes["betas"] = checked_betas(given.pop("betas"))
    if "timeout" in given:
        changes["timeout"] = checked_timeout(given.pop("timeout"))
    if "max_retries" in given:
        changes["max_retries"] = checked_max_retries(given.pop("max_retries"))
    allowed = changes["allow_insecure_http"] = bool(
        given.pop("allow_insecure_http", base.allow_insecure_http)
    )
    changes["base_url"] = checked_base_url(given.pop("base_url", base.base_url), allowed)
    if given:
        raise TypeError(f"unexpected keyword argument {min(given)!r}")
    return base._replace(**changes)


def _environment_credential(environment: Secret[Environment]) -> Credential:
    if key := environment.reveal().get("ANTHROPIC_API_KEY"):
        return api_key_credential(Secret(key), "ANTHROPIC_API_KEY")
    if token := environment.reveal().get("ANTHROPIC_AUTH_TOKEN"):
        return auth_token_credential(Secret(token), "ANTHROPIC_AUTH_TOKEN")
    raise MissingCredentialsError(
        "no credential: set the environment variable ANTHROPIC_API_KEY (or "
        "ANTHROPIC_AUTH_TOKEN), or pass api_key= (or auth_token=)"
    )


def _checked_default_headers(headers: object) -> Secret[dict[str, str | None]]:
    checked = checked_headers(headers, "default_headers")
    for name, value in checked.items():
        if name.lower() == BETA_HEADER:
            split_betas(value or "")
    return Secret(checked)


def checked_timeout(timeout: object) -> httpx.Timeout:
    """Return an httpx.Timeout; a number of seconds sets every part of it."""
    if isinstance(timeout, httpx.Timeout):
        if any((part or 0) > _MAX_TIMEOUT for part in timeout.as_dict().values()):
            raise ValueError(f"timeout must be at most {_MAX_TIMEOUT} seconds, not {timeout}")
        return timeout
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout must be seconds or an httpx.Timeout, not {timeout!r}")
    if not 0 < timeout < float("inf"):
        raise ValueError(f"timeout must be a positive number of seconds, not {timeout}")
    return httpx.Timeout(min(timeout, _MAX_TIMEOUT))


def checked_max_retries(max_retries: object) -> int:
    """Return how often a call may be retried; raises ValueError or TypeError."""
    retries = checked_int("max_retries", max_retries)
    if retries < 0:
        raise ValueError(f"max_retries must be 0 or more, not {retries}")
    return retries


def checked_int(name: str, value: object) -> int:
    """Return an int; raises TypeError for anything else, including a bool."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {value!r}")
    return value
