"""Compares how responses are validated and parsed with an independent validator, case by case.

python -m tests.spec.differential [--cases N] [--seed N]

The validator is Python's jsonschema with checks of formats of its own; the cases are made at
random, by the schemas and against them. What is valid has to be accepted, to be parsed to the
members of unions that are valid, and to come back equal, date-times as instants; what is invalid
has to be refused.
"""

import argparse
import calendar
import copy
import datetime
import json
import math
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from jsonschema import Draft202012Validator, FormatChecker
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import ClassName
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from generator.documents import read_yaml
from generator.regenerate import ROOT
from tests.support.generated_packages import document_of, generated_package

FORMATS = FormatChecker(formats=())


def _is(value: object, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind)  # without narrowing, to what nothing is known of


TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)


@FORMATS.checks("date")
def _is_date(value: Any) -> bool:
    if not _is(value, str):
        return True
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        return False
    year, month, day = map(int, value.split("-"))
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


@FORMATS.checks("date-time")
def _is_date_time(value: Any) -> bool:
    if not _is(value, str):
        return True
    found = TIME.fullmatch(value)
    if found is None or not _is_date(found[1]):
        return False
    hour, minute, second = int(found[2]), int(found[3]), int(found[4])
    ahead, behind = int(found[7] or 0), int(found[8] or 0)
    if hour > 23 or minute > 59 or second > 60 or ahead > 23 or behind > 59:
        return False
    offset = (ahead * 60 + behind) * (-1 if found[6] == "-" else 1)
    return second < 60 or (hour * 60 + minute - offset) % 1440 == 1439


@FORMATS.checks("uuid")
def _is_uuid(value: Any) -> bool:
    pattern = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    return not _is(value, str) or re.fullmatch(pattern, value) is not None


TEXTS = [
    "", "a", "b", "x", "ab", "low", "high", 'quo"ted', "back\\slash", "é", "\ud800", "\U0001f600",
    "circle", "square", "rectangle", "drawing", "one", "two", "model", "true", "1", "quo\"te's",
]  # fmt: skip
TIMES = [
    "2025-05-14T00:00:00Z", "2025-05-14t00:00:00z", "1970-01-01T00:00:00+00:00",
    "2016-12-31T23:59:60Z", "2017-01-01T00:59:60+01:00", "2016-12-31T12:00:60Z",
    "2025-05-14T10:20:30.123456789-07:30", "2025-05-14T24:00:00Z", "2025-05-14T00:00:00+0200",
    "2025-W20-3T00:00:00Z", "2025-05-14T00Z", "2025-05-14 00:00:00Z", "2025-05-14T00:00:00",
    "2025-02-29T00:00:00Z", "2024-02-29T00:00:00.1Z", "20250514T000000Z", "2025-05-14T00:00:00,5Z",
    "2025-05-14T00:00:00+24:00", "2025-05-14T00:00:00-00:00", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z", "٢٠٢٥-05-14T00:00:00Z", "2025-05-14T00:00:00Z\n",
    "2025-05-14T00:00:00.Z",
]  # fmt: skip
DATES = ["2025-05-14", "2024-02-29", "2025-02-29", "20250514", "2025-W20-3", "2025-5-14"]
_UUID = "12345678-1234-5678-1234-567812345678"
UUIDS = [_UUID, _UUID.replace("-", ""), f"{{{_UUID}}}", f"urn:uuid:{_UUID}"]
NUMBERS = [0, 1, 2, -3, 3, 7, 9, 10, 11, 0.5, 1.0, 2.5, 7.0, -0.0, 1e300, 10**30, -(10**400), 3.5]
OTHERS: list[Any] = [None, True, False, [], {}, [[]], [1], {"kind": "circle"}, [["name", "x"]]]


