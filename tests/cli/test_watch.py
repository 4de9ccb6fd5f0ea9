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
from anthropic_models.cli import main, signals, watch
from anthropic_models.sandbox import Sandbox

from tests.support.scripted_server import (
    Response,
    Scripted,
    error,
    model,
    page,
    raw,
    respond,
    when,
)
from tests.support.terminal import NOW, Command, Terminal, reported, started

Done = subprocess.CompletedProcess[str]
Round = Callable[..., Done]

QUICK = ("--interval", "0.1")
IDS = ("--format", "id")
NO_RETRY = {"x-should-retry": "false"}
FORBIDDEN = error(403, "permission_error")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "seen.json"


@pytest.fixture
def round_(state: Path, command: Command) -> Round:
    """Ask a server once, with what was seen before in a file."""

    def once(server: Any, *arguments: str) -> Done:
        fixed = ("watch", "--once", "--state", str(state), *IDS)
        return command(*fixed, *arguments, base_url=server.base_url)

    return once


def release(sandbox: Sandbox, *ids: str) -> None:
    """Release models, the last one last."""
    for id_ in ids:
        sandbox.models.insert(0, model(id_))


def refusing(number: int) -> Callable[..., Any]:
    """What a system call does that is refused."""

    def refuse(*_arguments: object, **_options: object) -> Any:
        raise OSError(number, os.strerror(number))

    return refuse


# --- what is new


def test_what_is_there_at_first_is_not_new_and_what_comes_is(
    sandbox: Sandbox, round_: Round, state: Path
) -> None:
    sandbox.models[:] = [model("b"), model("a")]
    assert [round_(sandbox).stdout for _ in range(2)] == ["", ""]
    assert json.loads(state.read_text()) == {"seen": ["a", "b"]}, "in the order of release"
    assert list(state.parent.iterdir()) == [state]
    release(sandbox, "one", "two")
    assert [round_(sandbox).stdout for _ in range(2)] == ["one\ntwo\n", ""]
    assert [set(request.query) for request in sandbox.requests] == [{"limit"}] * 4


def test_a_running_watch_prints_each_new_model_at_once(sandbox: Sandbox) -> None:
    with started("watch", *QUICK, base_url=sandbox.base_url) as process:
        wait_for_requests(sandbox, 1)
        release(sandbox, "one", "two")
        lines = [json.loads(process.line()) for _ in range(2)]
        release(sandbox, "three")
        lines.append(json.loads(process.line()))
        assert [line["id"] for line in lines] == ["one", "two", "three"]
        assert lines[0]["display_name"] == "One"
        wait_for_requests(sandbox, len(sandbox.requests) + 2)
        assert process.ended(signal.SIGINT) == (130, "", "")


def test_the_first_model_of_an_empty_listing_is_new(sandbox: Sandbox, round_: Round) -> None:
    sandbox.models.clear()
    assert [round_(sandbox).stdout for _ in range(2)] == ["", ""]
    release(sandbox, "one", "two")
    assert [round_(sandbox).stdout for _ in range(2)] == ["one\ntwo\n", ""]


def test_new_models_on_several_pages_come_in_order_and_not_until_the_listing_is_complete(
    scripted: Scripted, round_: Round
) -> None:
    more = respond(page("e", "d", "c", has_more=True))
    server = scripted(respond(page("a")), more, FORBIDDEN, more, respond(page("b", "a")))
    assert round_(server).stdout == ""
    broken = round_(server)
    assert (broken.returncode, broken.stdout) == (1, "")
    assert round_(server).stdout == "b\nc\nd\ne\n"


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


@pytest.mark.parametrize("status", [400, 401, 403, 404, 501])
def test_a_permanent_error_ends_it(status: int, scripted: Scripted, command: Command) -> None:
    server = scripted(respond(page("a")), error(status, "some_error"))
    done = command("watch", *QUICK, base_url=server.base_url)
    reported(done, 1, f"anthropic-models: {status} some_error: no (request id")
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (error(529, "overloaded_error", headers=NO_RETRY), "529 overloaded_error"),
        (error(429, "rate_limit_error", headers=NO_RETRY), "429 rate_limit_error"),
        (respond(b"<html>", headers=NO_RETRY), "the response is not JSON"),
        (raw(b""), "connection to "),
    ],
    ids=["529", "429", "html", "lost"],
)
def test_a_temporary_failure_is_reported_and_the_watch_goes_on(
    failure: Response, words: str, scripted: Scripted, command: Command
) -> None:
    attempts = 3 if words.startswith("connection") else 1
    failures = [failure] * attempts
    server = scripted(
        *failures, respond(page("a")), *failures, *failures, respond(page("b")), FORBIDDEN
    )
    done = command("watch", *QUICK, *IDS, base_url=server.base_url)
    assert (done.returncode, done.stdout) == (1, "b\n")
    *lines, _end = done.stderr.splitlines()
    assert [line.startswith(f"anthropic-models: {words}") for line in lines] == [True] * 3
    waits = ["retrying in 0.1 s", "retrying in 0.1 s", "retrying in 0.2 s"]
    assert [line.rpartition("; ")[2] for line in lines] == waits


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
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        raise KeyboardInterrupt

    monkeypatch.setattr(watch, "_sleep", pause)
    server = scripted(error(429, "rate_limit_error", headers=NO_RETRY | headers))
    done = command("watch", f"--interval={interval}", base_url=server.base_url)
    assert (done.returncode, waited) == (130, [wait])
    assert f"retrying in {wait:g} s" in done.stderr


