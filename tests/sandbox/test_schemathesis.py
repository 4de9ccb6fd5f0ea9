"""Schemathesis asks the sandbox what openapi.yaml allows and forbids, and checks the responses."""

import json
import os
import subprocess
import sys
from pathlib import Path

from anthropic_models.sandbox import Sandbox

from tests.support.projects import ROOT, python_path

# The sandbox takes any key that is not empty, so there is no wrong one for it to refuse.
LEFT_OUT = "ignored_auth"


def test_the_sandbox_conforms_to_openapi_yaml(sandbox: Sandbox, tmp_path: Path) -> None:
    written = tmp_path / "report.json"
    command: list[str | Path] = [
        *(Path(sys.executable).with_name("schemathesis"), "run", ROOT / "openapi.yaml"),
        *("--url", sandbox.base_url, "--header", "X-Api-Key: any", "--exclude-checks", LEFT_OUT),
        *("--phases", "examples,coverage,fuzzing"),  # no response leads to another request
        *("--generation-with-security-parameters", "false", "--continue-on-failure"),
        *("--generation-deterministic", "--max-examples", "20"),
        *("--report", "json", "--report-json-path", written),
    ]
    hooks = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", **python_path(Path(__file__).parent)}
    kept = {"HYPOTHESIS_STORAGE_DIRECTORY": str(ROOT / ".hypothesis")}  # or it takes a second more
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=os.environ | hooks | kept,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = json.loads(written.read_text("utf-8"))
    assert (found["failures"], found["errors"], found["complete"]) == ([], [], True)
    assert {request.status_code for request in sandbox.requests} == {200, 400, 404, 405}
    assert found["test_cases"]["generated"] > 50
