"""A year later the API has grown, and the wrapper goes on without a change of its own.

The changes of tests/spec/evolution are made together.
"""

import csv
import os
import re
import shutil
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml
from attrs import frozen
from openapi_spec_validator import OpenAPIV31SpecValidator

from generator.documents import Json, read_yaml, to_yaml
from sharing import node
from tests.support.evolution import CHANGES, EVOLUTION, NOVEMBER, LaterProject, later_document
from tests.support.projects import ROOT
from tests.support.scripted_server import Scripted, ScriptedServer, model, page, respond


@frozen
class Evolved:
    """A copy of the project in which the API has grown, and what its commands print."""

    project: LaterProject
    regenerated: CompletedProcess[str]
    compared: CompletedProcess[str]
    parity: CompletedProcess[str]

    def used(self, change: str, server: ScriptedServer) -> str:
        """Return what the program prints that uses what is new."""
        done = self.project.run(
            EVOLUTION / change / "use.py",
            ANTHROPIC_API_KEY="sk-evolution",
            ANTHROPIC_BASE_URL=server.base_url,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


@pytest.fixture(scope="module")
def evolved(tmp_path_factory: pytest.TempPathFactory) -> Evolved:
    project = LaterProject(tmp_path_factory.mktemp("evolution"), later_document(*CHANGES))
    plain = ("--noconftest", "-p", "no:cacheprovider", "--color=no")
    return Evolved(
        project,
        regenerated=project.run("-m", "generator.regenerate"),
        compared=project.run("-m", "sharing.spec_diff", "HEAD"),
        parity=project.run(
            *("-m", "pytest", *plain, "tests/spec/test_wrapper_matches_document.py"),
            PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
        ),
    )


def test_regenerating_shows_what_is_new_and_nothing_else(evolved: Evolved) -> None:
    done = evolved.regenerated
    assert (done.returncode, done.stderr) == (0, "")
    shown = re.findall(
        r"^diff --git \S+ after/anthropic_models_generated/(\S+)$", done.stdout, re.M
    )
    assert set(shown) == {
        "api/models/get_example.py",
        "api/models/list_models.py",
        "document.json",
        "models/__init__.py",
        "models/beta_model_info.py",
        "models/known_anthropic_beta.py",
        "models/known_example_stage.py",
    }
    # In JSON a line that another one follows gets a comma.
    data = r"^diff --git \S+ \S+/document\.json\n(?:(?!diff --git ).*\n)*"
    code = re.sub(data, "", done.stdout, flags=re.M)
    # What a module of models imports of another stands in one line.
    assert re.findall(r"^-(?!--|from \.\.values import ).*", code, re.M) == []


def test_spec_diff_lists_what_is_new_and_that_nothing_breaks(evolved: Evolved) -> None:
    done = evolved.compared
    assert (done.returncode, done.stderr) == (0, "")
    known = {
        line
        for change in CHANGES
        for line in (EVOLUTION / change / "spec-diff.txt").read_text("utf-8").splitlines()
    }
    before, after = (
        document["info"]["version"]
        for document in (read_yaml(ROOT / "openapi.yaml"), later_document(*CHANGES))
    )
    last = f"{len(known)} changes, none of them breaking; info.version {before} → {after}."
    assert done.stdout.splitlines() == ["Since HEAD:", *sorted(known), last]


def test_the_parity_test_names_what_the_wrapper_does_not_offer_yet(evolved: Evolved) -> None:
    failed = re.findall(
        r"^FAILED tests/spec/test_wrapper_matches_document.py::(\S+)", evolved.parity.stdout, re.M
    )
    assert "test_the_wrapper_offers_the_parameter[list_models-example_stage]" in failed
    assert "_core/list_models.py" in evolved.parity.stdout


def test_the_new_endpoint_is_to_be_had_with_all_header_defaults(
    evolved: Evolved, scripted: Scripted
) -> None:
    server = scripted(respond(model("claude-next")))
    assert evolved.used("get-example", server) == "Claude-Next\n" * 2
    names = ("anthropic-version", "anthropic-beta", "x-api-key", "accept")
    given = [(each.target, *(each.headers[name] for name in names)) for each in server.requests]
    always = ("sk-evolution", "application/json")
    assert given == [
        ("/v1/examples/claude-next", "2027-01-01", "a", *always),
        ("/v1/examples/claude-next", "2027-01-01", "a,other", *always),
        ("/v1/examples/claude%2Fnext", "2023-06-01", "a,b", *always),
    ]
    assert server.requests[0].headers["user-agent"].startswith("anthropic-models-client/")
    assert server.requests[2].headers["x-team"] == "ours"


def test_the_new_parameter_reaches_the_wire_as_the_document_says(
    evolved: Evolved, scripted: Scripted
) -> None:
    server = scripted(respond(page("claude-next")))
    evolved.used("parameter", server)
    assert [request.target for request in server.requests] == [
        "/v1/models?example_stage=active&example_stage=deprecated&limit=20",
        "/v1/models?limit=20&example_stage=active&example_stage=deprecated",
    ] * 2


def test_the_new_fields_are_typed_and_filled(evolved: Evolved, scripted: Scripted) -> None:
    full = limited_model()
    null = {"example_limit": None, "example_until": None, "example_others": None}
    models = [full, full | null, full | {"example_stage": "hibernating"}, model("older")]
    server = scripted(respond(page() | {"data": models}))
    assert evolved.used("fields", server) == "[[], [], [], []]\n"


def limited_model() -> dict[str, Any]:
    """Return the model in the example that comes with the new fields."""
    examples = later_document("fields")["components"]["examples"]
    (found,) = examples["LimitedModel"]["value"]["data"]
    return dict(found)


def test_the_command_line_has_a_column_for_each_new_field(
    evolved: Evolved, scripted: Scripted
) -> None:
    server = scripted(respond(page() | {"data": [limited_model(), model("older")]}))
    command = ("-m", "anthropic_models", "list", "--format", "csv", "--base-url", server.base_url)
    done = evolved.project.run(*command, ANTHROPIC_API_KEY="sk-evolution")
    assert (done.returncode, done.stderr) == (0, "")
    columns = list(zip(*csv.reader(done.stdout.splitlines()), strict=True))
    assert columns[-5:] == [
        ("example_stage", "deprecated", ""),
        ("example_size", "200000", ""),
        ("example_limit", "64000", ""),
        ("example_until", "2027-05-14T00:00:00+00:00", ""),
        ("example_others", '["claude-sonnet-4-5-20250929"]', ""),
    ]


def test_a_new_beta_is_a_member_and_is_sent(evolved: Evolved, scripted: Scripted) -> None:
    server = scripted(respond(page("claude-next")))
    evolved.used("betas", server)
    (request,) = server.requests
    assert request.headers["anthropic-beta"] == "example-2m-2099-11-01,example-others-2099-10-15"


def test_the_later_document_keeps_the_rules_of_the_house(tmp_path: Path) -> None:
    combinations = [(*CHANGES, NOVEMBER), *((each,) for each in (*CHANGES, NOVEMBER))]
    names = [f"{'-'.join(changes)}.yaml" for changes in combinations]
    for name, changes in zip(names, combinations, strict=True):
        document = later_document(*changes)
        OpenAPIV31SpecValidator(document).validate()
        (tmp_path / name).write_text(to_yaml(document), "utf-8")
    for settings in ("redocly.yaml", ".spectral.yaml"):
        shutil.copy(ROOT / settings, tmp_path)
    node.run("redocly", "lint", *names, folder=tmp_path)
    node.run("spectral", "lint", "--fail-severity=hint", *names, folder=tmp_path)


def test_the_types_of_what_is_new_are_sound_where_it_is_used(
    evolved: Evolved, tmp_path: Path
) -> None:
    uses = [
        shutil.copy(EVOLUTION / change / "use.py", tmp_path / f"{change.replace('-', '_')}.py")
        for change in CHANGES
    ]
    folder = evolved.project.folder
    paths = {"MYPYPATH": f"{folder / 'generated'}{os.pathsep}{folder / 'wrapper'}"}
    done = evolved.project.run("-m", "mypy", "--strict", "--config-file=", *uses, **paths)
    assert done.stdout.startswith("Success"), done.stdout


def test_the_sandbox_follows_the_later_document(evolved: Evolved) -> None:
    done = evolved.project.run(EVOLUTION / "sandbox.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        '400 example_stage: "asleep" is not one of "active", "deprecated" or "retired"',
        "200 claude-sonnet-4-20250514",
        "/v1/models {'limit': '1000', 'example_stage': 'active,retired'}",
        "/v1/models {'example_stage': 'asleep'}",
        "/v1/examples/made-up-model-000001 {}",
    ]


def test_the_example_in_the_document_is_what_the_evolution_shows(evolved: Evolved) -> None:
    text = (ROOT / "docs" / "a-year-later.md").read_text("utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", text, re.M | re.S)
    assert {language for language, _ in blocks} == {"yaml", "py", ""}
    said = [done.stdout for done in (evolved.regenerated, evolved.compared, evolved.parity)]
    programs = [path.read_text("utf-8") for path in EVOLUTION.glob("*/use.py")]
    for language, block in blocks:
        if language == "yaml":
            part = yaml.safe_load(block)
            part.pop("info", None)  # its version depends on what openapi.yaml has today
            assert_within(part, later_document(*CHANGES))
        elif language == "py":
            assert any(block in program for program in programs), block
        else:
            assert any(without_versions(block) in without_versions(text) for text in said), block


def assert_within(part: Json, whole: Json) -> None:
    if isinstance(part, dict):
        assert isinstance(whole, dict)
        for key, value in part.items():
            assert_within(value, whole[key])
    elif isinstance(part, list):
        assert isinstance(whole, list)
        assert [item for item in part if item not in whole] == []
    else:
        assert part == whole


def without_versions(text: str) -> str:
    """Leave out what changes with the tools: versions, reasons for a failure, how many lines."""
    return re.sub(
        r" - Assertion.*|\d+\.\d+\.\d+| +\| +\d+ [+-]+$|\d+ (insertions|deletions).*",
        "",
        text,
        flags=re.M,
    )
