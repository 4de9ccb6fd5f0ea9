"""Describes which credentials the API takes, and whether a change of that is breaking."""

from collections.abc import Iterator, Mapping

from generator.document_json import METHODS
from generator.documents import Document

Choices = list[Mapping[str, object]]
"""The alternatives, each with what is needed together."""


def differing(base: Document, revision: Document) -> Iterator[tuple[str, bool]]:
    """Return each change in words, and whether a credential that was enough no longer is."""
    pairs: list[tuple[str, Choices, Choices]] = [
        ("", base.get("security", []), revision.get("security", []))
    ]
    for path, item in revision["paths"].items():
        for method in METHODS:
            former: Document = base["paths"].get(path, {}).get(method, {})
            operation: Document = item.get(method, {})
            if "security" in former or "security" in operation:
                before = former.get("security", pairs[0][1])
                after = operation.get("security", pairs[0][2])
                pairs.append((f" of {method.upper()} {path}", before, after))
    for where, before, after in pairs:
        if before != after:
            enough = all(any(new.keys() <= old.keys() for new in after) for old in before)
            yield f"credentials{where}: {_words(before)} → {_words(after)}", not enough


def _words(choices: Choices) -> str:
    if not choices:
        return "none"
    return " or ".join(_together(list(choice)) for choice in choices)


def _together(names: list[str]) -> str:
    if not names:
        return "none"
    return names[0] if len(names) == 1 else f"{' and '.join(names)} together"
