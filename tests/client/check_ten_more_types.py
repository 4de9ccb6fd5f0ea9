"""Checks the types of ten more operations with mypy and pyright; `make types` runs it.

They are generated into a folder of their own: their package has the name of the one of today.
"""

import json
import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from generator import process
from sharing import node
from tests.support.projects import ROOT
from tests.support.ten_more_operations import ten_more_operations

CASES = ROOT / "tests" / "client" / "ten_more_operations.py"
TYPES = CASES.with_name("ten_more_types.py")


def check_with_mypy(folder: Path) -> None:
    paths = {"MYPYPATH": f"{folder}:{ROOT / 'wrapper'}"}
    files = [CASES, TYPES, folder / "anthropic_models_generated"]
    mypy = (sys.executable, "-m", "mypy", "--cache-dir", ".mypy_cache/ten-more", "--no-pretty")
    process.run(*mypy, *files, folder=ROOT, environment=os.environ | paths)


def check_with_pyright(folder: Path) -> None:
    configured = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text("utf-8"))["tool"]
    settings = configured["pyright"]
    generated, _ = settings["executionEnvironments"]
    shutil.copy(TYPES, folder)
    settings |= {
        "include": [TYPES.name, "anthropic_models_generated"],
        "exclude": [],
        "venvPath": str(ROOT),
        "executionEnvironments": [
            generated | {"root": "anthropic_models_generated", "extraPaths": ["."]},
            {"root": ".", "extraPaths": [str(ROOT), str(ROOT / "wrapper")]},
        ],
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    node.run("pyright", "--warnings", "--pythonpath", sys.executable, folder=folder)


def main() -> str | None:
    """Return what is wrong, if anything is."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = ten_more_operations(Path(temporary))
        try:
            check_with_mypy(folder)
            check_with_pyright(folder)
        except process.ProcessError as error:
            return str(error)
    print("ten more operations have their types")
    return None


if __name__ == "__main__":
    sys.exit(main())
