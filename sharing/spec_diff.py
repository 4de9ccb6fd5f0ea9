"""Reports what changed in the API since a revision, and whether it is breaking.

python -m sharing.spec_diff REVISION

Where GITHUB_STEP_SUMMARY names a file, as on a pull request, the same is added to it as Markdown.
Exits 1 when something breaks and `info.version` did not go up a major version, 2 when there is
nothing to compare.
"""

import argparse
import re
import sys
import tempfile
from pathlib import Path

from generator import process
from generator.broken_pipes import exit_code
from generator.documents import Document, SpecError, read_yaml
from sharing import changes, github_summary

ROOT = Path(__file__).resolve().parent.parent
SIGNS = {"added": "+", "changed": "~", "removed": "-"}


def main() -> int:
    """Run the command; return its exit code."""
    arguments = argparse.ArgumentParser(description="Report what changed in the API.")
    arguments.add_argument("revision", help="a git revision, such as a tag or HEAD")
    revision: str = arguments.parse_args().revision
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            former, present = _former(revision, folder), read_yaml(ROOT / "openapi.yaml")
            versions = _version(former), _version(present)
            found = changes.changes(former, present, folder)
    except (SpecError, process.ProcessError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return _report(revision, found, *versions)


def _former(revision: str, folder: Path) -> Document:
    path = folder / f"openapi.yaml of {revision.replace('/', '-')}"
    command = ("git", "show", "--end-of-options", f"{revision}:./openapi.yaml")
    try:
        shown = process.run(*command, folder=ROOT)
    except process.ProcessError as error:
        raise SpecError(f"No openapi.yaml to compare with at {revision!r}: {error}") from error
    path.write_text(shown.stdout, "utf-8")
    return read_yaml(path)


def _version(document: Document) -> tuple[int, int, int]:
    version = str(document.get("info", {}).get("version"))
    if not (match := re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)):
        raise SpecError(f"info.version is {version!r}; it should be three numbers, such as 1.2.3.")
    major, minor, patch = match.groups()
    return int(major), int(minor), int(patch)


def _report(
    revision: str,
    found: list[changes.Change],
    before: tuple[int, int, int],
    after: tuple[int, int, int],
) -> int:
    breaking = sum(change.breaking for change in found)
    needed = f"A breaking change needs a major version: {before[0] + 1}.0.0."
    is_refused = bool(breaking and after[0] <= before[0])
    verdict = f"The API is as it was at {revision}."
    if found:
        verdict = (
            f"{_counted(len(found), 'change')}, {breaking or 'none'} of them breaking; "
            f"info.version {_dotted(before)} → {_dotted(after)}."
        )
    whole = f"{verdict} **{needed}**" if is_refused else verdict
    github_summary.add(github_summary.markdown(revision, found, whole))
    print(f"Since {revision}:" if found else verdict)
    for change in found:
        mark = "  [breaking]" if change.breaking else ""
        print(f"  {SIGNS[change.kind]} {change.kind:<8} {change.text}{mark}")
    if found:
        print(verdict)
    if is_refused:
        print(needed, file=sys.stderr)
    return int(is_refused)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _dotted(version: tuple[int, int, int]) -> str:
    return ".".join(str(number) for number in version)


if __name__ == "__main__":
    sys.exit(exit_code(main))
