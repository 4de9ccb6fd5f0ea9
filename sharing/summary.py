"""Writes what `spec-diff` found as Markdown, for the page of a pull request."""

from collections.abc import Sequence

from sharing.changes import Change


def markdown(revision: str, found: Sequence[Change], verdict: str) -> str:
    """Return the changes as a table, those that break somebody first."""
    lines = [f"## The API since `{revision}`", "", verdict, ""]
    if found:
        lines += ["| | change |", "|---|---|"]
        for change in sorted(found, key=lambda change: not change.breaking):
            kind = f"**breaking**, {change.kind}" if change.breaking else change.kind
            lines.append(f"| {kind} | {change.text.replace('|', chr(92) + '|')} |")
        lines.append("")
    return "\n".join(lines)
