"""`anthropic-models sandbox`, from outside: by the address that it prints."""

import re
import signal
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from anthropic_models import APIConnectionError, Client, OverloadedError
from anthropic_models.sandbox import Sandbox, well_known_models

from tests.support.terminal import (
    PROGRAM,
    Command,
    Terminal,
    environment,
    piped,
    started,
)


@contextmanager
def serving(*arguments: str, **variables: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    """Run the sandbox; give its process and its address."""
    with started("sandbox", *arguments, **variables) as process:
        assert process.stdout
        yield process, process.stdout.readline().strip()


def stopped(process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT) -> list[str]:
    """Stop the sandbox as people do; return the lines that it wrote for them."""
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    return err.splitlines()


def client_of(address: str) -> Client:
    return Client(base_url=address, api_key="any", max_retries=0)


def test_it_prints_its_address_serves_well_known_models_and_ends_quietly() -> None:
    with serving() as (process, address):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
        with client_of(address) as client:
            listed = [model.id for model in client.models.list()]
        assert listed == [model["id"] for model in well_known_models()]
        stopped(process, signal.SIGTERM)


def test_it_makes_models_up_and_logs_each_request_in_a_line() -> None:
    with serving("--models", "3") as (process, address):
        assert process.stderr
        with client_of(address) as client:
            page = client.models.list(limit=2)
            assert process.stderr.readline() == "GET /v1/models?limit=2 200\n"
            following = page.get_next_page()
            assert (len(following.data), following.has_more) == (1, False)
        second = process.stderr.readline()
        assert second.startswith("GET /v1/models?")
        assert "after_id=" in second
        stopped(process)


def test_failures_come_in_the_order_of_the_help() -> None:
    with serving("--fail", "529:2", "--fail", "401", "--drop", "1") as (
        process,
        address,
    ):
        assert process.stderr
        with client_of(address) as client:
            for _ in range(2):
                with pytest.raises(OverloadedError):
                    client.models.list()
            with pytest.raises(Exception, match="401 authentication_error"):
                client.models.list()
            with pytest.raises(APIConnectionError, match="lost"):
                client.models.list()
            assert len(client.models.list().data) == 12
        lines = [process.stderr.readline() for _ in range(5)]
        ends = [line.split()[-1] for line in lines]
        assert ends == ["529", "529", "401", "response", "200"]
        stopped(process)


def test_several_connections_can_be_dropped() -> None:
    with serving("--drop", "2") as (process, address), client_of(address) as client:
        for _ in range(2):
            with pytest.raises(APIConnectionError):
                client.models.list()
        assert client.models.list(limit=1).data
        stopped(process)


def test_a_delayed_request_is_logged_with_its_response() -> None:
    with serving("--delay", "0.3") as (process, address):
        assert process.stderr
        with client_of(address) as client:
            page = client.models.list(limit=1)
            assert page.response.elapsed >= 0.3
        assert process.stderr.readline() == "GET /v1/models?limit=1 200\n"
        stopped(process)


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
    assert advice == "any ANTHROPIC_API_KEY will do; Ctrl-C ends it"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--models", "1000001"], "'--models': 1000001"),
        (["--port", "65536"], "'--port': 65536"),
        (["--delay", "-1"], "'--delay': -1"),
        (["--host", ""], "host should not be empty"),
        (["--fail", "200"], "'--fail': '200' is not like 529 or 529:2"),
        (["--fail", "529:0"], "'--fail': '529:0'"),
        (["--fail", "529:x"], "'--fail': '529:x'"),
        (["--delay", "nan"], "nan is not a number of seconds"),
        (["--drop", "-1"], "'--drop': -1"),
    ],
)
def test_wrong_usage_is_reported_in_one_line(
    arguments: list[str], words: str, command: Command
) -> None:
    done = command("sandbox", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_it_serves_with_standard_error_closed() -> None:
    command = ["sh", "-c", 'exec "$0" sandbox 2>&-', PROGRAM]
    with subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        with client_of(process.stdout.readline().strip()) as client:
            assert client.models.list(limit=1).data
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=60)[0] == ""
        assert process.returncode == 0


def test_a_port_in_use_is_reported_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = piped("sandbox", "--port", str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"anthropic-models: cannot listen at 127.0.0.1:{port}: Address already in use\n"
    )
