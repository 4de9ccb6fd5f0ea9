"""Reads what is known about each client in another language.

`languages/LANGUAGE/README.md` says which clients there are and has the commands that make each: a
block of `sh` that begins with `cd CLIENT`. Its last line is the program; the lines between
generate and compile. `languages/LANGUAGE/CLIENT/client.toml` says:

    generator, version   what writes the client
    edition              the document that it reads: "source", "portable" or "3.0"
    needs                commands that must be there, or the client is skipped
    probe                one command, which must succeed, or the client is skipped
    debian               packages of Debian that have what it needs and most machines lack
    keep                 folders that are kept for the next run, since making them takes long
"""

import re
import shlex
import tomllib
from collections.abc import Sequence
from pathlib import Path

from attrs import Factory, field, frozen
from attrs.validators import in_

EDITIONS = {
    "source": "openapi.yaml",
    "portable": "openapi.portable.yaml",
    "3.0": "openapi.3.0.yaml",
}

Commands = Sequence[Sequence[str]]


@frozen
class Client:
    """A client: its folder, what client.toml says, and the commands of the README."""

    folder: Path
    commands: Commands
    generator: str
    version: str
    edition: str = field(validator=in_(list(EDITIONS)))
    needs: Sequence[str]
    probe: Sequence[str] = ()
    debian: Sequence[str] = ()
    keep: Sequence[str] = Factory(tuple)

    @property
    def language(self) -> str:
        """The language in which it is written."""
        return self.folder.parent.name

    @property
    def name(self) -> str:
        """The name by which people ask for it."""
        return f"{self.language}/{self.folder.name}"

    @property
    def document(self) -> str:
        """The name of the file that the generator reads."""
        return EDITIONS[self.edition]

    @property
    def program(self) -> Sequence[str]:
        """The command that lists the models."""
        return self.commands[-1]

    @property
    def steps(self) -> Commands:
        """The commands that generate and compile."""
        return self.commands[:-1]


def read_clients(folder: Path) -> list[Client]:
    """Return all clients of all languages in a folder; raises ValueError when one is wrong."""
    return [
        _client(path.parent, _commands(path.parent.parent / "README.md"))
        for path in sorted(folder.glob("*/*/client.toml"))
    ]


def _client(folder: Path, commands: dict[str, Commands]) -> Client:
    name = f"{folder.parent.name}/{folder.name}"
    if folder.name not in commands:
        raise ValueError(f"{folder.parent.name}/README.md has no commands that cd {folder.name}")
    settings = tomllib.loads((folder / "client.toml").read_text("utf-8"))
    try:
        return Client(folder=folder, commands=commands[folder.name], **settings)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}/client.toml: {error.args[0]}") from error


def _commands(readme: Path) -> dict[str, Commands]:
    """Return the commands of each client that a README has, by the folder of the client."""
    if not readme.exists():
        return {}
    blocks = re.findall(r"^```sh\ncd (.+)\n((?:.+\n)+?)```$", readme.read_text("utf-8"), re.M)
    return {name: [shlex.split(line) for line in text.splitlines()] for name, text in blocks}
