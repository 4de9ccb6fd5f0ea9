"""Makes the editions of openapi.yaml for other teams, each with a head that says what it is."""

import copy
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from generator import process
from generator.documents import Document, Json, read_yaml, resolved, to_yaml
from generator.overlays import portable_edition
from sharing import node, pointer_names
from sharing.changes import changes

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "openapi.yaml"
OVERLAYS = ROOT / "overlays"

_NULL: Json = {"type": "null"}
_SCHEMAS = "#/components/schemas/"
_WORDS_ONLY = frozenset({"type", "title", "description"})
"""The keywords of a schema that takes any string."""


def editions() -> dict[str, Document]:
    """Return every edition by the name of its file.

    Raises SpecError or ProcessError when one of them cannot be made.
    """
    source = read_yaml(SOURCE)
    portable = portable_edition(SOURCE, OVERLAYS)
    older, open_lists = edition_3_0(portable)
    differences = [_title(overlay) for overlay in _overlays(OVERLAYS)]
    further = [
        "the words of OpenAPI 3.0: null is `nullable`, a constant is a list of one value; a "
        "schema that is null in some places has a copy for them, named `…OrNull`",
        *(f"{name} takes any string; its known values are named beside it" for name in open_lists),
        *(_title(overlay) for overlay in _overlays(OVERLAYS / "3.0")),
    ]
    return {
        "openapi": source,
        "openapi.portable": with_head("portable", portable, source, differences),
        "openapi.3.0": with_head("3.0", older, source, [*differences, *further]),
    }


def write(folder: Path) -> None:
    """Write every edition, as YAML and as JSON, into a folder; raises as `editions` does."""
    for name, document in editions().items():
        text = json.dumps(document, indent=2, ensure_ascii=False)
        (folder / f"{name}.json").write_text(f"{text}\n", "utf-8")
        version = document["info"]["version"]
        heading = f"# {name}.yaml {version}: made from openapi.yaml, as info.x-edition says.\n"
        (folder / f"{name}.yaml").write_text(heading + to_yaml(document), "utf-8")
    # The source with its comments and empty lines, as it was written.
    shutil.copyfile(SOURCE, folder / "openapi.yaml")


