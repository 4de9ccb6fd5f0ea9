"""The templates of generated code: ours, and changes of the generator's."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from generator.documents import read_yaml
from generator.templates import TemplateError, changed_templates
from tests.support.generated_packages import document_of, generated_package
from tests.support.projects import ROOT

ODD: dict[str, Any] = read_yaml(ROOT / "tests/tools/data/odd-model.yaml")


def read(odd: Any, response: dict[str, Any]) -> str:
    try:
        made = odd.from_dict(response)
    except Exception as error:
        return repr(error)
    text = f"{made} {made.to_dict()} {made.additional_keys}"
    return re.sub(r"<\S+Unset object at \S+>", "UNSET", text)


def test_our_templates_make_models_that_read_and_write_what_the_stock_ones_do(
    tmp_path: Path,
) -> None:
    document = document_of({"Odd": ODD["schema"]})
    with (
        generated_package(tmp_path, "odd_stock", document, stock_templates=True) as stock,
        generated_package(tmp_path, "odd_ours", document) as ours,
    ):
        results = [
            [read(package.models.Odd, response) for response in ODD["responses"]]
            for package in (stock, ours)
        ]
    assert results[0] == results[1]
    assert "kind='odd', name='a', size=1" in results[1][0]


@pytest.mark.parametrize(
    ("template", "replace", "complaint"),
    [
        ("model.py.jinja", "never there", r"changes.yaml: 'never there' is not exactly once in"),
        ("model.py.jinja", "property", "Look at that template; fix the change, or remove"),
        ("gone.py.jinja", "anything", "has no template gone.py.jinja any more"),
    ],
)
def test_a_change_that_the_generator_has_moved_away_from_is_an_error(
    tmp_path: Path, template: str, replace: str, complaint: str
) -> None:
    change = {"template": template, "because": "", "replace": replace, "by": ""}
    changes = tmp_path / "changes.yaml"
    changes.write_text(json.dumps({"changes": [change]}), "utf-8")
    with pytest.raises(TemplateError, match=complaint):
        changed_templates(changes, tmp_path / "templates")
