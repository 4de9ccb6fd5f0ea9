import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from generator.documents import SpecError, read_yaml
from generator.portable import portable_edition
from tests.support.projects import ROOT

SOURCE = ROOT / "openapi.yaml"
OVERLAYS = ROOT / "overlays"
HEADER = "$.components.parameters.AnthropicBetaHeader"


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    return tmp_path / "made-up.yaml"


def write_actions(overlay: Path, *actions: dict[str, Any]) -> None:
    overlay.write_text(yaml.safe_dump({"overlay": "1.0.0", "actions": list(actions)}), "utf-8")


def reason_against(overlay: Path) -> str:
    with pytest.raises(SpecError) as caught:
        portable_edition(SOURCE, overlay.parent)
    return str(caught.value)


def test_without_overlays_the_portable_edition_is_the_truth(tmp_path: Path) -> None:
    assert portable_edition(SOURCE, tmp_path) == read_yaml(SOURCE)


def test_the_beta_header_becomes_a_string_and_nothing_else_changes() -> None:
    original, edition = read_yaml(SOURCE), portable_edition(SOURCE, OVERLAYS)
    before = original["components"]["parameters"].pop("AnthropicBetaHeader")
    after = edition["components"]["parameters"].pop("AnthropicBetaHeader")
    assert edition == original
    assert before["schema"]["type"] == "array"
    assert after["schema"] == {"type": "string"}
    told = {"schema", "description", "examples"}
    assert {k: v for k, v in after.items() if k not in told} == {
        k: v for k, v in before.items() if k not in told
    }


def test_the_example_of_the_beta_header_is_what_the_array_looks_like_when_sent() -> None:
    original, edition = read_yaml(SOURCE), portable_edition(SOURCE, OVERLAYS)
    before = original["components"]["parameters"]["AnthropicBetaHeader"]["examples"]
    after = edition["components"]["parameters"]["AnthropicBetaHeader"]
    assert {name: example["value"] for name, example in after["examples"].items()} == {
        name: ",".join(example["value"]) for name, example in before.items()
    }


def test_the_portable_edition_is_valid_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(portable_edition(SOURCE, OVERLAYS)).validate()


def test_making_the_portable_edition_leaves_the_files_as_they_were() -> None:
    files = [SOURCE, *OVERLAYS.rglob("*.yaml")]
    before = [file.read_bytes() for file in files]
    portable_edition(SOURCE, OVERLAYS)
    assert [file.read_bytes() for file in files] == before


def test_overlays_are_applied_one_after_the_other_by_name(tmp_path: Path) -> None:
    write_actions(tmp_path / "2.yaml", {"target": "$.info.license", "update": {"name": "second"}})
    write_actions(tmp_path / "1.yaml", {"target": "$.info.license", "update": {"name": "first"}})
    assert portable_edition(SOURCE, tmp_path)["info"]["license"]["name"] == "second"


@pytest.mark.parametrize(
    "action",
    [
        {"target": "$.components.parameters.Gone", "update": {"description": "x"}},
        {"target": "$.components.parameters.Gone.schema", "remove": True},
        {"target": HEADER, "update": {"name": "anthropic-beta"}},
        {"target": "$.info", "update": {}},
        {"target": "$.info"},
    ],
)
def test_an_action_that_changes_nothing_is_refused_by_name(
    overlay: Path, action: dict[str, Any]
) -> None:
    write_actions(overlay, action)
    expected = f"made-up.yaml: action 1 ({action['target']}) changes nothing in openapi.yaml. "
    assert reason_against(overlay).startswith(expected)


def test_the_action_that_changes_nothing_is_the_one_that_is_named(overlay: Path) -> None:
    once = {"target": HEADER, "update": {"schema": {"type": "string"}}}
    write_actions(overlay, once, once)
    assert "made-up.yaml: action 2 " in reason_against(overlay)


@pytest.mark.parametrize(
    "action",
    [
        "remove everything",
        {"update": {"description": "no target"}},
        {"target": 1, "remove": True},
        {"target": "$.[", "remove": True},
        {"target": "$", "remove": True},
    ],
)
def test_an_action_that_cannot_be_applied_is_refused_by_name(
    overlay: Path, action: dict[str, Any]
) -> None:
    write_actions(overlay, action)
    assert re.match(r"made-up\.yaml: .+ cannot be applied: .", reason_against(overlay))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"actions: [", "made-up.yaml, line 2, column "),
        (b"actions: \xff", "made-up.yaml cannot be read: "),
        (b"", "made-up.yaml is not a mapping; "),
        (b"- target: $.info", "made-up.yaml is not a mapping; "),
        (b"overlay: 1.0.0", "made-up.yaml has no actions."),
        (b"actions:", "made-up.yaml has no actions."),
        (b"actions: []", "made-up.yaml has no actions."),
        (b"actions: {target: $.info}", "made-up.yaml has no actions."),
    ],
)
def test_a_file_that_is_no_overlay_is_refused_by_name(
    overlay: Path, content: bytes, reason: str
) -> None:
    overlay.write_bytes(content)
    assert reason_against(overlay).startswith(reason)
