"""`make run`: lists models, and says where they come from."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from anthropic_models.sandbox import Sandbox

from tests.support.projects import ROOT
from tests.support.sync_and_async import KEY

EXAMPLE = Path("examples", "list_models.py")


def test_without_a_key_it_lists_the_sandbox_and_says_what_to_set() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / EXAMPLE)], env={}, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    heading, *rows, empty, origin = done.stdout.splitlines()
    assert heading.split() == ["id", "name", "released"]
    assert len(rows) == 12
    assert rows[-1].split() == ["claude-3-opus-20240229", "Claude", "Opus", "3", "2024-02-29"]
    assert empty == ""
    assert "sandbox" in origin
    assert "ANTHROPIC_API_KEY" in origin


def test_with_a_key_it_lists_the_api(
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", sandbox.base_url)
    assert runpy.run_path(str(ROOT / EXAMPLE))["main"]() == 0
    assert capfd.readouterr().out.endswith(f"\nfrom {sandbox.base_url}\n")
    assert len(sandbox.requests) == 1
    assert sandbox.requests[0].headers["x-api-key"] == KEY


def test_what_goes_wrong_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://example.com")
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / EXAMPLE), run_name="__main__")
    assert ended.value.code == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("error: ANTHROPIC_BASE_URL ")
    assert len(err.splitlines()) == 1
