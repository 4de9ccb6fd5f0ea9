"""`make spec-diff` reports what changed in the API, in words, and whether it is breaking."""

import copy
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.documents import Document, read_yaml, to_yaml
from sharing.changes import Change, changes
from tests.support.projects import ROOT, Program, committed, copied

SOURCE = read_yaml(ROOT / "openapi.yaml")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Document], list[Change]]:
    def found(revision: Document) -> list[Change]:
        return changes(SOURCE, revision, tmp_path_factory.mktemp("diff"))

    return found


def schemas(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def parameters(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["parameters"]
    return found


def listing(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/v1/models"]["get"]
    return found


def grown() -> Document:
    """The API with everything added to it that may be added."""
    document = copy.deepcopy(SOURCE)
    model = schemas(document)["BetaModelInfo"]
    model["properties"]["made_up_limit"] = {"type": ["integer", "null"], "description": "x"}
    model["properties"]["made_up_moment"] = {"type": "string", "format": "date-time"}
    model["required"].append("made_up_moment")
    schemas(document)["KnownAnthropicBeta"]["enum"].append("new-2027-01-01")
    schemas(document)["KnownErrorType"]["enum"].append("new_error")
    parameters(document)["Whence"] = {"name": "whence", "in": "query", "schema": {}}
    listing(document)["parameters"].append({"$ref": "#/components/parameters/Whence"})
    parameters(document)["Limit"]["schema"] |= {"maximum": 5000, "default": 50}
    parameters(document)["Limit"]["description"] = "Other words."
    parameters(document)["BeforeId"]["deprecated"] = True
    listing(document)["responses"]["503"] = {"$ref": "#/components/responses/Overloaded"}
    document["components"]["securitySchemes"]["Cookie"] = {
        "type": "apiKey",
        "in": "cookie",
        "name": "key",
    }
    document["security"].append({"Cookie": []})
    document["paths"]["/v1/made-up/{made_up_id}"] = {
        "get": {"operationId": "get_made_up", "responses": {}},
        "parameters": [{"name": "made_up_id", "in": "path", "required": True, "schema": {}}],
    }
    examples = document["components"]["examples"]
    examples["EmptyPage"]["value"]["has_more"] = True
    listed = document["components"]["responses"]["ModelList"]["content"]["application/json"]
    listed["examples"]["more"] = {"$ref": "#/components/examples/PageOfModels"}
    return document


def spoiled() -> Document:
    """The API with changes each of which is breaking."""
    document = copy.deepcopy(SOURCE)
    model = schemas(document)["BetaModelInfo"]
    del model["properties"]["display_name"]
    model["required"] = ["id", "type"]
    model["properties"]["id"]["type"] = ["string", "null"]
    model["properties"]["type"]["const"] = "ai_model"
    schemas(document)["KnownAnthropicBeta"]["enum"].remove("pdfs-2024-09-25")
    schemas(document)["KnownErrorType"]["enum"].remove("api_error")
    schemas(document)["AnthropicBeta"]["anyOf"].remove({"type": "string"})
    parameters(document)["Limit"]["schema"]["maximum"] = 100
    parameters(document)["AfterId"]["required"] = True
    del listing(document)["parameters"][1]
    del parameters(document)["BeforeId"]
    parameters(document)["Key"] = {"name": "k", "in": "header", "required": True, "schema": {}}
    listing(document)["parameters"].append({"$ref": "#/components/parameters/Key"})
    del listing(document)["responses"]["529"]
    document["security"].remove({"BearerToken": []})
    document["servers"][0]["url"] = "https://elsewhere.example"
    listing(document)["operationId"] = "models"
    return document


@pytest.fixture(scope="module")
def growth(found: Callable[[Document], list[Change]]) -> list[Change]:
    return found(grown())


@pytest.fixture(scope="module")
def breakage(found: Callable[[Document], list[Change]]) -> list[Change]:
    return found(spoiled())


def test_a_constant_that_becomes_a_list_is_reported(
    found: Callable[[Document], list[Change]],
) -> None:
    document = copy.deepcopy(SOURCE)
    kind = schemas(document)["BetaModelInfo"]["properties"]["type"]
    kind["enum"] = [kind.pop("const"), "other"]
    texts = {change.text for change in found(document)}
    assert "enum of BetaModelInfo.type: none → model or other" in texts


def test_what_is_added_is_reported_as_not_breaking(growth: list[Change]) -> None:
    assert [change.text for change in growth if change.breaking] == []
    assert [change.text for change in growth if change.kind == "removed"] == []
    assert [change.text for change in growth if change.kind == "added"] == [
        "BetaModelInfo.made_up_limit (integer or null)",
        "BetaModelInfo.made_up_moment (string, date-time)",
        "GET /v1/made-up/{made_up_id}",
        "example more of response ModelList",
        "query parameter `whence` of GET /v1/models (optional)",
        "response 503 of GET /v1/models",
        "security scheme Cookie",
        "value `new-2027-01-01` of KnownAnthropicBeta",
        "value `new_error` of KnownErrorType",
    ]


def test_what_is_changed_is_reported_even_if_redocly_does_not_see_it(growth: list[Change]) -> None:
    assert [change.text for change in growth if change.kind == "changed"] == [
        "BetaModelInfo.made_up_moment is required: a response without it, of an older server or "
        "a mock, is refused",
        "credentials: ApiKey or BearerToken → ApiKey or BearerToken or Cookie",
        "default of query parameter `limit`: 20 → 50",
        "deprecated of query parameter `before_id`: none → yes",
        "description of query parameter `limit`",
        "example EmptyPage (may be breaking)",
        "maximum of query parameter `limit`: 1000 → 5000",
    ]


def test_a_breaking_change_is_reported_as_breaking(breakage: list[Change]) -> None:
    assert [change.text for change in breakage if not change.breaking] == []
    assert [(change.kind, change.text) for change in breakage] == [
        ("added", "header `k` of GET /v1/models (required)"),
        (
            "changed",
            "AnthropicBeta is a closed list: who sends a value that is not in it is refused",
        ),
        ("changed", "BetaModelInfo.created_at may be missing"),
        ("changed", "const of BetaModelInfo.type: model → ai_model"),
        ("changed", "credentials: ApiKey or BearerToken → ApiKey"),
        ("changed", "maximum of query parameter `limit`: 1000 → 100"),
        ("changed", "operationId of GET /v1/models: list_models → models"),
        ("changed", "required of query parameter `after_id`: no → yes"),
        ("changed", "type of BetaModelInfo.id: string → string or null"),
        ("changed", "url of server: https://api.anthropic.com → https://elsewhere.example"),
        ("removed", "BetaModelInfo.display_name (string)"),
        ("removed", "query parameter `before_id` of GET /v1/models (optional)"),
        ("removed", "response 529 of GET /v1/models"),
        ("removed", "value `api_error` of KnownErrorType"),
        ("removed", "value `pdfs-2024-09-25` of KnownAnthropicBeta"),
    ]


def test_another_name_for_a_schema_breaks_those_whose_code_names_it(
    found: Callable[[Document], list[Change]],
) -> None:
    renamed = yaml.safe_load(to_yaml(SOURCE).replace("BetaModelInfo", "ModelInfo"))
    assert found(renamed) == [Change("changed", "BetaModelInfo is now called ModelInfo", True)]


def test_a_value_added_to_a_closed_list_of_a_response_breaks_its_readers(tmp_path: Path) -> None:
    before = copy.deepcopy(SOURCE)
    schemas(before)["ErrorType"]["anyOf"].remove({"type": "string"})
    after = copy.deepcopy(before)
    schemas(after)["KnownErrorType"]["enum"].append("new_error")
    added = Change("added", "value `new_error` of KnownErrorType", breaking=True)
    assert changes(before, after, tmp_path) == [added]


def test_what_is_gone_from_the_middle_of_a_list_is_named_in_the_other_document(
    found: Callable[[Document], list[Change]],
) -> None:
    document = copy.deepcopy(SOURCE)
    shared: dict[str, Any] = {"name": "x", "in": "query", "schema": {}}
    document["paths"]["/v1/models"]["parameters"] = [shared]
    del listing(document)["parameters"][2:]
    texts = [change.text for change in found(document)]
    assert "query parameter `limit` of GET /v1/models (optional)" in texts
    assert "header `anthropic-version` of GET /v1/models (required)" in texts


def move_tag(document: Document) -> None:
    listing(document)["tags"] = ["catalogue"]
    document["tags"][0]["name"] = "catalogue"


def reorder_and_add(document: Document) -> None:
    schemas(document)["KnownAnthropicBeta"]["enum"].reverse()
    schemas(document)["KnownAnthropicBeta"]["enum"].append("new-2027-01-01")


def swap_items(document: Document) -> None:
    schemas(document)["Other"] = {"type": "object", "properties": {"id": {"type": "integer"}}}
    schemas(document)["BetaModelList"]["properties"]["data"]["items"] = {
        "$ref": "#/components/schemas/Other"
    }


def close_error_types(document: Document) -> None:
    schemas(document)["ErrorType"]["anyOf"].remove({"type": "string"})


def want_both(document: Document) -> None:
    document["security"] = [{"ApiKey": [], "BearerToken": []}]


def want_nothing_of_listing(document: Document) -> None:
    listing(document)["security"] = [{}]


@pytest.mark.parametrize(
    ("edit", "lines"),
    [
        (
            move_tag,
            [
                "name of tag catalogue: models → catalogue",
                "tag of GET /v1/models: models → catalogue, which moves its Python module!",
            ],
        ),
        (
            reorder_and_add,
            [
                "value `new-2027-01-01` of KnownAnthropicBeta",
                "order of the values of KnownAnthropicBeta",
            ],
        ),
        (swap_items, ["Other (object)", "BetaModelList.data[]: BetaModelInfo → Other!"]),
        (
            close_error_types,
            ["ErrorType is a closed list: a response with another value is refused"],
        ),
        (
            want_both,
            ["credentials: ApiKey or BearerToken → ApiKey and BearerToken together!"],
        ),
        (
            want_nothing_of_listing,
            ["credentials of GET /v1/models: ApiKey or BearerToken → none"],
        ),
    ],
)
def test_a_change_is_a_line_that_says_what_it_means(
    found: Callable[[Document], list[Change]], edit: Callable[[Document], None], lines: list[str]
) -> None:
    document = copy.deepcopy(SOURCE)
    edit(document)
    assert [f"{each.text}{'!' if each.breaking else ''}" for each in found(document)] == lines


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository of its own, with the document as it is here as its first revision."""
    project = copied(tmp_path / "project", "generator", "sharing")
    (project / "openapi.yaml").write_text(with_version(SOURCE, "1.0.0"), "utf-8")
    return committed(project, "openapi.yaml")


SpecDiff = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def spec_diff(project: Path, program: Program) -> SpecDiff:
    def spec_diff(revision: str = "HEAD") -> subprocess.CompletedProcess[str]:
        return program(project / "sharing" / "spec_diff.py", revision)

    return spec_diff


def with_version(document: Document, version: str) -> str:
    return to_yaml({**document, "info": {**document["info"], "version": version}})


def test_without_a_change_it_says_so_and_exits_0(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sharing.spec_diff", "HEAD"],
        cwd=project,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "The API is as it was at HEAD.\n"


def test_what_is_not_breaking_exits_0(project: Path, spec_diff: SpecDiff) -> None:
    document = copy.deepcopy(SOURCE)
    schemas(document)["KnownAnthropicBeta"]["enum"].append("new-2027-01-01")
    (project / "openapi.yaml").write_text(with_version(document, "1.1.0"), "utf-8")
    done = spec_diff()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Since HEAD:",
        "  + added    value `new-2027-01-01` of KnownAnthropicBeta",
        "1 change, none of them breaking; info.version 1.0.0 → 1.1.0.",
    ]


@pytest.mark.parametrize(("version", "code"), [("1.0.0", 1), ("1.9.0", 1), ("2.0.0", 0)])
def test_a_breaking_change_needs_a_major_version(
    project: Path,
    spec_diff: SpecDiff,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    code: int,
) -> None:
    summary = project / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    document = copy.deepcopy(SOURCE)
    parameters(document)["Limit"]["schema"]["maximum"] = 100
    (project / "openapi.yaml").write_text(with_version(document, version), "utf-8")
    done = spec_diff()
    assert done.returncode == code
    assert "maximum of query parameter `limit`: 1000 → 100  [breaking]" in done.stdout
    advice = "A breaking change needs a major version: 2.0.0."
    assert done.stderr == (f"{advice}\n" if code else "")
    assert summary.read_text("utf-8") == (
        "## The API since `HEAD`\n\n"
        f"1 change, 1 of them breaking; info.version 1.0.0 → {version}."
        f"{f' **{advice}**' if code else ''}\n\n"
        "| | change |\n|---|---|\n"
        "| **breaking**, changed | maximum of query parameter `limit`: 1000 → 100 |\n\n"
    )


@pytest.mark.parametrize("revision", ["no-such-revision", "HEAD~5"])
def test_a_revision_that_is_none_exits_2_and_is_named(spec_diff: SpecDiff, revision: str) -> None:
    done = spec_diff(revision)
    assert done.returncode == 2
    assert revision in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[", "openapi.yaml, line 2, column 1"),
        ("openapi: 3.1.0\ninfo: {title: x, version: one}\n", "should be three numbers"),
        ("info: {title: x, version: 1.0.0}\n", "`redocly diff"),
    ],
)
def test_a_document_that_is_none_exits_2_and_says_why(
    project: Path, spec_diff: SpecDiff, text: str, reason: str
) -> None:
    (project / "openapi.yaml").write_text(text, "utf-8")
    done = spec_diff()
    assert done.returncode == 2
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
