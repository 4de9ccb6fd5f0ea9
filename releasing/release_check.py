"""Builds wheel and sdist, and puts them into dist/release/ when all about them is right.

python releasing/release_check.py [--tag v1.2.3]
"""

import argparse
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

import interpreters
import versions
from archives import metadata, read
from building import TOOLS, Distributions, build, build_again, differences
from contents import sdist_complaints, wheel_complaints
from packaging.specifiers import SpecifierSet
from process import CommandError, run
from readme import description_complaints
from trying import Trial, try_wheel

ROOT = Path(__file__).resolve().parent.parent
UV = (sys.executable, "-m", "uv")


def main() -> int:
    """Run the command; return its exit code."""
    arguments = argparse.ArgumentParser(description="Check a release.")
    arguments.add_argument("--tag", help="the tag of the release; default: that of HEAD, if any")
    tag: str | None = arguments.parse_args().tag
    started = time.monotonic()
    target = ROOT / "dist" / "release"
    target.parent.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".release-", dir=target.parent) as name:
            folder = Path(name)
            built = build(ROOT, folder / "release")
            found = [*_look_at(built, tag or _tag_of_head(), folder), *_try(built, folder)]
            if not found:
                shutil.rmtree(target, ignore_errors=True)
                (folder / "release").rename(target)
    except (CommandError, OSError) as error:
        found = [str(error)]
    if found:
        print("\n".join(found), "Nothing is in dist/release/ anew.", sep="\n", file=sys.stderr)
        return 1
    print(f"All is right, in {time.monotonic() - started:.0f} seconds.")
    for path in sorted(target.iterdir()):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes")
    return 0


def _look_at(built: Distributions, tag: str | None, folder: Path) -> Sequence[str]:
    """Return what is wrong with both as they lie there."""
    again = build_again(built, folder / "unpacked")
    wheel, sdist = read(built.wheel), read(built.sdist)
    about = metadata(wheel)
    version = str(about["Version"])
    tracked = run("git", "ls-files", "-z", folder=ROOT).split("\0")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    print(f"{version}{f', tagged {tag}' if tag else ''}: looking at wheel and sdist", flush=True)
    run(TOOLS, "-m", "twine", "check", "--strict", built.wheel, built.sdist, folder=ROOT)
    return [
        *differences(built.wheel, again.wheel),
        *differences(built.sdist, again.sdist),
        *wheel_complaints(wheel, tracked, project["scripts"]),
        *sdist_complaints(sdist, tracked),
        *description_complaints(str(about.get_payload())),
        *versions.tag_complaints(tag, version),
        *versions.changelog_complaints(_text("CHANGELOG.md"), version, tag),
        *versions.repetitions(version, {path: _text(path) for path in _of_the_package(tracked)}),
    ]


def _try(built: Distributions, folder: Path) -> Sequence[str]:
    """Return what is wrong with the wheel on the Pythons that are there."""
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
    claimed = interpreters.claimed(about.get_all("Classifier", []))
    found: list[str] = []
    for version, python in there.items():
        name = ".".join(map(str, version))
        print(f"Python {name}: trying the wheel in empty environments", flush=True)
        found += [f"Python {name}: {what}" for what in try_wheel(trial, python, folder / name)]
    if missing := [
        f"Python {major}.{minor}" for major, minor in claimed if (major, minor) not in there
    ]:
        print(f"skipped: no {', '.join(missing)} here")
    return found if there else ["no Python is here on which the wheel could be tried"]


def _tag_of_head() -> str | None:
    told = run("git", "tag", "--points-at", "HEAD", "v*", folder=ROOT).split()
    return told[0] if told else None


def _of_the_package(tracked: Sequence[str]) -> Sequence[str]:
    """Return the files that could repeat the version: those that people read or that are built."""
    return [
        path
        for path in tracked
        if path in ("README.md", "pyproject.toml") or path.startswith(("generated/", "wrapper/"))
    ]


def _text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


if __name__ == "__main__":
    sys.exit(main())
