"""The programs of the project, as a shell starts them."""

import subprocess
import sys

import pytest

from tests.support.projects import ROOT

PROGRAMS = [
    ["-m", "benchmarks.bench", "--help"],
    ["-m", "generator.regenerate", "--help"],
    ["-m", "languages.run", "--help"],
    ["-m", "releasing.release_check", "--help"],
    ["-m", "sharing.live_check"],
    ["-m", "sharing.spec_diff", "--help"],
    ["examples/list_models.py"],
]


@pytest.mark.parametrize("program", PROGRAMS, ids=" ".join)
def test_a_reader_that_has_closed_the_pipe_is_no_error(
    program: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # All end in one way, and Python fails in another where it does not buffer.
    if "generator.regenerate" in program:
        monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    with subprocess.Popen(
        [sys.executable, *program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 0
