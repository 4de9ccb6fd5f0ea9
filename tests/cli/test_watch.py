"""`anthropic-models watch`, from outside."""

import errno
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from unittest.mock import Mock

import pytest
from anthropic_models.cli import signals
from anthropic_models.cli.command_error import CommandError
from anthropic_models.cli.state_file import StateFile
from anthropic_models.cli.watch import _sleep  # pyright: ignore[reportPrivateUsage]
from anthropic_models.sandbox import Sandbox

from tests.support.scripted_server import Response, Scripted, error, model, page, raw, respond
from tests.support.terminal import NOW, Command, Pipe, Terminal, reported, started

Done = subprocess.CompletedProcess[str]
Watch = Callable[..., tuple[Done, list[float]]]

IDS = ("--format", "id")
NO_RETRY = {"x-should-retry": "false"}
FORBIDDEN = error(403, "permission_error")
OVERLOADED = error(529, "overloaded_error", headers=NO_RETRY)


class Rounds:
    """Rounds of a watch that keeps what it has seen in a file."""

    def __init__(self, sandbox: Sandbox, command: Command, folder: Path) -> None:
        self._command = command
        self.sandbox = sandbox
        self.base_url = sandbox.base_url
        self.folder = folder
        self.state = folder / "seen.json"
        self.words = ("watch", "--state", str(self.state), *IDS)
        sandbox.models[:] = [model("b"), model("a")]

    def __call__(self, *arguments: str) -> Done:
        """List once; return how that ended."""
        return self._command(*self.words, "--once", *arguments, base_url=self.base_url)

    def release(self, *ids: str) -> None:
        """Release models, the last one last."""
        for id_ in ids:
            self.sandbox.models.insert(0, model(id_))


@pytest.fixture
def rounds(sandbox: Sandbox, command: Command, tmp_path: Path) -> Rounds:
    return Rounds(sandbox, command, tmp_path)


