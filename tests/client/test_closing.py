"""Closing a client ends its calls in each phase, from any thread and any event loop."""

import logging
import random
import socket
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest
from anthropic_models import AsyncClient, Client, ClientClosedError

from tests.client.test_connections import unanswered, unread
from tests.support.scripted_server import (
    SIZED,
    Response,
    Scripted,
    drip,
    error,
    page,
    respond,
    silence_after,
    when,
)
from tests.support.sync_and_async import KEY, Shell
from tests.support.threads import ended, in_a_thread

PATIENT = httpx.Timeout(500)
RETRY_LATER = error(429, "rate_limit_error", headers={"retry-after": "50"})
DRIP = drip(SIZED, b" ", every=0.01)


@contextmanager
def on_log(logger: str, react: Callable[[], object], beginning: str = "") -> Generator[None]:
    """Call a function when a message that begins so is logged."""

    def notice(record: logging.LogRecord) -> bool:
        if record.getMessage().startswith(beginning):
            react()
        return True

    known = logging.getLogger(logger)
    known.addFilter(notice)
    known.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        known.removeFilter(notice)
        known.setLevel(logging.NOTSET)


def ends_closed(
    call: Callable[[], object], reached: Callable[[], object], close: Callable[[], object]
) -> ClientClosedError:
    """Close a client while a call of it is under way; return the error of the call."""
    thread, errors = in_a_thread(call)
    reached()
    close()
    assert ended(thread)
    (error,) = errors
    assert isinstance(error, ClientClosedError)
    return error


def listing(client: AsyncClient, backend: str) -> Callable[[], object]:
    """Return a call that lists models in an event loop of its own."""

    async def main() -> None:
        async for _model in client.models.list(prefetch=True):
            pass

    return lambda: anyio.run(main, backend=backend)


def test_refuses_once_closed(
    shell: Shell, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "anthropic_models")
    server = scripted(respond(page("a", has_more=True)))
    with shell.client(server.base_url) as client:
        first = client.models.list()
        client.close()
        client.close()
        for call in (client.models.list, first.get_next_page, lambda: list(first)):
            caplog.clear()
            with pytest.raises(ClientClosedError, match="make a new one"):
                call()
            assert len(caplog.messages) == 1, "it is not tried again"
        assert "closed" in repr(client)
        assert client.with_options().is_closed
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("scheme", "step"), [("http", "connect_tcp.started"), ("https", "start_tls.started")]
)
def test_a_call_ends_while_it_connects(network: Shell, scheme: str, step: str) -> None:
    connecting = threading.Event()
    with (
        unanswered() if scheme == "http" else unread() as port,
        on_log("httpcore.connection", connecting.set, step),
        network.client(f"{scheme}://127.0.0.1:{port}", timeout=PATIENT) as client,
    ):
        ends_closed(client.models.list, lambda: connecting.wait(30), client.close)


