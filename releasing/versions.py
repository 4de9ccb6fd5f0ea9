"""Compares the version, the tag and the changelog."""

import datetime
import re
from collections.abc import Mapping, Sequence

PLACE = "wrapper/anthropic_models/_version.py"
"""The only file that names the version, beside the changelog."""


def repetitions(version: str, texts: Mapping[str, str]) -> Sequence[str]:
    """Return which of the files, given by path, name the version although only one should."""
    # v0.1.0 names a tag of the past as often as this version; 10.1.0 and 0.1.0.1 are others.
    named = re.compile(rf"(?<![\w.]){re.escape(version)}(?![\w.]*\d)")
    found = [f"{path} repeats it" for path, text in texts.items() if named.search(text)]
    if f"{PLACE} repeats it" not in found:
        return [f"{PLACE} does not name the version {version}"]
    found.remove(f"{PLACE} repeats it")
    return [f"the version {version} belongs into {PLACE} alone; {what}" for what in found]


def changelog_complaints(changelog: str, version: str, tag: str | None) -> Sequence[str]:
    """Return what is wrong with the changelog's entry for the version.

    Its heading is `## 1.2.3 (unreleased)`; with a tag, the date stands in the brackets.
    """
    entry = re.search(
        rf"^## {re.escape(version)} \(([^)\n]*)\)\n(.*?)(?=^## |\Z)", changelog, re.M | re.S
    )
    if entry is None:
        return [f"CHANGELOG.md has no `## {version} (unreleased)`, nor one with a date"]
    found: list[str] = []
    when, text = entry.groups()
    if not text.strip():
        found.append(f"CHANGELOG.md has no text for {version}")
    if when == "unreleased":
        if tag:
            found.append(
                f"CHANGELOG.md calls {version} unreleased; it should have the date of {tag}"
            )
    elif not _is_date(when):
        found.append(f"CHANGELOG.md dates {version} {when!r}, not like 2026-01-31")
    return found


def tag_complaints(tag: str | None, version: str) -> Sequence[str]:
    """Return what is wrong with the tag, when there is one."""
    if tag in (None, f"v{version}"):
        return []
    return [f"the tag is {tag}, the version {version}: the tag should be v{version}"]


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
