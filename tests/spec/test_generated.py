import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from anthropic_models_generated.models import (
    BetaModelInfo,
    BetaModelList,
    ErrorDetail,
    ErrorResponse,
    KnownAnthropicBeta,
)
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from generator.documents import read_yaml
from tests.support.projects import ROOT

GENERATED = ROOT / "generated"
WRAPPER = ROOT / "wrapper"
CORE = WRAPPER / "anthropic_models" / "_core"
DOCUMENT = read_yaml(ROOT / "openapi.yaml")
COMPONENTS: dict[str, Any] = DOCUMENT["components"]
OPERATIONS: list[dict[str, Any]] = [
    operation for methods in DOCUMENT["paths"].values() for operation in methods.values()
]

IO_OR_WAITING = (
    "anyio|asyncio|concurrent|httpcore|multiprocessing|os|queue|random|select|selectors|socket|"
    "subprocess|threading|time"
)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o["operationId"])
@pytest.mark.parametrize("function", ["sync", "sync_detailed", "asyncio", "asyncio_detailed"])
def test_a_generated_function_takes_the_parameters_of_the_document_and_a_client(
    operation: dict[str, Any], function: str
) -> None:
    places = [reference["$ref"].rpartition("/")[2] for reference in operation["parameters"]]
    names = [COMPONENTS["parameters"][place]["name"] for place in places]
    module = import_module(
        f"anthropic_models_generated.api.{operation['tags'][0]}.{operation['operationId']}"
    )
    assert set(inspect.signature(getattr(module, function)).parameters) == {
        "client",
        *(PythonIdentifier(UntrustedString(name), "field_") for name in names),
    }


def test_a_beta_is_found_by_its_value_and_by_its_name() -> None:
    known: list[str] = COMPONENTS["schemas"]["KnownAnthropicBeta"]["enum"]
    assert sorted(KnownAnthropicBeta) == sorted(known)
    for beta in known:
        member = KnownAnthropicBeta(beta)
        assert str(member) == beta
        assert KnownAnthropicBeta[beta.upper().replace("-", "_")] is member


def imports(package: Path, source_root: Path) -> Iterator[tuple[str, str]]:
    files = sorted(package.rglob("*.py"))
    assert files
    for file in files:
        here = file.relative_to(source_root)
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Import):
                yield from ((str(here), alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = here.parts[: -node.level] if node.level else ()
                origin = ".".join([*above, *filter(None, [node.module])])
                yield from ((str(here), f"{origin}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize(
    ("package", "root", "forbidden"),
    [
        (GENERATED, GENERATED, r"anthropic_models\b"),
        (CORE, WRAPPER, rf"({IO_OR_WAITING})\b"),
        (CORE, WRAPPER, r"anthropic_models\.(?!(_core|_version|errors|responses)\b)"),
    ],
    ids=["generated: the wrapper", "core: what does I/O or waits", "core: the shells"],
)
def test_what_is_generated_and_the_core_import_nothing_that_is_above_them(
    package: Path, root: Path, forbidden: str
) -> None:
    wrong = [(file, name) for file, name in imports(package, root) if re.match(forbidden, name)]
    assert wrong == []


EXAMPLES: dict[str, Any] = {
    name: example["value"] for name, example in COMPONENTS["examples"].items()
}


@pytest.mark.parametrize(
    ("model", "content"),
    [
        (BetaModelInfo, EXAMPLES["PageOfModels"]["data"][0]),
        (BetaModelList, EXAMPLES["PageOfModels"]),
        (BetaModelList, EXAMPLES["EmptyPage"]),
        (ErrorDetail, EXAMPLES["NotFound"]["error"]),
        (ErrorResponse, EXAMPLES["NotFound"]),
    ],
)
def test_fields_that_the_document_does_not_have_are_kept(
    model: type[BetaModelInfo | BetaModelList | ErrorDetail | ErrorResponse],
    content: dict[str, Any],
) -> None:
    added = {"added_later": {"anything": [1, None, {"nested": True}]}, "and_this": None}
    read = model.from_dict({**content, **added})
    assert read.additional_properties == added
    assert {key: read.to_dict()[key] for key in added} == added
    assert set(read.to_dict()) == {*content, *added}


def test_fields_that_a_model_in_a_page_has_beyond_the_document_are_kept() -> None:
    content = EXAMPLES["PageOfModels"]
    model = {**content["data"][0], "context_window": 200_000}
    page = BetaModelList.from_dict({**content, "data": [model]})
    assert page.data[0]["context_window"] == 200_000
    assert page.to_dict()["data"][0]["context_window"] == 200_000
