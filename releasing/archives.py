"""Reads a wheel or an sdist."""

import tarfile
import zipfile
from collections.abc import Mapping
from email.message import Message
from email.parser import Parser
from pathlib import Path

Files = Mapping[str, bytes]
"""The files of an archive by their paths, those of an sdist without its own folder."""


def read(path: Path) -> Files:
    """Return what is in a wheel, or in an sdist (.tar.gz)."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    folder = path.name.removesuffix(".tar.gz") + "/"
    found: dict[str, bytes] = {}
    with tarfile.open(path) as sdist:
        for member in sdist:
            if (content := sdist.extractfile(member)) is not None:
                found[member.name.removeprefix(folder)] = content.read()
    return found


def metadata(wheel: Files) -> Message:
    """Return the metadata of a wheel; its payload is the description."""
    (path,) = [name for name in wheel if name.endswith(".dist-info/METADATA")]
    return Parser().parsestr(wheel[path].decode())
