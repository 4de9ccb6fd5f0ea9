"""The wheel works as a zip archive, too; what is in it is for `make release-check` to prove."""

import subprocess
import sys
from pathlib import Path

import pytest

from releasing.archives import metadata, read
from releasing.readme_checks import python_examples
from tests.support.projects import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=120)
    (built,) = target.glob("*.whl")
    return built


def test_it_works_in_a_zip_application(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text("not ours")
    done = subprocess.run(
        [sys.executable, "-m", "anthropic_models", "list", "--sandbox", "--format", "csv"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(wheel), "TMPDIR": str(tmp_path)},  # a wheel is a zip archive
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    heading, _, rows = done.stdout.partition("\n")
    assert heading.startswith("id,created_at,display_name,type")
    assert rows.startswith("claude-")
    assert [path.name for path in tmp_path.iterdir()] == ["openapi.yaml"]


def test_its_description_is_the_readme_without_what_only_the_repository_has(wheel: Path) -> None:
    description = str(metadata(read(wheel)).get_payload())
    readme = ROOT.joinpath("README.md").read_text("utf-8")
    assert python_examples(description) == python_examples(readme)
    assert "make " not in description
