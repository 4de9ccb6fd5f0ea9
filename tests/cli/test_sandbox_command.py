"""`anthropic-models sandbox`, from outside: by the address that it prints."""

import re
import signal
from contextlib import redirect_stderr, suppress
from unittest.mock import Mock

import httpx
import pytest
from anthropic_models import Client
from anthropic_models.sandbox import Sandbox, well_known_models

from tests.support.terminal import Command, Screen, reported, started


def test_it_serves_well_known_models_logs_each_request_and_ends_quietly() -> None:
    # Failures come in the order of the help.
    words = ("sandbox", "--delay", "0.01", "--fail", "529", "--fail", "401:2", "--drop", "2")
    with started(*words) as process:
        address = process.line().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
        for _ in range(5):
            with suppress(httpx.ReadError):
                httpx.get(address)
        with Client(base_url=address, api_key="any") as client:
            page = client.models.list(limit=7)
            listed = [model.id for model in page]
        code, out, err = process.ended(signal.SIGTERM)
    assert (code, out) == (0, "")
    assert page.response.elapsed >= 0.01
    assert listed == [model["id"] for model in well_known_models()]
    *failures, first, second = err.splitlines()
    ends = [line.partition("GET / ")[2] for line in failures]
    assert ends == ["529", "401", "401", "no response", "no response"]
    assert first == "GET /v1/models?limit=7 200"
    assert second.startswith("GET /v1/models?")
    assert "after_id=" in second


def test_requests_are_forgotten_after_a_while_and_a_terminal_gets_how_to_end_it(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = Sandbox()

    def sleep(_seconds: float) -> None:
        if not sandbox.requests:
            signal.raise_signal(signal.SIGINT)

    with sandbox:
        httpx.get(sandbox.base_url)
    assert len(sandbox.requests) == 1
    monkeypatch.setattr("anthropic_models.sandbox.Sandbox", Mock(return_value=sandbox))
    monkeypatch.setattr("anthropic_models.cli.sandbox.time.sleep", sleep)
    with redirect_stderr(Screen()) as screen:
        assert command("sandbox").returncode == 0
    assert screen.getvalue() == "any ANTHROPIC_API_KEY is accepted; Ctrl-C ends it\n"


def test_a_port_in_use_is_reported_in_one_line(sandbox: Sandbox, command: Command) -> None:
    port = sandbox.base_url.rpartition(":")[2]
    says = f"anthropic-models: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert reported(command("sandbox", "--port", port), 1) == says
