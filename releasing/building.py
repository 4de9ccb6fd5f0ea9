"""Builds the wheel and the sdist, and compares them with others of the same source."""

import tarfile
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from releasing.archives import read
from releasing.clean_process import run

TOOLS = Path(__file__).resolve().parent.parent / ".envs" / "release" / "bin" / "python"
"""The Python that has the pinned `build`, hatchling and twine."""


@frozen
class Distributions:
    """What a release consists of."""

    wheel: Path
    sdist: Path


def build(source: Path, target: Path) -> Distributions:
    """Build both from the folder `source` into the folder `target`.

    Raises ProcessError when that fails.
    """
    both = ("--wheel", "--sdist", "--no-isolation", "--outdir", target)
    run(TOOLS, "-m", "build", *both, source, folder=source)
    (wheel,), (sdist,) = target.glob("*.whl"), target.glob("*.tar.gz")
    return Distributions(wheel, sdist)


def build_again(built: Distributions, folder: Path) -> Distributions:
    """Unpack the sdist in the new folder `folder` and build both from there."""
    with tarfile.open(built.sdist) as archive:
        # Python 3.11 has filters since 3.11.4; Debian 12 has an earlier one.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)  # noqa: S202 - it was built here
    (source,) = folder.iterdir()
    return build(source, folder / "built")


def differences(first: Path, second: Path) -> Sequence[str]:
    """Return how two archives of the same source differ; nothing when they are equal."""
    if first.name != second.name:
        return [f"the sdist builds {second.name}, the tree {first.name}"]
    if first.read_bytes() == second.read_bytes():
        return []
    tree, unpacked = read(first), read(second)
    names = sorted(tree.keys() | unpacked.keys())
    other = [name for name in names if tree.get(name) != unpacked.get(name)]
    what = ", ".join(other) or "dates, order or modes of its files"
    return [f"the sdist builds another {first.name} than the tree; they differ in: {what}"]
