"""The portable edition is openapi.yaml with the overlays, and nothing else is changed."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.documents import SpecError, read_yaml
from generator.overlays import portable_edition
from tests.support.projects import ROOT

SOURCE = ROOT / "openapi.yaml"
OVERLAYS = ROOT / "overlays"
WRONG: dict[str, Any] = read_yaml(ROOT / "tests/spec/data/wrong-overlays.yaml")


def write_actions(overlay: Path, *actions: Any) -> None:
    overlay.write_text(yaml.safe_dump({"overlay": "1.0.0", "actions": list(actions)}), "utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(SpecError) as caught:
        portable_edition(SOURCE, folder)
    return str(caught.value)


def test_without_overlays_the_portable_edition_is_the_source(tmp_path: Path) -> None:
    assert portable_edition(SOURCE, tmp_path) == read_yaml(SOURCE)


def test_the_beta_header_becomes_a_string_and_nothing_else_changes() -> None:
    original, edition = read_yaml(SOURCE), portable_edition(SOURCE, OVERLAYS)
    before = original["components"]["parameters"].pop("AnthropicBetaHeader")
    after = edition["components"]["parameters"].pop("AnthropicBetaHeader")
    assert edition == original
    assert before["schema"]["type"] == "array"
    # The examples are what the array looks like when it is sent.
    assert {name: each["value"] for name, each in after["examples"].items()} == {
        name: ",".join(each["value"]) for name, each in before["examples"].items()
    }
    told = {name: after[name] for name in ("description", "examples")}
    assert after == {**before, **told, "schema": {"type": "string"}}


def test_overlays_are_applied_one_after_the_other_by_name(tmp_path: Path) -> None:
    for name in ("2", "1"):
        action = {"target": "$.info.license", "update": {"name": name}}
        write_actions(tmp_path / f"{name}.yaml", action)
    assert portable_edition(SOURCE, tmp_path)["info"]["license"]["name"] == "2"


@pytest.mark.parametrize("action", WRONG["actions"])
def test_an_action_that_changes_nothing_is_refused_by_name_and_number(
    tmp_path: Path, action: dict[str, Any]
) -> None:
    first = {"target": "$.info.license", "update": {"name": "first"}}
    write_actions(tmp_path / "made-up.yaml", first, action)
    expected = f"made-up.yaml: action 2 ({action['target']}) changes nothing in openapi.yaml. "
    assert refusal(tmp_path).startswith(expected)


@pytest.mark.parametrize("action", WRONG["inapplicable"])
def test_an_action_that_cannot_be_applied_is_refused_by_name(tmp_path: Path, action: Any) -> None:
    write_actions(tmp_path / "made-up.yaml", action)
    assert re.match(r"made-up\.yaml: .+ cannot be applied: .", refusal(tmp_path))


@pytest.mark.parametrize(("content", "reason"), WRONG["files"])
def test_a_file_that_is_no_overlay_is_refused_by_name(
    tmp_path: Path, content: str, reason: str
) -> None:
    (tmp_path / "made-up.yaml").write_text(content, "utf-8")
    assert refusal(tmp_path).startswith(f"made-up.yaml{reason}")
