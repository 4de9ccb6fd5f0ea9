"""`anthropic-models sandbox`."""

import threading
import time
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlencode

from attrs import frozen

from .connection import usage_checked
from .failures import CommandError
from .notes import are_read, note
from .output import emit
from .signals import Signals, TerminatedError

if TYPE_CHECKING:
    from ..sandbox import Sandbox, SeenRequest

_LOOK_EVERY = 0.1  # seconds
_PATIENCE = 1.0  # seconds beyond the delay, until a request without an answer counts as such


@frozen
class Serving:
    """Which sandbox to run."""

    models: int | None
    host: str
    port: int
    delay: float
    failures: list[tuple[int, int]]
    drops: int

    def __call__(self, _signals: Signals) -> int:
        """Serve until Ctrl-C or SIGTERM, which is how it is meant to end; return the exit code."""
        with usage_checked():
            sandbox = self._sandbox()
        try:
            sandbox.start()
        except OSError as error:
            raise CommandError(error.strerror or str(error), exit_code=1) from None
        try:
            self._serve(sandbox)
        except (KeyboardInterrupt, TerminatedError):
            return 0
        finally:
            sandbox.stop()

    def _sandbox(self) -> "Sandbox":
        from ..sandbox import Sandbox

        sandbox = Sandbox(self.models, host=self.host, port=self.port, delay=self.delay)
        for status, times in self.failures:
            sandbox.fail_next(status, times)
        if self.drops:
            sandbox.drop_next(self.drops)
        return sandbox

    def _serve(self, sandbox: "Sandbox") -> NoReturn:
        emit(f"{sandbox.base_url}\n")
        if are_read():
            note("any ANTHROPIC_API_KEY will do; Ctrl-C ends it")
        log = RequestLog(sandbox, patience=self.delay + _PATIENCE)
        pause = threading.Event()
        while True:
            for line in log.new_lines(time.monotonic()):
                note(line)
            pause.wait(_LOOK_EVERY)


class RequestLog:
    """Tells about each request of a sandbox once, when it is answered, and lets it go then."""

    def __init__(self, sandbox: "Sandbox", patience: float) -> None:
        self._sandbox = sandbox
        self._patience = patience
        self._waiting: list[tuple[float, SeenRequest]] = []

    def new_lines(self, now: float) -> list[str]:
        """Return a line for each request that has been answered, or will not be."""
        arrived = list(self._sandbox.requests)
        del self._sandbox.requests[: len(arrived)]
        self._waiting += [(now, request) for request in arrived]
        done = [
            (since, request)
            for since, request in self._waiting
            if request.status_code is not None or now - since > self._patience
        ]
        self._waiting = [item for item in self._waiting if item not in done]
        return [_line(request) for _, request in done]


def _line(request: "SeenRequest") -> str:
    query = "?" + urlencode(request.query, safe=",") if request.query else ""
    status = "no answer" if request.status_code is None else request.status_code
    return f"{request.method} {request.path}{query} {status}"
