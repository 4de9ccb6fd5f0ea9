"""Describes how two versions of the API differ, and whether that is breaking.

Redocly finds the differences, and classifies them as breaking or not. Here a value that is added
to an open list is not breaking; removing or renaming a known value or a schema breaks those whose
generated code names it; another first tag moves a Python module. What Redocly does not see
is reported too, without classifying it.
"""

import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

from attrs import frozen

from generator.documents import Document, Json, to_yaml
from sharing import node, pointer_names, security_changes

Kind = Literal["added", "changed", "removed"]
KINDS: tuple[Kind, ...] = ("added", "changed", "removed")

# As OpenAPI has them.
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


@frozen
class Change:
    """One difference, in words."""

    kind: Kind
    text: str
    breaking: bool = False


@frozen
class _Finding:
    """A difference as Redocly reports it."""

    action: str
    type: str
    keyword: str | None
    pointer: str
    former: str
    document: Document
    before: Any
    after: Any
    breaking: bool

    @property
    def place(self) -> str:
        return pointer_names.words(self.pointer.removesuffix(f"/{self.keyword}"), self.document)


def changes(base: Document, revision: Document, folder: Path) -> list[Change]:
    """Return what `revision` changes in `base`; `folder` is a place for temporary files.

    Raises ProcessError when a document cannot be read as OpenAPI.
    """
    swaps = list(_swaps(base, revision, "#"))
    findings = [
        finding
        for finding in _findings(base, revision, folder)
        if finding.type != "SecurityRequirement"
        and "security" not in pointer_names.tokens(finding.pointer)
        # Redocly compares what a reference leads to now with what it led to before.
        and not any(_is_of(finding, swap) for swap in swaps)
    ]
    told = {change for finding in findings for change in _described(finding)}
    told |= {Change("changed", *each) for each in security_changes.differing(base, revision)}
    told |= {_swapped(swap, revision) for swap in swaps}
    seen = {pointer for finding in findings for pointer in (finding.pointer, finding.former)}
    seen |= {swap[0] for swap in swaps}
    renamed = any(finding.keyword == "key" for finding in findings)
    told |= set(_unseen(base, revision, seen, renamed=renamed))
    gone = {change.text.partition(" (")[0] for change in told if change.kind == "removed"}
    told -= {change for change in told if change.text in {f"{it} may be missing" for it in gone}}
    return sorted(told, key=lambda change: (KINDS.index(change.kind), change.text))


Swap = tuple[str, str, str]
"""Where a reference is, what it led to, and what it leads to now."""


def _swaps(base: Any, revision: Any, pointer: str) -> Iterator[Swap]:
    """Yield the references that lead to another schema now, except to one that was renamed."""
    before, after = _schemas(base), _schemas(revision)
    for place in _differing(base, revision, pointer):
        one, other = (_at(document, place) for document in (base, revision))
        if not (place.endswith("/$ref") and isinstance(one, str) and isinstance(other, str)):
            continue
        if one.rpartition("/")[2] in after or other.rpartition("/")[2] in before:
            yield place, one, other


def _schemas(document: Document) -> Document:
    found: Document = document.get("components", {}).get("schemas", {})
    return found


def _at(document: Any, pointer: str) -> Any:
    try:
        for step in pointer_names.tokens(pointer):
            document = document[int(step) if isinstance(document, list) else step]
    except (LookupError, TypeError, ValueError):
        return None
    return document


def _is_of(finding: _Finding, swap: Swap) -> bool:
    ends = (finding.pointer, finding.former)
    return any(end.startswith(f"{one}/") for end in ends for one in swap[1:])


def _swapped(swap: Swap, revision: Document) -> Change:
    pointer, before, after = swap
    place = pointer_names.words(pointer.removesuffix("/$ref"), revision)
    names = [each.rpartition("/")[2] for each in (before, after)]
    return Change("changed", f"{place}: {names[0]} → {names[1]}", True)


def _findings(base: Document, revision: Document, folder: Path) -> list[_Finding]:
    (folder / "base.yaml").write_text(to_yaml(base), "utf-8")
    (folder / "revision.yaml").write_text(to_yaml(revision), "utf-8")
    arguments = ("base.yaml", "revision.yaml", "--format", "json", "--fail-on", "none")
    report = json.loads(node.run("redocly", "diff", *arguments, folder=folder))
    return [
        _Finding(
            action=item["kind"],
            type=item["typeName"],
            keyword=item.get("property"),
            pointer=item.get("revision", item.get("base"))["pointer"],
            former=item.get("base", item.get("revision"))["pointer"],
            document=revision if "revision" in item else base,
            before=item.get("base", {}).get("value"),
            after=item.get("revision", {}).get("value"),
            breaking=item["impact"] == "major",
        )
        for item in report["changes"]
    ]


