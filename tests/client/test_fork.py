"""A forked child opens connections of its own and leaves those of its parent alone."""

import asyncio
import os
import socket
import ssl
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from anthropic_models import AsyncClient, Client

from tests.support.scripted_server import Scripted, page, respond, when
from tests.support.sync_and_async import KEY
from tests.support.threads import ended, in_a_thread

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")


def forked(work: Callable[[], object]) -> int:
    """Start a child that does the work; return its id. It ends with 1 when the work fails."""
    with warnings.catch_warnings():
        # Python 3.12 warns of a fork beside threads: the servers of the tests are some.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def forked_together(work: Callable[[], object], count: int) -> list[int]:
    """Start children that begin their work once all are there; return their ids.

    The server runs in this process. Had it to do for one child, its thread could be within OpenSSL
    when the next one is forked, where a lock would stay locked for ever.
    """
    reads, writes = os.pipe()

    def begin() -> None:
        os.read(reads, 1)
        work()

    children = [forked(begin) for _ in range(count)]
    os.write(writes, b"." * count)
    os.close(reads)
    os.close(writes)
    return children


def has_succeeded(child: int) -> bool:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def naming(connection: socket.socket, _over: threading.Event) -> bool:
    """Respond with a page that has the port of the connection's other end as its model."""
    return respond(page(str(connection.getpeername()[1])))(connection, _over)


Calls = tuple[Callable[[], set[str | None]], Callable[[], object]]


def calls_of(kind: type[Client | AsyncClient], **arguments: Any) -> Calls:
    """Return a call that lists models five times, and one that closes the client."""
    client = kind(api_key=KEY, max_retries=0, **arguments)
    if isinstance(client, Client):
        return lambda: {client.models.list().first_id for _ in range(5)}, client.close

    async def ports() -> set[str | None]:
        return {(await client.models.list()).first_id for _ in range(5)}

    return lambda: asyncio.run(ports()), lambda: asyncio.run(client.close())


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_children_and_parent_use_connections_of_their_own(
    kind: type[Client | AsyncClient], tls: ssl.SSLContext | None, scripted: Scripted
) -> None:
    ports, close = calls_of(kind, base_url=scripted(naming, tls=tls).base_url)
    (port,) = ports()
    reads, writes = os.pipe()

    def work() -> None:
        (own,) = ports()
        os.write(writes, f"{own}\n".encode())
        close()

    children = forked_together(work, 3)
    assert ports() == {port}
    assert [has_succeeded(child) for child in children] == [True] * 3
    seen = os.read(reads, 4096).decode().split()
    assert len({port, *seen}) == 4, "each process has one connection, and no two have the same"
    assert ports() == {port}, "what a child closes stays open here"
    close()
    os.close(reads)
    os.close(writes)


def test_a_child_that_closes_leaves_the_request_of_its_parent(scripted: Scripted) -> None:
    go_on = threading.Event()
    server = scripted(when(go_on, respond(page("a"))))
    with Client(api_key=KEY, base_url=server.base_url, max_retries=0) as client:
        thread, errors = in_a_thread(client.models.list)
        server.arrived.acquire()
        assert has_succeeded(forked(client.close))
        go_on.set()
        assert ended(thread)
    assert errors == []


def test_an_httpx_client_that_is_first_used_in_a_child_works(scripted: Scripted) -> None:
    server = scripted(respond(page("a")))
    with httpx.Client() as http:
        client = Client(api_key=KEY, base_url=server.base_url, http_client=http)
        assert [has_succeeded(forked(client.models.list)) for _ in range(2)] == [True, True]
