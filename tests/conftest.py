"""What every test starts with: an empty environment and servers; and that it leaves nothing."""

import gc
import os
import signal
import ssl
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack

import anthropic_models._core.retry
import httpx
import hypothesis
import pytest
from anthropic_models.sandbox import Sandbox, made_up_models

from tests.support.certificates import Authority
from tests.support.left_behind import open_sockets, running_threads
from tests.support.projects import ROOT, Program
from tests.support.scripted_server import Response, Scripted, ScriptedServer
from tests.support.sync_and_async import Shell
from tests.support.terminal import Command, Pipe

# The variables that every machine has. Others would hide faults (PYTHONUNBUFFERED), or make some.
ORDINARY = {"HOME", "LANG", "LOGNAME", "PATH", "TERM", "TMPDIR", "TZ", "USER"}

pytest_plugins = ["pytester", "anthropic_models.pytest_plugin"]

# Who looks for what is rare takes more: pytest --hypothesis-profile=thorough
hypothesis.settings.register_profile("quick", max_examples=30, deadline=None)
hypothesis.settings.register_profile("thorough", max_examples=2000, deadline=None)
hypothesis.settings.load_profile("quick")

# What a shell starts in the background ignores Ctrl-C, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name not in ORDINARY and not name.startswith(("LC_", "PYTEST_", "COVERAGE_")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody vouches for anybody: reading all authorities takes longer than most tests."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(ROOT / "tests"))


@pytest.fixture(autouse=True)
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures without advice from the server are repeated after milliseconds."""
    monkeypatch.setattr(anthropic_models._core.retry, "_FIRST_BACKOFF", 0.002)


@pytest.fixture(params=["sync", "asyncio", "trio"])
def shell(request: pytest.FixtureRequest) -> Shell:
    return Shell(request.param)


@pytest.fixture(params=["sync", "asyncio", "uvloop", "trio"])
def network(request: pytest.FixtureRequest) -> Shell:
    """A shell, on asyncio with the event loop of uvloop, too, for what depends on sockets."""
    return Shell(request.param)


@pytest.fixture(params=["asyncio", "trio"])
def backend(request: pytest.FixtureRequest) -> str:
    """What runs an event loop."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who issues the certificates of the tests; nobody trusts it."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The authority, which clients trust."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    return authority


@pytest.fixture(params=["http", "https"])
def tls(request: pytest.FixtureRequest, trusted: Authority) -> ssl.SSLContext | None:
    """What a server needs to be one of http, or of https."""
    return trusted.server() if request.param == "https" else None


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command `anthropic-models`, within this process."""
    return Command(capfd, monkeypatch)


@pytest.fixture
def pipe() -> Generator[Pipe]:
    """The ends of a pipe for what a command prints: to read from, and to write into."""
    reading, writing = os.pipe()
    with open(reading) as reader, open(writing, "w") as writer:
        yield reader, writer


@pytest.fixture
def program(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    """A program of the project, within this process."""
    return Program(capfd, monkeypatch)


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        httpx.get(running.base_url)  # from here on it has opened what it keeps open
        yield running


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    """A sandbox with 57 models that has seen no request."""
    running_sandbox.models[:] = made_up_models(57)
    running_sandbox.requests.clear()
    return running_sandbox


@pytest.fixture
def scripted() -> Generator[Scripted]:
    """Start servers that play a script each."""
    with ExitStack() as servers:

        def start(*responses: Response, tls: ssl.SSLContext | None = None) -> ScriptedServer:
            return servers.enter_context(ScriptedServer(*responses, tls=tls))

        yield start


@pytest.fixture(scope="module", autouse=True)
def nothing_left_in_cycles() -> Iterator[None]:
    """After every file Python warns of what nobody has closed, ended or awaited."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def nothing_left_behind(running_sandbox: Sandbox) -> Iterator[None]:
    """After every test no socket is open and no thread runs that was not there before."""
    sockets, threads = open_sockets(), running_threads()
    yield
    if open_sockets() <= sockets and running_threads() <= threads:
        return
    gc.collect()  # closes the sockets that nobody refers to any more; Python warns of each
    # The other end of a connection, in a thread of this process, takes a moment to notice.
    patience = time.monotonic() + 10
    while open_sockets() - sockets and time.monotonic() < patience:
        time.sleep(0.005)
    for thread in running_threads() - threads:
        thread.join(timeout=10)
    assert open_sockets() <= sockets
    assert running_threads() <= threads
