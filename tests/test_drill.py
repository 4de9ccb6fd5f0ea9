"""The drill: a year later the API has grown, and the wrapper goes on without a change of its own.

Each change of tests/drill is made alone, and all of them together.
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

import node
import pytest
import yaml
from attrs import frozen
from documents import Json, read_yaml, to_yaml
from later import DRILL, LaterProject, later_document
from openapi_spec_validator import OpenAPIV31SpecValidator
from projects import ROOT
from scripted_server import Scripted, ScriptedServer, answer, model, page

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
    "get-model": [("test_the_wrapper_offers_the_operation[get_model]", "METHODS")],
    "lifecycle-parameter": [
        ("test_the_wrapper_offers_the_parameter[list_models-lifecycle]", "_core/request.py")
    ],
    "model-fields": [],
    "betas": [],
}


def made(drill: str) -> tuple[str, ...]:
    return CHANGES if drill == ALL else (drill,)


def drills(change: str) -> pytest.MarkDecorator:
    """Run a test for the change alone, and for all of them."""
    return pytest.mark.parametrize("drill", [change, ALL])


every_drill = pytest.mark.parametrize("drill", [*CHANGES, ALL])


@frozen
class Drill:
    """A copy of the project in which the API has grown, and what its commands say."""

    project: LaterProject
    regenerated: CompletedProcess[str]
    compared: CompletedProcess[str]
    parity: CompletedProcess[str]

    def used(self, change: str, server: ScriptedServer) -> str:
        """Return what the program prints that uses what is new."""
        done = self.project.run(
            DRILL / change / "use.py",
            ANTHROPIC_API_KEY="sk-drill",
            ANTHROPIC_BASE_URL=server.base_url,
        )
        assert done.stderr == ""
        assert done.returncode == 0
        return done.stdout


Drilled = Callable[[str], Drill]


@pytest.fixture(scope="session")
def drilled(tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    @cache
    def drilled(drill: str) -> Drill:
        project = LaterProject(tmp_path_factory.mktemp("drill"), later_document(*made(drill)))
        plain = ("--noconftest", "-p", "no:cacheprovider", "--color=no")
        return Drill(
            project,
            regenerated=project.run("generator/regenerate.py"),
            compared=project.run("sharing/spec_diff.py", "HEAD"),
            parity=project.run(
                *("-m", "pytest", *plain, "tests/test_parity.py"),
                PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
            ),
        )

    return drilled


@every_drill
def test_regenerating_shows_what_is_new_and_nothing_else(drilled: Drilled, drill: str) -> None:
    done = drilled(drill).regenerated
    assert (done.returncode, done.stderr) == (0, "")
    shown = re.findall(
        r"^diff --git \S+ after/anthropic_models_generated/(\S+)$", done.stdout, re.M
    )
    assert set(shown) == {"document.json"}.union(*(FILES[change] for change in made(drill)))
    # In JSON a line that another one follows gets a comma.
    data = r"^diff --git \S+ \S+/document\.json\n(?:(?!diff --git ).*\n)*"
    code = re.sub(data, "", done.stdout, flags=re.M)
    assert re.findall(r"^-(?!--)", code, re.M) == []


@every_drill
def test_spec_diff_tells_what_is_new_and_that_it_breaks_nobody(
    drilled: Drilled, drill: str
) -> None:
    done = drilled(drill).compared
    assert (done.returncode, done.stderr) == (0, "")
    first, *lines, last = done.stdout.splitlines()
    told = {line for change in made(drill) for line in spec_diff(change)}
    assert (first, lines) == ("Since HEAD:", sorted(told))
    before = read_yaml(ROOT / "openapi.yaml")["info"]["version"]
    what = f"{len(told)} change{'s' * (len(told) > 1)}, none of them breaking"
    assert last == f"{what}; info.version {before} → 1.1.0."


def spec_diff(change: str) -> list[str]:
    return (DRILL / change / "spec-diff.txt").read_text("utf-8").splitlines()


@every_drill
def test_the_parity_test_names_what_the_wrapper_does_not_offer_yet(
    drilled: Drilled, drill: str
) -> None:
    done = drilled(drill).parity
    named = [gap for change in made(drill) for gap in NOT_OFFERED[change]]
    failed = re.findall(r"^FAILED tests/test_parity.py::(\S+)", done.stdout, re.M)
    assert sorted(failed) == sorted(test for test, _ in named)
    assert done.returncode == (1 if named else 0)
    for _, place in named:
        assert place in done.stdout


@drills("get-model")
def test_the_new_endpoint_is_to_be_had_with_all_header_defaults(
    drilled: Drilled, drill: str, scripted: Scripted
) -> None:
    server = scripted(answer(model("claude-next")))
    assert drilled(drill).used("get-model", server) == "Claude-Next\n" * 2
    for request in server.requests:
        assert request.headers["x-api-key"] == "sk-drill"
        assert request.headers["user-agent"].startswith("anthropic-models-client/")
        assert request.headers["accept"] == "application/json"
    assert [
        (request.target, request.headers["anthropic-version"], request.headers["anthropic-beta"])
        for request in server.requests
    ] == [
        ("/v1/models/claude-next", "2027-01-01", "a"),
        ("/v1/models/claude-next", "2027-01-01", "other"),
        ("/v1/models/claude%2Fnext", "2023-06-01", "a,b"),
    ]
    assert server.requests[2].headers["x-team"] == "ours"


@drills("lifecycle-parameter")
def test_the_new_parameter_reaches_the_wire_as_the_document_says(
    drilled: Drilled, drill: str, scripted: Scripted
) -> None:
    server = scripted(answer(page("claude-next")))
    drilled(drill).used("lifecycle-parameter", server)
    assert [request.target for request in server.requests] == [
        "/v1/models?limit=20&lifecycle=active&lifecycle=deprecated"
    ] * 4


@drills("model-fields")
def test_the_new_fields_are_typed_and_filled(
    drilled: Drilled, drill: str, scripted: Scripted
) -> None:
    full = retiring_model()
    null = {"max_tokens": None, "retires_at": None, "allowed_fallback_models": None}
    models = [full, full | null, full | {"lifecycle": "hibernating"}, model("older")]
    server = scripted(answer(page() | {"data": models}))
    assert drilled(drill).used("model-fields", server) == "[[], [], [], []]\n"


def retiring_model() -> dict[str, Any]:
    """Return the model in the example that comes with the new fields."""
    examples = later_document("model-fields")["components"]["examples"]
    (found,) = examples["RetiringModel"]["value"]["data"]
    return dict(found)


def test_the_command_line_has_a_column_for_each_new_field(
    drilled: Drilled, scripted: Scripted
) -> None:
    server = scripted(answer(page() | {"data": [retiring_model(), model("older")]}))
    command = ("-m", "anthropic_models", "list", "--format", "csv", "--base-url", server.base_url)
    done = drilled(ALL).project.run(*command, ANTHROPIC_API_KEY="sk-drill")
    assert (done.returncode, done.stderr) == (0, "")
    heading, full, older = csv.reader(done.stdout.splitlines())
    new = ["lifecycle", "max_input_tokens", "max_tokens", "retires_at", "allowed_fallback_models"]
    assert heading[-5:] == new
    fallbacks = '["claude-sonnet-4-5-20250929"]'
    assert full[-5:] == ["deprecated", "200000", "64000", "2027-05-14T00:00:00+00:00", fallbacks]
    assert older[-5:] == [""] * 5


@drills("betas")
def test_a_new_beta_is_a_member_and_is_sent(
    drilled: Drilled, drill: str, scripted: Scripted
) -> None:
    server = scripted(answer(page("claude-next")))
    drilled(drill).used("betas", server)
    (request,) = server.requests
    assert request.headers["anthropic-beta"] == "context-2m-2026-11-01,fallback-models-2026-10-15"


def test_the_later_document_keeps_the_rules_of_the_house(tmp_path: Path) -> None:
    names = [f"{drill}.yaml" for drill in (*CHANGES, ALL)]
    for drill, name in zip((*CHANGES, ALL), names, strict=True):
        document = later_document(*made(drill))
        OpenAPIV31SpecValidator(document).validate()
        (tmp_path / name).write_text(to_yaml(document), "utf-8")
    for settings in ("redocly.yaml", ".spectral.yaml"):
        shutil.copy(ROOT / settings, tmp_path)
    node.run("redocly", "lint", *names, folder=tmp_path)
    node.run("spectral", "lint", "--fail-severity=hint", *names, folder=tmp_path)


def test_the_types_of_the_later_packages_and_of_their_use_are_sound(
    drilled: Drilled, tmp_path: Path
) -> None:
    folder = drilled(ALL).project.folder
    uses = [
        shutil.copy(DRILL / change / "use.py", tmp_path / f"{change.replace('-', '_')}.py")
        for change in CHANGES
    ]
    options = ("--strict", "--follow-imports=silent", f"--cache-dir={os.devnull}")
    done = drilled(ALL).project.run("-m", "mypy", *options, folder / "generated", *uses)
    assert done.stdout.startswith("Success"), done.stdout


def test_the_sandbox_follows_the_later_document(drilled: Drilled) -> None:
    done = drilled(ALL).project.run(DRILL / "sandbox.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "400 lifecycle: 'asleep' is not one of ['active', 'deprecated', 'retired']",
        "501 the sandbox does not play the operation get_model yet",
        "/v1/models {'limit': '1000', 'lifecycle': 'active,retired'}",
        "/v1/models {'lifecycle': 'asleep'}",
        "/v1/models/made-up-model-000001 {}",
    ]


def test_the_example_in_the_document_is_what_the_drill_shows(drilled: Drilled) -> None:
    text = (ROOT / "docs" / "changing-the-spec.md").read_text("utf-8")
    example = text.partition("## An example")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", example, re.M | re.S)
    assert {language for language, _ in blocks} == {"yaml", "py", ""}
    grown = drilled(ALL)
    said = [done.stdout for done in (grown.regenerated, grown.compared, grown.parity)]
    programs = [path.read_text("utf-8") for path in DRILL.glob("*/use.py")]
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