class Cases:
    """Values made by the schemas of a document, most of them valid."""

    def __init__(self, schemas: dict[str, Any], seed: int) -> None:
        self.schemas = schemas
        self.random = random.Random(seed)  # noqa: S311 - it makes test cases

    def case(self, schema: Any) -> Any:
        """Return a value that is made by a schema, and may be changed in a place or two."""
        value = [self._made(schema, 0)]
        for _ in range(self.random.choice([0, 0, 0, 1, 1, 2])):
            self._change(value)
        return value[0]

    def _made(self, schema: Any, level: int) -> Any:
        pick = self.random.choice
        if not _is(schema, dict) or not schema:
            return copy.deepcopy(pick(OTHERS + TEXTS + NUMBERS))
        if "$ref" in schema:
            return self._made(self.schemas[schema["$ref"].rpartition("/")[2]], level)
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema and "properties" not in schema:
                members = schema[keyword]
                return self._made(pick(members[:1] if level > 6 else members), level + 1)
        if "const" in schema:
            return copy.deepcopy(schema["const"])
        if "enum" in schema:
            return copy.deepcopy(pick(schema["enum"]))
        if "allOf" in schema:
            made = [self._made(part, level + 1) for part in schema["allOf"]]
            own = {key: value for key, value in schema.items() if key != "allOf"}
            made += [self._made(own, level)] if "properties" in own else []
            objects = [each for each in made if _is(each, dict)]
            return {k: v for each in objects for k, v in each.items()} if objects else made[-1]
        kinds = schema.get("type", "object" if "properties" in schema else "string")
        return self._of_type(pick(kinds) if _is(kinds, list) else kinds, schema, level)

    def _of_type(self, kind: str, schema: Any, level: int) -> Any:
        pick, chance = self.random.choice, self.random.random
        match kind:
            case "object":
                required = schema.get("required", ())
                made = {
                    name: self._made(inner, level + 1)
                    for name, inner in schema.get("properties", {}).items()
                    if (name in required) or (chance() < 0.4 and level < 6)
                }
                others = schema.get("additionalProperties", {})
                if others is not False and level < 6 and chance() < 0.5:
                    names = ["more", "n", "Data", "_id", "name", "é"]
                    extra = {pick(names): self._made(others, level + 2) for _ in range(2)}
                    made = extra | made
                return made
            case "array":
                first = [self._made(each, level + 1) for each in schema.get("prefixItems", ())]
                count = 0 if level > 6 or schema.get("items") is False else pick([0, 1, 1, 2, 3])
                return first + [self._made(schema.get("items"), level + 1) for _ in range(count)]
            case "string":
                formats = {"date-time": TIMES[:3] * 4 + TIMES, "date": DATES[:2] * 4 + DATES}
                formats |= {"uuid": UUIDS[:1] * 3 + UUIDS}
                return pick(formats.get(schema.get("format"), TEXTS))
            case "integer":
                return pick([n for n in NUMBERS if n == math.floor(n)])
            case "number":
                return pick(NUMBERS)
            case "boolean":
                return pick([True, False])
            case _:
                return None

    def _change(self, value: Any) -> None:
        places = list(_places(value))
        holder, key = self.random.choice(places)
        kind = self.random.randrange(6)
        if kind == 0 and _is(holder, dict):
            del holder[key]
        elif kind == 1 and _is(holder, dict):
            holder[self.random.choice([key.upper(), f"_{key}", f"{key} "])] = holder.pop(key)
        elif kind == 2 and _is(holder[key], dict):
            holder[key] = [list(pair) for pair in holder[key].items()]
        else:
            holder[key] = copy.deepcopy(
                self.random.choice(OTHERS + TEXTS + TIMES + DATES + UUIDS + NUMBERS)
            )


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:
    keys: list[Any] = list(holder if _is(holder, dict) else range(len(holder)))
    for key in keys:
        yield holder, key
        if _is(holder[key], (dict, list)):
            yield from _places(holder[key])


class Reference:
    """What Python's jsonschema says by the schemas of a document."""

    def __init__(self, schemas: dict[str, Any]) -> None:
        self.schemas = schemas
        document = {"components": {"schemas": schemas}}
        resource = DRAFT202012.create_resource(document)
        registry: Registry[Any] = Registry()
        self.registry = registry.with_resource("urn:reference", resource)
        self.validators: dict[str, Any] = {}

    def is_valid(self, schema: Any, content: Any) -> bool:
        """Return whether content is valid by a schema of the document."""
        key = json.dumps(schema)
        if key not in self.validators:
            absolute = json.loads(key.replace('"#/', '"urn:reference#/'))
            self.validators[key] = Draft202012Validator(
                absolute, registry=self.registry, format_checker=FORMATS
            )
        return bool(self.validators[key].is_valid(content))

    def complaint(self, schema: Any, content: Any, parsed: Any) -> str | None:
        """Return what is wrong with what valid content was parsed to; None when nothing is."""
        if not _is(schema, dict):
            return None
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = self.schemas[name]
            name = ClassName(UntrustedString(name), "field_")
            is_object = schema.get("type") == "object" and "properties" in schema
            is_enumeration = "enum" in schema and name not in ("Mixed", "Nullable")
            has_class = is_object or is_enumeration or "allOf" in schema
            if has_class and type(parsed).__name__ != name:
                return f"{content!r} is {type(parsed).__name__}, not {name}"
            return self.complaint(schema, content, parsed)
        for keyword in ("anyOf", "oneOf"):
            members: list[Any] = schema.get(keyword, [])
            valid = [each for each in members if self.is_valid(each, content)]
            found = [self.complaint(each, content, parsed) for each in valid]
            if found and all(found):
                return found[0]
        for part in schema.get("allOf", []):
            if "$ref" not in part and (found_here := self.complaint(part, content, parsed)):
                return found_here
        is_time = schema.get("format") == "date-time" and schema.get("type") == "string"
        if is_time and not _is(parsed, datetime.datetime):
            return f"{content!r} is no datetime"
        if _is(content, list) and "prefixItems" not in schema:
            for one, other in zip(content, parsed, strict=True):
                if problem := self.complaint(schema.get("items"), one, other):
                    return problem
        if _is(content, dict) and "properties" in schema and not _is(parsed, dict):
            for name, inner in schema["properties"].items():
                if name in content:
                    value = getattr(parsed, parsed._attributes[name])
                    if problem := self.complaint(inner, content[name], value):
                        return f"{name}: {problem}"
        return None