def _described(finding: _Finding) -> Iterator[Change]:
    match finding:
        case _Finding(pointer="#/info/version"):
            pass  # not the API
        case _Finding(action="added" | "removed"):
            yield from _added_or_removed(finding)
        case _Finding(keyword="key"):
            yield Change("changed", f"{finding.before} is now called {finding.after}", True)
        case _Finding(keyword="enum", before=list(), after=list()):
            yield from _values(finding)
        case _Finding(keyword="required", before=list(), after=list()):
            for name in _only(finding.after, finding.before):
                refused = "a response without it, of an older server or a mock, is refused"
                text = f"{finding.place}.{name} is required: {refused}"
                yield Change("changed", text, finding.breaking)
            for name in _only(finding.before, finding.after):
                yield Change("changed", f"{finding.place}.{name} may be missing", finding.breaking)
        case _Finding(keyword="tags", before=[before, *_], after=[after, *_]) if before != after:
            text = f"tag of {finding.place}: {before} → {after}, which moves its Python module"
            yield Change("changed", text, True)
        case _Finding(keyword="description" | "summary" | "title"):
            yield Change("changed", f"{finding.keyword} of {finding.place}")
        case _:
            text = f"{finding.keyword} of {finding.place}: {_value(finding.before)}"
            yield Change("changed", f"{text} → {_value(finding.after)}", finding.breaking)


def _added_or_removed(finding: _Finding) -> Iterator[Change]:
    kind: Kind = "added" if finding.action == "added" else "removed"
    what = finding.after if kind == "added" else finding.before
    if finding.type == "PathItem":
        for method in _METHODS & what.keys():
            yield Change(kind, f"{method.upper()} {finding.place}", finding.breaking)
    elif finding.type == "Parameter":
        # The parameter itself is reported as well as its use.
        if finding.pointer.startswith("#/paths"):
            need = "required" if what.get("required") else "optional"
            yield Change(kind, f"{finding.place} ({need})", finding.breaking)
    elif finding.type == "Schema":
        named = kind == "removed" and finding.pointer.count("/") == 3
        if what == {"type": "string"} and "/anyOf/" in finding.pointer:
            yield _opened_or_closed(finding)
            return
        alternative = "alternative of " if "/anyOf/" in finding.pointer else ""
        text = f"{alternative}{finding.place} ({_type(what)})"
        yield Change(kind, text, finding.breaking or named)
    elif finding.pointer.endswith(("/anyOf", "/oneOf")):
        yield Change(kind, f"alternatives of {finding.place}", finding.breaking)
    else:
        yield Change(kind, finding.place, finding.breaking)


def _opened_or_closed(finding: _Finding) -> Change:
    if finding.action == "added":
        text = f"{finding.place} is an open list: any string may be there"
    elif finding.breaking:
        text = f"{finding.place} is a closed list: who sends a value that is not in it is refused"
    else:
        text = f"{finding.place} is a closed list: a response with another value is refused"
    return Change("changed", text, finding.breaking)


def _values(finding: _Finding) -> Iterator[Change]:
    for value in _only(finding.after, finding.before):
        breaking = finding.breaking and not _is_open(finding)
        yield Change("added", f"value `{value}` of {finding.place}", breaking)
    for value in _only(finding.before, finding.after):
        yield Change("removed", f"value `{value}` of {finding.place}", True)
    former = [value for value in finding.before if value in finding.after]
    if former != [value for value in finding.after if value in finding.before]:
        yield Change("changed", f"order of the values of {finding.place}")


def _unseen(
    base: Document, revision: Document, seen: set[str], *, renamed: bool
) -> Iterator[Change]:
    for pointer in _differing(base, revision, "#"):
        follows = renamed and pointer.endswith("/$ref")
        follows |= "security" in pointer_names.tokens(pointer)
        if not follows and not any(_within(pointer, p) or _within(p, pointer) for p in seen):
            yield Change(
                "changed",
                f"{pointer_names.words(pointer, revision)} (may be breaking)",
            )


def _is_open(finding: _Finding) -> bool:
    """Return whether the list of values stands beside "any string" wherever it is used."""
    reference = {"$ref": finding.pointer.removesuffix("/enum")}
    uses = list(_beside(reference, finding.document))
    return bool(uses) and all({"type": "string"} in alternatives for alternatives in uses)


def _beside(what: Any, where: Json) -> Iterator[list[Json]]:
    """Yield the members of each union that `what` is a member of."""
    if isinstance(where, list):
        for item in where:
            if item == what:
                yield where
            yield from _beside(what, item)
    elif isinstance(where, dict):
        for value in where.values():
            if value == what:
                yield []
            yield from _beside(what, value)


def _differing(one: Json, other: Json, pointer: str) -> Iterator[str]:
    """Return the pointers to what differs, none of them within another."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            inner = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            if key in one and key in other:
                yield from _differing(one[key], other[key], inner)
            else:
                yield inner
    elif isinstance(one, list) and isinstance(other, list):
        gone = [index for index, item in enumerate(one) if item not in other]
        new = [index for index, item in enumerate(other) if item not in one]
        for before, after in zip_longest(gone, new):
            if before is None or after is None:
                yield f"{pointer}/{before if after is None else after}"
            else:
                yield from _differing(one[before], other[after], f"{pointer}/{after}")
    elif one != other:
        yield pointer


def _within(pointer: str, other: str) -> bool:
    return f"{pointer}/".startswith(f"{other}/")


def _only(values: list[Any], others: list[Any]) -> list[Any]:
    return [value for value in values if value not in others]


def _type(schema: dict[str, Any]) -> str:
    if "type" not in schema:
        return "one of several" if "anyOf" in schema else "anything"
    return ", ".join([_value(schema["type"]), *([schema["format"]] if "format" in schema else [])])


def _value(value: Json) -> str:
    if isinstance(value, list):
        return " or ".join(str(item) for item in value)
    words = {None: "none", True: "yes", False: "no"}
    return words[value] if value is None or isinstance(value, bool) else str(value)
