"""Schemathesis asks the sandbox what openapi.yaml allows and forbids, and reads the answers."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from anthropic_models.sandbox import Sandbox, well_known_models
from anthropic_models.sandbox.app import App
from anthropic_models.sandbox.background import BackgroundServer
from starlette.datastructures import MutableHeaders, QueryParams
from starlette.types import Message, Receive, Scope, Send

from tests.support.projects import ROOT

pytestmark = pytest.mark.no_cover  # other tests run the same lines of the wrapper

# The sandbox takes any key that is not empty, so there is no wrong one for it to refuse.
LEFT_OUT = "ignored_auth"


def report(folder: Path, base_url: str, *options: str) -> dict[str, Any]:
    """Return what a run found, which asks the same questions each time."""
    told = folder / "report.json"
    command: list[str | Path] = [
        *(Path(sys.executable).with_name("schemathesis"), "run", ROOT / "openapi.yaml"),
        *("--url", base_url, "--header", "X-Api-Key: any", "--exclude-checks", LEFT_OUT),
        *("--generation-with-security-parameters", "false", "--continue-on-failure"),
        *("--generation-deterministic", "--max-examples", "20", *options),
        *("--report", "json", "--report-json-path", told),
    ]
    hooks = {
        "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
        "PYTHONPATH": str(Path(__file__).parent),
    }
    done = subprocess.run(
        command, cwd=folder, env=os.environ | hooks, capture_output=True, text=True, timeout=120
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found: dict[str, Any] = json.loads(told.read_text("utf-8"))
    assert found["complete"]
    assert found["errors"] == []
    return found


def test_the_sandbox_answers_as_openapi_yaml_says(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        found = report(tmp_path, sandbox.base_url)
        statuses = {request.status_code for request in sandbox.requests}
    assert found["failures"] == []
    assert statuses == {200, 400, 404, 405}
    assert found["test_cases"]["generated"] > 50


def test_a_sandbox_that_is_wrong_in_many_ways_is_found_out(tmp_path: Path) -> None:
    server = BackgroundServer(Wrong(), "127.0.0.1", 0)
    try:
        found = report(tmp_path, server.base_url, "--phases", "coverage")
    finally:
        server.stop()
    assert {failure["title"] for failure in found["failures"]} == {
        "Server error",
        "Undocumented status code",
        "Undocumented Content-Type",
        "Missing required response headers",
        "Response violates schema",
        "Schema-violating request accepted",
        "Schema-valid request rejected",
        "Missing required header accepted",
        "Wrong response to undeclared method",
        "Allow header mismatch",
    }


class Wrong:
    """A sandbox with one fault for each thing that Schemathesis looks at."""

    def __init__(self) -> None:
        self._app = App(well_known_models())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        limit = QueryParams(scope["query_string"]).get("limit")
        if limit == "1001" or method == "DELETE" or b"anthropic-version" not in names(scope):
            # Takes what is to be refused.
            scope["method"] = "GET"
            scope["query_string"] = b""
            scope["headers"] = [(b"x-api-key", b"any"), (b"anthropic-version", b"any")]

        async def wrongly(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                message["status"] = STATUSES.get(limit or "", message["status"])
                if method == "OPTIONS":
                    headers["allow"] = "GET, POST"
                if limit == "999":
                    del headers["request-id"]
                if limit == "0":
                    headers["content-type"] = "text/plain"
            elif limit is None:
                message["body"] = message["body"].replace(b'"has_more"', b'"has_less"')
            await send(message)

        await self._app(scope, receive, wrongly)


STATUSES = {"1": 500, "2": 203, "20": 400}


def names(scope: Scope) -> set[bytes]:
    return {name for name, _ in scope["headers"]}