def json_of(value: Any) -> Any:
    """Return a parsed value as JSON has it."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if _is(value, list):
        return [json_of(each) for each in value]
    if _is(value, Enum):
        return value.value
    if _is(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return str(value) if _is(value, UUID) else value


def same(one: Any, other: Any) -> bool:
    """Return whether JSON values are equal; texts also as instants, true and 1 never."""
    if _is(one, dict) and _is(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if _is(one, list) and _is(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if _is(one, str) and _is(other, str) and one != other:
        return _is_date_time(one) and _is_date_time(other) and instant(one) == instant(other)
    return bool(one == other) and _is(one, bool) == _is(other, bool)


def instant(text: str) -> Any:
    """Return the instant of an RFC 3339 date-time, in microseconds, which the rest is cut from."""
    found = TIME.fullmatch(text)
    assert found is not None
    day = datetime.date.fromisoformat(found[1]).toordinal()
    offset = (int(found[7] or 0) * 60 + int(found[8] or 0)) * (-1 if found[6] == "-" else 1)
    minutes = day * 1440 + int(found[2]) * 60 + int(found[3]) - offset
    return (minutes * 60 + int(found[4])) * 1_000_000 + int((found[5] or "0").ljust(6, "0")[:6])


def compared(package: str, tag: str, schemas: dict[str, Any], cases: int, seed: int) -> list[str]:
    """Return the disagreements of `cases` cases of the operations `get_…` of a package."""
    operations: dict[str, Any] = import_module(f"{package}.document").document()["operations"]
    made, reference = Cases(schemas, seed), Reference(schemas)
    found: list[str] = []
    valid = 0
    for name, operation in islice(cycle(operations.items()), cases):
        schema = operation["responses"]["200"]
        content = made.case(schema)
        expected = reference.is_valid(schema, content)
        valid += expected
        shown = repr(content)
        mismatch = import_module(f"{package}.document").mismatch(name, "200", content)
        if (mismatch is None) != expected:
            found.append(f"{name}: {shown} is valid: {expected}, but {mismatch}")
        elif expected:
            # request() may want arguments.
            (success,) = import_module(f"{package}.api.{tag}.{name}")._SUCCESSES
            if problem := _wrongly_parsed(success.parse, content, schema, reference):
                found.append(f"{name}: {shown} {problem}")
    print(f"{package}: {cases} cases, {valid} of them valid, {len(found)} disagreements")
    return found


def _wrongly_parsed(parse: Any, content: Any, schema: Any, reference: Reference) -> str | None:
    before = copy.deepcopy(content)
    try:
        parsed = parse(content)
        back = json_of(parsed)
        problem = reference.complaint(schema, before, parsed)
    except Exception as error:
        return f"raises {error!r}"
    return problem if same(before, back) else f"comes back as {back!r}"


def many_schemas() -> Any:
    """Return schemas of every kind that regeneration lets through."""
    return read_yaml(ROOT / "tests" / "spec" / "data" / "many-schemas.yaml")


def disagreements(many: str, cases: int, seed: int) -> list[str]:
    """Return the disagreements of today's document and of many schemas, whose package is named."""
    today = read_yaml(ROOT / "openapi.yaml")["components"]["schemas"]
    few = cases // 10
    return [
        *compared("anthropic_models_generated", "models", today, few, seed),
        *compared(many, "small", many_schemas(), cases - few, seed),
    ]


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    options = parser.parse_args()
    print(f"seed {options.seed}")
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        generated_package(Path(folder), "generated_many", document_of(many_schemas())),
    ):
        found = disagreements("generated_many", options.cases, options.seed)
    print("\n".join(found[:20]))
    print(f"{options.cases} cases in {time.monotonic() - started:.0f} s")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
