"""The wheel: what is in it, what it needs, and that it works alone."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from anthropic_models.sandbox import Sandbox

from releasing.archives import metadata, read
from releasing.readme_checks import description_complaints, python_examples
from tests.support.projects import ROOT

PROGRAM = """
import json, sys, importlib.metadata, anthropic_models, anthropic_models_generated
with anthropic_models.Client(base_url=sys.argv[1], api_key="any") as client:
    ids = [model.id for model in client.models.list(limit=10)]
print(json.dumps({
    "ids": ids,
    "from": [anthropic_models.__file__, anthropic_models_generated.__file__],
    "spec": anthropic_models.openapi_path().read_text("utf-8"),
    "distributions": sorted(d.name.lower() for d in importlib.metadata.distributions()),
}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=120)
    (built,) = target.glob("*.whl")
    return built


def test_it_has_two_packages_their_types_and_the_specification_and_needs_little(
    wheel: Path,
) -> None:
    files = read(wheel)
    assert files["anthropic_models/openapi.yaml"] == ROOT.joinpath("openapi.yaml").read_bytes()
    assert {"anthropic_models/py.typed", "anthropic_models_generated/py.typed"} <= files.keys()
    tops = {name.partition("/")[0] for name in files if ".dist-info/" not in name}
    assert tops == {"anthropic_models", "anthropic_models_generated"}
    assert not [name for name in files if "__pycache__" in name or "/test" in name]
    needs = metadata(read(wheel)).get_all("Requires-Dist", [])
    names = {re.split("[<>]", need)[0] for need in needs if "extra ==" not in need}
    # httpx needs anyio and httpcore, too.
    assert names == {"anyio", "attrs", "httpcore", "httpx", "jsonschema-rs"}


def test_it_works_in_a_zip_application(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text("not ours")
    listed = "import anthropic_models; print(anthropic_models.openapi_path().read_text(), end='')"
    sandbox = ("-m", "anthropic_models", "list", "--sandbox", "--format", "csv")
    printed = {
        subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env={"PYTHONPATH": str(wheel), "TMPDIR": str(tmp_path)},  # a wheel is a zip archive
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for arguments in (("-c", listed), sandbox)
    }
    spec, models = sorted(printed, key=len, reverse=True)
    assert spec == ROOT.joinpath("openapi.yaml").read_text("utf-8")
    heading, _, rows = models.partition("\n")
    assert heading.startswith("id,created_at,display_name,type")
    assert rows.startswith("claude-")
    assert [path.name for path in tmp_path.iterdir()] == ["openapi.yaml"]


def test_its_description_is_the_readme_without_what_only_the_repository_has(wheel: Path) -> None:
    description = str(metadata(read(wheel)).get_payload())
    assert description_complaints(description) == []
    readme = ROOT.joinpath("README.md").read_text("utf-8")
    assert python_examples(description) == python_examples(readme)
    assert "make " not in description


def test_it_lists_models_in_an_environment_that_has_nothing_else(
    wheel: Path, tmp_path: Path, sandbox: Sandbox
) -> None:
    python = ROOT / ".envs/runtime/bin/python"
    if not python.exists():
        pytest.skip("the bare environment is not built; `make test` builds it")
    with zipfile.ZipFile(wheel) as archive:  # a pure wheel is installed by unpacking it
        archive.extractall(tmp_path / "site")
    done = subprocess.run(
        [str(python), "-c", PROGRAM, sandbox.base_url],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        check=True,
        timeout=120,
    )
    told = json.loads(done.stdout)
    assert told["ids"] == [model["id"] for model in sandbox.models]
    assert all(path.startswith(str(tmp_path)) for path in told["from"])
    assert told["spec"] == ROOT.joinpath("openapi.yaml").read_text("utf-8")
    needed = {"anyio", "attrs", "certifi", "h11", "httpcore", "httpx", "idna", "jsonschema_rs"}
    of_old_pythons = {"typing-extensions", "typing_extensions"}
    assert set(told["distributions"]) - of_old_pythons == needed | {"anthropic-models-client"}
