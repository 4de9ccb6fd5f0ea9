"""The sync client, and the async one on asyncio and on trio, called alike.

A test that is written against `Shell` runs three times, and holds for all three.
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import anyio
import httpx
import pytest
from anthropic_models import AsyncClient, AsyncPage, AsyncPaginator, Client
from anyio.from_thread import BlockingPortal, start_blocking_portal

KEY = "sk-test-0123456789-secret"
Failure = TypeVar("Failure", bound=Exception)


class Shell:
    """One of the ways to run the client."""

    def __init__(self, name: str) -> None:
        self.name = name

    @contextmanager
    def client(
        self, base_url: str | None, *, http: dict[str, Any] | None = None, **arguments: Any
    ) -> Generator[Client]:
        """Make a client; over an httpx client of these arguments when `http` is given."""
        arguments = {"api_key": KEY, "base_url": base_url} | arguments
        if self.name == "sync":
            if http is not None:
                arguments["http_client"] = httpx.Client(**http)
            with Client(**arguments) as client:
                yield client
            if http is not None:
                assert not arguments["http_client"].is_closed, "it is the caller's"
                arguments["http_client"].close()
            return
        with self.portal() as portal:
            if http is not None:
                arguments["http_client"] = httpx.AsyncClient(**http)
            blocking = BlockingClient(AsyncClient(**arguments), portal)
            try:
                yield cast(Client, blocking)
            finally:
                blocking.close()
                if http is not None:
                    assert not arguments["http_client"].is_closed, "it is the caller's"
                    portal.call(arguments["http_client"].aclose)

    def listed(self, base_url: str, **arguments: Any) -> list[str]:
        """List all models with a client of these arguments; return their ids."""
        with self.client(base_url, **arguments) as client:
            return [model.id for model in client.models.list()]

    def error(
        self, base_url: str, kind: type[Failure], match: str | None = None, **arguments: Any
    ) -> Failure:
        """Return the error that listing with a client of these arguments raises."""
        with (
            self.client(base_url, **arguments) as client,
            pytest.raises(kind, match=match) as caught,
        ):
            client.models.list()
        return caught.value

    def portal(self) -> AbstractContextManager[BlockingPortal]:
        """Run the event loop of this shell in a thread."""
        if self.name == "uvloop":
            return start_blocking_portal("asyncio", {"use_uvloop": True})
        return start_blocking_portal(self.name)

    def hook(self, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Return a function as a hook for the httpx client of this shell."""
        if self.name == "sync":
            return function

        async def asynchronous(value: Any) -> Any:
            return function(value)

        return asynchronous


def with_async_client(
    backend: str,
    base_url: str,
    work: Callable[[AsyncClient], Awaitable[object]],
    **arguments: Any,
) -> None:
    """Run a coroutine function with an AsyncClient of these arguments."""

    async def main() -> None:
        async with AsyncClient(api_key=KEY, base_url=base_url, **arguments) as client:
            await work(client)

    uvloop = {"use_uvloop": True} if backend == "uvloop" else {}
    anyio.run(main, backend=backend.replace("uvloop", "asyncio"), backend_options=uvloop)


class BlockingClient:
    """An AsyncClient with the methods of Client, which wait for the event loop."""

    def __init__(self, client: AsyncClient, portal: BlockingPortal) -> None:
        self._client = client
        self._portal = portal
        self.models = SimpleNamespace(list=partial(self._listing, client.models.list))

    def __repr__(self) -> str:
        return repr(self._client)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not inspect.iscoroutinefunction(found):
            return found

        def call(*given: Any, **options: Any) -> Any:
            return self._portal.call(partial(found, *given, **options))

        return call

    def paginate(self, request: Any, **options: Any) -> Any:
        return self._listing(self._client.paginate, request, **options)

    def with_options(self, **options: Any) -> "BlockingClient":
        return BlockingClient(self._client.with_options(**options), self._portal)

    def _listing(
        self, begin: Callable[..., AsyncPaginator[Any]], *arguments: Any, **options: Any
    ) -> Any:
        async def first_page() -> AsyncPage[Any]:
            return await begin(*arguments, **options)

        return BlockingPage(self._portal.call(first_page), self._portal)


class BlockingPage:
    """An AsyncPage with the methods of Page, which wait for the event loop."""

    def __init__(self, page: AsyncPage[Any], portal: BlockingPortal) -> None:
        self._page = page
        self._portal = portal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._page, name)

    def __repr__(self) -> str:
        return repr(self._page)

    def __reduce__(self) -> Any:
        return self._page.__reduce__()

    def get_next_page(self) -> "BlockingPage":
        return BlockingPage(self._portal.call(self._page.get_next_page), self._portal)

    def iter_pages(self) -> "Iterator[BlockingPage]":
        for page in self._each(self._page.iter_pages()):
            yield BlockingPage(page, self._portal)

    def __iter__(self) -> Iterator[Any]:
        return self._each(aiter(self._page))

    def _each(self, iterator: AsyncIterator[Any]) -> Iterator[Any]:
        async def following() -> Any:
            return await anext(iterator, _END)

        while (item := self._portal.call(following)) is not _END:
            yield item


_END = object()
