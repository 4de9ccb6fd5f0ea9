"""Header defaults: checking, layering and the union of betas."""

import re
from collections.abc import Iterable, Mapping
from enum import Enum

from anthropic_models_generated.models import KnownAnthropicBeta

AnthropicBeta = str | KnownAnthropicBeta
Headers = Mapping[str, str | None]

BETA_HEADER = "anthropic-beta"

# RFC 9110, 5.1 and 5.5: a token; visible characters with blanks only between them. Bytes beyond
# ASCII have no agreed meaning in a header, so they are refused too.
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"(?:[!-~](?:[\t -~]*[!-~])?)?")
_OF_THE_CONNECTION = ("content-length", "transfer-encoding", "connection", "keep-alive", "upgrade")

_BETA = re.compile(r"[!-+\--~]+")


def layered(*layers: Headers) -> dict[str, str]:
    """Return the headers of all layers; a later layer wins, and its None removes."""
    merged: dict[str, tuple[str, str | None]] = {}
    for layer in layers:
        for name, value in layer.items():
            merged[name.lower()] = (name, value)
    return {name: value for name, value in merged.values() if value is not None}


def removed(*layers: Headers) -> frozenset[str]:
    """Return the names, in lower case, that the layers together remove."""
    verdicts = {name.lower(): value is None for layer in layers for name, value in layer.items()}
    return frozenset(name for name, gone in verdicts.items() if gone)


def checked_headers(headers: Headers | None, argument: str) -> dict[str, str | None]:
    """Return the headers, or raise ValueError or TypeError that names the one that cannot be sent.

    Values are not quoted in errors: they may be credentials.
    """
    checked: dict[str, str | None] = {}
    wrong = f"{argument} must map names to strings (or None, to remove a default)"
    if headers is not None and not isinstance(headers, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without a type checker
        raise TypeError(wrong)
    for name, value in (headers or {}).items():
        if not isinstance(name, str) or not (value is None or isinstance(value, str)):  # pyright: ignore[reportUnnecessaryIsInstance] - callers without a type checker
            raise TypeError(wrong)
        if not _NAME.fullmatch(name):
            raise ValueError(f"{argument}: {name!r} cannot be the name of a header")
        if name.lower() in _OF_THE_CONNECTION or (name.lower() == "host" and value is None):
            raise ValueError(f"{argument}: {name!r} is up to the connection")
        if value is not None and not is_header_value(value):
            raise ValueError(f"{argument}: {name!r} has characters that no header may hold")
        checked[name] = value
    return checked


def is_header_value(value: str) -> bool:
    """Tell whether a text can be sent as the value of a header, as it is."""
    return _VALUE.fullmatch(value) is not None


def checked_betas(betas: Iterable[AnthropicBeta] | str | None) -> tuple[str, ...]:
    """Return betas as strings, in order and without repeats; a single string is one beta.

    Raises TypeError for what is no string, ValueError for what one list item cannot hold.
    """
    if betas is None:
        return ()
    given: Iterable[object] = [betas] if isinstance(betas, str) else betas
    return tuple(dict.fromkeys(_checked_beta(beta) for beta in given))


def _checked_beta(beta: object) -> str:
    if not isinstance(beta, str):
        raise TypeError(f"a beta must be a string or a KnownAnthropicBeta, not {beta!r}")
    text = str(beta.value if isinstance(beta, Enum) else beta)
    if not _BETA.fullmatch(text):
        raise ValueError(
            f"{text!r} cannot be a beta: it must be a word of ASCII characters without commas, "
            "blanks and line breaks; give several betas as a list"
        )
    return text


def split_betas(value: str) -> tuple[str, ...]:
    """Return the betas in the value of an `anthropic-beta` header."""
    return checked_betas([part.strip() for part in value.split(",") if part.strip()])
