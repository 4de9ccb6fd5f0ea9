"""Unions are parsed to the member that is valid, and fields are found by their names."""

import datetime
import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from generator.documents import read_yaml
from generator.regenerate import ROOT
from tests.support.generated_packages import document_of, generated_package

SCHEMAS: Any = read_yaml(ROOT / "tests" / "spec" / "data" / "many-schemas.yaml")
CIRCLE = {"kind": "circle", "radius": 1}
SQUARE = {"kind": "rectangle", "side": 2}
DRAWING = {"kind": "drawing", "title": "t", "shapes": [CIRCLE, SQUARE]}
TIME = "2025-05-14T00:00:00+00:00"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("unions")
    with generated_package(folder, "generated_unions", document_of(SCHEMAS)) as package:
        yield package


def parsed(package: Any, name: str, content: Any) -> Any:
    operation = f"get_{name}"
    assert package.document.mismatch(operation, "200", content) is None
    module = importlib.import_module(f"{package.__name__}.api.small.{operation}")
    return module.request().responses[0].parse(content)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("shape", CIRCLE, "Circle"),
        ("shape", SQUARE, "Square"),
        ("shape", DRAWING, "Drawing"),
        ("value", {"value": "a"}, "TextValue"),
        ("value", {"value": 1}, "NumberValue"),
        ("value", {"value": "a", "at": TIME}, "TimeValue"),
        ("value", {"value": "a", "at": 7}, "TextValue"),
        ("loose_first", {"id": 1}, "Strict"),
        ("loose_first", {"id": 1, "note": "n"}, "Loose"),
        ("loose_first", {"note": "n"}, "Loose"),
        ("consts", "a", "str"),
        ("consts", None, "NoneType"),
        ("consts", [1], "list"),
        ("text_or_const", "a", "str"),
        ("texts", ["a"], "list"),
        ("texts", [1], "list"),
        ("time", TIME, "datetime"),
        ("time", "2025-05-14", "date"),
        ("time", "12345678-1234-5678-1234-567812345678", "UUID"),
        ("time", "late", "str"),
        ("numbers", 1, "Number"),
        ("numbers", True, "bool"),
        ("open_level", "low", "Level"),
        ("open_level", "lower", "str"),
        ("nested", {"a": {"at": TIME}}, "NestedType0"),
        ("nested", {"b": {"more": {"a": {}}}}, "OtherNested"),
        ("nested_or_null", {"a": {}}, "NestedOrNullType0"),
        ("nested_or_null", None, "NoneType"),
    ],
)
def test_a_union_is_parsed_to_the_member_that_is_valid(
    package: Any, name: str, content: Any, kind: str
) -> None:
    assert type(parsed(package, name, content)).__name__ == kind


def test_unions_within_lists_and_objects_are_parsed_as_well(package: Any) -> None:
    drawing = parsed(package, "drawing", DRAWING)
    assert [type(shape).__name__ for shape in drawing.shapes] == ["Circle", "Square"]
    (circle,) = parsed(package, "times", [CIRCLE])
    assert type(circle).__name__ == "Circle"
    assert parsed(package, "times", [TIME]) == [datetime.datetime.fromisoformat(TIME)]
    (inner,) = parsed(package, "nested", [{"c": {"d": 1}}])
    assert inner.c.d == 1
    nested = parsed(package, "nested", {"b": {"more": {"a": {"at": TIME}}}})
    assert nested.b.more.a.at.year == 2025
    assert parsed(package, "nested_or_null", ["2025-05-14"])[0].year == 2025
    tree = parsed(package, "tree", {"name": "a", "right": {"leaf": "2025-05-14"}, "left": None})
    assert type(tree.right).__name__ == "Leaf"


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("consts", "c", ""),
        ("number", True, ""),
        ("later", {"parts": [], "nothing": 0}, "nothing"),
        ("circle", [["kind", "circle"], ["radius", 1]], ""),
        ("shape", {"kind": "circle", "radius": 0}, "radius"),
    ],
)
def test_what_no_schema_describes_is_refused(
    package: Any, name: str, content: Any, place: str
) -> None:
    found = package.document.mismatch(f"get_{name}", "200", content)
    assert found is not None
    assert found[0] == place


def test_fields_are_found_by_the_names_of_the_document(package: Any) -> None:
    content = {"d": TIME, "cls": CIRCLE, "to_dict": 1, "more": [1], "foo-bar!": 2}
    odd = parsed(package, "odd", content)
    assert {name: odd[name] for name in content} == content
    assert set(content) <= {name for name in [*content, "model"] if name in odd}
    assert "model" not in odd
    assert odd.additional_keys == ["more"]
    with pytest.raises(KeyError):
        odd["model"]
    odd["model"], odd["new"], odd["d"] = CIRCLE, "text", "2026-01-01T00:00:00Z"
    assert type(odd.model).__name__ == "Circle"
    assert odd.d.year == 2026
    del odd["model"], odd["new"]
    assert "model" not in odd
    assert "new" not in odd
    with pytest.raises(ValueError, match="to_dict is required"):
        del odd["to_dict"]
    with pytest.raises(KeyError):
        del odd["never there"]
    assert odd.to_dict() == content | {"d": "2026-01-01T00:00:00+00:00"}


def test_what_a_map_holds_is_parsed_and_is_json_beside_fields(package: Any) -> None:
    whole = parsed(package, "map", {"a": TIME})
    assert whole["a"].year == 2025
    mixed = parsed(package, "map_of_unions", {"first": 1, "a": CIRCLE, "b": "low", "c": [1]})
    assert type(mixed.additional_properties["a"]).__name__ == "Circle"
    assert (mixed["a"], mixed["b"], mixed["c"], mixed["first"]) == (CIRCLE, "low", [1], 1)
    mixed["d"] = CIRCLE
    assert type(mixed.additional_properties["d"]).__name__ == "Circle"
