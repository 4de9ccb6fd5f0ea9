from collections.abc import Iterator
from typing import Any, cast

import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator

from generator.documents import read_yaml
from tests.support.projects import ROOT

Node = dict[str, Any]

DOCUMENT: Node = read_yaml(ROOT / "openapi.yaml")
COMPONENTS: Node = DOCUMENT["components"]
OPERATION: Node = DOCUMENT["paths"]["/v1/models"]["get"]

BETAS = [
    "message-batches-2024-09-24",
    "prompt-caching-2024-07-31",
    "computer-use-2024-10-22",
    "computer-use-2025-01-24",
    "pdfs-2024-09-25",
    "token-counting-2024-11-01",
    "token-efficient-tools-2025-02-19",
    "output-128k-2025-02-19",
    "files-api-2025-04-14",
    "mcp-client-2025-04-04",
    "mcp-client-2025-11-20",
    "dev-full-thinking-2025-05-14",
    "interleaved-thinking-2025-05-14",
    "code-execution-2025-05-22",
    "extended-cache-ttl-2025-04-11",
    "context-1m-2025-08-07",
    "context-management-2025-06-27",
    "model-context-window-exceeded-2025-08-26",
    "skills-2025-10-02",
]

ERROR_TYPES = {
    "400": "invalid_request_error",
    "401": "authentication_error",
    "402": "billing_error",
    "403": "permission_error",
    "404": "not_found_error",
    "413": "request_too_large",
    "429": "rate_limit_error",
    "500": "api_error",
    "504": "timeout_error",
    "529": "overloaded_error",
}

MODEL: Node = {
    "type": "model",
    "id": "claude-sonnet-4-20250514",
    "display_name": "Claude Sonnet 4",
    "created_at": "2025-05-14T00:00:00Z",
}
PAGE: Node = {
    "data": [MODEL],
    "has_more": False,
    "first_id": MODEL["id"],
    "last_id": MODEL["id"],
}
ERROR: Node = {
    "type": "error",
    "error": {"type": "not_found_error", "message": "no such model"},
    "request_id": "req_1",
}


def resolved(node: Node) -> Node:
    while "$ref" in node:
        found: Node = DOCUMENT
        for key in node["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        node = found
    return node


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


def parameter(name: str) -> Node:
    found = [p for p in map(resolved, OPERATION["parameters"]) if p["name"] == name]
    assert len(found) == 1
    return found[0]


def response(status: str) -> Node:
    return resolved(OPERATION["responses"][status])


def media_type(status: str) -> Node:
    content: Node = response(status)["content"]
    assert list(content) == ["application/json"]
    media: Node = content["application/json"]
    return media


def complaints(value: object, schema: Node) -> list[str]:
    whole = {"components": COMPONENTS, **schema}
    validator: Any = OAS31Validator(whole, format_checker=oas31_format_checker)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def is_valid(value: object, name: str) -> bool:
    return not complaints(value, {"$ref": f"#/components/schemas/{name}"})


def test_the_document_is_valid_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_there_is_one_operation_and_it_lists_the_models() -> None:
    assert {path: set(item) for path, item in DOCUMENT["paths"].items()} == {"/v1/models": {"get"}}
    assert OPERATION["operationId"] == "list_models"
    assert OPERATION["tags"] == ["models"]
    assert [tag["name"] for tag in DOCUMENT["tags"]] == ["models"]
    assert [server["url"] for server in DOCUMENT["servers"]] == ["https://api.anthropic.com"]
    assert "more recently released ones first" in OPERATION["description"]


def test_there_are_exactly_these_parameters() -> None:
    assert [(p["in"], p["name"]) for p in map(resolved, OPERATION["parameters"])] == [
        ("query", "after_id"),
        ("query", "before_id"),
        ("query", "limit"),
        ("header", "anthropic-version"),
        ("header", "anthropic-beta"),
    ]


@pytest.mark.parametrize("word", ["after", "before"])
def test_a_cursor_is_an_optional_string_and_says_where_it_leads(word: str) -> None:
    cursor = parameter(f"{word}_id")
    assert cursor.get("required", False) is False
    assert cursor["schema"] == {"type": "string"}
    assert f"immediately {word}" in cursor["description"]


def test_limit_is_an_optional_integer_from_1_to_1000_and_20_by_default() -> None:
    limit = parameter("limit")
    assert limit.get("required", False) is False
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 1000, "default": 20}


