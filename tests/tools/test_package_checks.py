"""Regeneration proves what it made, and reports in a sentence what is wrong with it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from generator.documents import read_yaml
from generator.package_checks import ProofError, prove
from tests.support.projects import MYPY_CACHE, ROOT, prove_here

GENERATED = ROOT / "generated" / "anthropic_models_generated"
CASES: dict[str, Any] = read_yaml(ROOT / "tests/tools/data/proof.yaml")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the generated package, beside a copy of the document."""
    monkeypatch.setenv("MYPY_CACHE_DIR", MYPY_CACHE)
    shutil.copy(ROOT / "openapi.yaml", tmp_path)
    ignored = shutil.ignore_patterns("__pycache__")
    return shutil.copytree(GENERATED, tmp_path / GENERATED.name, ignore=ignored)


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_document_and_package_do_not_have_in_common_is_named(
    package: Path, case: dict[str, Any]
) -> None:
    document = package.parent / "openapi.yaml"
    (file, change), (_, reason) = case.items()
    replace(document if file == document.name else package / file, *change)
    with pytest.raises(ProofError, match=r"^openapi\.yaml.*\.$") as caught:
        prove_here(document, package.parent)
    assert reason in str(caught.value)


def test_a_package_that_does_not_type_check_is_refused(package: Path) -> None:
    replace(package / "models/beta_model_info.py", "    id: str\n", "    id: Nothing\n")
    with pytest.raises(ProofError, match=r"^openapi\.yaml: .* does not type-check \(.*Nothing"):
        prove(package.parent / "openapi.yaml", package.parent)


def test_what_is_found_in_a_process_of_its_own_is_one_sentence(package: Path) -> None:
    replace(package / "models/beta_model_info.py", '"id": self.id', '"id": self.type_')
    (package.parent / "mypy.py").touch()  # in the place of mypy, to which it is all right
    with pytest.raises(ProofError, match=r"^openapi\.yaml, .* comes back as .*\.\Z") as caught:
        prove(package.parent / "openapi.yaml", package.parent)
    assert "\n" not in str(caught.value)
