"""`make spec-lint` refuses a document that breaks a rule of the house."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.documents import Document, read_yaml
from sharing import node
from tests.support.projects import ROOT

SOURCE = read_yaml(ROOT / "openapi.yaml")
CLOSED = {"type": "string", "description": "x", "enum": ["calm", "curious"]}
Change = Callable[[Document], None]
KNOWN = {"$ref": "#/components/schemas/KnownMood"}


def in_a_model(schema: dict[str, Any], **more_schemas: Any) -> Change:
    """Give the models of a response a field."""

    def change(document: Document) -> None:
        components = document["components"]
        components["schemas"]["BetaModelInfo"]["properties"]["mood"] = schema
        components["schemas"] |= more_schemas

    return change


def open_list(*others: dict[str, Any]) -> dict[str, Any]:
    return {"description": "x", "anyOf": [{"type": "string"}, *others]}


def inline_object(document: Document) -> None:
    components = document["components"]
    model = components["schemas"].pop("BetaModelInfo")
    components["schemas"]["BetaModelList"]["properties"]["data"]["items"] = model


def inline_object_of_a_response(document: Document) -> None:
    components = document["components"]
    content = components["responses"]["ModelList"]["content"]
    content["application/json"]["schema"] = components["schemas"].pop("BetaModelList")


def inline_object_among_alternatives(document: Document) -> None:
    components = document["components"]
    detail = components["schemas"].pop("ErrorDetail")
    error = {"description": "x", "anyOf": [detail, {"type": "null"}]}
    components["schemas"]["ErrorResponse"]["properties"]["error"] = error


def inline_object_of_a_map(document: Document) -> None:
    schemas = document["components"]["schemas"]
    schemas["ErrorResponse"]["additionalProperties"] = schemas.pop("BetaModelInfo")
    schemas["BetaModelList"]["properties"]["data"]["items"] = {"type": "string"}


def no_example(document: Document) -> None:
    components = document["components"]
    del components["responses"]["ModelList"]["content"]["application/json"]["examples"]


def no_description(document: Document) -> None:
    components = document["components"]
    del components["parameters"]["Limit"]["description"]


def no_more_open(document: Document) -> None:
    components = document["components"]
    components["schemas"]["ErrorType"]["anyOf"].remove({"type": "string"})


def inline_parameter(document: Document) -> None:
    parameter = document["components"]["parameters"].pop("AfterId")
    document["paths"]["/v1/models"]["get"]["parameters"][0] = parameter


def inline_response(document: Document) -> None:
    response = document["components"]["responses"].pop("RateLimited")
    document["paths"]["/v1/models"]["get"]["responses"]["429"] = response


def nothing(_document: Document) -> None:
    pass


CHANGES: dict[str, tuple[Change, str | None]] = {
    "no description": (no_description, "oas3-parameter-description"),
    "no example": (no_example, "response-has-an-example"),
    "a parameter that is no component": (inline_parameter, "parameter-is-a-component"),
    "a response that is no component": (inline_response, "response-is-a-component"),
    "an object among items": (inline_object, "no-inline-object-schema"),
    "an object in a response": (inline_object_of_a_response, "no-inline-object-schema"),
    "an object of a map": (inline_object_of_a_map, "no-inline-object-schema"),
    "an object among others": (inline_object_among_alternatives, "no-inline-object-schema"),
    "a list that is closed now": (no_more_open, "open-alternatives-in-responses"),
    "a closed list": (in_a_model(CLOSED), "open-enum-in-responses"),
    "closed items": (
        in_a_model({"type": "array", "description": "x", "items": CLOSED}),
        "open-enum-in-responses",
    ),
    "a closed list by name": (in_a_model(KNOWN, KnownMood=CLOSED), "open-enum-in-responses"),
    "a closed list or null": (
        in_a_model({"anyOf": [KNOWN, {"type": "null"}]}, KnownMood=CLOSED),
        "open-alternatives-in-responses",
    ),
    "an open list or null": (
        in_a_model(open_list(KNOWN, {"type": "null"}), KnownMood=CLOSED),
        None,
    ),
    "nothing": (nothing, None),
}


@pytest.fixture(scope="module")
def broken_rules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The rules that Spectral names, by what was changed in the document."""
    folder = tmp_path_factory.mktemp("documents")
    for name, (change, _) in CHANGES.items():
        document = copy.deepcopy(SOURCE)
        change(document)
        (folder / f"{name}.json").write_text(json.dumps(document), "utf-8")
    rules = ("-r", str(ROOT / ".spectral.yaml"), "-f", "json", "--fail-severity=hint")
    names = [f"{name}.json" for name in CHANGES]
    output = node.run("spectral", "lint", *rules, *names, folder=folder, accept=(1,))
    broken: dict[str, set[str]] = {name: set() for name in CHANGES}
    for problem in json.JSONDecoder().raw_decode(output)[0]:
        broken[Path(problem["source"]).stem].add(problem["code"])
    return broken


@pytest.mark.parametrize("change", [name for name, (_, rule) in CHANGES.items() if rule])
def test_a_document_that_breaks_a_rule_is_refused_by_its_name(
    broken_rules: dict[str, set[str]], change: str
) -> None:
    assert CHANGES[change][1] in broken_rules[change]


@pytest.mark.parametrize("change", [name for name, (_, rule) in CHANGES.items() if not rule])
def test_a_document_that_keeps_the_rules_passes(
    broken_rules: dict[str, set[str]], change: str
) -> None:
    assert broken_rules[change] == set()
