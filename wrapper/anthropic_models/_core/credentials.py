"""The credential of a client: the header that carries its API key or its token."""

import httpx

from .headers import is_header_value
from .secret import Secret

CREDENTIAL_HEADERS = {"x-api-key", "authorization"}

Credential = tuple[str, Secret[str]]
"""The name of the header, and its value."""


def api_key_credential(key: Secret[object], name: str = "api_key") -> Credential:
    """Return the header of an API key; errors (ValueError or TypeError) do not quote it."""
    return "X-Api-Key", Secret(_checked(key, name))


def auth_token_credential(token: Secret[object], name: str = "auth_token") -> Credential:
    """Return the header of a bearer token; errors (ValueError or TypeError) do not quote it."""
    return "Authorization", Secret(f"Bearer {_checked(token, name)}")


def sends_credential(http_client: httpx.Client | httpx.AsyncClient) -> bool:
    """Return whether an httpx client adds a credential of its own to requests."""
    return http_client.auth is not None or bool(CREDENTIAL_HEADERS & http_client.headers.keys())


def _checked(secret: Secret[object], name: str) -> str:
    value = secret.reveal()
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {type(value).__name__}")
    if not value:
        raise ValueError(f"{name} is empty")
    if not is_header_value(value) or not value.isprintable():
        raise ValueError(
            f"{name} has characters that are invalid in a header, such as a line break or a space "
            "at an end; was it copied correctly? (its value is not shown here)"
        )
    return value
