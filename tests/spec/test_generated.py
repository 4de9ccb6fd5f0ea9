import ast
import copy
import inspect
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anthropic_models_generated.api.models import list_models
from anthropic_models_generated.models import KnownAnthropicBeta
from anthropic_models_generated.types import UNSET
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from generator.document_json import document_json
from generator.documents import read_yaml, resolved
from tests.support.projects import ROOT

GENERATED = ROOT / "generated"
WRAPPER = ROOT / "wrapper"
CORE = WRAPPER / "anthropic_models" / "_core"
DATA = Path(__file__).with_name("data")
DOCUMENT = read_yaml(ROOT / "openapi.yaml")

IO_OR_WAITING = (
    "anyio|asyncio|concurrent|httpcore|multiprocessing|os|queue|random|select|selectors|socket|"
    "subprocess|threading|time"
)


def test_a_generated_function_takes_the_parameters_of_the_document_and_a_client() -> None:
    operation = DOCUMENT["paths"]["/v1/models"]["get"]
    names = [resolved(each, DOCUMENT)["name"] for each in operation["parameters"]]
    arguments = {PythonIdentifier(UntrustedString(name), "field_") for name in names}
    for function in ("sync", "sync_detailed", "asyncio", "asyncio_detailed"):
        found = inspect.signature(getattr(list_models, function)).parameters
        assert set(found) == {"client", *arguments}


def test_a_beta_is_found_by_its_value_and_by_its_name() -> None:
    known: list[str] = DOCUMENT["components"]["schemas"]["KnownAnthropicBeta"]["enum"]
    assert sorted(KnownAnthropicBeta) == sorted(known)
    for beta in known:
        member = KnownAnthropicBeta(beta)
        assert str(member) == beta
        assert KnownAnthropicBeta[beta.upper().replace("-", "_")] is member


def test_what_is_unset_stays_the_same_when_pickled_or_copied() -> None:
    pickled = pickle.loads(pickle.dumps(UNSET))  # noqa: S301 - our own
    for made in (pickled, copy.copy(UNSET), copy.deepcopy([UNSET])[0]):
        assert made is UNSET
    assert repr(UNSET) == "UNSET"


@pytest.mark.parametrize("case", read_yaml(DATA / "limits.yaml")["limits"], ids=str)
def test_the_document_says_which_limits_are_accepted(case: dict[str, Any]) -> None:
    parameters = [{"name": "limit", "in": "query"} | case["is"], *case.get("beside", [])]
    document: dict[str, Any] = {
        "paths": {"/a": {"get": {"parameters": parameters, "responses": {}}}},
        "components": {"schemas": {"Size": {"type": "integer", "maximum": 500}}},
    }
    (operation,) = document_json(document)["operations"].values()
    found = operation["limit"]
    assert (found and [*found.values()]) == case["accepts"]


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
