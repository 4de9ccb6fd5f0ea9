"""Ten more operations: the document gains them, and no line of the wrapper changes.

`make types` checks their types.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.projects import ROOT
from tests.support.ten_more_operations import ten_more_operations

CASES = ROOT / "tests" / "client" / "ten_more_operations.py"


def test_have_every_promise(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", CASES],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ten_more_operations(tmp_path))},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
