"""A part of what `make edits` tries, which tries all."""

import subprocess
import sys

from tests.spec.edits import edits
from tests.support.projects import ROOT


def test_an_edit_works_or_is_refused_in_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.spec.edits", "--basic"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    basic = [edit for edit in edits() if edit.row.get("basic")]
    assert {edit.kind for edit in basic} >= {
        "fields",
        "models",
        "bodies",
        "parameters",
        "documents",
    }
    assert (done.stdout, done.stderr) == (f"{len(basic)} edits, 0 wrong\n", "")


def test_each_edit_works_or_is_refused() -> None:
    for edit in edits():
        works = {"good", "bad", "sends", "works"} & edit.row.keys()
        assert bool(works) != ("refused" in edit.row), edit
