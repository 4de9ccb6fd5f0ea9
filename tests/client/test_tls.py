"""TLS: certificates are checked, and what was encrypted arrives."""

import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from anthropic_models import APIConnectionError, AsyncClient, Client, ClientClosedError
from anthropic_models.sandbox import Sandbox
from anyio.from_thread import start_blocking_portal

from tests.support.scripted_server import ScriptedServer, answer, page, silence_after, tunnel
from tests.support.shells import KEY, Shell


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[ScriptedServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate: Any = authority.issue_cert("127.0.0.1")
    certificate.configure_cert(context)
    first = answer(page("a", has_more=True))
    with ScriptedServer(first, silence_after(), tls=context) as running:
        yield running


def test_a_certificate_that_nobody_vouches_for_is_refused_and_not_tried_again(
    shell: Shell, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_DIR")  # here those count whom everybody trusts
    with (
        shell.client(server.base_url) as client,
        pytest.raises(APIConnectionError, match="certificate") as caught,
    ):
        client.list()
    assert caught.value.retries_taken == 0
    assert server.requests == []
    assert server.connections == 1


def test_an_injected_client_brings_its_own_trust(
    shell: Shell, server: ScriptedServer, authority: Any
) -> None:
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with ExitStack() as stack:
        if shell.name == "sync":
            http = stack.enter_context(httpx.Client(verify=trusting))
            client = Client(api_key=KEY, base_url=server.base_url, http_client=http)
            assert client.models.list().data[0].id == "a"
        else:
            portal = stack.enter_context(start_blocking_portal(shell.name))
            ahttp = httpx.AsyncClient(verify=trusting)
            asynchronous = AsyncClient(api_key=KEY, base_url=server.base_url, http_client=ahttp)

            async def first_id() -> str | None:
                return (await asynchronous.models.list()).first_id

            assert portal.call(first_id) == "a"
            portal.call(ahttp.aclose)


def test_a_client_of_plain_http_shares_its_connections_with_one_of_https(
    shell: Shell,
    server: ScriptedServer,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with shell.client("http://127.0.0.1:1") as client:
        encrypted = client.with_options(base_url=server.base_url)
        assert encrypted.list().data[0].id == "a"


def test_certificates_that_are_not_there_do_not_matter_until_they_are_needed(
    shell: Shell, server: ScriptedServer, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/does/not/exist.pem")
    with shell.client(sandbox.base_url, max_retries=0) as client:
        assert client.list().data
        encrypted = client.with_options(base_url=server.base_url)
        with pytest.raises(APIConnectionError, match="certificate"):
            encrypted.list()


def test_the_first_client_loads_what_it_needs_while_the_certificates_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = threading.Barrier(2, timeout=60)
    loaded: list[str] = []

    def read() -> ssl.SSLContext:
        both.wait()
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def load(module: str) -> None:
        loaded.append(module)
        both.wait()

    monkeypatch.delitem(sys.modules, "httpcore")
    monkeypatch.setattr("anthropic_models._trust.import_module", load)
    monkeypatch.setattr(httpx, "create_ssl_context", read)
    Client(api_key=KEY).close()
    assert loaded == ["httpcore"]


def test_a_client_needs_no_thread_and_tells_nothing_of_one_that_fails(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(_self_or_module: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.delitem(sys.modules, "httpcore")
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        Client(api_key=KEY).close()
    monkeypatch.delitem(sys.modules, "httpcore")
    monkeypatch.setattr("anthropic_models._trust.import_module", refuse)
    Client(api_key=KEY).close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("proxied", [False, True], ids=["direct", "through a proxy"])
def test_closing_ends_what_is_under_way_over_tls(
    shell: Shell,
    server: ScriptedServer,
    authority: trustme.CA,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    proxied: bool,
) -> None:
    trusted = tmp_path_factory.mktemp("trust") / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    failures: list[Exception] = []
    with ExitStack() as stack:
        if proxied:
            port = int(server.base_url.rpartition(":")[2])
            proxy = stack.enter_context(ScriptedServer(tunnel(port)))
            monkeypatch.setenv("HTTPS_PROXY", proxy.base_url)
        client = stack.enter_context(shell.client(server.base_url, timeout=500))

        def walking() -> None:
            try:
                list(client.list())
            except ClientClosedError as failure:
                failures.append(failure)

        thread = threading.Thread(target=walking)
        thread.start()
        for _ in range(2):
            server.arrived.acquire()
        while shell.name == "sync" and not _is_reading(thread):
            time.sleep(0.001)
        client.close()
        thread.join(timeout=30)
        assert not thread.is_alive()
    assert len(failures) == 1


def _is_reading(thread: threading.Thread) -> bool:
    """Tell whether a thread waits for bytes that were encrypted; there is no event for that."""
    assert thread.ident is not None
    frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage] - has no public name
    return frames[thread.ident].f_code.co_filename == ssl.__file__
