"""A part of what `make edits` tries."""

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
    assert len(basic) >= 12
    assert (done.stdout, done.stderr) == (f"{len(basic)} edits, 0 wrong\n", "")


def test_there_are_edits_of_each_kind() -> None:
    assert len(edits()) >= 120
    refused = [edit for edit in edits() if "refused" in edit.row]
    works = [edit for edit in edits() if {"good", "bad", "sends", "works"} & edit.row.keys()]
    assert len(refused) + len(works) == len(edits())
