"""Builds wheel and sdist, checks them, and puts them into dist/release/.

python -m releasing.release_check [--tag v1.2.3]
"""

import argparse
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from generator.broken_pipes import exit_code
from generator.process import ProcessError
from releasing import interpreters
from releasing.archives import metadata, read
from releasing.artefact_checks import Candidate, complaints
from releasing.building import TOOLS, Distributions, build, build_again
from releasing.clean_process import run
from releasing.install_checks import Trial, try_lowest, try_wheel

ROOT = Path(__file__).resolve().parent.parent
UV = (ROOT / ".envs" / "uv" / "bin" / "uv",)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = argparse.ArgumentParser(description="Check a release.")
    arguments.add_argument("--tag", help="the tag of the release; default: that of HEAD, if any")
    tag: str | None = arguments.parse_args(words).tag
    started = time.monotonic()
    target = ROOT / "dist" / "release"
    target.parent.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".release-", dir=target.parent) as name:
            found = check(target, Path(name), tag)
    except (ProcessError, OSError) as error:
        found = [str(error)]
    if found:
        print(*found, "Nothing was put into dist/release/.", sep="\n", file=sys.stderr)
        return 1
    print(f"Everything is right, after {time.monotonic() - started:.0f} seconds.")
    for path in sorted(target.iterdir()):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes")
    return 0


def check(target: Path, folder: Path, tag: str | None) -> Sequence[str]:
    """Build in `folder`, and replace the folder `target` when everything is right.

    Returns what is wrong, in sentences; raises ProcessError when something fails.
    """
    print("Building wheel and sdist, from the tree and from the sdist", flush=True)
    built = build(ROOT, folder / "release")
    again = build_again(built, folder / "unpacked")
    run(TOOLS, "-m", "twine", "check", "--strict", built.wheel, built.sdist, folder=ROOT)
    found = complaints(_candidate(built, again, tag)) or try_everywhere(built, folder)
    if not found:
        shutil.rmtree(target, ignore_errors=True)
        built.wheel.parent.rename(target)
    return found


def _candidate(built: Distributions, again: Distributions, tag: str | None) -> Candidate:
    if not (ROOT / ".git").exists():
        raise ProcessError("a release is compared with what git tracks, but here is no repository")
    tracked = run("git", "ls-files", "-z", folder=ROOT).split("\0")
    of_head = run("git", "tag", "--points-at", "HEAD", "v*", folder=ROOT).split()
    # Where the version could be repeated.
    places = ("README.md", "pyproject.toml", "generated/", "wrapper/")
    return Candidate(
        built=built,
        again=again,
        tag=tag or next(iter(of_head), None),
        tracked=tracked,
        scripts=tomllib.loads(_text("pyproject.toml"))["project"]["scripts"],
        changelog=_text("CHANGELOG.md"),
        texts={path: _text(path) for path in tracked if path.startswith(places)},
    )


def try_everywhere(built: Distributions, folder: Path) -> Sequence[str]:
    """Return what is wrong with the wheel on the Pythons that are there; work in `folder`."""
    about = metadata(read(built.wheel))
    pins = ROOT / "requirements"
    trial = Trial(
        wheel=built.wheel,
        version=str(about["Version"]),
        readme=_text("README.md"),
        uv=UV,
        pins=pins / "dev.txt",
        bare_pins=pins / "runtime.txt",
    )
    there = interpreters.chosen(
        interpreters.on_this_machine(UV, folder), SpecifierSet(str(about["Requires-Python"]))
    )
    trials = [(f"Python {name}", try_wheel, python) for name, python in there.items()]
    if there:
        oldest = min(there, key=Version)
        name = f"Python {oldest} with the lowest versions that the wheel allows"
        trials.append((name, try_lowest, there[oldest]))
    found: list[str] = []
    for name, attempt, python in trials:
        print(f"{name}: trying the wheel in empty environments", flush=True)
        try:
            wrong = attempt(trial, python, folder / name.replace(" ", "-"))
        except ProcessError as error:
            wrong = [str(error)]
        found += [f"{name}: {what}" for what in wrong]
    claimed = interpreters.claimed(about.get_all("Classifier", []))
    if missing := [name for name in claimed if name not in there]:
        print(f"Skipped: no Python {', '.join(missing)} here")
    return found if there else ["no Python is here on which the wheel could be tried"]


def _text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


if __name__ == "__main__":
    sys.exit(exit_code(main))
