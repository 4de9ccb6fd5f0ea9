"""Writes an archive for each language: its folder, with the document that each client reads."""

import gzip
import io
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from languages.clients import Client

NAME = "list-models-{}.tar.gz"


def write_archives(clients: Iterable[Client], documents: Path, target: Path) -> list[Path]:
    """Write the archives of the languages of some clients; return their paths.

    Each unpacks into a folder of the language's name. The same files give the same bytes.

    Args:
        clients: The clients whose languages are wanted.
        documents: The folder that has the editions.
        target: Where the archives are written.

    """
    folders = sorted({client.folder.parent for client in clients})
    return [_write(folder, dict(_files(folder, clients, documents)), target) for folder in folders]


def _files(folder: Path, clients: Iterable[Client], documents: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path
    for client in clients:
        if client.folder.parent == folder:
            yield f"{client.folder.name}/{client.document}", documents / client.document


def _write(folder: Path, files: dict[str, Path], target: Path) -> Path:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, path in sorted(files.items()):
            entry = tarfile.TarInfo(f"{folder.name}/{name}")
            body = path.read_bytes()
            entry.size, entry.mode = len(body), 0o644
            archive.addfile(entry, io.BytesIO(body))
    result = target / NAME.format(folder.name)
    result.write_bytes(gzip.compress(content.getvalue(), mtime=0))
    return result