def test_the_version_header_is_required_and_takes_any_string() -> None:
    version = parameter("anthropic-version")
    assert version["required"] is True
    assert version["schema"] == {"type": "string", "default": "2023-06-01"}


def test_the_beta_header_is_an_optional_comma_separated_array_of_betas() -> None:
    beta = parameter("anthropic-beta")
    assert beta.get("required", False) is False
    assert beta["style"] == "simple"
    assert beta["schema"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/AnthropicBeta"},
    }


def test_an_api_key_or_a_bearer_token_is_required_everywhere() -> None:
    assert "security" not in OPERATION
    key, token = [list(choice.items()) for choice in DOCUMENT["security"]]
    schemes = COMPONENTS["securitySchemes"]
    kinds = [(schemes[name].get("in"), schemes[name].get("name")) for name, _ in key]
    assert (kinds, [scopes for _, scopes in key]) == ([("header", "X-Api-Key")], [[]])
    assert [(schemes[name]["scheme"], scopes) for name, scopes in token] == [("bearer", [])]


def test_the_known_betas_are_these_in_this_order() -> None:
    assert COMPONENTS["schemas"]["KnownAnthropicBeta"]["type"] == "string"
    assert COMPONENTS["schemas"]["KnownAnthropicBeta"]["enum"] == BETAS


@pytest.mark.parametrize(
    ("name", "known"), [("AnthropicBeta", "KnownAnthropicBeta"), ("ErrorType", "KnownErrorType")]
)
def test_an_open_enumeration_is_any_string_or_a_known_one(name: str, known: str) -> None:
    assert COMPONENTS["schemas"][name]["anyOf"] == [
        {"type": "string"},
        {"$ref": f"#/components/schemas/{known}"},
    ]
    assert is_valid("not-yet-known-2027-01-01", name)
    assert is_valid(COMPONENTS["schemas"][known]["enum"][0], name)
    assert not is_valid(1, name)
    assert not is_valid("not-yet-known-2027-01-01", known)


def test_a_success_is_a_page_of_models() -> None:
    assert media_type("200")["schema"] == {"$ref": "#/components/schemas/BetaModelList"}
    assert COMPONENTS["schemas"]["BetaModelList"]["properties"]["data"]["items"] == {
        "$ref": "#/components/schemas/BetaModelInfo"
    }


@pytest.mark.parametrize(
    ("name", "whole", "required"),
    [
        ("BetaModelList", PAGE, {"data", "first_id", "has_more", "last_id"}),
        ("BetaModelInfo", MODEL, {"id", "created_at", "display_name", "type"}),
        ("ErrorResponse", ERROR, {"type", "error"}),
        ("ErrorDetail", ERROR["error"], {"type", "message"}),
    ],
)
def test_an_object_needs_its_fields_and_may_have_others(
    name: str, whole: Node, required: set[str]
) -> None:
    schema = COMPONENTS["schemas"][name]
    assert schema["type"] == "object"
    assert set(schema["properties"]) == set(whole)
    assert set(schema["required"]) == required
    assert is_valid(whole, name)
    assert is_valid({**whole, "added_later": {"anything": [1, None]}}, name)
    for field in whole:
        without = {key: value for key, value in whole.items() if key != field}
        assert is_valid(without, name) is (field not in required)


