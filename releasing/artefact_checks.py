"""Checks what would be released, without running it."""

from collections.abc import Mapping, Sequence

from attrs import frozen

from releasing import versions
from releasing.archives import metadata, read
from releasing.building import Distributions, differences
from releasing.contents import sdist_complaints, wheel_complaints
from releasing.readme_checks import description_complaints


@frozen
class Candidate:
    """What would be released, and what it must agree with."""

    built: Distributions
    again: Distributions
    """Built from the unpacked sdist."""
    tag: str | None
    """The tag of the release, when it has one already."""
    tracked: Sequence[str]
    """The paths that git tracks."""
    scripts: Mapping[str, str]
    """The commands that are to be installed, and what each calls."""
    changelog: str
    texts: Mapping[str, str]
    """The files that could repeat the version, by path."""


def complaints(candidate: Candidate) -> Sequence[str]:
    """Return what is wrong, in sentences; nothing when everything is right."""
    wheel, sdist = read(candidate.built.wheel), read(candidate.built.sdist)
    about = metadata(wheel)
    version = str(about["Version"])
    return [
        *differences(candidate.built.wheel, candidate.again.wheel),
        *differences(candidate.built.sdist, candidate.again.sdist),
        *wheel_complaints(wheel, candidate.tracked, candidate.scripts),
        *sdist_complaints(sdist, candidate.tracked),
        *description_complaints(str(about.get_payload())),
        *versions.tag_complaints(candidate.tag, version),
        *versions.changelog_complaints(candidate.changelog, version, candidate.tag),
        *versions.repetitions(version, candidate.texts),
    ]
