"""`make edits` notices what comes out wrong; here it makes a few of some 350."""

from pathlib import Path
from typing import Any

import pytest

from tests.spec.edits import Edit, edits, tried

EDITS = {str(edit): edit for edit in edits()}


@pytest.mark.parametrize("name", ["models: union of kinds", "yaml: a key twice"])
def test_an_edit_works_or_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    assert tried(EDITS[name], tmp_path) is None


STRING = {"type": "string"}
ERA: dict[str, Any] = {"name": "era", "in": "query"}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"is": ERA | {"schema": STRING}, "sends": [["a", [["era", "b"]]]]}, "is sent as"),
        ({"is": ERA, "works": True}, "is refused: openapi.yaml"),
        ({"is": ERA, "refused": "deepObject"}, "should be refused with"),
    ],
)
def test_an_edit_that_comes_out_wrong_is_reported(
    row: dict[str, Any], problem: str, tmp_path: Path
) -> None:
    assert problem in str(tried(Edit("parameters", "wrong", row), tmp_path))


def test_each_edit_works_or_is_refused() -> None:
    for edit in EDITS.values():
        works = {"good", "bad", "sends", "works"} & edit.row.keys()
        assert bool(works) != ("refused" in edit.row), edit
