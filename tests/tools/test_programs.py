"""The programs of the project, as a shell starts them."""

import os
import subprocess
import sys

import pytest

from tests.support.projects import ROOT

ALIKE = [
    *("benchmarks/bench.py", "generator/regenerate.py", "languages/run.py"),
    *("releasing/release_check.py", "sharing/live_check.py", "sharing/share.py"),
    "sharing/spec_diff.py",
]


@pytest.mark.parametrize("program", ALIKE)
def test_programs_end_in_one_way(program: str) -> None:
    assert (ROOT / program).read_text("utf-8").endswith("    sys.exit(exit_code(main))\n")


PRINTS = "from generator.broken_pipes import exit_code; exit_code(lambda: print('x') or 0)"


@pytest.mark.parametrize("unbuffered", ["", "1"])  # Python fails in another way then
@pytest.mark.parametrize("program", [["-c", PRINTS], ["examples/list_models.py"]])
def test_a_reader_that_has_closed_the_pipe_is_no_error(
    program: list[str], unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, *program], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")
