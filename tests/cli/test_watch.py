"""`anthropic-models watch`, from outside."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from anthropic_models.cli import main, signals
from anthropic_models.sandbox import Sandbox

from tests.support.scripted_server import Answer, Scripted, answer, error, model, page, raw, when
from tests.support.shells import KEY
from tests.support.terminal import (
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


def test_what_was_seen_is_known_to_the_next_process(sandbox: Sandbox, state: Path) -> None:
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
    assert [set(request.query) for request in sandbox.requests] == [{"limit"}] * 5


def test_a_running_watch_prints_each_new_model_at_once(sandbox: Sandbox) -> None:
    with started("watch", *QUICK, base_url=sandbox.base_url) as process:
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


def test_new_models_on_several_pages_come_in_order(scripted: Scripted, round_: Round) -> None:
    server = scripted(
        answer(page("a")), answer(page("e", "d", "c", has_more=True)), answer(page("b", "a"))
    )
    assert round_(server).stdout == ""
    assert round_(server).stdout == "b\nc\nd\ne\n"


def test_a_listing_that_breaks_off_reports_nothing_until_it_is_complete(
    scripted: Scripted, round_: Round
) -> None:
    server = scripted(
        answer(page("a")),
        *(answer(page("c", has_more=True)), error(403, "permission_error")),
        *(answer(page("c", has_more=True)), answer(page("b", "a"))),
    )
    round_(server)
    broken = round_(server)
    assert (broken.returncode, broken.stdout) == (1, "")
    assert round_(server).stdout == "b\nc\n"


def test_a_model_is_new_only_once_whatever_else_changes(sandbox: Sandbox, round_: Round) -> None:
    round_(sandbox)
    newest = sandbox.models.pop(0)
    assert round_(sandbox).stdout == ""
    sandbox.models.insert(0, newest)
    assert round_(sandbox).stdout == ""
    sandbox.models.append(model("old", created_at="2020-01-01T00:00:00Z"))
    sandbox.models.insert(0, model("unknown", created_at="1970-01-01T00:00:00Z"))
    assert round_(sandbox).stdout == "old\nunknown\n"
    sandbox.models.reverse()
    assert round_(sandbox).stdout == ""
    sandbox.models.clear()
    assert round_(sandbox).stdout == ""
    release(sandbox, "after the end")
    assert round_(sandbox).stdout == "after the end\n"


# --- failures


def test_a_permanent_error_ends_it(scripted: Scripted, command: Command) -> None:
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


NO_RETRY = {"x-should-retry": "false"}


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (error(529, "overloaded_error", headers=NO_RETRY), "529 overloaded_error"),
        (error(429, "rate_limit_error", headers=NO_RETRY), "429 rate_limit_error"),
        (answer(b"<html>", headers=NO_RETRY), "the response is not JSON"),
    ],
    ids=["529", "429", "html"],
)
def test_a_temporary_failure_is_reported_and_the_watch_goes_on(
    failure: Answer, words: str, scripted: Scripted
) -> None:
    server = scripted(failure, answer(page("a")), failure, answer(page("b")), answer(page()))
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
        assert line.endswith("; retrying in 0.1 s")


def test_the_watch_goes_on_after_connection_errors(
    scripted: Scripted, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    broken = raw(b"")
    server = scripted(*[broken] * 9, answer(page("a")), error(401, "authentication_error"))
    assert main(["watch", *QUICK, "--base-url", server.base_url]) == 1
    *lines, _end = capfd.readouterr().err.splitlines()
    assert len(lines) == 3
    assert [line.rpartition("; ")[2] for line in lines] == [
        "retrying in 0.1 s",
        "retrying in 0.2 s",
        "retrying in 0.4 s",
    ]


@pytest.mark.parametrize(
    ("headers", "interval", "wait"),
    [
        ({"retry-after": "90"}, 0.1, 90),
        ({"retry-after": "90"}, 300, 300),
        ({"retry-after": "90000"}, 0.1, 3600),
        ({}, 7, 7),
        ({}, 0.1, 0.1),
    ],
)
def test_retry_after_counts_when_it_is_longer_than_the_interval(
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

    monkeypatch.setattr("anthropic_models.cli.watch._sleep", pause)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    server = scripted(error(429, "rate_limit_error", headers=NO_RETRY | headers))
    assert main(["watch", f"--interval={interval}", "--base-url", server.base_url]) == 130
    assert waited == [wait]
    assert f"retrying in {wait:g} s" in capfd.readouterr().err


def test_a_single_round_does_not_wait_for_better_times(scripted: Scripted, round_: Round) -> None:
    server = scripted(error(529, "overloaded_error", headers=NO_RETRY))
    done = round_(server)
    assert (done.returncode, done.stdout) == (1, "")
    assert "retrying" not in done.stderr


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
def test_a_failing_command_is_reported_and_the_watch_goes_on(
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


def test_a_command_that_cannot_be_started_is_reported(
    sandbox: Sandbox, round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_(sandbox)
    release(sandbox, "one")

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "run", refuse)
    done = round_(sandbox, "--exec", "true")
    assert (done.returncode, done.stdout) == (0, "one\n")
    assert done.stderr == (
        "anthropic-models: --exec for one: cannot be run: Resource temporarily unavailable\n"
    )


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGKILL]
)
def test_a_model_is_reported_once_when_a_signal_ends_the_command(
    number: signal.Signals, sandbox: Sandbox, round_: Round, state: Path, tmp_path: Path
) -> None:
    round_(sandbox)
    release(sandbox, "one", "two")
    runs = tmp_path / "runs"
    fixed = ("watch", *QUICK, "--state", str(state), "--format", "id")
    command = f"echo run >> {runs}; echo started; exec sleep 1000 >&- 2>&-"
    with started(*fixed, "--exec", command, base_url=sandbox.base_url) as process:
        assert process.stdout
        assert process.stdout.readline() == "one\n"
        assert process.stdout.readline() == "started\n"
        process.send_signal(number)
        assert process.communicate(timeout=60) == ("", "")
        killed = number == signal.SIGKILL
        assert process.returncode == (-number if killed else 128 + number)
    assert round_(sandbox, "--exec", f"echo run >> {runs}").stdout == "two\n"
    assert runs.read_text() == "run\nrun\n"


# --- the state file


def test_the_state_holds_the_ids_in_the_order_of_release(
    sandbox: Sandbox, round_: Round, state: Path
) -> None:
    sandbox.models[:] = [model("b"), model("a")]
    round_(sandbox)
    assert json.loads(state.read_text()) == {"seen": ["a", "b"]}
    assert list(state.parent.iterdir()) == [state]


def test_a_state_of_an_earlier_release_is_read(
    sandbox: Sandbox, round_: Round, state: Path
) -> None:
    newest = {"id": "a", "created_at": "2025-05-14T00:00:00+00:00"}
    state.write_text(json.dumps({"newest": newest, "seen": ["a"]}))
    sandbox.models[:] = [model("b"), model("a")]
    assert round_(sandbox).stdout == "b\n"


def test_a_link_to_the_state_stays_a_link(
    sandbox: Sandbox, round_: Round, state: Path, tmp_path: Path
) -> None:
    state.symlink_to(tmp_path / "elsewhere.json")
    assert round_(sandbox).returncode == 0
    assert state.is_symlink()
    assert (tmp_path / "elsewhere.json").exists()


@pytest.mark.parametrize("content", ["", "\n"])
def test_an_empty_state_is_that_of_a_first_start(
    content: str, sandbox: Sandbox, round_: Round, state: Path
) -> None:
    state.write_text(content)
    assert (round_(sandbox).returncode, round_(sandbox).stdout) == (0, "")
    release(sandbox, "one")
    assert round_(sandbox).stdout == "one\n"


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o664, 0o640])
def test_the_state_keeps_its_mode(mode: int, sandbox: Sandbox, round_: Round, state: Path) -> None:
    state.touch()
    state.chmod(mode)
    round_(sandbox)
    assert state.stat().st_mode & 0o7777 == mode


def test_a_new_state_has_the_mode_of_any_new_file(
    sandbox: Sandbox, round_: Round, state: Path
) -> None:
    before = os.umask(0o027)
    try:
        round_(sandbox)
    finally:
        os.umask(before)
    assert state.stat().st_mode & 0o7777 == 0o640


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[" * 100_000,
        "[]",
        "{}",
        "null",
        json.dumps({"seen": "abc"}),
        json.dumps({"seen": [7]}),
        json.dumps({"seen": [""]}),
    ],
    ids=range(8),
)
def test_a_damaged_state_is_reported_and_left_as_it_is(
    content: str, sandbox: Sandbox, round_: Round, state: Path
) -> None:
    state.write_text(content)
    done = round_(sandbox)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"anthropic-models: the state file {state} is not a state file; it is left as it is\n"
    )
    assert state.read_text() == content
    assert sandbox.requests == []


def test_a_state_that_is_not_text_is_damaged(sandbox: Sandbox, round_: Round, state: Path) -> None:
    state.write_bytes(b"\xff\xfe")
    assert round_(sandbox).returncode == 2


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (Path.mkdir, "is not a regular file"),
        (make_fifo, "is not a regular file"),
        (make_loop, "Too many levels of symbolic links"),
    ],
)
def test_a_state_that_is_no_file_is_reported_at_once(
    make: Callable[[Path], None], says: str, sandbox: Sandbox, round_: Round, state: Path
) -> None:
    make(state)
    done = round_(sandbox)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert sandbox.requests == []


def test_a_state_that_cannot_be_read_is_reported_at_once(
    sandbox: Sandbox, round_: Round, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.touch()

    def refuse(path: Path, _encoding: str) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", refuse)  # a superuser may read everything
        done = round_(sandbox)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"the state file {state} cannot be read: Permission denied" in done.stderr


def test_a_state_in_a_folder_that_is_missing_is_reported_at_once(
    sandbox: Sandbox, command: Command, state: Path
) -> None:
    missing = ("watch", "--state", str(state / "missing" / "seen.json"))
    done = command(*missing, base_url=sandbox.base_url)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be written: No such file or directory" in done.stderr
    assert sandbox.requests == []


def test_a_state_that_cannot_be_replaced_is_reported_before_anything_runs(
    sandbox: Sandbox, round_: Round, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_(sandbox)
    release(sandbox, "one")
    before = state.read_text()

    def busy(source: object, target: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", busy)  # what a file does that is mounted by itself
        done = round_(sandbox, "--exec", f"touch {state.parent}/ran")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Device or resource busy" in done.stderr
    assert "mount its folder instead" in done.stderr
    assert state.read_text() == before
    assert list(state.parent.iterdir()) == [state]
    assert round_(sandbox).stdout == "one\n"


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


def test_a_terminal_gets_a_line_a_model_and_how_to_end_it(sandbox: Sandbox) -> None:
    with Terminal("watch", *QUICK, base_url=sandbox.base_url, variables=NOW) as terminal:
        wait_for_requests(sandbox, 1)
        sandbox.models.insert(0, model("new\x07", created_at="1970-01-01T00:00:00Z"))
        release(sandbox, "newer")
        terminal.until("newer")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
    assert terminal.lines == [
        f"anthropic-models: listing {sandbox.base_url} every 0.1 s; Ctrl-C ends it",
        "new\\x07  New\\x07  release date unknown",
        "newer  Newer  released 2025-05-14, 7 months ago",
    ]


def test_it_ends_quietly_when_the_pipe_is_closed(sandbox: Sandbox) -> None:
    watch = ("watch", "--interval", "1000")
    with started(*watch, base_url=sandbox.base_url) as process:
        assert process.stdout
        assert process.stderr
        wait_for_requests(sandbox, 1)
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 0


def test_a_model_that_could_not_be_printed_is_new_at_the_next_start(
    scripted: Scripted, round_: Round, state: Path
) -> None:
    go_on = threading.Event()
    server = scripted(answer(page("a")), when(go_on, answer(page("b"))), answer(page("b")))
    round_(server)
    fixed = ("watch", "--state", str(state), "--format", "id")
    with started(*fixed, base_url=server.base_url) as process:
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
            env=environment(server.base_url),
            stdout=file,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    assert done.returncode == 1
    assert (tmp_path / "out").read_text() == "b\n"


def test_it_goes_on_where_the_output_is_no_file(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = scripted(answer(page("a")), answer(page("b")), error(403, "permission_error"))
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with redirect_stdout(io.StringIO()) as output:
        assert main(["watch", *QUICK, "--format", "id", "--base-url", server.base_url]) == 1
    assert output.getvalue() == "b\n"


def test_a_pipe_is_not_waited_for_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    from anthropic_models.cli.watch import _output_pipe  # pyright: ignore[reportPrivateUsage]

    reading, writing = os.pipe()
    with os.fdopen(reading), os.fdopen(writing, "w") as pipe, redirect_stdout(pipe):
        assert _output_pipe() == writing
        monkeypatch.setattr(sys, "platform", "win32")
        assert _output_pipe() is None


def test_it_goes_on_where_stderr_cannot_be_written(
    scripted: Scripted, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = error(529, "overloaded_error", headers=NO_RETRY)
    end = error(401, "authentication_error")
    server = scripted(answer(page("a")), failure, answer(page("b")), end)
    monkeypatch.setattr(sys, "stderr", Full())
    done = command("watch", *QUICK, "--format", "id", base_url=server.base_url)
    assert (done.returncode, done.stdout) == (1, "b\n")
    assert len(server.requests) == 4


class Full(io.StringIO):
    """A stream that takes nothing."""

    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


# --- signals

NUMBERS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_waits_until_the_end_of_the_block(number: signal.Signals) -> None:
    done: list[str] = []
    before = signal.getsignal(number)
    with signals.raised():
        with pytest.raises(signals.SignalError) as caught, signals.delayed():  # noqa: PT012 - at its end
            signal.raise_signal(number)
            done.append("after the signal")
        assert caught.value.number == number
        with pytest.raises(signals.SignalError):
            signal.raise_signal(number)
    assert done == ["after the signal"]
    assert signal.getsignal(number) == before


def test_a_signal_that_is_ignored_stays_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with signals.raised(), signals.delayed():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_signals_are_left_alone_in_other_threads(sandbox: Sandbox, command: Command) -> None:
    codes: list[int] = []
    arguments = ["list", "--sandbox", "--format", "id", "--max-items", "1"]
    thread = threading.Thread(target=lambda: codes.append(main(arguments)))
    thread.start()
    thread.join(60)
    assert codes == [0]


def wait_for_requests(sandbox: Sandbox, count: int) -> None:
    """Wait until a sandbox has answered so many requests."""
    moment = threading.Event()
    while len([request for request in sandbox.requests if request.status_code]) < count:
        moment.wait(0.01)
