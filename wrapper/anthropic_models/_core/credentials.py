"""The credential of a client: an API key or a token, as the header that carries it."""

import httpx

from .headers import is_header_value
from .secret import Secret

CREDENTIAL_HEADERS = {"x-api-key", "authorization"}

Credential = tuple[str, Secret[str]]
"""The name of the header, and its value."""


def api_key_credential(key: Secret[object], name: str = "api_key") -> Credential:
    """Return the header of an API key; raises ValueError or TypeError without quoting it."""
    return "X-Api-Key", Secret(_checked(key, name))


def auth_token_credential(token: Secret[object], name: str = "auth_token") -> Credential:
    """Return the header of a bearer token; raises ValueError or TypeError without quoting it."""
    return "Authorization", Secret(f"Bearer {_checked(token, name)}")


def authenticates(http_client: httpx.Client | httpx.AsyncClient) -> bool:
    """Return whether an httpx client of the user's sends a credential of its own."""
    return http_client.auth is not None or bool(CREDENTIAL_HEADERS & http_client.headers.keys())


def _checked(secret: Secret[object], name: str) -> str:
    value = secret.reveal()
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {type(value).__name__}")
    if not value:
        raise ValueError(f"{name} is empty")
    if not is_header_value(value) or not value.isprintable():
        raise ValueError(
            f"{name} has characters that no header may hold, such as a line break or a blank "
            "at an end; was it copied whole and alone? (its value is not shown here)"
        )
    return value
