"""Ten more operations: the document gains them, and no line of the wrapper changes."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sharing import node
from tests.support.projects import MYPY_CACHE, ROOT
from tests.support.ten_more_operations import ten_more_operations

CASES = ROOT / "tests" / "client" / "ten_more_operations.py"
TYPES = CASES.with_name("ten_more_types.py")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ten_more_operations(tmp_path_factory.mktemp("ten"))


def run(*command: str | Path, folder: Path) -> None:
    paths = {"PYTHONPATH": str(folder), "MYPYPATH": f"{folder}:{ROOT / 'wrapper'}"}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ | paths,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_have_every_promise(folder: Path) -> None:
    run("pytest", "-q", "-p", "no:cacheprovider", CASES, folder=folder)


def test_have_their_types_under_mypy(folder: Path) -> None:
    package = folder / "anthropic_models_generated"
    cache = f"--cache-dir={MYPY_CACHE}"
    run("mypy", cache, "--no-pretty", CASES, TYPES, package, folder=folder)


def test_have_their_types_under_pyright(folder: Path) -> None:
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
    checked = node.run("pyright", "--pythonpath", sys.executable, folder=folder, accept=(0, 1))
    assert checked.startswith("0 errors, 0 warnings"), checked
