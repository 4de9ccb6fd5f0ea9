"""A year later the API has grown, and the wrapper goes on without a change of its own.

Each change of tests/spec/evolution is made alone, and all of them together.
"""

import csv
import os
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml
from attrs import frozen
from openapi_spec_validator import OpenAPIV31SpecValidator

from generator.documents import Json, read_yaml, to_yaml
from sharing import node
from tests.support.evolution import EVOLUTION, LaterProject, later_document
from tests.support.projects import ROOT
from tests.support.scripted_server import Scripted, ScriptedServer, answer, model, page

ALL = "all of them"
CHANGES = ("get-model", "lifecycle-parameter", "model-fields", "betas")

# What `make regenerate` writes anew.
FILES = {
    "get-model": {"api/models/get_model.py"},
    "lifecycle-parameter": {
        "api/models/list_models.py",
        "models/__init__.py",
        "models/known_lifecycle.py",
    },
    "model-fields": {
        "models/__init__.py",
        "models/beta_model_info.py",
        "models/known_lifecycle.py",
    },
    "betas": {"models/known_anthropic_beta.py"},
}
# What the wrapper does not offer yet, and where the parity test says that it belongs.
NOT_OFFERED = {
    "get-model": [],
    "lifecycle-parameter": [
        ("test_the_wrapper_offers_the_parameter[list_models-lifecycle]", "_core/list_models.py")
    ],
    "model-fields": [],
    "betas": [],
}


def made(evolution: str) -> tuple[str, ...]:
    return CHANGES if evolution == ALL else (evolution,)


def evolutions(change: str) -> pytest.MarkDecorator:
    """Run a test for the change alone, and for all of them."""
    return pytest.mark.parametrize("evolution", [change, ALL])


every_evolution = pytest.mark.parametrize("evolution", [*CHANGES, ALL])


@frozen
class Evolution:
    """A copy of the project in which the API has grown, and what its commands say."""

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
        assert done.stderr == ""
        assert done.returncode == 0
        return done.stdout


Evolved = Callable[[str], Evolution]


@pytest.fixture(scope="session")
def evolved(tmp_path_factory: pytest.TempPathFactory) -> Evolved:
    @cache
    def evolved(evolution: str) -> Evolution:
        project = LaterProject(
            tmp_path_factory.mktemp("evolution"), later_document(*made(evolution))
        )
        plain = ("--noconftest", "-p", "no:cacheprovider", "--color=no")
        return Evolution(
            project,
            regenerated=project.run("-m", "generator.regenerate"),
            compared=project.run("-m", "sharing.spec_diff", "HEAD"),
            parity=project.run(
                *("-m", "pytest", *plain, "tests/spec/test_parity.py"),
                PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
            ),
        )

    return evolved


@every_evolution
def test_regenerating_shows_what_is_new_and_nothing_else(evolved: Evolved, evolution: str) -> None:
    done = evolved(evolution).regenerated
    assert (done.returncode, done.stderr) == (0, "")
    shown = re.findall(
        r"^diff --git \S+ after/anthropic_models_generated/(\S+)$", done.stdout, re.M
    )
    assert set(shown) == {"document.json"}.union(*(FILES[change] for change in made(evolution)))
    # In JSON a line that another one follows gets a comma.
    data = r"^diff --git \S+ \S+/document\.json\n(?:(?!diff --git ).*\n)*"
    code = re.sub(data, "", done.stdout, flags=re.M)
    assert re.findall(r"^-(?!--)", code, re.M) == []


@every_evolution
def test_spec_diff_tells_what_is_new_and_that_it_breaks_nobody(
    evolved: Evolved, evolution: str
) -> None:
    done = evolved(evolution).compared
    assert (done.returncode, done.stderr) == (0, "")
    first, *lines, last = done.stdout.splitlines()
    told = {line for change in made(evolution) for line in spec_diff(change)}
    assert (first, lines) == ("Since HEAD:", sorted(told))
    before = read_yaml(ROOT / "openapi.yaml")["info"]["version"]
    what = f"{len(told)} change{'s' * (len(told) > 1)}, none of them breaking"
    assert last == f"{what}; info.version {before} → 1.1.0."


def spec_diff(change: str) -> list[str]:
    return (EVOLUTION / change / "spec-diff.txt").read_text("utf-8").splitlines()


@every_evolution
def test_the_parity_test_names_what_the_wrapper_does_not_offer_yet(
    evolved: Evolved, evolution: str
) -> None:
    done = evolved(evolution).parity
    named = [gap for change in made(evolution) for gap in NOT_OFFERED[change]]
    failed = re.findall(r"^FAILED tests/spec/test_parity.py::(\S+)", done.stdout, re.M)
    assert sorted(failed) == sorted(test for test, _ in named)
    assert done.returncode == (1 if named else 0)
    for _, place in named:
        assert place in done.stdout


@evolutions("get-model")
def test_the_new_endpoint_is_to_be_had_with_all_header_defaults(
    evolved: Evolved, evolution: str, scripted: Scripted
) -> None:
    server = scripted(answer(model("claude-next")))
    assert evolved(evolution).used("get-model", server) == "Claude-Next\n" * 2
    for request in server.requests:
        assert request.headers["x-api-key"] == "sk-evolution"
        assert request.headers["user-agent"].startswith("anthropic-models-client/")
        assert request.headers["accept"] == "application/json"
    assert [
        (request.target, request.headers["anthropic-version"], request.headers["anthropic-beta"])
        for request in server.requests
    ] == [
        ("/v1/models/claude-next", "2027-01-01", "a"),
        ("/v1/models/claude-next", "2027-01-01", "a,other"),
        ("/v1/models/claude%2Fnext", "2023-06-01", "a,b"),
    ]
    assert server.requests[2].headers["x-team"] == "ours"


