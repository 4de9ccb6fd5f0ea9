"""`make run`: lists models, and says where they come from."""

import runpy
import subprocess
import sys

import pytest
from anthropic_models.sandbox import Sandbox

from tests.support.projects import ROOT, Program
from tests.support.sync_and_async import KEY

EXAMPLE = ROOT / "examples" / "list_models.py"


def test_without_a_key_it_lists_the_sandbox_and_says_what_to_set() -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLE], env={}, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    heading, *rows, _, origin = done.stdout.splitlines()
    assert heading.split() == ["id", "name", "released"]
    assert rows[-1].split() == ["claude-3-opus-20240229", "Claude", "Opus", "3", "2024-02-29"]
    assert "sandbox" in origin
    assert "ANTHROPIC_API_KEY" in origin


def test_with_a_key_it_lists_the_api(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", sandbox.base_url)
    main = runpy.run_path(str(EXAMPLE))["main"]
    assert program(main).stdout.endswith(f"\nfrom {sandbox.base_url}\n")
    assert [request.headers["x-api-key"] for request in sandbox.requests] == [KEY]
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://example.com")
    failed = program(main)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("error: ANTHROPIC_BASE_URL ")
    assert len(failed.stderr.splitlines()) == 1
