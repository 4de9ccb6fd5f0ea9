"""The command `sandbox`."""

import logging
import time

from attrs import frozen

from . import signals
from .command_error import CommandError
from .common_options import argument_errors_reported
from .stdio import log_to_stderr, stderr_is_terminal, write, write_line


@frozen
class SandboxCommand:
    """The options of `sandbox`."""

    models: int | None
    host: str
    port: int
    delay: float
    failures: list[tuple[int, int]]
    drop: int

    def __call__(self) -> int:
        """Serve until a signal ends it, which is success; return the exit code."""
        with argument_errors_reported():
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
            with log_to_stderr("anthropic_models.sandbox", logging.INFO):
                write(f"{sandbox.base_url}\n")
                if stderr_is_terminal():
                    write_line("any ANTHROPIC_API_KEY is accepted; Ctrl-C ends it")
                while True:
                    time.sleep(1)
                    sandbox.requests.clear()
        except signals.SignalError:
            return 0
        finally:
            sandbox.stop()
