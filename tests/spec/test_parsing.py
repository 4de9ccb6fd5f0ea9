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
UUID = "12345678-1234-5678-1234-567812345678"
NONE: list[Any] = []
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
        ("time", UUID, "UUID"),
        ("time", "late", "str"),
        ("numbers", 1, "Number"),
        ("numbers", True, "bool"),
        ("open_level", "low", "Level"),
        ("open_level", "lower", "str"),
        ("nested", {"a": {"at": TIME}}, "NestedType0"),
        ("nested_or_null", {"a": {}}, "NestedOrNullType0"),
        ("nested_or_null", None, "NoneType"),
        ("zulu_or_text", "2025-05-14T00:00:00Z", "datetime"),
        ("zulu_or_text", "2025-05-14T00:00:00.123456789+00:00", "str"),
        ("short_or_long_text", "2025-05-14T00:00:00Z", "datetime"),
        ("short_or_long_text", "2025-05-14T00:00:00.123456789Z", "str"),
        ("uuid_from_0_or_text", f"0{UUID[1:]}", "UUID"),
        ("uuid_from_0_or_text", UUID, "str"),
        ("narrow_level_or_text", "b", "NarrowLevelOrTextType0"),
        ("narrow_level_or_text", "a", "str"),
        ("narrow_number_or_any", 2, "NarrowNumberOrAnyType0"),
        ("narrow_number_or_any", 1, "int"),
    ],
)
def test_a_union_is_parsed_to_the_member_that_is_valid(
    package: Any, name: str, content: Any, kind: str
) -> None:
    assert type(parsed(package, name, content)).__name__ == kind


@pytest.mark.parametrize("name", ["one_time_or_texts", "zulus_or_texts"])
def test_a_list_is_parsed_to_the_member_that_is_valid(package: Any, name: str) -> None:
    (found,) = parsed(package, name, ["2025-05-14T00:00:00Z"])
    assert type(found).__name__ == "datetime"
    texts = ["2025-05-14T00:00:00+00:00"] * 2
    assert parsed(package, name, texts) == texts


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


@pytest.mark.parametrize(
    ("name", "content", "place", "says"),
    [
        ("pets", [{"kind": "dog", "at": "x"}], "[0].at", "an RFC 3339 date-time, but is 'x'"),
        ("pets", [{"kind": "dog", "size": 3}], "[0].size", "should be 1 or 2, but is 3"),
        ("pets", [None, {"kind": "owl"}], "[1].wings", "is missing"),
        ("pets", [{"kind": "cow"}], "[0].kind", "should be 'cat' or 'dog' or 'owl', but is 'cow'"),
        ("pets", [{"kind": [1]}], "[0].kind", "should be 'cat' or 'dog' or 'owl', but is a list"),
        ("pets", [{"wings": 2}], "[0].kind", "is missing"),
        ("pets", [7], "[0]", "should be an object or null, but is 7"),
        ("expression", {"op": "moment", "at": TIME, "flag": 1}, "flag", "should be 'a', but is 1"),
        (
            "expression",
            {"op": "xor"},
            "op",
            "or 'moment' or 'instant', but is 'xor'",
        ),
        ("map_of_unions", {"first": 1, "a": "lower"}, "a", "but is 'lower'"),
        ("map_of_unions", {"first": 1, "a": {"kind": "circle"}}, "a.radius", "is missing"),
        ("loose_first", {"id": 1, "at": 7}, "at", "should be a string, but is 7"),
        ("patterns", {"n1": 7, "at": 7}, "at", "should be a string, but is 7"),
        ("consts", [2], "", "or true or [1] or null, but is a list"),
        (
            "later",
            {"parts": NONE, "fixed": {"a": 2}},
            "fixed",
            'should be {"a": 1}, but is an object',
        ),
    ],
)
def test_the_member_that_is_meant_says_what_is_wrong(
    package: Any, name: str, content: Any, place: str, says: str
) -> None:
    found = package.document.mismatch(f"get_{name}", "200", content)
    assert found[0] == place
    assert found[1].endswith(says)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("foo-bar", "foo-bar"),
        ("été", "été"),
        ("", '[""]'),
        ("a.b", '["a.b"]'),
        ("a[0]", '["a[0]"]'),
        ('"\n\x9b', '["\\"\\n\\u009b"]'),
        ("k" * 1000, f'["{"k" * 57}..."]'),
    ],
)
def test_a_name_that_could_be_a_path_is_quoted(package: Any, name: str, shown: str) -> None:
    found = package.document.mismatch("get_map", "200", {name: 1})
    assert found == (shown, "should be a string, but is 1")


@pytest.mark.parametrize("levels", [16, 150])
def test_the_place_within_nested_unions_is_found_in_time(package: Any, levels: int) -> None:
    told: Any = {"op": "moment", "at": 7}
    similar: Any = {"name": "a", "title": "b", "kids": 7}
    for number in range(levels):
        told = {"op": "or" if number % 2 else "and", "args": [told]}
        similar = {"name": "a", "title": "b", "kids": [similar]}
    started = time.process_time()
    mismatch = package.document.mismatch
    assert mismatch("get_expression", "200", told)[0] == f"{'args[0].' * levels}at"
    assert mismatch("get_relative", "200", similar)[0] == f"{'kids[0].' * levels}kids"
    assert time.process_time() - started < 5


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
