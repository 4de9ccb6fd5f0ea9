"""Schemathesis asks the sandbox what openapi.yaml allows and forbids, and checks the responses."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from anthropic_models.sandbox import Sandbox, well_known_models
from anthropic_models.sandbox.app import App, Exchange, Response
from anthropic_models.sandbox.parameters import Headers
from anthropic_models.sandbox.server import BackgroundServer

from tests.support.projects import ROOT

# The sandbox takes any key that is not empty, so there is no wrong one for it to refuse.
LEFT_OUT = "ignored_auth"


def report(folder: Path, base_url: str, *options: str) -> dict[str, Any]:
    """Return what a run found, which asks the same questions each time."""
    written = folder / "report.json"
    command: list[str | Path] = [
        *(Path(sys.executable).with_name("schemathesis"), "run", ROOT / "openapi.yaml"),
        *("--url", base_url, "--header", "X-Api-Key: any", "--exclude-checks", LEFT_OUT),
        *("--generation-with-security-parameters", "false", "--continue-on-failure"),
        *("--generation-deterministic", "--max-examples", "20", *options),
        *("--report", "json", "--report-json-path", written),
    ]
    hooks = {
        "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
        "PYTHONPATH": str(Path(__file__).parent),
    }
    done = subprocess.run(
        command, cwd=folder, env=os.environ | hooks, capture_output=True, text=True, timeout=120
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found: dict[str, Any] = json.loads(written.read_text("utf-8"))
    assert found["complete"]
    assert found["errors"] == []
    return found


def test_the_sandbox_conforms_to_openapi_yaml(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        found = report(tmp_path, sandbox.base_url)
        statuses = {request.status_code for request in sandbox.requests}
    assert found["failures"] == []
    assert statuses == {200, 400, 404, 405}
    assert found["test_cases"]["generated"] > 50


def test_a_faulty_sandbox_fails_every_check(tmp_path: Path) -> None:
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


class Wrong(App):
    """A sandbox with one fault for each thing that Schemathesis looks at."""

    def __init__(self) -> None:
        super().__init__(well_known_models())
        self._asked: dict[str, tuple[str, str | None]] = {}

    def begin(self, method: str, target: str, headers: Headers) -> Exchange:
        limit = dict(parse_qsl(target.partition("?")[2])).get("limit")
        asked = (method, limit)
        names = {name.lower() for name, _ in headers}
        if limit == "1001" or method == "DELETE" or "anthropic-version" not in names:
            # Takes what is to be refused.
            method, target = "GET", target.partition("?")[0]
            headers = [("x-api-key", "any"), ("anthropic-version", "any")]
        exchange = super().begin(method, target, headers)
        self._asked[exchange.request_id] = asked
        return exchange

    def respond(self, exchange: Exchange) -> Response | None:
        response = super().respond(exchange)
        assert response is not None
        method, limit = self._asked[exchange.request_id]
        headers = dict(response.headers)
        if method == "OPTIONS":
            headers["allow"] = "GET, POST"
        if limit == "999":
            del headers["request-id"]
        if limit == "0":
            headers["content-type"] = "text/plain"
        body = response.body
        if limit is None:
            body = body.replace(b'"has_more"', b'"has_less"')
        status = STATUSES.get(limit or "", response.status_code)
        return Response(status, list(headers.items()), body)


STATUSES = {"1": 500, "2": 203, "20": 400}
