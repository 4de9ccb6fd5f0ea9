"""Copies of the project, to be changed at will, and its programs, run within this process."""

import importlib
import os
import runpy
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from generator import package_checks, process, regenerate
from generator.documents import read_yaml

ROOT = Path(__file__).resolve().parents[2]
# The cache of mypy that regenerations use, one for each process of tests: it has no lock.
MYPY_CACHE = str(ROOT / ".mypy_cache" / f"proof-{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}")
_run = process.run
INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def copied(folder: Path, *names: str) -> Path:
    """Copy files and folders of the project into a folder; tools that are built are linked."""
    folder.mkdir(exist_ok=True)
    for name in names:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder)
    (folder / ".envs").symlink_to(ROOT / ".envs")
    return folder


def committed(folder: Path, name: str) -> Path:
    """Make a folder a repository of its own, with one of its files as the first revision."""
    for command in (
        ["init", "--quiet"],
        ["add", name],
        ["-c", "user.name=x", "-c", "user.email=x@example", "commit", "--quiet", "-m", "x"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def committed_files(folder: str) -> list[str]:
    """Return the paths of the files that are committed in a folder of the project.

    Without a repository, as in a release's tarball, these are all that are there.
    """
    if (ROOT / ".git").exists():
        listing = subprocess.run(
            ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return listing.stdout.split("\0")[:-1]
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return [str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts]


def python_path(*folders: Path) -> dict[str, str]:
    """Return the variable that lets Python import from folders."""
    return {"PYTHONPATH": os.pathsep.join(map(str, folders))}


@contextmanager
def interruptible(*command: str | Path, folder: Path) -> Generator[subprocess.Popen[str]]:
    """Run a program in a process group of its own until the block ends."""
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell without job control starts what runs in the background with SIGINT ignored.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


class Program:
    """A program of the project within this process, which has loaded already what that needs."""

    def __init__(
        self, capture: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._capture = capture
        self._monkeypatch = monkeypatch

    def __call__(
        self, program: Callable[[], int] | Path, *arguments: str | Path
    ) -> subprocess.CompletedProcess[str]:
        """Run a `main`, or a script, to its end.

        The script itself may be that of a copy; what it imports is the project's own.
        """
        code: Any = None
        with self._monkeypatch.context() as patch, same_signals():
            patch.setattr(sys, "argv", ["program", *map(str, arguments)])
            try:
                if isinstance(program, Path):
                    runpy.run_path(str(program), run_name="__main__")
                else:
                    code = program()
            except SystemExit as end:
                code = end.code
        return subprocess.CompletedProcess(arguments, code, *self._capture.readouterr())


def run_here(*command: str | Path, **options: Any) -> process.Output:
    """Stand in for process.run: what is `python -m` runs here, where it is loaded but once."""
    if command[:2] != (sys.executable, "-m") or options.keys() != {"folder", "environment"}:
        return _run(*command, **options)
    environment, (module, *arguments) = options["environment"], map(str, command[2:])
    code: str | int | None = 0
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(StringIO()) as out,
        redirect_stderr(StringIO()) as err,
    ):
        for name in os.environ.keys() - environment.keys():
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", [module, *arguments])
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            code = end.code
    output = process.Output(out.getvalue(), err.getvalue())
    if code:
        raise process.ProcessError(f"{module} failed (exit {code}):\n{''.join(output)}")
    return output


def prove_here(original: Path, folder: Path) -> None:
    """Stand in for package_checks.prove: check what is generated in this process, without mypy."""
    with imported_from(folder, ROOT / "wrapper"):
        package_checks.check(read_yaml(original))


@contextmanager
def regeneration(
    project: Path, prove: Callable[[Path, Path], object] = prove_here
) -> Generator[None]:
    """Until the block ends, regenerate the project in a folder, in this process."""
    with pytest.MonkeyPatch.context() as patch, same_signals():
        patch.setattr(process, "run", run_here)
        patch.setattr(regenerate, "ROOT", project)
        patch.setattr(regenerate, "prove", prove)
        yield


@contextmanager
def imported_from(*folders: Path) -> Generator[None]:
    """Until the block ends, import the generated package and the wrapper from other folders."""
    ours = {name: sys.modules[name] for name in sys.modules if _is_ours(name)}
    path, writes_none = list(sys.path), sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    for name in ours:
        del sys.modules[name]
    sys.path[:0] = map(str, folders)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:], sys.dont_write_bytecode = path, writes_none
        for name in list(filter(_is_ours, sys.modules)):
            del sys.modules[name]
        sys.modules.update(ours)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in ("anthropic_models", "anthropic_models_generated")


@contextmanager
def same_signals() -> Generator[None]:
    """Give signals their handlers back after the block."""
    handlers = {number: signal.getsignal(number) for number in INTERRUPTIONS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
