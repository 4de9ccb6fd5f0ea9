"""Prefetching: the next page is fetched while the caller works on this one."""

import asyncio
import contextvars
import gc
import threading

import anyio
import httpx
import pytest
from anthropic_models import APIConnectionError, AsyncClient, Client, ClientClosedError

from tests.support.scripted_server import Scripted, answer, page, raw, silence_after, when
from tests.support.shells import KEY, Shell


def test_the_next_page_is_asked_for_while_this_one_is_worked_on(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", "b", has_more=True)), answer(page("c", "d")))
    with shell.client(server.base_url) as client:
        models = iter(client.models.list(prefetch=True))
        server.arrived.acquire()
        assert next(models).id == "a"
        assert server.arrived.acquire(timeout=30), "asked for before it is needed"
        assert [model.id for model in models] == ["b", "c", "d"]
    assert len(server.requests) == 2


def test_without_it_nothing_is_asked_for_before_it_is_needed(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", "b", has_more=True)))
    with shell.client(server.base_url) as client:
        models = iter(client.models.list())
        assert [next(models).id for _ in range(2)] == ["a", "b"]
    assert len(server.requests) == 1


def test_no_more_than_one_page_is_prefetched(shell: Shell, scripted: Scripted) -> None:
    server = scripted(*(answer(page(name, has_more=name != "e")) for name in "abcde"))
    with shell.client(server.base_url) as client:
        for number, page_ in enumerate(client.models.list(prefetch=True).iter_pages(), start=1):
            assert page_.data[0].id == "abcde"[number - 1]
            assert len(server.requests) <= number + 1
    assert len(server.requests) == 5


def test_it_asks_for_nothing_that_max_items_does_not_need(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", "b", has_more=True)), answer(page("c", has_more=True)))
    with shell.client(server.base_url) as client:
        assert len(list(client.models.list(limit=2, max_items=3, prefetch=True))) == 3
    assert len(server.requests) == 2
    assert "limit=1" in server.requests[1].target


def test_an_error_waits_until_the_page_at_hand_is_used_up(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", "b", has_more=True)), raw(b""))
    with shell.client(server.base_url, max_retries=0) as client:
        models = iter(client.models.list(prefetch=True))
        assert next(models).id == "a"
        for _ in range(2):
            server.arrived.acquire()
        assert next(models).id == "b"
        with pytest.raises(APIConnectionError) as caught:
            next(models)
    assert caught.value.resume == {"after_id": "b"}


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_after_an_error_an_async_listing_tries_the_same_page_again(
    backend: str, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", has_more=True)), raw(b""), answer(page("b")))

    async def main() -> None:
        client = AsyncClient(api_key=KEY, base_url=server.base_url, max_retries=0)
        async with client:
            models = aiter(client.models.list(prefetch=True))
            assert (await anext(models)).id == "a"
            with pytest.raises(APIConnectionError):
                await anext(models)
            assert [model.id async for model in models] == ["b"]

    anyio.run(main, backend=backend)


def test_a_caller_that_stops_early_does_not_wait_and_closing_leaves_nothing(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", "b", has_more=True)), silence_after())
    with shell.client(server.base_url) as client:
        for _model in client.models.list(prefetch=True):
            break
        for _ in range(2):
            server.arrived.acquire()
    assert len(server.requests) == 2


def test_a_page_that_comes_after_the_caller_has_stopped_is_dropped(
    shell: Shell, scripted: Scripted
) -> None:
    allowed = threading.Event()
    late = when(allowed, answer(page("c", has_more=True)))
    server = scripted(answer(page("a", "b", has_more=True)), late, answer(page("x")))
    with shell.client(server.base_url) as client:
        models = iter(client.models.list(prefetch=True))
        next(models)
        del models
        gc.collect()
        for _ in range(2):
            server.arrived.acquire()
        allowed.set()
        assert [model.id for model in client.models.list()] == ["x"], "the client goes on"
    assert len(server.requests) == 3


def test_closing_the_client_ends_the_walk(shell: Shell, scripted: Scripted) -> None:
    server = scripted(answer(page("a", has_more=True)), silence_after())
    with shell.client(server.base_url) as client:
        models = iter(client.models.list(prefetch=True))
        assert next(models).id == "a"
        for _ in range(2):
            server.arrived.acquire()
        client.close()
        with pytest.raises(ClientClosedError):
            next(models)


def test_a_derived_client_does_not_wait_for_a_page_and_the_first_client_ends_it(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", has_more=True)), silence_after())
    with shell.client(server.base_url) as client:
        derived = client.with_options(timeout=500).with_options(max_retries=0)
        closed = client.with_options()
        models = iter(derived.models.list(prefetch=True))
        next(models)
        for _ in range(2):
            server.arrived.acquire()
        closed.close()
        assert not derived.is_closed
        client.close()
        assert derived.is_closed
        with pytest.raises(ClientClosedError):
            next(models)


def test_over_the_callers_connections_closing_waits_for_the_page_under_way(
    scripted: Scripted,
) -> None:
    allowed = threading.Event()
    late = when(allowed, answer(page("b")))
    server = scripted(answer(page("a", has_more=True)), late, answer(page("c")))
    with httpx.Client() as http:
        client = Client(api_key=KEY, base_url=server.base_url, http_client=http)
        next(iter(client.models.list(prefetch=True)))
        for _ in range(2):
            server.arrived.acquire()
        closing = threading.Thread(target=client.close)
        closing.start()
        closing.join(timeout=0.05)
        assert closing.is_alive(), "it waits for the page"
        allowed.set()
        closing.join(timeout=30)
        assert not closing.is_alive()
        again = Client(api_key=KEY, base_url=server.base_url, http_client=http)
        assert [model.id for model in again.models.list()] == ["c"]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_caller_that_computes_gets_a_page_when_the_next_one_is_asked_for(
    backend: str, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", has_more=True)), answer(page("b")))

    async def compute() -> list[str]:
        seen: list[str] = []
        async with AsyncClient(base_url=server.base_url, api_key=KEY) as client:
            async for model in client.models.list(prefetch=True):
                seen.append(model.id)
                # Blocks the event loop, so nothing is sent from here on.
                assert len(seen) == 2 or all(server.arrived.acquire(timeout=30) for _ in "ab")
        return seen

    assert anyio.run(compute, backend=backend) == ["a", "b"]


@pytest.mark.parametrize("checkpoints", range(40))
def test_a_caller_that_is_cancelled_at_any_point_misses_no_page(checkpoints: int) -> None:
    asked: list[str | None] = []

    def respond(request: httpx.Request) -> httpx.Response:
        cursor = request.url.params.get("after_id")
        asked.append(cursor)
        name = "abc"["abc".index(cursor) + 1] if cursor else "a"
        return httpx.Response(200, json=page(name, has_more=name != "c"))

    async def walk() -> list[str]:
        http = httpx.AsyncClient(transport=httpx.MockTransport(respond))
        async with http, AsyncClient(api_key=KEY, http_client=http) as client:
            models = aiter(client.models.list(prefetch=True))
            first = asyncio.ensure_future(anext(models))
            for _ in range(checkpoints):
                await asyncio.sleep(0)
            first.cancel()
            (outcome,) = await asyncio.gather(first, return_exceptions=True)
            seen = [] if isinstance(outcome, BaseException) else [outcome.id]
            return seen + [model.id async for model in models]

    assert asyncio.run(walk()) == ["a", "b", "c"]
    assert len(set(asked)) == 3


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_caller_that_is_cancelled_leaves_no_connection(backend: str, scripted: Scripted) -> None:
    server = scripted(answer(page("a", has_more=True)), silence_after())

    async def main() -> None:
        with anyio.CancelScope() as scope:
            async with AsyncClient(api_key=KEY, base_url=server.base_url) as client:
                async for _model in client.models.list(prefetch=True):
                    scope.cancel()
                    await anyio.sleep(60)

    anyio.run(main, backend=backend)  # the surroundings see to the sockets


def test_a_loop_that_ends_before_a_task_has_begun_ends_all_the_same() -> None:
    clients: list[AsyncClient] = []
    asked: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        asyncio.get_running_loop().stop()  # after this step, in which the task is made
        return httpx.Response(200, json=page("a", has_more=True))

    async def walking() -> None:
        http = httpx.AsyncClient(transport=httpx.MockTransport(respond))
        async with http, AsyncClient(api_key=KEY, http_client=http) as client:
            clients.append(client)
            async for _model in client.models.list(prefetch=True):
                await asyncio.sleep(60)

    with pytest.raises(RuntimeError, match="stopped before"):
        asyncio.run(walking())
    assert clients[0].is_closed
    assert len(asked) == 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_event_loop_that_ends_with_a_page_under_way_ends_quietly(
    backend: str, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", has_more=True)), silence_after())

    async def main() -> None:
        async with AsyncClient(api_key=KEY, base_url=server.base_url) as client:
            async for _model in client.models.list(prefetch=True):
                break
            for _ in range(2):
                await anyio.to_thread.run_sync(server.arrived.acquire)

    anyio.run(main, backend=backend)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_client_that_is_not_closed_does_not_keep_the_loop_alive(
    backend: str, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", has_more=True)), silence_after())
    kept: list[AsyncClient] = []

    async def main() -> None:
        client = AsyncClient(api_key=KEY, base_url=server.base_url)
        kept.append(client)
        async for _model in client.models.list(prefetch=True):
            break
        for _ in range(2):
            await anyio.to_thread.run_sync(server.arrived.acquire)
        await client.with_options().close()
        with anyio.CancelScope() as scope:
            scope.cancel()
            await client.close()

    anyio.run(main, backend=backend)
    assert kept[0].is_closed


CALLER: contextvars.ContextVar[str] = contextvars.ContextVar("CALLER", default="no caller")


def test_hooks_find_the_context_of_the_caller(scripted: Scripted) -> None:
    callers: list[str] = []

    def note(_request: httpx.Request) -> None:
        callers.append(CALLER.get())

    server = scripted(answer(page("a", has_more=True)), answer(page("b")))
    token = CALLER.set("me")
    with (
        httpx.Client(event_hooks={"request": [note]}) as http,
        Client(api_key=KEY, base_url=server.base_url, http_client=http) as client,
    ):
        list(client.models.list(prefetch=True))
    CALLER.reset(token)
    assert callers == ["me", "me"]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_hooks_find_the_context_of_the_calling_task(backend: str, scripted: Scripted) -> None:
    callers: list[str] = []

    async def note(_request: httpx.Request) -> None:
        callers.append(CALLER.get())

    server = scripted(answer(page("a", has_more=True)), answer(page("b")))

    async def main() -> None:
        CALLER.set("my task")
        async with httpx.AsyncClient(event_hooks={"request": [note]}) as http:
            client = AsyncClient(api_key=KEY, base_url=server.base_url, http_client=http)
            async for _model in client.models.list(prefetch=True):
                pass

    anyio.run(main, backend=backend)
    assert callers == ["my task", "my task"]


def test_errors_of_the_callers_own_hooks_pass(shell: Shell, scripted: Scripted) -> None:
    class OwnError(Exception):
        pass

    def fail(request: httpx.Request) -> None:
        if "after_id" in str(request.url):
            raise OwnError

    server = scripted(answer(page("a", has_more=True)), answer(page("b")))
    http = {"event_hooks": {"request": [shell.hook(fail)]}}
    with shell.client(server.base_url, http=http) as client, pytest.raises(OwnError):
        list(client.models.list(prefetch=True))


def test_where_no_thread_can_be_started_the_page_is_fetched_when_it_is_needed(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = scripted(answer(page("a", has_more=True)), answer(page("b")))

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with Client(api_key=KEY, base_url=server.base_url) as client:
        first = client.models.list(prefetch=True)
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refuse)
            models = iter(first)
            assert next(models).id == "a"
            assert len(server.requests) == 1
        assert [model.id for model in models] == ["b"]
