"""`make spec-lint` refuses a document that breaks a rule of the house."""

import json
from pathlib import Path
from typing import Any

import pytest

from generator.documents import read_yaml
from sharing import node
from tests.support.document_edits import edited
from tests.support.projects import ROOT

CASES: dict[str, Any] = read_yaml(ROOT / "tests/spec/data/house-rules.yaml")


@pytest.fixture(scope="module")
def broken_rules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The rules that Spectral names, by what was changed in the document."""
    source = read_yaml(ROOT / "openapi.yaml")
    folder = tmp_path_factory.mktemp("documents")
    for name, case in CASES.items():
        document = edited(source, case["edit"])
        (folder / f"{name}.json").write_text(json.dumps(document), "utf-8")
    rules = ("-r", str(ROOT / ".spectral.yaml"), "-f", "json", "--fail-severity=hint")
    names = [f"{name}.json" for name in CASES]
    output = node.run("spectral", "lint", *rules, *names, folder=folder, accept=(1,))
    broken: dict[str, set[str]] = {name: set() for name in CASES}
    for problem in json.JSONDecoder().raw_decode(output)[0]:
        broken[Path(problem["source"]).stem].add(problem["code"])
    return broken


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)
def test_a_broken_rule_is_reported_by_its_name(
    broken_rules: dict[str, set[str]], name: str, case: dict[str, Any]
) -> None:
    if "breaks" in case:
        assert case["breaks"] in broken_rules[name]
    else:
        assert broken_rules[name] == set()
