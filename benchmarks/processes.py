"""What is measured: jobs in one long-lived process, or a new process each time."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import field, frozen

ROOT = Path(__file__).resolve().parent.parent
CONTESTANTS = Path(__file__).parent / "contestants"

Sample = dict[str, float]
"""One measurement: the number of `models` seen, `seconds`, and further figures."""

Measure = Callable[[], Sample]

BASE_URL = "BASE_URL"  # stands for it in commands


class WrongWorkError(Exception):
    """A contestant has not done the whole job, so its time means nothing."""


@frozen
class Program:
    """A contestant: its module, and the environment that has what it needs."""

    module: str
    environment: Path
    python_path: Path | None = None

    def python(self) -> str:
        """Return its interpreter."""
        return str(self.environment / "bin" / "python")

    def variables(self, base_url: str, authorities: Path | None) -> dict[str, str]:
        """Return its environment variables: nothing of the shell's but PATH."""
        variables = {
            "PATH": os.environ.get("PATH", os.defpath),
            "ANTHROPIC_API_KEY": "any",
            "ANTHROPIC_BASE_URL": base_url,
        }
        if self.python_path is not None:
            variables["PYTHONPATH"] = str(self.python_path)
        if authorities is not None:
            variables["SSL_CERT_FILE"] = str(authorities)
        return variables


@frozen
class Job:
    """A job that a worker repeats; it is expected to see `expected` models."""

    program: Program
    name: str
    expected: int
    arguments: dict[str, Any] = field(factory=dict[str, Any])
    warm_up: dict[str, Any] | None = None

    @contextmanager
    def ready(self, base_url: str, authorities: Path | None) -> Generator[Measure]:
        """Start the worker, let it warm up, and yield a function that measures once."""
        worker = ["-m", "benchmarks.worker", self.program.module, base_url]
        with subprocess.Popen(
            [self.program.python(), *worker],
            cwd=ROOT,
            env=self.program.variables(base_url, authorities),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:

            def done(job: dict[str, Any]) -> Sample:
                assert process.stdin is not None  # noqa: S101 - for the type checkers
                assert process.stdout is not None  # noqa: S101
                process.stdin.write(json.dumps(job) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
                if not line:
                    raise WrongWorkError(f"{self.program.module} ended in the job {job}")
                sample: Sample = json.loads(line)
                return sample

            job = {"job": self.name, **self.arguments}
            warm = done(self.warm_up or job)

            def measure() -> Sample:
                sample = done(job) | {"warm_peak_bytes": warm["peak_bytes"]}
                lost = int(sample.get("errors", 0))
                if sample["models"] != self.expected and not lost:
                    raise WrongWorkError(
                        f"{self.program.module} saw {sample['models']:,} models in the job "
                        f"{self.name}, not {self.expected:,}"
                    )
                return sample

            yield measure
            process.communicate()  # ends its input, and so the worker


@frozen
class Run:
    """A program that is started anew each time; `read` makes a sample of what it prints."""

    program: Program
    command: tuple[str, ...]
    expected: int
    read: Callable[[str], Sample]

    @contextmanager
    def ready(self, base_url: str, authorities: Path | None) -> Generator[Measure]:
        """Run it once, so that the caches of Python and of the disk are warm."""
        command = [part.replace(BASE_URL, base_url) for part in self.command]
        variables = self.program.variables(base_url, authorities)

        def measure() -> Sample:
            started = time.perf_counter()
            done = subprocess.run(command, env=variables, stdout=subprocess.PIPE, text=True)
            seconds = time.perf_counter() - started
            if done.returncode != 0:
                raise WrongWorkError(f"{self.program.module} ended with {done.returncode}")
            sample = {"seconds": seconds, **self.read(done.stdout)}
            if sample["models"] != self.expected:
                raise WrongWorkError(
                    f"{self.program.module} saw {sample['models']:,} models, not {self.expected:,}"
                )
            return sample

        measure()
        yield measure


Work = Job | Run


def listing(program: Program, models: int) -> Run:
    """Run a contestant that lists every model, and prints how many and its peak memory."""
    command = (program.python(), str(CONTESTANTS / f"{program.module}.py"), BASE_URL)

    def read(printed: str) -> Sample:
        count, peak = map(int, printed.split())
        return {"models": count, "peak_bytes": peak}

    return Run(program, command, models, read)


def importing(program: Program, statement: str) -> Run:
    """Run an import, and print the seconds that it takes without the start of Python."""
    timed = (
        "from time import perf_counter as now; started = now()\n"
        f"{statement}\n"
        "print(now() - started)"
    )
    command = (program.python(), "-c", timed)
    return Run(program, command, 0, lambda printed: {"models": 0, "seconds": float(printed)})


def printing(program: Program, command: tuple[str, ...], models: int) -> Run:
    """Run a program that prints a line for each model."""
    return Run(program, command, models, lambda printed: {"models": len(printed.splitlines())})
