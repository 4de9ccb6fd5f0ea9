"""`anthropic-models sandbox`, from outside: by the address that it prints."""

import re
import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from anthropic_models import APIConnectionError, Client, OverloadedError
from anthropic_models.sandbox import Sandbox, well_known_models

from tests.support.terminal import PROGRAM, Command, Started, Terminal, reported, started


@contextmanager
def serving(*words: str) -> Generator[tuple[Started, Client]]:
    """Run the sandbox; give its process and a client of its address."""
    with started("sandbox", *words) as process:
        address = process.line().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
        with client_of(address) as client:
            yield process, client


def client_of(address: str) -> Client:
    return Client(base_url=address, api_key="any", max_retries=0)


def test_it_serves_well_known_models_logs_each_request_and_ends_quietly() -> None:
    with serving() as (process, client):
        page = client.models.list(limit=2)
        listed = [model.id for model in page]
        assert listed == [model["id"] for model in well_known_models()]
        code, out, err = process.ended(signal.SIGTERM)
    assert (code, out) == (0, "")
    first, second, *_ = err.splitlines()
    assert first == "GET /v1/models?limit=2 200"
    assert second.startswith("GET /v1/models?")
    assert "after_id=" in second


def test_failures_come_in_the_order_of_the_help() -> None:
    words = ["--models", "3", "--delay", "0.3", "--fail", "529:2", "--fail", "401", "--drop", "2"]
    with serving(*words) as (process, client):
        for _ in range(2):
            with pytest.raises(OverloadedError):
                client.models.list()
        with pytest.raises(Exception, match="401 authentication_error"):
            client.models.list()
        for _ in range(2):
            with pytest.raises(APIConnectionError, match="lost"):
                client.models.list()
        page = client.models.list()
        assert (len(page.data), page.response.elapsed >= 0.3) == (3, True)
        code, out, err = process.ended(signal.SIGINT)
    assert (code, out) == (0, "")
    ends = [line.split()[-1] for line in err.splitlines()]
    assert ends == ["529", "529", "401", "response", "response", "200"]


def test_requests_are_forgotten_after_a_while(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandboxes: list[Sandbox] = []

    def start(sandbox: Sandbox) -> None:
        sandboxes.append(sandbox)
        real_start(sandbox)
        with client_of(sandbox.base_url) as client:
            client.models.list(limit=1)
        assert len(sandbox.requests) == 1

    def sleep(_seconds: float) -> None:
        if not sandboxes[0].requests:
            signal.raise_signal(signal.SIGINT)

    real_start = Sandbox.start
    monkeypatch.setattr(Sandbox, "start", start)
    monkeypatch.setattr("anthropic_models.cli.sandbox.time.sleep", sleep)
    assert command("sandbox", "--drop", "0").returncode == 0


def test_a_terminal_shows_how_to_use_and_end_it() -> None:
    with Terminal("sandbox") as terminal:
        terminal.until("Ctrl-C ends it")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 0
    address, advice = terminal.lines
    assert address.startswith("http://127.0.0.1:")
    assert advice == "any ANTHROPIC_API_KEY is accepted; Ctrl-C ends it"


def test_it_serves_with_standard_error_closed() -> None:
    command = ["sh", "-c", 'exec "$0" sandbox 2>&-', PROGRAM]
    with started(command=command) as process, client_of(process.line().strip()) as client:
        assert client.models.list(limit=1).data
        assert process.ended(signal.SIGTERM) == (0, "", "")


def test_a_port_in_use_is_reported_in_one_line(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = command("sandbox", "--port", str(port))
    says = f"anthropic-models: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert reported(done, 1) == says