def edition_3_0(portable: Document) -> tuple[Document, list[str]]:
    """Return the portable edition in OpenAPI 3.0, and the names of its open lists of values."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "portable.yaml").write_text(to_yaml(portable), "utf-8")
        document = portable_edition(folder / "portable.yaml", OVERLAYS / "3.0")
        nullable: list[str] = []
        open_lists = list(_simplify(document, document, "#", nullable))
        _add_copies(document["components"]["schemas"], nullable)
        source, result = folder / "3.1.yaml", folder / "3.0.yaml"
        source.write_text(to_yaml(document), "utf-8")
        node.run(
            "openapi-down-convert", "--input", source.name, "--output", result.name, folder=folder
        )
        return read_yaml(result), open_lists


def with_head(name: str, edition: Document, source: Document, differences: list[str]) -> Document:
    """Return an edition with a head: its name, its source, and what differs from that.

    Of what differs, redocly finds what breaks those whose code was made of the source.
    """
    with tempfile.TemporaryDirectory() as folder:
        found = changes(source, edition, Path(folder))
    breaking = [f"{change.kind}: {change.text}" for change in found if change.breaking]
    version = source["info"]["version"]
    lines = [
        f"The {name} edition of openapi.yaml {version}, {revision()}.",
        "It is made from that file, which is the one to edit. What differs:",
        *(f"- {difference}" for difference in differences),
        "Of this, what code that was made of openapi.yaml would notice:",
        *(f"- {text}" for text in breaking),
    ]
    head = {"x-edition": "".join(f"{line}\n" for line in lines)}
    return {**edition, "info": {**head, **edition["info"]}}


def revision() -> str:
    """Return which openapi.yaml this is: its revision where git knows it, and its digest."""
    digest = f"SHA-256 {hashlib.sha256(SOURCE.read_bytes()).hexdigest()}"
    command = ("git", "describe", "--tags", "--always", "--dirty")
    try:
        described = process.run(*command, folder=ROOT).stdout.strip()
    except process.ProcessError:  # no repository, as in a release's tarball
        return digest
    return f"revision {described}, {digest}"


def _overlays(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.y*ml"))


def _title(overlay: Path) -> str:
    title = str(read_yaml(overlay)["info"]["title"])
    return f"{title[0].lower()}{title[1:]}"


def _simplify(where: Json, document: Document, pointer: str, nullable: list[str]) -> Iterator[str]:
    """Write the unions within `where` as OpenAPI 3.0 has them; return the names of open lists.

    A union with null becomes nullable, since 3.0 has no type null; `nullable` gets the names of
    the schemas that need a copy for it. An open list of values becomes any string, since most
    tools that read 3.0 make no usable type of the union.
    """
    if isinstance(where, list):
        for index, item in enumerate(where):
            yield from _simplify(item, document, f"{pointer}/{index}", nullable)
    elif isinstance(where, dict):
        for key, value in where.items():
            if key not in ("example", "examples", "default", "enum", "const"):
                escaped = key.replace("~", "~0").replace("/", "~1")
                yield from _simplify(value, document, f"{pointer}/{escaped}", nullable)
        for keyword in ("anyOf", "oneOf"):
            members = where.get(keyword)
            if isinstance(members, list):
                is_open = _simplify_union(where, keyword, members, document, nullable)
                if is_open:
                    yield pointer_names.words(pointer, document)


def _simplify_union(
    schema: Document, keyword: str, members: list[Json], document: Document, nullable: list[str]
) -> bool:
    """Simplify one union; return whether it was an open list of values."""
    others = [member for member in members if member != _NULL]
    is_open = keyword == "anyOf" and _is_open(others, document)
    accepts_null = len(others) < len(members)
    if accepts_null and others and not is_open:
        # A member has to accept null: `nullable` beside a union means nothing.
        others[0] = _or_null(cast(Document, others[0]), nullable)
    schema[keyword] = others
    if is_open:
        del schema[keyword]
        schema["type"] = "string"
        if accepts_null:
            schema["nullable"] = True
    elif len(others) == 1 and "allOf" not in schema:
        # Beside a $ref, 3.0 ignores everything.
        schema["allOf"] = schema.pop(keyword)
    return is_open


def _or_null(schema: Document, nullable: list[str]) -> Document:
    """Return a schema that accepts null as well, in the words of 3.0."""
    reference = str(schema.get("$ref", ""))
    if reference.startswith(_SCHEMAS):
        nullable.append(reference.removeprefix(_SCHEMAS))
        return {"$ref": f"{reference}OrNull"}
    changed: Document = dict(schema)
    if "type" in changed:
        changed["nullable"] = True
    for keyword in ("anyOf", "oneOf"):
        if members := changed.get(keyword):
            changed[keyword] = [_or_null(members[0], nullable), *members[1:]]
    if members := changed.get("allOf"):
        changed["allOf"] = [_or_null(member, nullable) for member in members]
    if "const" in changed:
        changed["enum"] = [changed.pop("const")]
    if "enum" in changed:
        changed["enum"] = [*changed["enum"], None]
    return changed


def _add_copies(schemas: Document, nullable: list[str]) -> None:
    """Add `NameOrNull` beside the schemas that are somewhere null."""
    for name in nullable:  # it grows meanwhile
        if f"{name}OrNull" not in schemas:
            schemas[f"{name}OrNull"] = _or_null(copy.deepcopy(schemas[name]), nullable)


def _is_open(members: list[Json], document: Document) -> bool:
    """Return whether values are listed beside a member that takes any string."""
    schemas = [resolved(cast(Document, member), document) for member in members]
    return (
        len(schemas) > 1
        and all(schema.get("type") == "string" for schema in schemas)
        and any(schema.keys() <= _WORDS_ONLY for schema in schemas)
    )
