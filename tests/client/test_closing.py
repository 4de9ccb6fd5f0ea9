"""Closing a client ends its calls in each phase, from any thread and any event loop."""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import anthropic_models._async.connections
import anthropic_models._sync.connections
import anyio
import httpx
import pytest
from anthropic_models import AsyncClient, Client, ClientClosedError

from tests.client.test_connections import unanswered
from tests.support.scripted_server import (
    Answer,
    Scripted,
    answer,
    drip,
    error,
    page,
    silence_after,
    when,
)
from tests.support.shells import KEY, Shell
from tests.support.threads import ended, in_a_thread

SIZED = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n"
PATIENT = httpx.Timeout(500)
RETRY_LATER = error(429, "rate_limit_error", headers={"retry-after": "50"})


@contextmanager
def noticed(logger: str) -> Generator[threading.Event]:
    """Set an event when something is logged."""
    event = threading.Event()

    class Notice(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            event.set()

    handler = Notice(logging.DEBUG)
    known = logging.getLogger(logger)
    known.addHandler(handler)
    known.setLevel(logging.DEBUG)
    try:
        yield event
    finally:
        known.removeHandler(handler)
        known.setLevel(logging.NOTSET)


def ends_closed(call: Callable[[], object], reached: Callable[[], object], client: Client) -> None:
    thread, errors = in_a_thread(call)
    reached()
    client.close()
    assert ended(thread)
    assert [type(error) for error in errors] == [ClientClosedError]


def test_while_connecting(network: Shell) -> None:
    with (
        unanswered() as port,
        noticed("httpcore.connection") as connecting,
        network.client(f"http://127.0.0.1:{port}", timeout=PATIENT) as client,
    ):
        ends_closed(client.models.list, lambda: connecting.wait(30), client)


def test_in_the_tls_handshake(network: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with network.client(base_url, timeout=PATIENT) as client:
            accepted: list[socket.socket] = []

            def greeted() -> None:
                accepted.append(listener.accept()[0])
                accepted[0].recv(1)

            ends_closed(client.models.list, greeted, client)
            accepted[0].close()


@pytest.mark.parametrize(
    "under_way",
    [
        silence_after(),
        silence_after(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 2"),
        silence_after(SIZED),
        drip(SIZED, b" ", every=0.01),
    ],
    ids=["no head", "head", "silent body", "body"],
)
def test_while_reading(network: Shell, scripted: Scripted, under_way: Answer) -> None:
    server = scripted(under_way)
    with network.client(server.base_url, timeout=PATIENT) as client:
        ends_closed(client.models.list, server.arrived.acquire, client)
    assert len(server.requests) == 1


def test_while_waiting_for_a_free_connection(
    network: Shell, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anthropic_models._sync.connections, "MAX_CONNECTIONS", 1)
    monkeypatch.setattr(anthropic_models._async.connections, "MAX_CONNECTIONS", 1)
    server = scripted(silence_after())
    with network.client(server.base_url, timeout=PATIENT) as client:
        busy, _ = in_a_thread(client.models.list)
        server.arrived.acquire()
        ends_closed(client.models.list, lambda: None, client)
        assert ended(busy)
    assert len(server.requests) == 1


@pytest.mark.parametrize("http", [None, {}], ids=["own connections", "an httpx client"])
@pytest.mark.parametrize("is_derived", [False, True], ids=["client", "derived client"])
def test_while_waiting_to_retry(
    network: Shell, scripted: Scripted, http: dict[str, Any] | None, is_derived: bool
) -> None:
    server = scripted(RETRY_LATER)
    with (
        noticed("anthropic_models") as failed,
        network.client(server.base_url, http=http) as client,
    ):
        caller = client.with_options(max_retries=9) if is_derived else client
        ends_closed(caller.models.list, lambda: failed.wait(30), client)
    assert len(server.requests) == 1


def test_a_derived_client_leaves_the_calls_of_others(network: Shell, scripted: Scripted) -> None:
    go_on = threading.Event()
    server = scripted(when(go_on, answer(page("a"))))
    with network.client(server.base_url) as client:
        derived = client.with_options()
        thread, errors = in_a_thread(client.models.list)
        server.arrived.acquire()
        derived.close()
        go_on.set()
        assert ended(thread)
        assert errors == []
        with pytest.raises(ClientClosedError):
            derived.models.list()


def test_from_many_threads_at_once_beside_calls_and_derived_clients(scripted: Scripted) -> None:
    server = scripted(answer(page("a", has_more=True)), answer(page("b")))
    for _ in range(5):
        client = Client(api_key=KEY, base_url=server.base_url, max_retries=0)
        started = threading.Barrier(9)

        def work(client: Client = client, started: threading.Barrier = started) -> None:
            started.wait()
            while True:
                derived = client.with_options(max_retries=1)
                list(derived.models.list(prefetch=True, max_items=2))

        workers = [in_a_thread(work) for _ in range(8)]
        started.wait()
        closers = [in_a_thread(client.close)[0] for _ in range(3)]
        assert all(ended(thread) for thread, _ in workers)
        assert all(ended(thread) for thread in closers)
        assert {type(error) for _, errors in workers for error in errors} == {ClientClosedError}


def test_by_the_caller_itself_before_it_waits_to_retry(scripted: Scripted) -> None:
    server = scripted(RETRY_LATER)
    with Client(api_key=KEY, base_url=server.base_url) as client:

        class Closing(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                client.close()

        handler, logger = Closing(), logging.getLogger("anthropic_models")
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        try:
            with pytest.raises(ClientClosedError):
                client.models.list()
        finally:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)


def test_it_does_not_wait_for_the_name_of_a_host(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = answer(page("a", has_more=True), headers={"connection": "close"})
    server = scripted(first, answer(page("b")))
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
    assert not go_on.is_set()
    go_on.set()
    with pytest.raises(ClientClosedError):
        next(models)
    assert len(server.requests) == 1


class TestFromAnotherEventLoop:
    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    @pytest.mark.parametrize(
        "under_way", [silence_after(), drip(SIZED, b" ", every=0.01), RETRY_LATER]
    )
    def test_calls_end(self, backend: str, scripted: Scripted, under_way: Answer) -> None:
        server = scripted(under_way)
        client = AsyncClient(api_key=KEY, base_url=server.base_url, timeout=PATIENT)

        async def listing() -> None:
            await client.models.list()

        thread, errors = in_a_thread(lambda: anyio.run(listing, backend=backend))
        server.arrived.acquire()
        anyio.run(client.close)
        assert ended(thread)
        assert [type(error) for error in errors] == [ClientClosedError]

    def test_a_page_that_is_prefetched_there_ends(self, scripted: Scripted) -> None:
        server = scripted(answer(page("a", has_more=True)), silence_after())
        client = AsyncClient(api_key=KEY, base_url=server.base_url, timeout=PATIENT)

        async def walking() -> None:
            async for _model in client.models.list(prefetch=True):
                pass

        thread, errors = in_a_thread(lambda: asyncio.run(walking()))
        for _ in range(2):
            server.arrived.acquire()
        asyncio.run(client.close())
        assert ended(thread)
        assert [type(error) for error in errors] == [ClientClosedError]
