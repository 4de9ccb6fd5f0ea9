"""The command, run as people and scripts run it: in a pipe, or on a pseudo-terminal."""

import io
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

import pytest
from anthropic_models.cli import main

from tests.support.sync_and_async import KEY

PROGRAM = str(Path(sys.executable).with_name("anthropic-models"))
NOW = {"SOURCE_DATE_EPOCH": "1767225600"}  # 2026-01-01, or every month would bring other ages
Pipe = tuple[IO[str], IO[str]]
PATIENCE = 30.0  # seconds; nothing takes as long unless it is broken


def environment(base_url: str | None = None, **more: str) -> dict[str, str]:
    """The variables of the command: few, so that nothing of this machine counts."""
    found = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")},
    }
    if base_url is not None:
        found |= {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": base_url}
    return found | more


def reported(done: subprocess.CompletedProcess[str], code: int, words: str = "") -> str:
    """The command has ended with a code and one line on stderr, with these words in it."""
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


class Command:
    """The command within this process: quick, for the many cases of one rule."""

    def __init__(
        self, capture: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._capture = capture
        self._monkeypatch = monkeypatch

    def __call__(
        self, *arguments: str, base_url: str | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the command to its end, as `piped` does."""
        with self._monkeypatch.context() as patch:
            for name, value in environment(base_url, **variables).items():
                patch.setenv(name, value)
            code = main(arguments)
        out, err = self._capture.readouterr()
        return subprocess.CompletedProcess(arguments, code, out, err)


class Started(subprocess.Popen[str]):
    """A command that runs."""

    def line(self) -> str:
        """Wait for a line of its output."""
        assert self.stdout
        return self.stdout.readline()

    def close_output(self) -> None:
        """End the pipe for its output, as `head` does."""
        assert self.stdout
        self.stdout.close()

    def ended(self, number: signal.Signals | None = None) -> tuple[int, str, str]:
        """Wait for its end, after a signal; return its exit code and what it printed."""
        if number is not None:
            self.send_signal(number)
        if self.stdout and self.stdout.closed:
            self.stdout = None
        out, err = self.communicate(timeout=PATIENCE)
        return self.returncode, out or "", err or ""


@contextmanager
def started(
    *arguments: str,
    base_url: str | None = None,
    command: Sequence[str] = (PROGRAM,),
    variables: Mapping[str, str] | None = None,
) -> Generator[Started]:
    """Run the command, with pipes for what it prints, until the block ends."""
    with Started(
        [*command, *arguments],
        env=environment(base_url, **(variables or {})),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def piped(
    *arguments: str, base_url: str | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, with pipes for what it prints."""
    with started(*arguments, base_url=base_url, variables=variables) as process:
        return subprocess.CompletedProcess(arguments, *process.ended())


def plain(text: str) -> list[str]:
    """Return the lines that people see of what a terminal has received, without colours."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).replace("\r\n", "\n").splitlines()


class Screen(io.StringIO):
    """A stream that is a terminal, as far as the command within this process can tell."""

    def isatty(self) -> bool:
        return True


class Terminal:
    """The command on a pseudo-terminal of a size; what it has received is in `text`."""

    def __init__(
        self,
        *arguments: str,
        base_url: str | None = None,
        columns: int = 100,
        command: Sequence[str] = (PROGRAM,),
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.text = ""
        try:
            self._master, slave = pty.openpty()
        except OSError as error:
            pytest.skip(f"no pseudo-terminal can be opened: {error}")
        termios.tcsetwinsize(slave, (40, columns))
        self.process = subprocess.Popen(
            [*command, *arguments],
            env=environment(base_url, **(variables or {})),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    def until(self, text: str) -> None:
        """Wait until the terminal has received a text."""
        while text not in self.text:
            assert self._read(), f"the command has ended, and {text!r} never came: {self.text!r}"

    def end(self) -> int:
        """Wait until the command ends; return its exit code."""
        while self._read():
            pass
        return self.process.wait(PATIENCE)

    def type(self, text: str) -> None:
        """Type on the keyboard."""
        os.write(self._master, text.encode())

    @property
    def lines(self) -> list[str]:
        return plain(self.text)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], PATIENCE)
        assert ready, f"nothing more came after {self.text!r}"
        try:
            content = os.read(self._master, 65536)
        except OSError:  # so Linux says that nobody holds the other end
            return False
        self.text += content.decode()
        return bool(content)
