"""Responses are validated and parsed by the document: unions, names of fields, deep nesting."""

import importlib
import time
from collections.abc import Iterator
from typing import Any

import pytest
from anthropic_models_generated.document import mismatch

from tests.spec.differential import disagreements, many_schemas
from tests.support.generated_packages import document_of, generated_package
from tests.support.scripted_server import page

CIRCLE = {"kind": "circle", "radius": 1}
TIME = "2025-05-14T00:00:00+00:00"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("many")
    with generated_package(folder, "generated_many", document_of(many_schemas())) as package:
        yield package


@pytest.mark.usefixtures("package")
def test_an_independent_validator_agrees_about_every_response() -> None:
    """A part of what `make differential` compares."""
    assert disagreements("generated_many", 300, time.time_ns() % 1_000_000) == []


def parsed(package: Any, name: str, content: Any) -> Any:
    operation = f"get_{name}"
    assert package.document.mismatch(operation, "200", content) is None
    module = importlib.import_module(f"{package.__name__}.api.small.{operation}")
    return module.request().responses[0].parse(content)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("value", {"value": "a"}, "TextValue"),
        ("value", {"value": 1}, "NumberValue"),
        ("value", {"value": "a", "at": TIME}, "TimeValue"),
        ("value", {"value": "a", "at": 7}, "TextValue"),
        ("loose_first", {"id": 1}, "Strict"),
        ("loose_first", {"id": 1, "note": "n"}, "Loose"),
        ("loose_first", {"note": "n"}, "Loose"),
        ("time", TIME, "datetime"),
        ("time", "2025-05-14", "date"),
        ("time", "12345678-1234-5678-1234-567812345678", "UUID"),
        ("time", "late", "str"),
        ("numbers", 1, "Number"),
        ("numbers", True, "bool"),
        ("open_level", "low", "Level"),
        ("open_level", "lower", "str"),
        ("nested", {"a": {"at": TIME}}, "NestedType0"),
        ("nested_or_null", {"a": {}}, "NestedOrNullType0"),
        ("nested_or_null", None, "NoneType"),
    ],
)
def test_a_union_is_parsed_to_the_member_that_is_valid(
    package: Any, name: str, content: Any, kind: str
) -> None:
    assert type(parsed(package, name, content)).__name__ == kind


def test_what_no_schema_describes_is_refused_at_its_place(package: Any) -> None:
    mismatch = package.document.mismatch
    assert mismatch("get_later", "200", {"parts": [], "nothing": 0})[0] == "nothing"
    assert mismatch("get_shape", "200", CIRCLE | {"radius": 0})[0] == "radius"


def test_fields_are_found_by_the_names_of_the_document(package: Any) -> None:
    content = {"d": TIME, "cls": CIRCLE, "to_dict": 1, "more": [1], "foo-bar!": 2}
    odd = parsed(package, "odd", content)
    assert {name: odd[name] for name in content} == content
    assert [name for name in [*content, "model"] if name in odd] == list(content)
    assert odd.additional_keys == ["more"]
    odd["model"], odd["new"], odd["d"] = CIRCLE, "text", "2026-01-01T00:00:00Z"
    assert type(odd.model).__name__ == "Circle"
    assert odd.d.year == 2026
    del odd["model"], odd["new"]
    assert [name for name in ("model", "new") if name in odd] == []
    for absent in ("model", "never there"):
        with pytest.raises(KeyError):
            odd[absent]
        with pytest.raises(KeyError):
            del odd[absent]
    with pytest.raises(ValueError, match="to_dict is required"):
        del odd["to_dict"]
    assert odd.to_dict() == content | {"d": "2026-01-01T00:00:00+00:00"}


def test_what_a_map_holds_is_parsed_and_is_json_beside_fields(package: Any) -> None:
    assert parsed(package, "map", {"a": TIME})["a"].year == 2025
    mixed = parsed(package, "map_of_unions", {"first": 1, "a": CIRCLE, "b": "low", "c": [1]})
    assert (mixed["a"], mixed["b"], mixed["c"], mixed["first"]) == (CIRCLE, "low", [1], 1)
    mixed["d"] = CIRCLE
    for name in ("a", "d"):
        assert type(mixed.additional_properties[name]).__name__ == "Circle"


def nested(levels: int) -> Any:
    content: Any = []
    for _ in range(levels):
        content = [content]
    return content


@pytest.mark.parametrize("levels", [10, 254, 300, 1_900])
@pytest.mark.parametrize("text", ["plain", "\ud800"])
def test_a_field_is_named_beside_or_above_what_is_nested_deep(levels: int, text: str) -> None:
    wanted = "should be true or false, but is"
    content = page() | {"has_more": nested(levels), "later": text}
    assert mismatch("list_models", "200", content) == ("has_more", f"{wanted} a list")
    content |= {"has_more": 1, "later": nested(levels)}
    assert mismatch("list_models", "200", content) == ("has_more", f"{wanted} 1")


@pytest.mark.parametrize("levels", [1, 260])
@pytest.mark.parametrize(
    ("step", "place"),
    [("next", ".next"), ("pair", ".pair[0]"), ("many", ".many[0]"), ("other", ".other")],
)
def test_a_field_is_named_within_what_is_nested_deep(
    package: Any, step: str, place: str, levels: int
) -> None:
    def tree(name: object) -> Any:
        content: Any = {"name": name}
        for _ in range(levels):
            below = [content] if place.endswith("]") else content
            content = {"name": "a", step: below, "beside": {"name": "b"}}
        return content

    mismatch = package.document.mismatch
    assert mismatch("get_deep", "200", tree("a")) is None
    found = (f"{place * levels}.name"[1:], "should be a string, but is 7")
    assert mismatch("get_deep", "200", tree(7)) == found
