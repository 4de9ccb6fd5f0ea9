"""`anthropic-models sandbox`."""

import logging
import time

from attrs import frozen

from . import signals
from .client import arguments_reported
from .errors import CommandError
from .stdio import log_shown, stderr_is_terminal, write, write_line


@frozen
class SandboxCommand:
    """Which sandbox to run."""

    models: int | None
    host: str
    port: int
    delay: float
    failures: list[tuple[int, int]]
    drop: int

    def __call__(self) -> int:
        """Serve until a signal ends it, which is how it is meant to end; return the exit code."""
        with arguments_reported():
            from ..sandbox import Sandbox

            sandbox = Sandbox(self.models, host=self.host, port=self.port, delay=self.delay)
        for status, times in self.failures:
            sandbox.fail_next(status, times)
        if self.drop:
            sandbox.drop_next(self.drop)
        try:
            sandbox.start()
        except OSError as error:
            raise CommandError(error.strerror or str(error), exit_code=1) from None
        try:
            with log_shown("anthropic_models.sandbox", logging.INFO):
                write(f"{sandbox.base_url}\n")
                if stderr_is_terminal():
                    write_line("any ANTHROPIC_API_KEY will do; Ctrl-C ends it")
                while True:
                    time.sleep(1)
                    sandbox.requests.clear()
        except signals.SignalError:
            return 0
        finally:
            sandbox.stop()
