"""The sandbox listens where it is told, and leaves nothing behind."""

import asyncio
import importlib
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import httpx
import pytest
from anthropic_models import Client
from anthropic_models.sandbox import Sandbox

from tests.sandbox.test_api import HEADERS
from tests.support.projects import ROOT

SCRIPT = """
import sys, threading
from anthropic_models.sandbox import Sandbox

try:
    with Sandbox() as sandbox:
        sandbox.delay = 3600
        print(sandbox.base_url, flush=True)
        threading.Event().wait()
except KeyboardInterrupt:
    sys.exit("interrupted")
"""


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")


def status(sandbox: Sandbox) -> int:
    return httpx.get(f"{sandbox.base_url}/v1/models", headers=HEADERS).status_code


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_it_listens_at_loopback_unless_told() -> None:
    with Sandbox() as sandbox:
        assert sandbox.base_url.startswith("http://127.0.0.1:")
        assert status(sandbox) == 200


@pytest.mark.parametrize(
    ("host", "begins"),
    [
        ("localhost", "http://"),
        ("0.0.0.0", "http://127.0.0.1:"),  # noqa: S104
        pytest.param("::1", "http://[::1]:", marks=needs_ipv6),
        pytest.param("::", "http://[::1]:", marks=needs_ipv6),
    ],
)
def test_its_address_can_be_reached_from_this_machine(host: str, begins: str) -> None:
    with Sandbox(3, host=host) as sandbox:
        assert sandbox.base_url.startswith(begins)
        with Client(base_url=sandbox.base_url, api_key="any") as client:
            assert len(list(client.models.list())) == 3


@needs_ipv6
def test_all_addresses_are_both_kinds_of_addresses() -> None:
    with Sandbox(host="::") as sandbox:
        port = httpx.URL(sandbox.base_url).port
        answer = httpx.get(f"http://127.0.0.1:{port}/v1/models", headers=HEADERS)
        assert answer.status_code == 200


def test_several_run_beside_each_other() -> None:
    with Sandbox(1) as one, Sandbox(2) as other:
        assert one.base_url != other.base_url
        assert (len(one.models), len(other.models)) == (1, 2)
        assert (status(one), status(other)) == (200, 200)


def test_it_has_no_address_before_it_is_started() -> None:
    with pytest.raises(RuntimeError, match="before it is started"):
        _ = Sandbox().base_url


def test_stopping_is_harmless_at_any_time() -> None:
    sandbox = Sandbox()
    sandbox.stop()
    sandbox.start()
    sandbox.stop()
    sandbox.stop()
    with pytest.raises(httpx.ConnectError):
        status(sandbox)


def test_starting_twice_is_an_error_that_changes_nothing() -> None:
    with Sandbox() as sandbox:
        before = sandbox.base_url
        with pytest.raises(RuntimeError, match=f"running already, at {before}"):
            sandbox.start()
        with pytest.raises(RuntimeError, match="running already"), sandbox:
            pass
        assert sandbox.base_url == before
        assert status(sandbox) == 200


def test_it_can_be_started_again_and_its_port_is_free_at_once() -> None:
    sandbox = Sandbox(port=free_port())
    for _ in range(3):
        with sandbox, httpx.Client(headers=HEADERS) as http:
            assert http.get(f"{sandbox.base_url}/v1/models").status_code == 200
    assert len(sandbox.requests) == 3


def test_a_port_in_use_is_an_error_that_names_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            OSError, match=rf"cannot listen at 127\.0\.0\.1:{port}: Address already in use$"
        ):
            Sandbox(port=port).start()
    with pytest.raises(OSError, match=r"cannot listen at nowhere\.invalid:0: "):
        Sandbox(host="nowhere.invalid").start()
    with pytest.raises(OSError, match=r"cannot listen at \[2001:db8::1\]:0: "):
        Sandbox(host="2001:db8::1").start()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"port": -1}, "port should be within 0 to 65535, but is -1"),
        ({"port": 65536}, "port should be within 0 to 65535, but is 65536"),
        ({"port": "80"}, "port should be an int, but is '80'"),
        ({"host": ""}, "host should not be empty"),
    ],
)
def test_what_is_no_address_is_refused(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        Sandbox(**arguments)


def test_a_failed_start_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    sandbox = Sandbox(port=port)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no more threads")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", fail)
        with pytest.raises(RuntimeError, match="no more threads"):
            sandbox.start()
    with monkeypatch.context() as patched:
        patched.setattr(asyncio.BaseEventLoop, "create_server", fail)
        with pytest.raises(RuntimeError, match="no more threads"):
            sandbox.start()
    with sandbox:
        assert status(sandbox) == 200


def test_stopping_does_not_wait_for_answers_that_are_late() -> None:
    cut: list[Exception] = []

    def ask(sandbox: Sandbox) -> None:
        try:
            status(sandbox)
        except httpx.HTTPError as error:
            cut.append(error)

    with Sandbox(delay=3600) as sandbox:
        asking = threading.Thread(target=ask, args=(sandbox,))
        asking.start()
        while not sandbox.requests:
            threading.Event().wait(0.001)
    asking.join(timeout=60)
    assert len(cut) == 1
    assert [request.status_code for request in sandbox.requests] == [None]


def test_connections_that_it_is_just_accepting_are_closed_too() -> None:
    for _ in range(20):
        with Sandbox() as sandbox:
            address = httpx.URL(sandbox.base_url)
            connection = socket.create_connection((address.host, address.port or 0), timeout=60)
            connection.sendall(b"GET /v1/models HTTP/1.1\r\n")
        with connection, suppress(ConnectionResetError):
            assert connection.recv(1) == b""


def test_it_runs_beside_an_event_loop() -> None:
    async def main() -> int:
        with Sandbox() as sandbox:
            async with httpx.AsyncClient(headers=HEADERS) as http:
                return (await http.get(f"{sandbox.base_url}/v1/models")).status_code

    assert asyncio.run(main()) == 200


@pytest.fixture
def script() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        yield process
        process.kill()


def test_an_interrupt_ends_it_quietly(script: subprocess.Popen[str]) -> None:
    assert script.stdout is not None
    address = httpx.URL(script.stdout.readline().strip())
    with closing(socket.create_connection((address.host, address.port or 0))) as connection:
        connection.sendall(b"GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n")  # answered in an hour
        script.send_signal(signal.SIGINT)
        out, err = script.communicate(timeout=60)
    assert (script.returncode, out, err) == (1, "", "interrupted\n")


def test_without_its_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("anthropic_models.sandbox")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ModuleNotFoundError, match=r"anthropic-models-client\[sandbox\]"):
        importlib.import_module("anthropic_models.sandbox")


def test_nobody_pays_for_it_who_does_not_use_it() -> None:
    listed = "import sys, anthropic_models; print(*sys.modules)"
    command = [sys.executable, "-c", listed]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"uvicorn", "starlette", "openapi_core", "yaml"} & set(done.stdout.split())
