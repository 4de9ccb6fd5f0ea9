"""Writes what was found as Markdown, for the page of a workflow's run."""

import os
from collections.abc import Sequence
from pathlib import Path

from sharing.changes import Change


def markdown(revision: str, found: Sequence[Change], verdict: str) -> str:
    """Return the changes as a table, breaking ones first."""
    lines = [f"## The API since `{revision}`", "", verdict, ""]
    if found:
        lines += ["| | change |", "|---|---|"]
        for change in sorted(found, key=lambda change: not change.breaking):
            kind = f"**breaking**, {change.kind}" if change.breaking else change.kind
            lines.append(f"| {kind} | {change.text.replace('|', chr(92) + '|')} |")
        lines.append("")
    return "\n".join(lines)


def add(text: str) -> None:
    """Add Markdown to the summary of the run, where there is one."""
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