@pytest.mark.parametrize(
    ("name", "whole", "change", "is_allowed"),
    [
        ("BetaModelList", PAGE, {"data": [], "first_id": None, "last_id": None}, True),
        ("BetaModelInfo", MODEL, {"created_at": "1970-01-01T00:00:00Z"}, True),
        ("BetaModelInfo", MODEL, {"created_at": "2025-05-14T02:00:00.5+02:00"}, True),
        ("ErrorResponse", ERROR, {"request_id": None}, True),
        ("BetaModelList", PAGE, {"data": None}, False),
        ("BetaModelList", PAGE, {"data": [{"id": "claude-sonnet-4-20250514"}]}, False),
        ("BetaModelList", PAGE, {"has_more": "false"}, False),
        ("BetaModelList", PAGE, {"first_id": 1}, False),
        ("BetaModelList", PAGE, {"last_id": 1}, False),
        ("BetaModelInfo", MODEL, {"id": None}, False),
        ("BetaModelInfo", MODEL, {"display_name": None}, False),
        ("BetaModelInfo", MODEL, {"created_at": "May 14, 2025"}, False),
        ("BetaModelInfo", MODEL, {"type": "models"}, False),
        ("ErrorResponse", ERROR, {"type": "model"}, False),
        ("ErrorResponse", ERROR, {"error": "no such model"}, False),
        ("ErrorDetail", ERROR["error"], {"message": None}, False),
        ("ErrorDetail", ERROR["error"], {"type": None}, False),
    ],
)
def test_what_may_be_in_a_response_and_what_not(
    name: str, whole: Node, change: Node, is_allowed: bool
) -> None:
    assert is_valid({**whole, **change}, name) == is_allowed


def test_the_documented_statuses_are_the_success_and_the_errors() -> None:
    assert set(OPERATION["responses"]) == {"200", *ERROR_TYPES, "4XX", "5XX"}


@pytest.mark.parametrize("status", [*ERROR_TYPES, "4XX", "5XX"])
def test_an_error_comes_in_the_envelope_with_its_documented_type(status: str) -> None:
    media = media_type(status)
    assert media["schema"] == {"$ref": "#/components/schemas/ErrorResponse"}
    examples = [resolved(example)["value"] for example in media["examples"].values()]
    types = {example["error"]["type"] for example in examples}
    assert status not in ERROR_TYPES or types == {ERROR_TYPES[status]}


def test_the_known_error_types_are_the_documented_ones() -> None:
    assert COMPONENTS["schemas"]["ErrorDetail"]["properties"]["type"] == {
        "$ref": "#/components/schemas/ErrorType"
    }
    assert COMPONENTS["schemas"]["KnownErrorType"]["enum"] == list(ERROR_TYPES.values())


@pytest.mark.parametrize("status", OPERATION["responses"])
def test_every_response_carries_a_request_id(status: str) -> None:
    header = resolved(response(status)["headers"]["request-id"])
    assert header["required"] is True
    assert header["schema"] == {"type": "string"}


def test_the_rate_limit_tells_when_to_try_again() -> None:
    header = resolved(response("429")["headers"]["retry-after"])
    assert header["schema"] == {"type": "string"}


def test_every_component_and_property_is_described() -> None:
    nodes = [
        (f"{place}/{name}", resolved(node))
        for place, group in mappings(COMPONENTS)
        if place.endswith("/properties") or (place.count("/") == 1 and place != "#/examples")
        for name, node in group.items()
    ]
    assert len(nodes) > 30
    assert [place for place, node in nodes if not node.get("description")] == []


def test_the_headers_and_examples_of_responses_are_components() -> None:
    uses = [
        (f"{place}/{name}", node)
        for place, group in mappings(COMPONENTS["responses"])
        if place.endswith(("/headers", "/examples"))
        for name, node in group.items()
    ]
    assert uses
    assert [place for place, node in uses if list(node) != ["$ref"]] == []


def test_every_response_parameter_and_header_has_an_example() -> None:
    """That they are valid is checked by `make spec-lint`, and by each regeneration."""
    for status in OPERATION["responses"]:
        examples = media_type(status)["examples"].values()
        assert [bool(resolved(example)["summary"]) for example in examples], status
    assert all("example" in header for header in COMPONENTS["headers"].values())
    # Who fills in the examples would send both cursors, which the API refuses.
    without = [name for name, one in COMPONENTS["parameters"].items() if "examples" not in one]
    assert sorted(without) == ["AfterId", "BeforeId"]


def test_no_object_forbids_fields_that_are_not_in_this_document() -> None:
    forbidding = {"unevaluatedProperties", "maxProperties"}
    objects = [
        (place, node)
        for place, node in mappings(COMPONENTS["schemas"])
        if node.get("type") == "object"
    ]
    assert [place for place, node in objects if forbidding & set(node)] == []
    # Said in so many words, since generators for Go and Java refuse unknown fields otherwise.
    assert [place for place, node in objects if node.get("additionalProperties") is not True] == []