def test_a_single_round_does_not_wait_for_better_times(scripted: Scripted, round_: Round) -> None:
    server = scripted(error(529, "overloaded_error", headers=NO_RETRY))
    assert "retrying" not in reported(round_(server), 1)


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
        ("", "cannot be run: Resource temporarily unavailable"),
    ],
)
def test_a_failing_command_is_reported_and_the_watch_goes_on(
    run: str, how: str, sandbox: Sandbox, round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_(sandbox)
    release(sandbox, "one", "two")
    if not run:
        monkeypatch.setattr(subprocess, "run", refusing(errno.EAGAIN))
    done = round_(sandbox, "--exec", run or "true")
    assert (done.returncode, done.stdout) == (0, "one\ntwo\n")
    lines = [f"anthropic-models: --exec for {id_}: {how}" for id_ in ("one", "two")]
    assert done.stderr.splitlines() == lines


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGKILL])
def test_a_model_is_reported_once_when_a_signal_ends_the_command(
    number: signal.Signals, sandbox: Sandbox, round_: Round, state: Path, tmp_path: Path
) -> None:
    round_(sandbox)
    release(sandbox, "one", "two")
    runs = tmp_path / "runs"
    run = f"echo run >> {runs}; echo started; exec sleep 1000 >&- 2>&-"
    fixed = ("watch", *QUICK, "--state", str(state), *IDS, "--exec", run)
    with started(*fixed, base_url=sandbox.base_url) as process:
        assert [process.line() for _ in range(2)] == ["one\n", "started\n"]
        code = -number if number == signal.SIGKILL else 128 + number
        assert process.ended(number) == (code, "", "")
    assert round_(sandbox, "--exec", f"echo run >> {runs}").stdout == "two\n"
    assert runs.read_text() == "run\nrun\n"


# --- the state file


@pytest.mark.parametrize(
    ("content", "stdout"),
    [
        ("", ""),
        ("\n", ""),
        ('{"seen": ["a"]}', "b\n"),
        (
            '{"newest": {"id": "a", "created_at": "2025-05-14T00:00:00+00:00"}, "seen": ["a"]}',
            "b\n",
        ),
    ],
    ids=["empty", "a blank line", "one", "of an earlier release"],
)
def test_a_state_says_what_was_seen(
    content: str, stdout: str, sandbox: Sandbox, round_: Round, state: Path
) -> None:
    state.write_text(content)
    sandbox.models[:] = [model("b"), model("a")]
    assert [round_(sandbox).stdout for _ in range(2)] == [stdout, ""]


def test_a_link_to_the_state_stays_a_link(
    sandbox: Sandbox, round_: Round, state: Path, tmp_path: Path
) -> None:
    state.symlink_to(tmp_path / "elsewhere.json")
    assert round_(sandbox).returncode == 0
    assert state.is_symlink()
    assert (tmp_path / "elsewhere.json").exists()


@pytest.mark.parametrize("mode", [0o644, 0o600, None])
def test_the_state_keeps_its_mode_and_a_new_one_has_that_of_any_new_file(
    mode: int | None, sandbox: Sandbox, round_: Round, state: Path
) -> None:
    if mode is not None:
        state.touch()
        state.chmod(mode)
    before = os.umask(0o027)
    try:
        round_(sandbox)
    finally:
        os.umask(before)
    assert state.stat().st_mode & 0o7777 == (mode or 0o640)


@pytest.mark.parametrize(
    "content",
    [
        *(b"{", b"[" * 100_000, b"[]", b"{}", b"null", b"\xff\xfe"),
        *(b'{"seen": "abc"}', b'{"seen": [7]}', b'{"seen": [""]}'),
    ],
    ids=range(9),
)
def test_a_damaged_state_is_reported_and_left_as_it_is(
    content: bytes, sandbox: Sandbox, round_: Round, state: Path
) -> None:
    state.write_bytes(content)
    says = f"the state file {state} is not a state file; it is not changed\n"
    assert reported(round_(sandbox), 2) == f"anthropic-models: {says}"
    assert state.read_bytes() == content
    assert sandbox.requests == []


