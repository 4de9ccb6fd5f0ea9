"""Headers: which can be sent, which override others, and the union of betas."""

import re
from collections.abc import Iterable, Mapping
from enum import Enum

from anthropic_models_generated.models import KnownAnthropicBeta

from ..errors import ArgumentError

AnthropicBeta = str | KnownAnthropicBeta
Betas = Iterable[AnthropicBeta] | str
Headers = Mapping[str, str | None]

BETA_HEADER = "anthropic-beta"

# RFC 9110, 5.1 and 5.5: a token; visible characters, with spaces and tabs only between them.
# Bytes beyond ASCII have no agreed meaning in a header, so they are refused, too.
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"(?:[!-~](?:[\t -~]*[!-~])?)?")
_MANAGED = ("content-length", "transfer-encoding", "connection", "keep-alive", "upgrade")

_BETA = re.compile(r"[!-+\--~]+")


def merged_headers(*layers: Headers) -> dict[str, str | None]:
    """Merge headers, by lower-case name: a later layer overrides, and None removes a header."""
    return {name.lower(): value for layer in layers for name, value in layer.items()}


def checked_headers(headers: object, argument: str) -> dict[str, str | None]:
    """Return the headers, or raise ValueError or TypeError that names the one that cannot be sent.

    Values are not quoted in errors: they may be credentials.
    """
    wrong = f"{argument} must map names to strings (or to None, which removes a header)"
    if headers is None:
        return {}
    if not isinstance(headers, Mapping):
        raise TypeError(wrong)
    checked: dict[str, str | None] = {}
    name: object
    value: object
    for name, value in headers.items():  # pyright: ignore[reportUnknownVariableType] - checked below
        if not isinstance(name, str) or not (value is None or isinstance(value, str)):
            raise TypeError(wrong)
        if not _NAME.fullmatch(name):
            raise ValueError(f"{argument}: {name!r} is not a valid header name")
        if name.lower() in _MANAGED or (name.lower() == "host" and value is None):
            raise ValueError(f"{argument}: {name!r} is managed by the HTTP client")
        if value is not None and not is_header_value(value):
            raise ValueError(f"{argument}: {name!r} has invalid characters in its value")
        checked[name] = value
    return checked


def is_header_value(value: str) -> bool:
    """Return whether a text can be sent unchanged as the value of a header."""
    return _VALUE.fullmatch(value) is not None


def checked_betas(betas: object) -> tuple[str, ...]:
    """Return betas as strings, in order and without repeats; a single string is one beta.

    Raises TypeError for what is not a string, ArgumentError for a string that is not one beta.
    """
    if betas is None:
        return ()
    given: object = [betas] if isinstance(betas, str) else betas
    if not isinstance(given, Iterable):
        raise TypeError(f"betas must be strings or KnownAnthropicBeta values, not {given!r}")
    items: Iterable[object] = given  # pyright: ignore[reportUnknownVariableType] - checked below
    return tuple(dict.fromkeys(_checked_beta(beta) for beta in items))


def _checked_beta(beta: object) -> str:
    if not isinstance(beta, str):
        raise TypeError(f"a beta must be a string or a KnownAnthropicBeta, not {beta!r}")
    text = str(beta.value if isinstance(beta, Enum) else beta)
    if not _BETA.fullmatch(text):
        raise ArgumentError(
            "betas",
            "must be in ASCII, without commas, spaces and line breaks, "
            f"unlike {text!r}; give several betas as a list",
        )
    return text


def split_betas(value: str) -> tuple[str, ...]:
    """Return the betas in the value of an `anthropic-beta` header."""
    return checked_betas([part.strip() for part in value.split(",") if part.strip()])
