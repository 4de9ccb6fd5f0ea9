"""Checks that a request has the credentials of the security schemes in openapi.yaml."""

from collections.abc import Mapping, Sequence

from .references import Json


def has_credentials(
    security: Sequence[Sequence[Json]], headers: Mapping[str, str], query: Mapping[str, str]
) -> bool:
    """Return whether the credentials of one alternative were sent, or none are required.

    Header names are in lower case.
    """
    return not security or any(
        all(_is_sent(scheme, headers, query) for scheme in schemes) for schemes in security
    )


def _is_sent(scheme: Json, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
    if scheme["type"] == "apiKey" and scheme["in"] in ("header", "query"):
        values = headers if scheme["in"] == "header" else query
        name = scheme["name"]
        return bool(values.get(name.lower() if scheme["in"] == "header" else name, "").strip())
    if scheme["type"] == "apiKey":
        return "cookie" in headers
    kind = scheme.get("scheme", "bearer")  # of http; OAuth and OpenID Connect send such tokens
    sent, _, value = headers.get("authorization", "").partition(" ")
    return sent.lower() == kind.lower() and bool(value.strip())