NO_FILES: list[tuple[Callable[[Path], None], str]] = [
    (lambda path: path.mkdir(), "is not a regular file"),
    (lambda path: os.mkfifo(path), "is not a regular file"),
    (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
    (lambda path: path.symlink_to("missing/seen.json"), "written: No such file or directory"),
]


@pytest.mark.parametrize(("make", "says"), NO_FILES)
def test_a_state_that_is_no_file_is_reported_at_once(
    make: Callable[[Path], None], says: str, sandbox: Sandbox, round_: Round, state: Path
) -> None:
    make(state)
    reported(round_(sandbox), 2, says)
    assert sandbox.requests == []


def test_a_state_that_cannot_be_read_is_reported_at_once(
    sandbox: Sandbox, round_: Round, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.touch()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", refusing(errno.EACCES))  # a superuser may read everything
        done = round_(sandbox)
    reported(done, 2, f"the state file {state} cannot be read: Permission denied")


@pytest.mark.parametrize(
    ("call", "number", "says"),
    [
        ("replace", errno.EBUSY, "mount its folder instead"),  # of a mount point
        ("fsync", errno.ENOSPC, "cannot be written: No space left on device"),
    ],
)
def test_a_state_that_cannot_be_replaced_is_reported_before_anything_runs(
    call: str,
    number: int,
    says: str,
    sandbox: Sandbox,
    round_: Round,
    state: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    round_(sandbox)
    release(sandbox, "one")
    before = state.read_text()
    with monkeypatch.context() as patch:
        patch.setattr(os, call, refusing(number))
        done = round_(sandbox, "--exec", f"touch {state.parent}/ran")
    assert os.strerror(number) in reported(done, 2, says)
    assert state.read_text() == before
    assert list(state.parent.iterdir()) == [state]
    assert round_(sandbox).stdout == "one\n"


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
    with started("watch", "--interval", "1000", base_url=sandbox.base_url) as process:
        wait_for_requests(sandbox, 1)
        process.close_output()
        assert process.ended() == (0, "", "")


def test_a_model_that_could_not_be_printed_is_new_at_the_next_start(
    scripted: Scripted, round_: Round, state: Path
) -> None:
    go_on = threading.Event()
    server = scripted(respond(page("a")), when(go_on, respond(page("b"))), respond(page("b")))
    round_(server)
    fixed = ("watch", "--state", str(state), *IDS)
    with started(*fixed, base_url=server.base_url) as process:
        server.wait_for(2)
        process.close_output()
        go_on.set()
        assert process.ended()[0] == 0
    assert round_(server).stdout == "b\n"


@pytest.mark.parametrize("is_file", [True, False], ids=["a file", "an object of Python"])
def test_it_goes_on_without_a_pipe_to_wait_for(
    is_file: bool, scripted: Scripted, command: Command, tmp_path: Path
) -> None:
    server = scripted(respond(page("a")), respond(page("b")), FORBIDDEN)
    with (
        open(tmp_path / "out", "w+") if is_file else io.StringIO() as output,
        redirect_stdout(output),
    ):
        assert command("watch", *QUICK, *IDS, base_url=server.base_url).returncode == 1
        output.seek(0)
        assert output.read() == "b\n"


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
    class Full(io.StringIO):
        write = refusing(errno.ENOSPC)

    failure = error(529, "overloaded_error", headers=NO_RETRY)
    server = scripted(respond(page("a")), failure, respond(page("b")), FORBIDDEN)
    monkeypatch.setattr(sys, "stderr", Full())
    done = command("watch", *QUICK, *IDS, base_url=server.base_url)
    assert (done.returncode, done.stdout) == (1, "b\n")
    assert len(server.requests) == 4


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


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with signals.raised(), signals.delayed():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_signals_are_left_alone_in_other_threads(command: Command) -> None:
    codes: list[int] = []
    arguments = ["list", "--sandbox", "--format", "id", "--max-items", "1"]
    thread = threading.Thread(target=lambda: codes.append(main(arguments)))
    thread.start()
    thread.join(60)
    assert codes == [0]


def wait_for_requests(sandbox: Sandbox, count: int) -> None:
    """Wait until a sandbox has responded to so many requests."""
    moment = threading.Event()
    while len([request for request in sandbox.requests if request.status_code]) < count:
        moment.wait(0.01)
