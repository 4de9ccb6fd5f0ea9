"""`make spec-lint` refuses a document that breaks a rule of the house, and no later one."""

import json
import shutil
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from generator.documents import read_yaml
from sharing import node
from tests.support.document_edits import edited
from tests.support.evolution import CHANGES, NOVEMBER, later_document
from tests.support.projects import ROOT

RULES: dict[str, Any] = read_yaml(ROOT / "tests/spec/data/house-rules.yaml")
BROKEN = reduce(edited, [each["edit"] for each in RULES["broken"]], later_document())
KEPT = edited(later_document(*CHANGES, NOVEMBER), RULES["kept"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the settings of the linters and both documents."""
    folder = tmp_path_factory.mktemp("documents")
    for settings in ("redocly.yaml", ".spectral.yaml"):
        shutil.copy(ROOT / settings, folder)
    (folder / "broken.json").write_text(json.dumps(BROKEN), "utf-8")
    (folder / "kept.json").write_text(json.dumps(KEPT), "utf-8")
    return folder


def test_each_broken_rule_is_reported_at_its_place_and_no_other(folder: Path) -> None:
    options = ("-f", "json", "--fail-severity=hint", "broken.json", "kept.json")
    output = node.run("spectral", "lint", *options, folder=folder, accept=(1,))
    problems = {
        (Path(each["source"]).stem, each["code"], ".".join(map(str, each["path"])))
        for each in json.JSONDecoder().raw_decode(output)[0]
    }
    # Edits replace the only use of some components.
    problems -= {each for each in problems if each[:2] == ("broken", "oas3-unused-component")}
    assert problems == {("broken", each["rule"], each["at"]) for each in RULES["broken"]}


def test_a_later_document_keeps_the_rules_of_the_other_linters(folder: Path) -> None:
    OpenAPIV31SpecValidator(KEPT).validate()
    node.run("redocly", "lint", "kept.json", folder=folder)
