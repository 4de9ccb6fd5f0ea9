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


def overlay(*actions: Any) -> str:
    return yaml.safe_dump({"overlay": "1.0.0", "actions": list(actions)})


def license_named(name: str) -> dict[str, Any]:
    return {"target": "$.info.license", "update": {"name": name}}


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
        (tmp_path / f"{name}.yaml").write_text(overlay(license_named(name)), "utf-8")
    assert portable_edition(SOURCE, tmp_path)["info"]["license"]["name"] == "2"


NOTHING = ": action 2 ({}) changes nothing in openapi.yaml. "
REFUSED = [
    *(
        (overlay(license_named("first"), each), re.escape(NOTHING.format(each["target"])))
        for each in WRONG["actions"]
    ),
    *((overlay(each), ": .+ cannot be applied: .") for each in WRONG["inapplicable"]),
    *((content, re.escape(reason)) for content, reason in WRONG["files"]),
]


@pytest.mark.parametrize(("content", "says"), REFUSED, ids=range(len(REFUSED)))
def test_an_overlay_that_changes_nothing_or_cannot_be_applied_is_refused_by_name(
    content: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / "made-up.yaml").write_text(content, "utf-8")
    with pytest.raises(SpecError, match=rf"^made-up\.yaml{says}"):
        portable_edition(SOURCE, tmp_path)
