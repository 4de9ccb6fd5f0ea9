"""Unions, names of fields, and what regeneration refuses because it would come out wrong."""

import copy
import datetime
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.documents import SpecError, read_yaml
from generator.prepared import prepared
from generator.regenerate import ROOT
from tests.support.packages import document_of, generated_package

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


A: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}},
}
B: dict[str, Any] = {**A, "properties": {**A["properties"], "note": {"type": "string"}}}


def refs(*names: str) -> list[Any]:
    return [{"$ref": f"#/components/schemas/{name}"} for name in names]


def kind(value: Any) -> dict[str, Any]:
    return {"type": "object", "required": ["kind"], "properties": {"kind": value}}


@pytest.mark.parametrize(
    ("schemas", "place", "remedy"),
    [
        (
            {"A": A, "B": B, "U": {"oneOf": refs("A", "B")}},
            "#/components/schemas/U: A and B cannot be told apart",
            "a required field with a `const` of its own",
        ),
        (
            {"A": A, "B": B, "U": {"type": "array", "items": {"anyOf": refs("A", "B")}}},
            "#/components/schemas/U/items: A and B cannot be told apart",
            "a required field with a `const` of its own",
        ),
        (
            {
                "A": kind({"const": "a"}),
                "B": kind({"type": "string"}),
                "U": {"oneOf": refs("A", "B"), "discriminator": {"propertyName": "kind"}},
            },
            "#/components/schemas/U: B does not carry the discriminator 'kind' as a const",
            "write `const: a value of its own`",
        ),
        (
            {
                "A": kind({"const": "a"}),
                "B": kind({"const": "b"}),
                "U": {
                    "oneOf": refs("A", "B"),
                    "discriminator": {
                        "propertyName": "kind",
                        "mapping": {"a": "#/components/schemas/A", "c": "#/components/schemas/B"},
                    },
                },
            },
            "#/components/schemas/U: B does not carry the discriminator 'kind' as a const",
            "write `const: c`",
        ),
        (
            {
                "A": kind({"const": "a"}),
                "B": {**kind({"const": "a"}), "minProperties": 2},
                "U": {"anyOf": refs("A", "B"), "discriminator": {"propertyName": "kind"}},
            },
            "#/components/schemas/U: A and B both have 'a'",
            "give each a `const` of its own",
        ),
        (
            {"A": {**A, "discriminator": {"propertyName": "id"}}},
            "#/components/schemas/A: the discriminator 'id' stands beside no oneOf",
            "oneOf its kinds",
        ),
        (
            {"A": {"properties": {"a": {"type": "string"}}}},
            "#/components/schemas/A: it has properties but no type",
            "write `type: object`",
        ),
        (
            {"A": {"type": "object", "properties": {"+1": {}, "-1": {}}}},
            "#/components/schemas/A: the fields '+1' and '-1' would both be called field_1",
            "model['-1']",
        ),
        (
            {"A": {"type": "string", "enum": ["a-1", "a.1"]}},
            "#/components/schemas/A: the values 'a-1' and 'a.1' of the enumeration",
            "x-enum-varnames",
        ),
        (
            {"A": {"type": "string", "enum": ["a", "b\n"]}},
            "#/components/schemas/A: the value 'b\\n' of the enumeration has a control character",
            "`pattern`",
        ),
    ],
)
def test_what_would_come_out_wrong_is_refused_with_its_place_and_a_remedy(
    schemas: dict[str, Any], place: str, remedy: str
) -> None:
    with pytest.raises(SpecError) as raised:
        prepared(document_of(schemas))
    assert f"openapi.yaml, {place}" in str(raised.value)
    assert remedy in str(raised.value)
    assert "\n" not in str(raised.value)


def test_operations_that_would_be_the_same_module_are_refused() -> None:
    document = document_of({"A": A})
    document["paths"]["/again"] = copy.deepcopy(document["paths"]["/A"])
    document["paths"]["/again"]["get"]["operationId"] = "get-a"
    with pytest.raises(SpecError, match="GET /again: its module would be called get_a, like"):
        prepared(document)


def test_a_reference_to_itself_is_refused() -> None:
    with pytest.raises(SpecError, match="#/components/schemas/A: it refers to nothing but itself"):
        prepared(document_of({"A": refs("A")[0], "B": {"allOf": refs("A")}}))


def test_a_reference_to_another_file_is_refused() -> None:
    with pytest.raises(SpecError, match=r"refers to other.yaml#/A, which is not in it"):
        prepared(document_of({"A": {"allOf": [{"$ref": "other.yaml#/A"}]}}))


def test_names_for_the_values_of_an_enumeration_are_used(tmp_path: Path) -> None:
    schema = {"type": "string", "enum": ["a-1", "a.1"], "x-enum-varnames": ["DASH", "DOT"]}
    with generated_package(tmp_path, "generated_named", document_of({"Named": schema})) as package:
        assert package.models.Named.DOT == "a.1"
