"""Regeneration proves what it made before it swaps it in, and says in a sentence what is wrong."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.proof import ProofError, prove
from tests.support.projects import MYPY_CACHE, ROOT

GENERATED = ROOT / "generated" / "anthropic_models_generated"


@pytest.fixture
def document() -> Any:
    return yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of the generated package, to be tampered with."""
    monkeypatch.setenv("MYPY_CACHE_DIR", MYPY_CACHE)
    shutil.copytree(GENERATED, tmp_path / GENERATED.name)
    return tmp_path / GENERATED.name


def problem(document: Any, package: Path) -> str:
    path = package.parent / "openapi.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    with pytest.raises(ProofError) as caught:
        prove(path, package.parent)
    return str(caught.value)


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def add_operation(document: Any) -> None:
    document["paths"]["/v1/others"] = {"get": {"operationId": "list_others", "responses": {}}}


def add_parameter(document: Any) -> None:
    document["components"]["parameters"]["Limit"]["name"] = "size"


def add_field(document: Any) -> None:
    document["components"]["schemas"]["BetaModelInfo"]["properties"]["era"] = {"type": "string"}


def add_value(document: Any) -> None:
    document["components"]["schemas"]["KnownAnthropicBeta"]["enum"].append("new-2027-01-01")


def break_example(document: Any) -> None:
    document["components"]["examples"]["PageOfModels"]["value"]["data"][1]["id"] = 7


def use_another_style(document: Any) -> None:
    document["components"]["parameters"]["Limit"]["style"] = "deepObject"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (add_operation, "GET /v1/others: it is not in the generated package"),
        (add_parameter, "the parameter size is not in the generated request()"),
        (add_field, "#/components/schemas/BetaModelInfo: the field era is not in the class"),
        (add_value, "#/components/schemas/KnownAnthropicBeta: 'new-2027-01-01' becomes"),
        (use_another_style, "the style deepObject of the parameter limit is not generated"),
    ],
)
def test_what_the_document_has_and_the_package_lacks_is_named(
    document: Any, package: Path, change: Callable[[Any], None], says: str
) -> None:
    change(document)
    found = problem(document, package)
    assert says in found
    assert "Traceback" not in found


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("models/__init__.py", "BetaModelInfo", "ModelInfo", "cannot be imported"),
        (
            "request.py",
            "    return str(value)\n",
            '    return f"{value}0"\n',
            "the example 1000 of the parameter limit is sent as [('limit', '10000')]",
        ),
        (
            "models/beta_model_info.py",
            '"display_name": self.display_name',
            '"display_name": self.id',
            "comes back as",
        ),
        ("models/beta_model_info.py", "    id: str\n", "    id: Nothing\n", "does not type-check"),
    ],
)
def test_a_package_that_does_something_else_is_refused(
    document: Any, package: Path, file: str, old: str, new: str, says: str
) -> None:
    replace(package / file, old, new)
    found = problem(document, package)
    assert says in found
    assert "Traceback" not in found


def test_an_example_that_is_not_valid_is_named_with_its_place(
    document: Any, package: Path
) -> None:
    break_example(document)
    assert problem(document, package) == (
        "openapi.yaml, GET /v1/models: an example of the response 200 is not valid: data[1].id "
        "should be a string, but is 7."
    )


def test_the_committed_package_is_proven(package: Path) -> None:
    prove(ROOT / "openapi.yaml", package.parent)
