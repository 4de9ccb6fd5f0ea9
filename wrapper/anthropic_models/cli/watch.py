"""The command `watch`."""

import os
import select
import stat
import subprocess
import sys
import time
from pathlib import Path

from attrs import frozen

from .. import AnthropicModelsError, APIStatusError, BetaModelInfo, Client
from . import signals
from .common_options import CommonOptions
from .dates import age, release_date, today
from .formats import as_json
from .printable import printable
from .state_file import Seen, StateFile
from .stdio import report, stderr_is_terminal, stdout_is_terminal, write

_MAX_BACKOFF = 60.0  # seconds; a longer interval or retry-after takes precedence
_MAX_RETRY_AFTER = 3600.0  # seconds


@frozen
class WatchCommand:
    """The options of `watch`."""

    common_options: CommonOptions
    interval: float
    command: str | None
    state_path: Path | None
    once: bool
    format: str | None

    def __call__(self) -> int:
        """Watch until something ends it; return the exit code."""
        write("")  # raises now, not at the first new model, when the output is closed
        state = StateFile(self.state_path) if self.state_path else None
        seen = state.load() if state else None
        with self.common_options.open_client() as client:
            if stderr_is_terminal() and not self.once:
                report(f"listing {client.base_url} every {self.interval:g} s; Ctrl-C ends it")
            failures = 0
            while True:
                try:
                    seen = self._list_once(client, seen, state)
                    failures, wait = 0, self.interval
                except AnthropicModelsError as error:
                    if self.once or not _is_temporary(error):
                        raise
                    wait = self._wait_after(error, failures)
                    failures += 1
                    report(f"{error.description}; retrying in {wait:g} s")
                if self.once:
                    return 0
                _sleep(wait)

    def _list_once(self, client: Client, seen: Seen | None, state: StateFile | None) -> Seen:
        """List the models once and report new ones, oldest first; return all ids seen so far."""
        models = list(client.models.list())[::-1]
        if seen is None:  # the models at the start count as seen
            seen = dict.fromkeys(model.id for model in models)
            if state:
                state.save(seen)
        for model in models:
            if model.id not in seen:
                self._report(model, seen, state)
        return seen

    def _report(self, model: BetaModelInfo, seen: Seen, state: StateFile | None) -> None:
        """Print a model, save its id, and only then run the command.

        A signal is handled after saving: a model is printed once, its command runs at most once.
        """
        with signals.delayed():
            write(self._line(model))
            seen[model.id] = None
            if state:
                state.save(seen)
        if self.command is not None:
            _run(self.command, model)

    def _line(self, model: BetaModelInfo) -> str:
        chosen = self.format or ("line" if stdout_is_terminal() else "jsonl")
        if chosen == "jsonl":
            return f"{as_json(model)}\n"
        if chosen == "id":
            return f"{printable(model.id)}\n"
        return f"{_as_line(model)}\n"

    def _wait_after(self, error: AnthropicModelsError, failures: int) -> float:
        """Return the seconds to wait after an error that follows `failures` others in a row."""
        backoff = min(_MAX_BACKOFF, self.interval * 2.0 ** min(failures, 10))
        retry_after = (error.retry_after if isinstance(error, APIStatusError) else None) or 0.0
        return max(self.interval, backoff, min(retry_after, _MAX_RETRY_AFTER))


def _as_line(model: BetaModelInfo) -> str:
    released = release_date(model.created_at)
    when = "release date unknown"
    if released is not None:
        when = f"released {released}, {age(released, today())}"
    return f"{printable(model.id)}  {printable(model.display_name)}  {when}"


def _is_temporary(error: AnthropicModelsError) -> bool:
    return not isinstance(error, APIStatusError) or error.is_retryable


def _run(command: str, model: BetaModelInfo) -> None:
    """Run the command of --exec, with the model as JSON on its standard input."""
    try:
        done = subprocess.run(command, shell=True, input=f"{as_json(model)}\n", text=True)  # noqa: S602
    except OSError as error:
        failure = f"cannot be run: {error.strerror or error}"
    else:
        if done.returncode == 0:
            return
        failure = f"exit code {done.returncode}"
        if done.returncode < 0:
            failure = f"ended by signal {-done.returncode}"
    report(f"--exec for {model.id}: {failure}")


def _sleep(seconds: float) -> None:
    """Sleep; raises BrokenPipeError as soon as the reader of the output has closed the pipe."""
    pipe = _output_pipe()
    if pipe is None:
        time.sleep(seconds)
    elif select.select([pipe], [], [], seconds)[0]:  # readable means that the other end is closed
        raise BrokenPipeError


def _output_pipe() -> int | None:
    """Return the file descriptor of standard output if it is a pipe that select() supports."""
    if sys.platform == "win32":  # select() supports sockets only
        return None
    try:
        output = sys.stdout.fileno()
        return output if stat.S_ISFIFO(os.fstat(output).st_mode) else None
    except (OSError, ValueError, AttributeError):  # not a file
        return None
