"""Many listings at once over one client."""

import threading

import anyio
import httpx
import pytest
from anthropic_models import APITimeoutError, AsyncClient
from anthropic_models.sandbox import Sandbox, made_up_models

from tests.support.scripted_server import Scripted, answer, page, silence_after, when
from tests.support.shells import KEY

BACKENDS = pytest.mark.parametrize("backend", ["asyncio", "trio"])
UNCOUNTED = pytest.mark.no_cover  # other tests run the same lines of the wrapper


async def list_at_once(client: AsyncClient, times: int) -> list[list[str]]:
    listed: list[list[str]] = []

    async def one() -> None:
        listed.append([model.id async for model in client.models.list()])

    async with anyio.create_task_group() as tasks:
        for _ in range(times):
            tasks.start_soon(one)
    return listed


@BACKENDS
@UNCOUNTED
def test_more_listings_than_may_be_under_way_are_all_answered(
    sandbox: Sandbox, backend: str
) -> None:
    sandbox.models[:] = made_up_models(3)
    expected = [model["id"] for model in sandbox.models]

    async def main() -> None:
        async with AsyncClient(api_key=KEY, base_url=sandbox.base_url) as client:
            assert await list_at_once(client, 150) == [expected] * 150

    anyio.run(main, backend=backend)
    assert len(sandbox.requests) == 150


@BACKENDS
@UNCOUNTED
def test_no_more_than_a_hundred_requests_are_under_way_at_once(
    scripted: Scripted, backend: str
) -> None:
    go_on = threading.Event()
    server = scripted(when(go_on, answer(page("a"))))

    async def main() -> None:
        async with (
            AsyncClient(api_key=KEY, base_url=server.base_url) as client,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(list_at_once, client, 150)
            for _ in range(100):
                await anyio.to_thread.run_sync(server.arrived.acquire)
            assert len(server.requests) == 100
            go_on.set()

    anyio.run(main, backend=backend)
    assert len(server.requests) == 150


@BACKENDS
def test_a_request_that_gets_no_turn_in_time_says_so(scripted: Scripted, backend: str) -> None:
    server = scripted(silence_after())
    patient = httpx.Timeout(None)
    hurried = httpx.Timeout(None, pool=0.01)

    async def main() -> None:
        async with (
            AsyncClient(api_key=KEY, base_url=server.base_url, timeout=patient) as client,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(list_at_once, client, 100)
            for _ in range(100):
                await anyio.to_thread.run_sync(server.arrived.acquire)
            with pytest.raises(APITimeoutError, match="no free connection in the pool"):
                await client.models.list(timeout=hurried, max_retries=0)
            tasks.cancel_scope.cancel()

    anyio.run(main, backend=backend)
    assert len(server.requests) == 100


@BACKENDS
@UNCOUNTED
def test_how_many_connections_an_injected_client_has_is_its_own_affair(
    scripted: Scripted, backend: str
) -> None:
    go_on = threading.Event()
    server = scripted(when(go_on, answer(page("a"))))

    async def main() -> None:
        limits = httpx.Limits(max_connections=110)
        async with (
            httpx.AsyncClient(limits=limits, trust_env=False) as http,
            AsyncClient(api_key=KEY, base_url=server.base_url, http_client=http) as client,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(list_at_once, client, 110)
            for _ in range(110):
                await anyio.to_thread.run_sync(server.arrived.acquire)
            go_on.set()

    anyio.run(main, backend=backend)
    assert server.connections == 110
