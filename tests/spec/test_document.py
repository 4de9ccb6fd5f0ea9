"""openapi.yaml has what tests/spec/data/document.yaml lists, and keeps the rules of the house."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker

from generator.documents import read_yaml, resolved
from tests.support.projects import ROOT

Node = dict[str, Any]

DOCUMENT: Node = read_yaml(ROOT / "openapi.yaml")
WANTED: Node = read_yaml(ROOT / "tests/spec/data/document.yaml")
COMPONENTS: Node = DOCUMENT["components"]
SCHEMAS: Node = COMPONENTS["schemas"]
OPERATION: Node = DOCUMENT["paths"]["/v1/models"]["get"]
RESPONSES: dict[str, Node] = {
    status: resolved(each, DOCUMENT) for status, each in OPERATION["responses"].items()
}


def reference(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


def mappings(node: object, place: str = "#") -> Iterator[tuple[str, Node]]:
    if isinstance(node, list):
        for number, child in enumerate(cast(list[object], node)):
            yield from mappings(child, f"{place}/{number}")
    if isinstance(node, dict):
        mapping = cast(Node, node)
        yield place, mapping
        for key, child in mapping.items():
            if key not in ("value", "example"):  # what an example shows is not the document's
                yield from mappings(child, f"{place}/{key}")


def media_type(status: str) -> Node:
    ((kind, media),) = RESPONSES[status]["content"].items()
    assert kind == "application/json"
    return cast(Node, media)


def is_valid(value: object, name: str) -> bool:
    whole = {"components": COMPONENTS, **reference(name)}
    validator: Any = OAS31Validator(whole, format_checker=oas31_format_checker)
    return bool(validator.is_valid(value))


def test_there_is_one_operation_and_it_lists_the_models() -> None:
    assert {path: set(item) for path, item in DOCUMENT["paths"].items()} == {"/v1/models": {"get"}}
    assert (OPERATION["operationId"], OPERATION["tags"]) == ("list_models", ["models"])
    assert [server["url"] for server in DOCUMENT["servers"]] == ["https://api.anthropic.com"]
    assert "more recently released ones first" in OPERATION["description"]
    assert media_type("200")["schema"] == reference("BetaModelList")
    assert SCHEMAS["BetaModelList"]["properties"]["data"]["items"] == reference("BetaModelInfo")


def test_there_are_exactly_these_parameters() -> None:
    for given, wanted in zip(OPERATION["parameters"], WANTED["parameters"], strict=True):
        parameter = resolved(given, DOCUMENT)
        assert wanted.get("says", "") in parameter["description"]
        told = ("in", "name", "required", "style", "schema")
        assert {name: parameter[name] for name in told if parameter.get(name)} == {
            name: value for name, value in wanted.items() if name != "says"
        }


def test_an_api_key_or_a_bearer_token_is_required_everywhere() -> None:
    assert "security" not in OPERATION
    assert DOCUMENT["security"] == [{"ApiKey": []}, {"BearerToken": []}]
    schemes = COMPONENTS["securitySchemes"]
    assert (schemes["ApiKey"]["in"], schemes["ApiKey"]["name"]) == ("header", "X-Api-Key")
    assert schemes["BearerToken"]["scheme"] == "bearer"


@pytest.mark.parametrize(
    ("name", "values"),
    [("AnthropicBeta", WANTED["betas"]), ("ErrorType", list(WANTED["errors"].values()))],
)
def test_an_open_enumeration_is_any_string_or_one_of_these(name: str, values: list[str]) -> None:
    known = SCHEMAS[f"Known{name}"]
    assert SCHEMAS[name]["anyOf"] == [{"type": "string"}, reference(f"Known{name}")]
    assert (known["type"], known["enum"]) == ("string", values)


@pytest.mark.parametrize("name", WANTED["objects"])
def test_an_object_needs_its_fields_and_may_have_others(name: str) -> None:
    wanted = WANTED["objects"][name]
    schema, whole = SCHEMAS[name], wanted["whole"]
    # In so many words, since generators for Go and Java refuse unknown fields otherwise.
    assert (schema["type"], schema["additionalProperties"]) == ("object", True)
    assert set(schema["properties"]) == set(whole)
    assert sorted(schema["required"]) == wanted["required"]
    for change in [{}, {"added_later": {"anything": [1, None]}}, *wanted["may"]]:
        assert is_valid({**whole, **change}, name), change
    for change in wanted["may_not"]:
        assert not is_valid({**whole, **change}, name), change


def test_there_are_exactly_these_objects_and_responses() -> None:
    objects = [node for _, node in mappings(SCHEMAS) if node.get("type") == "object"]
    assert len(objects) == len(WANTED["objects"])
    assert set(RESPONSES) == {"200", *WANTED["errors"], "4XX", "5XX"}
    assert SCHEMAS["ErrorDetail"]["properties"]["type"] == reference("ErrorType")
    retry_after = resolved(RESPONSES["429"]["headers"]["retry-after"], DOCUMENT)
    assert retry_after["schema"] == {"type": "string"}


@pytest.mark.parametrize("status", [*WANTED["errors"], "4XX", "5XX"])
def test_an_error_comes_in_the_envelope_with_its_documented_type(status: str) -> None:
    assert media_type(status)["schema"] == reference("ErrorResponse")
    examples = media_type(status)["examples"].values()
    types = {resolved(example, DOCUMENT)["value"]["error"]["type"] for example in examples}
    assert status not in WANTED["errors"] or types == {WANTED["errors"][status]}


@pytest.mark.parametrize("status", RESPONSES)
def test_every_response_carries_a_request_id_and_its_parts_are_components(status: str) -> None:
    headers, examples = RESPONSES[status]["headers"], media_type(status)["examples"]
    assert [use for use in (headers | examples).values() if list(use) != ["$ref"]] == []
    header = resolved(headers["request-id"], DOCUMENT)
    assert (header["required"], header["schema"]) == (True, {"type": "string"})


def test_every_parameter_and_header_has_an_example() -> None:
    assert all("example" in header for header in COMPONENTS["headers"].values())
    # Who fills in the examples would send both cursors, which the API refuses.
    without = [name for name, one in COMPONENTS["parameters"].items() if "examples" not in one]
    assert sorted(without) == ["AfterId", "BeforeId"]


def test_every_component_and_property_is_described() -> None:
    nodes = [
        (f"{place}/{name}", resolved(node, DOCUMENT))
        for place, group in mappings(COMPONENTS)
        if place.endswith("/properties") or (place.count("/") == 1 and place != "#/examples")
        for name, node in group.items()
    ]
    assert len(nodes) > 30
    assert [place for place, node in nodes if not node.get("description")] == []