@pytest.mark.parametrize(
    "under_way",
    [silence_after(), silence_after(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 2"), DRIP],
    ids=["no head", "head", "body"],
)
def test_a_call_ends_as_it_reads(network: Shell, scripted: Scripted, under_way: Response) -> None:
    server = scripted(respond(page("a", has_more=True)), under_way)
    with network.client(server.base_url, timeout=PATIENT) as client:
        first = client.models.list()
        failure = ends_closed(lambda: list(first), lambda: server.wait_for(2), client.close)
    assert failure.resume == {"after_id": "a"}
    assert len(server.requests) == 2, "a closed client does not try again"


def test_a_call_ends_while_it_waits_for_a_free_connection(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("_sync", "_async"):
        monkeypatch.setattr(f"anthropic_models.{module}.connections.MAX_CONNECTIONS", 0)
    with shell.client("http://127.0.0.1:1", timeout=PATIENT) as client:
        ends_closed(client.models.list, lambda: None, client.close)


def test_a_call_of_a_derived_client_ends_while_it_waits_to_retry(
    shell: Shell, scripted: Scripted
) -> None:
    base_url = scripted(RETRY_LATER).base_url
    failed = threading.Event()
    with on_log("anthropic_models", failed.set), shell.client(base_url) as client:
        derived = client.with_options(max_retries=9)
        ends_closed(derived.models.list, lambda: failed.wait(30), client.close)


class Noticing(dict[object, None]):
    """Knows when something is added, and when somebody looks what there is."""

    def __init__(self) -> None:
        self.added, self.looked_at = threading.Event(), threading.Event()

    def __setitem__(self, key: object, value: None) -> None:
        super().__setitem__(key, value)
        self.added.set()

    def __iter__(self) -> Iterator[object]:
        self.looked_at.set()
        return super().__iter__()


def test_a_thread_that_waits_is_woken(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeping, queue, server = Noticing(), Noticing(), scripted(RETRY_LATER)
    with Client(api_key=KEY, base_url=server.base_url) as client:
        vars(vars(client)["_sender"])["_sleeping"] = sleeping
        ends_closed(client.models.list, lambda: sleeping.added.wait(30), client.close)
    monkeypatch.setattr("anthropic_models._sync.connections.MAX_CONNECTIONS", 0)
    monkeypatch.setattr("anthropic_models._sync.connections._RECHECK", 500)
    with Client(api_key=KEY, base_url=server.base_url) as client:
        vars(client)["_sender"]._connections._queue = SimpleNamespace(get=lambda: queue)
        ends_closed(client.models.list, lambda: queue.looked_at.wait(30), client.close)
    assert len(server.requests) == 1, "the second call has sent nothing"


def test_an_async_call_ends_at_any_moment(backend: str, scripted: Scripted) -> None:
    server = scripted(respond(page("a")))

    async def main() -> None:
        for checkpoints in range(40):
            client = AsyncClient(api_key=KEY, base_url=server.base_url)
            async with anyio.create_task_group() as group:
                group.start_soon(first_page, client)
                for _ in range(checkpoints):
                    await anyio.lowlevel.checkpoint()
                await client.close()

    async def first_page(client: AsyncClient) -> None:
        with suppress(ClientClosedError):
            await client.models.list()

    anyio.run(main, backend=backend)


def test_a_derived_client_leaves_the_calls_of_others(network: Shell, scripted: Scripted) -> None:
    go_on = threading.Event()
    server = scripted(when(go_on, respond(page("a"))))
    with network.client(server.base_url) as client:
        derived = client.with_options()
        thread, errors = in_a_thread(client.models.list)
        server.wait_for()
        derived.close()
        go_on.set()
        assert ended(thread)
        assert errors == []
        with pytest.raises(ClientClosedError):
            derived.models.list()
        other = client.with_options().with_options()
        assert (derived.is_closed, client.is_closed, other.is_closed) == (True, False, False)
        client.close()
        assert other.is_closed


def test_a_caller_may_close_the_client_before_it_waits_to_retry(scripted: Scripted) -> None:
    with (
        Client(api_key=KEY, base_url=scripted(RETRY_LATER).base_url) as client,
        on_log("anthropic_models", client.close),
        pytest.raises(ClientClosedError),
    ):
        client.models.list()


def test_it_does_not_wait_for_a_name(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    first = respond(page("a", has_more=True), headers={"connection": "close"})
    server = scripted(first, respond(page("b")))
    asked, go_on = threading.Event(), threading.Event()
    resolve = socket.getaddrinfo

    def resolving(*arguments: Any, **options: Any) -> Any:
        asked.set()
        go_on.wait(30)
        return resolve(*arguments, **options)

    client = Client(api_key=KEY, base_url=server.base_url)
    models = iter(client.models.list(prefetch=True))
    monkeypatch.setattr(socket, "getaddrinfo", resolving)
    assert next(models).id == "a"
    assert asked.wait(30)
    client.close()
    go_on.set()
    with pytest.raises(ClientClosedError):
        next(models)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "script",
    [
        [DRIP],
        [RETRY_LATER],
        [respond(page("a", has_more=True)), silence_after()],
    ],
    ids=["body", "wait to retry", "prefetch"],
)
def test_a_call_ends_when_another_loop_closes(
    backend: str, scripted: Scripted, script: list[Response]
) -> None:
    server = scripted(*script)
    client = AsyncClient(api_key=KEY, base_url=server.base_url, timeout=PATIENT)
    ends_closed(
        listing(client, backend),
        lambda: server.wait_for(len(script)),
        lambda: anyio.run(client.close),
    )


def close_in_another_loop(client: AsyncClient) -> None:
    thread, _ = in_a_thread(lambda: anyio.run(client.close))
    assert ended(thread)


def test_a_call_does_not_begin_to_wait_when_another_event_loop_has_closed(
    backend: str, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = AsyncClient(api_key=KEY, base_url=scripted(RETRY_LATER).base_url, timeout=PATIENT)

    def closing() -> float:
        close_in_another_loop(client)
        return 0.0

    monkeypatch.setattr(random, "random", closing)  # asked for once the attempt has ended
    ends_closed(listing(client, backend), lambda: None, lambda: None)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_closing_at_the_end_of_a_call_drops_its_response_and_its_connection(
    kind: type[Client | AsyncClient], scripted: Scripted
) -> None:
    has_ended = threading.Event()

    def watching(connection: socket.socket, over: threading.Event) -> bool:
        respond(page("a"))(connection, over)
        assert connection.recv(1) == b""
        has_ended.set()
        return False

    client = kind(api_key=KEY, base_url=scripted(watching).base_url)

    def close() -> None:
        client.close() if isinstance(client, Client) else close_in_another_loop(client)

    call = client.models.list if isinstance(client, Client) else listing(client, "asyncio")
    with on_log("httpcore.http11", close, "response_closed.complete"):
        ends_closed(call, lambda: None, lambda: None)
    assert has_ended.wait(30)