@evolutions("lifecycle-parameter")
def test_the_new_parameter_reaches_the_wire_as_the_document_says(
    evolved: Evolved, evolution: str, scripted: Scripted
) -> None:
    server = scripted(answer(page("claude-next")))
    evolved(evolution).used("lifecycle-parameter", server)
    assert [request.target for request in server.requests] == [
        "/v1/models?lifecycle=active&lifecycle=deprecated&limit=20",
        "/v1/models?limit=20&lifecycle=active&lifecycle=deprecated",
    ] * 2


@evolutions("model-fields")
def test_the_new_fields_are_typed_and_filled(
    evolved: Evolved, evolution: str, scripted: Scripted
) -> None:
    full = retiring_model()
    null = {"max_tokens": None, "retires_at": None, "allowed_fallback_models": None}
    models = [full, full | null, full | {"lifecycle": "hibernating"}, model("older")]
    server = scripted(answer(page() | {"data": models}))
    assert evolved(evolution).used("model-fields", server) == "[[], [], [], []]\n"


def retiring_model() -> dict[str, Any]:
    """Return the model in the example that comes with the new fields."""
    examples = later_document("model-fields")["components"]["examples"]
    (found,) = examples["RetiringModel"]["value"]["data"]
    return dict(found)


def test_the_command_line_has_a_column_for_each_new_field(
    evolved: Evolved, scripted: Scripted
) -> None:
    server = scripted(answer(page() | {"data": [retiring_model(), model("older")]}))
    command = ("-m", "anthropic_models", "list", "--format", "csv", "--base-url", server.base_url)
    done = evolved(ALL).project.run(*command, ANTHROPIC_API_KEY="sk-evolution")
    assert (done.returncode, done.stderr) == (0, "")
    heading, full, older = csv.reader(done.stdout.splitlines())
    new = ["lifecycle", "max_input_tokens", "max_tokens", "retires_at", "allowed_fallback_models"]
    assert heading[-5:] == new
    fallbacks = '["claude-sonnet-4-5-20250929"]'
    assert full[-5:] == ["deprecated", "200000", "64000", "2027-05-14T00:00:00+00:00", fallbacks]
    assert older[-5:] == [""] * 5


@evolutions("betas")
def test_a_new_beta_is_a_member_and_is_sent(
    evolved: Evolved, evolution: str, scripted: Scripted
) -> None:
    server = scripted(answer(page("claude-next")))
    evolved(evolution).used("betas", server)
    (request,) = server.requests
    assert request.headers["anthropic-beta"] == "context-2m-2026-11-01,fallback-models-2026-10-15"


def test_the_later_document_keeps_the_rules_of_the_house(tmp_path: Path) -> None:
    names = [f"{evolution}.yaml" for evolution in (*CHANGES, ALL)]
    for evolution, name in zip((*CHANGES, ALL), names, strict=True):
        document = later_document(*made(evolution))
        OpenAPIV31SpecValidator(document).validate()
        (tmp_path / name).write_text(to_yaml(document), "utf-8")
    for settings in ("redocly.yaml", ".spectral.yaml"):
        shutil.copy(ROOT / settings, tmp_path)
    node.run("redocly", "lint", *names, folder=tmp_path)
    node.run("spectral", "lint", "--fail-severity=hint", *names, folder=tmp_path)


def test_the_types_of_the_later_packages_and_of_their_use_are_sound(
    evolved: Evolved, tmp_path: Path
) -> None:
    folder = evolved(ALL).project.folder
    uses = [
        shutil.copy(EVOLUTION / change / "use.py", tmp_path / f"{change.replace('-', '_')}.py")
        for change in CHANGES
    ]
    options = ("--strict", "--follow-imports=silent", f"--cache-dir={os.devnull}")
    done = evolved(ALL).project.run("-m", "mypy", *options, folder / "generated", *uses)
    assert done.stdout.startswith("Success"), done.stdout


def test_the_sandbox_follows_the_later_document(evolved: Evolved) -> None:
    done = evolved(ALL).project.run(EVOLUTION / "sandbox.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        '400 lifecycle: "asleep" is not one of "active", "deprecated" or "retired"',
        "200 claude-sonnet-4-20250514",
        "/v1/models {'limit': '1000', 'lifecycle': 'active,retired'}",
        "/v1/models {'lifecycle': 'asleep'}",
        "/v1/models/made-up-model-000001 {}",
    ]


def test_the_example_in_the_document_is_what_the_evolution_shows(evolved: Evolved) -> None:
    text = (ROOT / "docs" / "changing-the-spec.md").read_text("utf-8")
    example = text.partition("## An example")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", example, re.M | re.S)
    assert {language for language, _ in blocks} == {"yaml", "py", ""}
    grown = evolved(ALL)
    said = [done.stdout for done in (grown.regenerated, grown.compared, grown.parity)]
    programs = [path.read_text("utf-8") for path in EVOLUTION.glob("*/use.py")]
    for language, block in blocks:
        if language == "yaml":
            assert_within(yaml.safe_load(block), later_document(*CHANGES))
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
