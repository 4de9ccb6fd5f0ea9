"""Clients that are not ours list the sandbox, and see what our wrapper sees."""

import datetime
import json
import subprocess
from pathlib import Path

import pytest
from anthropic_models import Client
from anthropic_models.sandbox import Sandbox

from tests.support.projects import ROOT


@pytest.mark.parametrize("environment", ["official-sdk", "official-sdk-current"])
def test_the_official_sdk_lists_what_the_wrapper_lists(sandbox: Sandbox, environment: str) -> None:
    python = ROOT / ".envs" / environment / "bin/python"
    if not python.exists():
        pytest.skip("the official SDK is not installed; `make test` installs it")
    script = Path(__file__).with_name("official_sdk.py")
    command = [str(python), str(script), sandbox.base_url, "10"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    theirs = json.loads(done.stdout)
    pins = (ROOT / "requirements" / f"{environment}.txt").read_text("utf-8")
    assert f"\nanthropic=={theirs['version']} " in pins
    asked = [dict(request.query) for request in sandbox.requests]
    # A mark of the SDK's own in some releases, which the API's reference does not list.
    assert {query.pop("beta", "true") for query in asked} == {"true"}
    assert len(asked) == 6
    assert sandbox.requests[0].headers["anthropic-beta"] == "skills-2025-10-02,unknown"

    with Client(base_url=sandbox.base_url, api_key="any") as client:
        ours = list(client.models.list(limit=10, betas=["skills-2025-10-02", "unknown"]))
    assert [
        (model["id"], model["display_name"], datetime.datetime.fromisoformat(model["created_at"]))
        for model in theirs["models"]
    ] == [(model.id, model.display_name, model.created_at) for model in ours]
    again = [request.query for request in sandbox.requests[6:]]
    assert again == asked, "both clients ask the same questions"
