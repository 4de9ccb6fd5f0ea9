"""`anthropic-models watch`."""

import os
import select
import stat
import subprocess
import sys
import time
from pathlib import Path

from anthropic_models_generated.models import BetaModelInfo
from attrs import frozen

from .._core.retry import is_retryable_status
from .._sync.client import Client
from ..errors import AnthropicModelsError, APIStatusError
from .ages import age, release_date, today
from .connection import connected
from .failures import described, tell
from .formats import as_json
from .memory import Memory, StateFile
from .newer import first_memory, newer
from .notes import are_read
from .output import emit, is_for_a_terminal
from .printable import printable
from .signals import Signals

_LONGEST_BACKOFF = 60.0  # seconds; a longer interval or advice of the API counts more
_LONGEST_ADVICE = 3600.0  # seconds


@frozen
class Watch:
    """What to watch, and what to do with each new model."""

    interval: float
    command: str | None
    state_path: Path | None
    once: bool
    format: str | None
    betas: list[str]
    base_url: str | None

    def __call__(self, signals: Signals) -> int:
        """Watch until something ends it; return the exit code."""
        emit("")  # to learn now, rather than at the first new model, that nobody can read
        state = StateFile(self.state_path) if self.state_path else None
        memory = state.load() if state else None
        with connected(base_url=self.base_url, betas=self.betas) as client:
            self._greet(client)
            failures = 0
            while True:
                try:
                    memory = self._round(client, memory, state, signals)
                    failures, wait = 0, self.interval
                except AnthropicModelsError as error:
                    if self.once or not _may_pass(error):
                        raise
                    wait = self._wait_after(error, failures)
                    failures += 1
                    error.resume = None
                    tell(f"{described(error)}; asking again in {wait:g} s")
                if self.once:
                    return 0
                _pause(wait)

    def _round(
        self, client: Client, memory: Memory | None, state: StateFile | None, signals: Signals
    ) -> Memory:
        """Ask once, tell what is new, and return what is known then."""
        if memory is None:
            memory = first_memory(client.models.list)
        else:
            for model in newer(client.models.list, memory):
                self._tell(model, memory, state, signals)
        if state:
            state.save(memory)
        return memory

    def _greet(self, client: Client) -> None:
        if are_read() and not self.once:
            tell(f"asking {client.base_url} every {self.interval:g} s; Ctrl-C ends it")

    def _tell(
        self, model: BetaModelInfo, memory: Memory, state: StateFile | None, signals: Signals
    ) -> None:
        """Print a model and run the command; whatever ends this, it will not be told again."""
        with signals.held():
            emit(self._line(model))
            memory.add_newest(model)
            try:
                if self.command is not None:
                    _run(self.command, model, signals)
            finally:
                if state:
                    state.save(memory)

    def _line(self, model: BetaModelInfo) -> str:
        chosen = self.format or ("line" if is_for_a_terminal() else "jsonl")
        if chosen == "jsonl":
            return f"{as_json(model)}\n"
        if chosen == "id":
            return f"{printable(model.id)}\n"
        return f"{_for_people(model)}\n"

    def _wait_after(self, error: AnthropicModelsError, failures: int) -> float:
        """Return the seconds to wait after a failure that comes after so many others."""
        backoff = min(_LONGEST_BACKOFF, self.interval * 2.0 ** min(failures, 10))
        advice = (error.retry_after if isinstance(error, APIStatusError) else None) or 0.0
        return max(self.interval, backoff, min(advice, _LONGEST_ADVICE))


def _for_people(model: BetaModelInfo) -> str:
    released = release_date(model.created_at)
    when = "released at an unknown date" if released is None else f"released {released}"
    ago = "" if released is None else f", {age(released, today())}"
    return f"{printable(model.id)}  {printable(model.display_name)}  {when}{ago}"


def _may_pass(error: AnthropicModelsError) -> bool:
    # Whatever is wrong with an answer or with the network can be right the next time.
    return not isinstance(error, APIStatusError) or is_retryable_status(error.status_code)


def _run(command: str, model: BetaModelInfo, signals: Signals) -> None:
    """Run the command to its end; a signal ends it, but not before there is something to end."""
    with subprocess.Popen(  # noqa: S602 - it is the user's own command line, for a shell
        command, shell=True, stdin=subprocess.PIPE, text=True
    ) as process:
        try:
            with signals.let_through():
                process.communicate(f"{as_json(model)}\n")
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        how = f"exit code {process.returncode}"
        if process.returncode < 0:
            how = f"ended by signal {-process.returncode}"
        tell(f"--exec for {model.id}: {how}")


def _pause(seconds: float) -> None:
    """Wait, but no longer than somebody reads what is printed; raises BrokenPipeError."""
    output = sys.stdout.fileno()
    if not stat.S_ISFIFO(os.fstat(output).st_mode) or not hasattr(select, "poll"):
        time.sleep(seconds)
        return
    readers = select.poll()
    readers.register(output, 0)  # asks for nothing, so only the end of the pipe wakes it
    if readers.poll(seconds * 1000):
        raise BrokenPipeError
