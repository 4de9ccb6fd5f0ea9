"""The credential of a client: an API key or a token, as the header that carries it."""

import httpx

from .headers import is_header_value
from .secret import Secret

CREDENTIAL_HEADERS = {"x-api-key", "authorization"}

_ARGUMENTS = ("api_key", "auth_token")
VARIABLES = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")


def credential(
    *,
    api_key: Secret | None = None,
    auth_token: Secret | None = None,
    names: tuple[str, str] = _ARGUMENTS,
) -> tuple[str, Secret]:
    """Return the header that carries a credential, and its value.

    Raises ValueError or TypeError, without quoting the credential.
    """
    if api_key is not None and auth_token is not None:
        raise ValueError("give api_key or auth_token, not both")
    name, secret = (names[0], api_key) if api_key is not None else (names[1], auth_token)
    assert secret is not None  # noqa: S101 - for the type checkers
    if not secret.is_text():
        raise TypeError(f"{name} must be a string, not {secret.kind()}")
    if not secret.reveal():
        raise ValueError(f"{name} is empty")
    if not is_header_value(secret.reveal()) or not secret.reveal().isprintable():
        raise ValueError(
            f"{name} has characters that no header may hold, such as a line break or a blank "
            "at an end; was it copied whole and alone? (its value is not shown here)"
        )
    if api_key is not None:
        return "X-Api-Key", secret
    return "Authorization", Secret(f"Bearer {secret.reveal()}")


def authenticates(http_client: httpx.Client | httpx.AsyncClient) -> bool:
    """Tell whether an httpx client of the caller's brings a credential of its own."""
    return http_client.auth is not None or bool(CREDENTIAL_HEADERS & http_client.headers.keys())
