"""`anthropic-models watch`, from outside."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from anthropic_models.cli import main
from anthropic_models.cli.signals import Signals, TerminatedError
from anthropic_models.sandbox import Sandbox

from tests.support.scripted_server import Answer, Scripted, answer, error, model, page, raw, when
from tests.support.shells import KEY
from tests.support.terminal import (
    MEASURED,
    NOW,
    PROGRAM,
    Command,
    Terminal,
    environment,
    piped,
    started,
)

Round = Callable[..., subprocess.CompletedProcess[str]]

QUICK = ("--interval", "0.1")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "seen.json"


@pytest.fixture
def round_(state: Path, command: Command) -> Round:
    """Ask a server once, with what was seen before in a file."""

    def once(server: Any, *arguments: str) -> subprocess.CompletedProcess[str]:
        fixed = ("watch", "--once", "--state", str(state), "--format", "id")
        return command(*fixed, *arguments, base_url=server.base_url)

    return once


def release(sandbox: Sandbox, *ids: str) -> None:
    """Release models, the last one last."""
    for id_ in ids:
        sandbox.models.insert(0, model(id_))


# --- what is new


def test_what_is_seen_is_remembered_by_the_next_process(sandbox: Sandbox, state: Path) -> None:
    arguments = ("watch", "--once", "--state", str(state), "--format", "id")
    assert piped(*arguments, base_url=sandbox.base_url).stdout == ""
    release(sandbox, "one", "two")
    assert piped(*arguments, base_url=sandbox.base_url).stdout == "one\ntwo\n"
    assert piped(*arguments, base_url=sandbox.base_url).stdout == ""


def test_what_is_there_at_first_is_not_new_and_what_comes_is(
    sandbox: Sandbox, round_: Round
) -> None:
    assert round_(sandbox).stdout == ""
    assert round_(sandbox).stdout == ""
    release(sandbox, "one", "two")
    assert round_(sandbox).stdout == "one\ntwo\n"  # in the order of release
    assert round_(sandbox).stdout == ""
    release(sandbox, "three")
    assert round_(sandbox).stdout == "three\n"
    assert [set(request.query) for request in sandbox.requests] == [
        {"limit"},
        *[{"limit", "before_id"}] * 4,
    ]


def test_a_running_watch_prints_each_new_model_at_once(sandbox: Sandbox) -> None:
    with started("watch", *QUICK, base_url=sandbox.base_url, **MEASURED) as process:
        assert process.stdout
        wait_for_requests(sandbox, 1)
        release(sandbox, "one", "two")
        lines = [json.loads(process.stdout.readline()) for _ in range(2)]
        release(sandbox, "three")
        lines.append(json.loads(process.stdout.readline()))
        assert [line["id"] for line in lines] == ["one", "two", "three"]
        assert lines[0]["display_name"] == "One"
        asked = len(sandbox.requests)
        wait_for_requests(sandbox, asked + 2)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60) == ("", "")
        assert process.returncode == 130


def test_the_first_model_of_an_empty_listing_is_new(sandbox: Sandbox, round_: Round) -> None:
    sandbox.models.clear()
    assert round_(sandbox).stdout == ""
    assert round_(sandbox).stdout == ""
    release(sandbox, "one", "two")
    assert round_(sandbox).stdout == "one\ntwo\n"
    assert round_(sandbox).stdout == ""


def test_more_new_models_than_a_page_holds_come_in_order(
    scripted: Scripted, round_: Round
) -> None:
    server = scripted(
        answer(page("a")), answer(page("c", "b", has_more=True)), answer(page("e", "d"))
    )
    assert round_(server).stdout == ""
    assert round_(server).stdout == "b\nc\nd\ne\n"
    assert "before_id=c" in server.requests[2].target


def test_a_walk_that_breaks_off_goes_on_where_it_was(scripted: Scripted, round_: Round) -> None:
    server = scripted(
        answer(page("a")),
        answer(page("c", "b", has_more=True)),
        error(403, "permission_error"),
        answer(page("d")),
    )
    round_(server)
    broken = round_(server)
    assert (broken.returncode, broken.stdout) == (1, "b\nc\n")
    assert round_(server).stdout == "d\n"
    assert "before_id=c" in server.requests[3].target


# --- when the newest one that was seen is gone


@pytest.mark.parametrize("status", [404, 400])
def test_models_are_compared_with_those_seen_when_the_newest_is_gone(
    status: int, scripted: Scripted, round_: Round
) -> None:
    server = scripted(
        answer(page("c", "b", "a")),
        error(status, "some_error"),
        answer(page("e", "d", "b", "a")),
        answer(page()),
    )
    assert round_(server).stdout == ""
    done = round_(server)
    assert (done.returncode, done.stdout, done.stderr) == (0, "d\ne\n", "")
    assert round_(server).stdout == ""
    assert "before_id=e" in server.requests[3].target


def test_nothing_is_new_when_the_newest_was_only_taken_away(
    sandbox: Sandbox, round_: Round
) -> None:
    round_(sandbox)
    gone = sandbox.models.pop(0)
    assert round_(sandbox).stdout == ""
    assert round_(sandbox).stdout == ""
    assert sandbox.requests[-1].query["before_id"] == sandbox.models[0]["id"]
    sandbox.models.insert(0, gone)  # and is no news when it comes back
    assert round_(sandbox).stdout == ""


def test_dates_decide_when_nothing_that_was_seen_is_left(sandbox: Sandbox, round_: Round) -> None:
    def on(day: int, id_: str) -> dict[str, Any]:
        return model(id_, created_at=f"2025-05-{day:02}T00:00:00Z")

    sandbox.models[:] = [on(14, "a")]
    round_(sandbox)
    sandbox.models[:] = [on(16, "e"), on(15, "d"), on(14, "c"), on(13, "b")]
    assert round_(sandbox).stdout == "c\nd\ne\n"
    sandbox.models.clear()
    assert round_(sandbox).stdout == ""
    release(sandbox, "after the end")
    assert round_(sandbox).stdout == "after the end\n"


def test_an_error_without_a_cursor_ends_it(scripted: Scripted, command: Command) -> None:
    for status in (400, 401, 403, 404, 501):
        server = scripted(error(status, "some_error"))
        done = command("watch", *QUICK, base_url=server.base_url)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"anthropic-models: {status} some_error: no (request id")
        assert len(done.stderr.splitlines()) == 1


def test_a_key_that_is_withdrawn_ends_it(scripted: Scripted) -> None:
    server = scripted(answer(page("a")), error(401, "authentication_error"))
    done = piped("watch", *QUICK, base_url=server.base_url)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert len(server.requests) == 2


# --- what may pass

NO_RETRY = {"x-should-retry": "false"}


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (error(529, "overloaded_error", headers=NO_RETRY), "529 overloaded_error"),
        (error(429, "rate_limit_error", headers=NO_RETRY), "429 rate_limit_error"),
        (answer(b"<html>", headers=NO_RETRY), "the answer is not JSON"),
    ],
    ids=["529", "429", "html"],
)
def test_a_failure_that_may_pass_is_told_in_a_line_and_survived(
    trouble: Answer, words: str, scripted: Scripted
) -> None:
    server = scripted(trouble, answer(page("a")), trouble, answer(page("b")), answer(page()))
    with started("watch", *QUICK, "--format", "id", base_url=server.base_url) as process:
        assert process.stdout
        assert process.stdout.readline() == "b\n"
        process.send_signal(signal.SIGTERM)
        rest, complaints = process.communicate(timeout=60)
        assert (process.returncode, rest) == (143, "")
    lines = complaints.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert line.startswith(f"anthropic-models: {words}")
        assert line.endswith("; asking again in 0.1 s")


def test_a_network_that_is_down_is_survived(
    scripted: Scripted, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    broken = raw(b"")
    server = scripted(*[broken] * 9, answer(page("a")), error(401, "authentication_error"))
    assert main(["watch", *QUICK, "--base-url", server.base_url]) == 1
    *lines, _end = capfd.readouterr().err.splitlines()
    assert len(lines) == 3
    assert [line.rpartition("; ")[2] for line in lines] == [
        "asking again in 0.1 s",
        "asking again in 0.2 s",
        "asking again in 0.4 s",
    ]


@pytest.mark.parametrize(
    ("headers", "interval", "wait"),
    [
        ({"retry-after": "90"}, 0.1, 90),
        ({"retry-after": "90"}, 300, 300),
        ({"retry-after": "90000"}, 0.1, 3600),
        ({}, 7, 7),
    ],
)
def test_advice_of_the_api_is_kept_when_it_is_longer_than_the_interval(
    headers: dict[str, str],
    interval: float,
    wait: float,
    scripted: Scripted,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        raise KeyboardInterrupt

    monkeypatch.setattr("anthropic_models.cli.watching._pause", pause)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    server = scripted(error(429, "rate_limit_error", headers=NO_RETRY | headers))
    assert main(["watch", f"--interval={interval}", "--base-url", server.base_url]) == 130
    assert waited == [wait]
    assert f"asking again in {wait:g} s" in capfd.readouterr().err


def test_a_single_round_does_not_wait_for_better_times(scripted: Scripted, round_: Round) -> None:
    server = scripted(error(529, "overloaded_error", headers=NO_RETRY))
    done = round_(server)
    assert (done.returncode, done.stdout) == (1, "")
    assert "asking again" not in done.stderr


# --- the command for each new model


def test_the_command_gets_each_new_model_as_json(
    sandbox: Sandbox, round_: Round, tmp_path: Path
) -> None:
    command = f"cat >> {tmp_path}/got"
    round_(sandbox, "--exec", command)
    release(sandbox, "one", "two")
    done = round_(sandbox, "--exec", command)
    assert (done.returncode, done.stdout, done.stderr) == (0, "one\ntwo\n", "")
    got = [json.loads(line) for line in (tmp_path / "got").read_text().splitlines()]
    assert [m["id"] for m in got] == ["one", "two"]
    assert set(got[0]) == {"id", "created_at", "display_name", "type"}


@pytest.mark.parametrize(
    ("run", "how"),
    [
        ("exit 3", "exit code 3"),
        ("kill -9 $$", "ended by signal 9"),
        ("no-such-command 2>/dev/null", "exit code 127"),
    ],
)
def test_a_command_that_fails_is_told_and_ends_nothing(
    run: str, how: str, sandbox: Sandbox, round_: Round
) -> None:
    round_(sandbox)
    release(sandbox, "one", "two")
    done = round_(sandbox, "--exec", run)
    assert (done.returncode, done.stdout) == (0, "one\ntwo\n")
    assert done.stderr.splitlines() == [
        f"anthropic-models: --exec for one: {how}",
        f"anthropic-models: --exec for two: {how}",
    ]


def test_a_model_is_not_told_twice_when_the_command_is_interrupted(
    sandbox: Sandbox, round_: Round, state: Path
) -> None:
    round_(sandbox)
    release(sandbox, "one", "two")
    command = "echo started; exec sleep 1000"
    fixed = ("watch", *QUICK, "--state", str(state), "--format", "id")
    with started(*fixed, "--exec", command, base_url=sandbox.base_url, **MEASURED) as process:
        assert process.stdout
        assert process.stdout.readline() == "one\n"
        assert process.stdout.readline() == "started\n"
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=60) == ("", "")
        assert process.returncode == 143
    assert round_(sandbox).stdout == "two\n"


# --- the state file


def test_the_state_is_kept_whole_and_readable(
    sandbox: Sandbox, round_: Round, state: Path
) -> None:
    sandbox.models[:] = [model("b"), model("a")]
    round_(sandbox)
    assert json.loads(state.read_text()) == {
        "newest": {"id": "b", "created_at": "2025-05-14T00:00:00+00:00"},
        "seen": ["a", "b"],
    }
    assert list(state.parent.iterdir()) == [state]


def test_a_link_to_the_state_stays_a_link(
    sandbox: Sandbox, round_: Round, state: Path, tmp_path: Path
) -> None:
    state.symlink_to(tmp_path / "elsewhere.json")
    assert round_(sandbox).returncode == 0
    assert state.is_symlink()
    assert (tmp_path / "elsewhere.json").exists()


WHOLE = {"newest": {"id": "a", "created_at": "2025-05-14T00:00:00+00:00"}, "seen": ["a"]}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[" * 100_000,
        "[]",
        "{}",
        "null",
        json.dumps(WHOLE | {"seen": "abc"}),
        json.dumps(WHOLE | {"seen": [7]}),
        json.dumps(WHOLE | {"seen": [""]}),
        json.dumps(WHOLE | {"newest": "a"}),
        json.dumps(WHOLE | {"newest": {"id": "a"}}),
        json.dumps(WHOLE | {"newest": {"id": "a", "created_at": "yesterday"}}),
        json.dumps(WHOLE | {"newest": {"id": "a", "created_at": "2025-05-14T00:00:00"}}),
    ],
    ids=range(13),
)
def test_a_damaged_state_is_told_and_left_as_it_is(
    content: str, sandbox: Sandbox, round_: Round, state: Path
) -> None:
    state.write_text(content)
    done = round_(sandbox)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"anthropic-models: the state file {state} is damaged, or holds something else; "
        "it is left as it is\n"
    )
    assert state.read_text() == content
    assert sandbox.requests == []


def test_a_state_that_is_not_text_is_damaged(sandbox: Sandbox, round_: Round, state: Path) -> None:
    state.write_bytes(b"\xff\xfe")
    assert round_(sandbox).returncode == 2


def test_a_state_that_cannot_be_read_or_written_is_told_at_once(
    sandbox: Sandbox, round_: Round, state: Path
) -> None:
    state.mkdir()
    done = round_(sandbox)
    assert done.returncode == 2
    assert "cannot be read: Is a directory" in done.stderr
    missing = ("watch", "--state", str(state / "missing" / "seen.json"))
    done = piped(*missing, base_url=sandbox.base_url, **MEASURED)
    assert done.returncode == 2
    assert "its folder is missing, or read-only" in done.stderr
    assert sandbox.requests == []


def test_a_state_that_cannot_be_written_any_more_ends_it(
    sandbox: Sandbox,
    state: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    arguments = ["watch", "--once", "--state", str(state), "--base-url", sandbox.base_url]
    assert main(arguments) == 2
    assert capfd.readouterr().err == (
        f"anthropic-models: the state file {state} cannot be written: No space left on device\n"
    )
    assert list(state.parent.iterdir()) == []


# --- how it shows, and how it ends


def test_people_get_a_line_a_model_and_are_told_how_to_end_it(sandbox: Sandbox) -> None:
    variables = NOW | MEASURED
    with Terminal("watch", *QUICK, base_url=sandbox.base_url, variables=variables) as terminal:
        wait_for_requests(sandbox, 1)
        sandbox.models.insert(0, model("new\x07", created_at="1970-01-01T00:00:00Z"))
        release(sandbox, "newer")
        terminal.until("newer")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
    assert terminal.lines == [
        f"anthropic-models: asking {sandbox.base_url} every 0.1 s; Ctrl-C ends it",
        "new\\x07  New\\x07  released at an unknown date",
        "newer  Newer  released 2025-05-14, 7 months ago",
    ]


def test_it_ends_quietly_when_nobody_reads_any_more(sandbox: Sandbox) -> None:
    watch = ("watch", "--interval", "1000")
    with started(*watch, base_url=sandbox.base_url, **MEASURED) as process:
        assert process.stdout
        assert process.stderr
        wait_for_requests(sandbox, 1)
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 0


def test_a_model_that_nobody_could_read_is_told_the_next_time(
    scripted: Scripted, round_: Round, state: Path
) -> None:
    go_on = threading.Event()
    server = scripted(answer(page("a")), when(go_on, answer(page("b"))), answer(page("b")))
    round_(server)
    fixed = ("watch", "--state", str(state), "--format", "id")
    with started(*fixed, base_url=server.base_url, **MEASURED) as process:
        assert process.stdout
        server.arrived.acquire(timeout=60)
        server.arrived.acquire(timeout=60)
        process.stdout.close()
        go_on.set()
        assert process.wait(60) == 0
    assert round_(server).stdout == "b\n"


def test_it_waits_without_a_pipe_too(scripted: Scripted, tmp_path: Path) -> None:
    server = scripted(answer(page("a")), answer(page("b")), error(403, "permission_error"))
    with open(tmp_path / "out", "w") as file:
        done = subprocess.run(
            [PROGRAM, "watch", *QUICK, "--format", "id"],
            env=environment(server.base_url, **MEASURED),
            stdout=file,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    assert done.returncode == 1
    assert (tmp_path / "out").read_text() == "b\n"


@pytest.mark.parametrize(
    ("number", "kind"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, TerminatedError)]
)
def test_a_signal_waits_for_what_belongs_together(
    number: signal.Signals, kind: type[BaseException]
) -> None:
    done: list[str] = []
    with Signals() as signals:
        with pytest.raises(kind), signals.held():  # noqa: PT012 - it is raised at the block's end
            signal.raise_signal(number)
            done.append("first")
            done.append("second")
        with pytest.raises(kind):
            signal.raise_signal(number)
    assert done == ["first", "second"]


def test_a_signal_that_waits_is_let_through_before_anything_is_started() -> None:
    with Signals() as signals, pytest.raises(KeyboardInterrupt), signals.held():  # noqa: PT012 - it is raised within
        signal.raise_signal(signal.SIGINT)
        with signals.let_through():
            pytest.fail("this should not be reached")


def wait_for_requests(sandbox: Sandbox, count: int) -> None:
    """Wait until a sandbox has answered so many requests."""
    moment = threading.Event()
    while len([request for request in sandbox.requests if request.status_code]) < count:
        moment.wait(0.01)
