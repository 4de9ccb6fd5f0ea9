"""Prefetching: the next page is fetched while the caller works on this one."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from anthropic_models import APIConnectionError, AsyncClient, Client

from tests.support.scripted_server import Scripted, page, raw, respond, silence_after, when
from tests.support.sync_and_async import KEY, Shell, with_async_client
from tests.support.threads import ended, in_a_thread

FIRST = respond(page("a", has_more=True))
FIRST_TWO = respond(page("a", "b", has_more=True))
LAST = respond(page("b"))


def test_the_next_page_or_error_comes_after_this_page(shell: Shell, scripted: Scripted) -> None:
    server = scripted(FIRST_TWO, respond(page("c", has_more=True)), raw(b""))
    with shell.client(server.base_url, max_retries=0) as client:
        models = iter(client.models.list(prefetch=True))
        assert next(models).id == "a"
        server.wait_for(2)
        assert [next(models).id, next(models).id] == ["b", "c"]
        server.wait_for()
        with pytest.raises(APIConnectionError) as caught:
            next(models)
    assert caught.value.resume == {"after_id": "c"}


def test_no_more_than_one_page_is_prefetched_and_none_that_max_items_does_not_need(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(*(respond(page(name, has_more=True)) for name in "abcde"))
    with shell.client(server.base_url) as client:
        listing = client.models.list(limit=1, max_items=5, prefetch=True)
        for number, page_ in enumerate(listing.iter_pages(), start=1):
            assert page_.data[0].id == "abcde"[number - 1]
            assert len(server.requests) <= number + 1
    assert len(server.requests) == 5


def test_after_an_error_a_listing_tries_the_page_again(backend: str, scripted: Scripted) -> None:
    async def work(client: AsyncClient) -> None:
        models = aiter(client.models.list(prefetch=True))
        assert (await anext(models)).id == "a"
        with pytest.raises(APIConnectionError):
            await anext(models)
        assert [model.id async for model in models] == ["b"]

    with_async_client(backend, scripted(FIRST, raw(b""), LAST).base_url, work, max_retries=0)


def test_a_caller_that_stops_early_does_not_wait(shell: Shell, scripted: Scripted) -> None:
    server = scripted(FIRST_TWO, silence_after(), respond(page("x")))
    with shell.client(server.base_url, timeout=500) as client:
        next(iter(client.models.list(prefetch=True)))
        server.wait_for(2)
        assert [model.id for model in client.models.list()] == ["x"], "the client goes on"


def test_over_an_httpx_client_closing_waits_for_the_page_under_way(scripted: Scripted) -> None:
    allowed = threading.Event()
    server = scripted(FIRST, when(allowed, LAST), respond(page("c")))
    with httpx.Client() as http:
        client = Client(api_key=KEY, base_url=server.base_url, http_client=http)
        next(iter(client.models.list(prefetch=True)))
        server.wait_for(2)
        closing, _ = in_a_thread(client.close)
        closing.join(timeout=0.05)
        assert closing.is_alive(), "it waits for the page"
        allowed.set()
        assert ended(closing)
        again = Client(api_key=KEY, base_url=server.base_url, http_client=http)
        assert [model.id for model in again.models.list()] == ["c"]


def test_a_caller_that_computes_delays_no_page(backend: str, scripted: Scripted) -> None:
    async def work(client: AsyncClient) -> None:
        models = aiter(client.models.list(prefetch=True))
        assert (await anext(models)).id == "a"
        server.wait_for(2)  # blocks the event loop, so nothing is sent from here on
        assert [model.id async for model in models] == ["b"]

    server = scripted(FIRST, LAST)
    with_async_client(backend, server.base_url, work)


def over(respond: Callable[[httpx.Request], httpx.Response], work: Any) -> None:
    """Run a coroutine function with an AsyncClient whose requests are responded to at once."""

    async def main() -> None:
        http = httpx.AsyncClient(transport=httpx.MockTransport(respond))
        async with http, AsyncClient(api_key=KEY, http_client=http) as client:
            await work(client)

    asyncio.run(main())


@pytest.mark.parametrize("checkpoints", range(20))
def test_a_caller_that_is_cancelled_at_any_point_misses_no_page(checkpoints: int) -> None:
    asked: list[str | None] = []

    def respond(request: httpx.Request) -> httpx.Response:
        cursor = request.url.params.get("after_id")
        asked.append(cursor)
        name = "abc"["abc".index(cursor) + 1] if cursor else "a"
        return httpx.Response(200, json=page(name, has_more=name != "c"))

    async def walk(client: AsyncClient) -> None:
        models = aiter(client.models.list(prefetch=True))
        first = asyncio.ensure_future(anext(models))
        for _ in range(checkpoints):
            await asyncio.sleep(0)
        first.cancel()
        (outcome,) = await asyncio.gather(first, return_exceptions=True)
        seen = [] if isinstance(outcome, BaseException) else [outcome.id]
        assert seen + [model.id async for model in models] == ["a", "b", "c"]

    over(respond, walk)
    assert len(set(asked)) == 3


def test_a_loop_that_ends_before_a_task_has_begun_ends_all_the_same() -> None:
    clients: list[AsyncClient] = []
    asked: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        asyncio.get_running_loop().stop()  # after this step, in which the task is made
        return httpx.Response(200, json=page("a", has_more=True))

    async def walking(client: AsyncClient) -> None:
        clients.append(client)
        async for _model in client.models.list(prefetch=True):
            await asyncio.sleep(60)

    with pytest.raises(RuntimeError, match="stopped before"):
        over(respond, walking)
    assert clients[0].is_closed
    assert len(asked) == 1


@pytest.mark.parametrize("is_cancelled", [False, True], ids=["closed", "closed and cancelled"])
def test_closing_the_root_ends_a_page_under_way_of_a_derived_client(
    backend: str, scripted: Scripted, is_cancelled: bool
) -> None:
    server = scripted(FIRST, silence_after())
    client = AsyncClient(api_key=KEY, base_url=server.base_url)

    async def main() -> None:
        derived = client.with_options(timeout=500)
        async for _model in derived.models.list(prefetch=True):
            break
        await anyio.to_thread.run_sync(server.wait_for, 2)
        await client.with_options().close()
        assert vars(derived)["_sender"].prefetching, "another derived client ends nothing"
        with anyio.CancelScope() as scope:
            if is_cancelled:
                scope.cancel()
            await client.close()
        assert not vars(derived)["_sender"].prefetching

    anyio.run(main, backend=backend)
    assert client.is_closed


CALLER: contextvars.ContextVar[str] = contextvars.ContextVar("CALLER", default="no caller")


def test_hooks_find_the_context_of_the_caller_who_gets_what_they_raise(scripted: Scripted) -> None:
    callers: list[str] = []

    def leave(request: httpx.Request) -> None:
        callers.append(CALLER.get())
        if "after_id" in str(request.url):
            raise SystemExit

    aleave = Shell("asyncio").hook(leave)

    async def main() -> None:
        CALLER.set("my task")
        async with httpx.AsyncClient(event_hooks={"request": [aleave]}) as http:
            client = AsyncClient(api_key=KEY, base_url=base_url, http_client=http)
            with pytest.raises(SystemExit):
                async for _model in client.models.list(prefetch=True):
                    pass

    base_url = scripted(FIRST).base_url
    token = CALLER.set("me")
    http = {"event_hooks": {"request": [leave]}}
    with Shell("sync").client(base_url, http=http) as client, pytest.raises(SystemExit):
        list(client.models.list(prefetch=True))
    for backend in ("asyncio", "trio"):
        anyio.run(main, backend=backend)
    CALLER.reset(token)
    assert callers == ["me"] * 2 + ["my task"] * 4


def test_where_no_thread_can_be_started_the_page_is_fetched_when_it_is_needed(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    server = scripted(FIRST, LAST)
    with Client(api_key=KEY, base_url=server.base_url) as client:
        first = client.models.list(prefetch=True)
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refuse)
            models = iter(first)
            assert next(models).id == "a"
            assert len(server.requests) == 1
        assert [model.id for model in models] == ["b"]


def test_a_page_that_is_there_at_once_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def run_to_the_end(thread: threading.Thread) -> None:
        start(thread)
        thread.join()

    def respond(request: httpx.Request) -> httpx.Response:
        body = page("b") if "after_id" in request.url.params else page("a", has_more=True)
        return httpx.Response(200, json=body)

    monkeypatch.setattr(threading.Thread, "start", run_to_the_end)
    with httpx.Client(transport=httpx.MockTransport(respond)) as http:
        client = Client(api_key=KEY, http_client=http)
        assert [model.id for model in client.models.list(prefetch=True)] == ["a", "b"]
        assert not vars(client)["_sender"].prefetching
