"""The programs of the project, as a shell starts them."""

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


@pytest.mark.parametrize("unbuffered", ["", "1"])  # Python fails in another way then
@pytest.mark.parametrize("program", [["-m", "sharing.live_check"], ["examples/list_models.py"]])
def test_a_reader_that_has_closed_the_pipe_is_no_error(
    program: list[str], unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
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