@pytest.fixture
def watch(scripted: Scripted, command: Command, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Watch until the last response; return how it ended, and the waits, which are left out."""

    def run(words: str, *responses: Response) -> tuple[Done, list[float]]:
        waits: list[float] = []
        monkeypatch.setattr("anthropic_models.cli.watch._sleep", waits.append)
        server = scripted(*responses)
        done = command("watch", *words.split(), base_url=server.base_url)
        assert len(server.requests) == len(responses)
        return done, waits

    return run


def refusing(number: int) -> Mock:
    """What a system call does that is refused."""
    return Mock(side_effect=OSError(number, os.strerror(number)))


# --- what is new


@pytest.mark.parametrize(
    "history",
    [
        [("b a", ""), ("b a", ""), ("d c b a", "c\nd\n"), ("d c b a", "")],
        [("", ""), ("", ""), ("b a", "a\nb\n"), ("b a", "")],
        [("b a", ""), ("a", ""), ("b a", ""), ("a b", ""), ("", ""), ("c", "c\n")],
        [("b a", ""), ("c b a at-the-end", "at-the-end\nc\n")],
    ],
    ids=["new ones", "the first ones", "others go and come back", "older ones"],
)
def test_a_model_is_new_once_the_one_released_first_first_and_what_is_there_at_first_is_not(
    history: list[tuple[str, str]], rounds: Rounds
) -> None:
    for listed, printed in history:
        rounds.sandbox.models[:] = map(model, listed.split())
        assert rounds().stdout == printed
    assert list(rounds.folder.iterdir()) == [rounds.state]
    assert all(request.query == {"limit": "1000"} for request in rounds.sandbox.requests)


def test_new_models_on_several_pages_come_in_order_and_not_until_the_listing_is_complete(
    scripted: Scripted, rounds: Rounds
) -> None:
    more = respond(page("e", "d", "c", has_more=True))
    server = scripted(respond(page("a")), more, OVERLOADED, more, respond(page("b", "a")))
    rounds.base_url = server.base_url
    assert rounds().stdout == ""
    assert "retrying" not in reported(rounds(), 1), "a single round does not wait"
    assert rounds().stdout == "b\nc\nd\ne\n"


# --- failures


def test_a_pipe_gets_new_models_as_json_until_a_permanent_error_ends_it(watch: Watch) -> None:
    done, waits = watch("", respond(page("a")), respond(page("b", "a")), FORBIDDEN)
    assert json.loads(done.stdout)["display_name"] == "B"
    assert done.stderr.startswith("anthropic-models: 403 permission_error: no (request id")
    assert (done.returncode, waits) == (1, [60, 60])


@pytest.mark.parametrize(
    ("failures", "words"),
    [
        ([OVERLOADED], "529 overloaded_error"),
        ([error(429, "rate_limit_error", headers=NO_RETRY)], "429 rate_limit_error"),
        ([respond(b"<html>", headers=NO_RETRY)], "the response is not JSON"),
        ([raw(b"")] * 3, "connection to "),
    ],
    ids=["529", "429", "html", "lost"],
)
def test_a_temporary_failure_is_reported_and_the_watch_goes_on(
    failures: list[Response], words: str, watch: Watch
) -> None:
    rounds = [*failures, respond(page("a")), *failures, *failures, respond(page("b")), FORBIDDEN]
    done, waits = watch("--interval 0.1 --format id", *rounds)
    assert (done.returncode, done.stdout, waits) == (1, "b\n", [0.1, 0.1, 0.1, 0.2, 0.1])
    *lines, _end = done.stderr.splitlines()
    assert [line.startswith(f"anthropic-models: {words}") for line in lines] == [True] * 3
    assert [line.rpartition(" in ")[2] for line in lines] == ["0.1 s", "0.1 s", "0.2 s"]


@pytest.mark.parametrize(
    ("headers", "interval", "expected"),
    [
        ({"retry-after": "90"}, 0.1, [90, 90]),
        ({"retry-after": "90"}, 300, [300, 300]),
        ({"retry-after": "90000"}, 0.1, [3600, 3600]),
        ({}, 7, [7, 14]),
        ({}, 40, [40, 60]),
    ],
)
def test_it_waits_longer_after_each_failure_and_as_long_as_the_api_asks_for(
    headers: dict[str, str], interval: float, expected: list[float], watch: Watch
) -> None:
    failure = error(429, "rate_limit_error", headers=NO_RETRY | headers)
    _, waits = watch(f"--interval {interval}", failure, failure, FORBIDDEN)
    assert waits == expected


# --- the command for each new model


def test_the_command_gets_each_new_model_as_json(rounds: Rounds) -> None:
    command = f"cat >> {rounds.folder}/got"
    rounds("--exec", command)
    rounds.release("one", "two")
    done = rounds("--exec", command)
    assert (done.returncode, done.stdout, done.stderr) == (0, "one\ntwo\n", "")
    got = [json.loads(line) for line in (rounds.folder / "got").read_text().splitlines()]
    assert [m["id"] for m in got] == ["one", "two"]
    assert got[0].keys() == model("one").keys()


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
    run: str, how: str, rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds()
    rounds.release("one", "two")
    if not run:
        monkeypatch.setattr(subprocess, "run", refusing(errno.EAGAIN))
    done = rounds("--exec", run or "true")
    assert (done.returncode, done.stdout) == (0, "one\ntwo\n")
    lines = [f"anthropic-models: --exec for {id_}: {how}" for id_ in ("one", "two")]
    assert done.stderr.splitlines() == lines


def test_a_model_is_reported_once_when_its_command_was_killed(rounds: Rounds) -> None:
    rounds()
    rounds.release("one", "two")
    runs = rounds.folder / "runs"
    run = f"echo run >> {runs}; echo started; exec sleep 1000 >&- 2>&-"
    with started(*rounds.words, "--exec", run, base_url=rounds.base_url) as process:
        assert [process.line() for _ in range(2)] == ["one\n", "started\n"]
        assert process.ended(signal.SIGKILL) == (-signal.SIGKILL, "", "")
    assert rounds("--exec", f"echo run >> {runs}").stdout == "two\n"
    assert runs.read_text() == "run\nrun\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_while_a_model_is_printed_waits_until_it_is_saved(
    number: signal.Signals, rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(text: str) -> None:
        if text:
            signal.raise_signal(number)

    rounds()
    rounds.release("one", "two")
    monkeypatch.setattr("anthropic_models.cli.watch.write", interrupted)
    before = signal.signal(number, signal.SIG_DFL)  # where pytest runs, some may be ignored
    try:
        assert rounds().returncode == 128 + number
        assert signal.getsignal(number) == signal.SIG_DFL
    finally:
        signal.signal(number, before)
    assert json.loads(rounds.state.read_text()) == {"seen": ["a", "b", "one"]}


# --- the state file


@pytest.mark.parametrize(
    ("content", "stdout"),
    [
        ("", ""),
        ("\n", ""),
        ('{"seen": ["a"]}', "b\n"),
        ('{"newest": {"id": "a"}, "seen": ["a"]}', "b\n"),
    ],
    ids=["empty", "a blank line", "one", "of an earlier release"],
)
def test_the_state_holds_what_was_seen(content: str, stdout: str, rounds: Rounds) -> None:
    rounds.state.write_text(content)
    assert [rounds().stdout for _ in range(2)] == [stdout, ""]
    assert json.loads(rounds.state.read_text()) == {"seen": ["a", "b"]}, "in order of release"


def test_a_link_to_the_state_stays_a_link(rounds: Rounds) -> None:
    rounds.state.symlink_to(rounds.folder / "elsewhere.json")
    assert rounds().returncode == 0
    assert rounds.state.is_symlink()
    assert (rounds.folder / "elsewhere.json").exists()


@pytest.mark.parametrize(("before", "after"), [(0o600, 0o600), (None, 0o640)])
def test_the_state_keeps_its_mode_and_a_new_one_has_that_of_any_new_file(
    before: int | None, after: int, rounds: Rounds
) -> None:
    if before is not None:
        rounds.state.touch(before)
    umask = os.umask(0o027)
    try:
        rounds()
    finally:
        os.umask(umask)
    assert rounds.state.stat().st_mode & 0o7777 == after


Spoil = bytes | Callable[[Path, pytest.MonkeyPatch], object]
DAMAGED = (
    *(b"{", b"[" * 100_000, b"[]", b"{}", b"null", b"\xff\xfe"),
    *(b'{"seen": "abc"}', b'{"seen": [7]}', b'{"seen": [""]}'),
)
SPOILED: list[tuple[Spoil, str]] = [
    *((content, "is not a state file; it is not changed") for content in DAMAGED),
    (lambda path, _: path.mkdir(), "is not a regular file"),
    (lambda path, _: os.mkfifo(path), "is not a regular file"),
    (lambda path, _: path.symlink_to(path), "Too many levels of symbolic links"),
    (lambda path, _: path.symlink_to("missing/seen.json"), "written: No such file or directory"),
    # A superuser may read and write everything.
    (lambda _, patch: patch.setattr(Path, "exists", refusing(errno.EACCES)), "read: Permission"),
    (lambda _, patch: patch.setattr(os, "replace", refusing(errno.EBUSY)), "mount its folder"),
    (lambda _, patch: patch.setattr(os, "fsync", refusing(errno.ENOSPC)), "written: No space"),
]


@pytest.mark.parametrize(("spoil", "says"), SPOILED, ids=range(len(SPOILED)))
def test_a_state_that_cannot_be_used_is_reported_and_left_as_it_is_before_anything_is_requested(
    spoil: Spoil, says: str, rounds: Rounds
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(spoil, bytes):
            rounds.state.write_bytes(spoil)
        else:
            spoil(rounds.state, patch)
        before = list(rounds.folder.iterdir())
        assert f"the state file {rounds.folder}/" in reported(rounds(), 2, says)
    assert rounds.sandbox.requests == []
    assert list(rounds.folder.iterdir()) == before
    assert not isinstance(spoil, bytes) or rounds.state.read_bytes() == spoil


def test_what_could_not_be_saved_stays_new_and_its_command_does_not_run(rounds: Rounds) -> None:
    rounds()
    rounds.release("one")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StateFile, "save", Mock(side_effect=CommandError("full", exit_code=2)))
        assert rounds("--exec", f"touch {rounds.folder}/ran").returncode == 2
    assert list(rounds.folder.iterdir()) == [rounds.state]
    assert rounds().stdout == "one\n"


# --- how it shows, and how it ends


def test_a_terminal_gets_a_line_a_model_and_how_to_end_it(scripted: Scripted) -> None:
    new = model("new\x07", created_at="1970-01-01T00:00:00Z")
    base_url = scripted(respond(page("a")), respond(page("newer", new, "a"))).base_url
    words = ("watch", "--interval", "0.1")
    with Terminal(*words, base_url=base_url, variables=NOW) as terminal:
        terminal.until("newer")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
    assert terminal.lines == [
        f"anthropic-models: listing {base_url} every 0.1 s; Ctrl-C ends it",
        "new\\x07  New\\x07  release date unknown",
        "newer  Newer  released 2025-05-14, 7 months ago",
    ]


def test_a_model_that_could_not_be_printed_is_new_at_the_next_start(
    scripted: Scripted, rounds: Rounds, pipe: Pipe
) -> None:
    def close_then_respond(connection: socket.socket, over: threading.Event) -> bool:
        pipe[0].close()
        return respond(page("b"))(connection, over)

    rounds.base_url = scripted(respond(page("a")), close_then_respond, respond(page("b"))).base_url
    rounds()
    with pipe[1], redirect_stdout(pipe[1]):
        done = rounds()
    assert (done.returncode, done.stderr) == (0, "")
    assert rounds().stdout == "b\n"


def test_a_wait_ends_as_soon_as_the_pipe_for_the_output_is_closed(
    tmp_path: Path, pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    with redirect_stdout(pipe[1]):
        _sleep(0)
        pipe[0].close()
        with pytest.raises(BrokenPipeError):
            _sleep(1000)
        with open(tmp_path / "out", "w") as file, redirect_stdout(file):
            _sleep(0)
        with redirect_stdout(io.StringIO()):
            _sleep(0)
        monkeypatch.setattr(sys, "platform", "win32")
        _sleep(0)


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with signals.immediate(), signals.raised(), signals.delayed():
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
