"""The sync client, and the async one on asyncio and on trio, behind one face.

A test that is written against `Shell` runs three times, and holds for all three.
"""

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from anthropic_models import (
    AsyncClient,
    AsyncPage,
    BetaModelInfo,
    BetaModelList,
    Client,
    Page,
    ResponseInfo,
)
from anyio.from_thread import BlockingPortal, start_blocking_portal

KEY = "sk-test-0123456789-secret"


class AnyPage(Protocol):
    @property
    def data(self) -> list[BetaModelInfo]: ...
    @property
    def has_more(self) -> bool: ...
    @property
    def first_id(self) -> str | None: ...
    @property
    def last_id(self) -> str | None: ...

    response: ResponseInfo
    generated: BetaModelList

    def has_next_page(self) -> bool: ...
    def get_next_page(self) -> "AnyPage": ...
    def iter_pages(self) -> "Iterator[AnyPage]": ...
    def __iter__(self) -> Iterator[BetaModelInfo]: ...
    def to_dict(self) -> dict[str, Any]: ...


class AnyClient(Protocol):
    @property
    def inner(self) -> Any: ...

    def list(self, **arguments: Any) -> AnyPage: ...
    def with_options(self, **options: Any) -> "AnyClient": ...
    def close(self) -> None: ...


class Shell:
    """One of the ways to run the client."""

    def __init__(self, name: str) -> None:
        self.name = name

    @contextmanager
    def client(self, base_url: str, **arguments: Any) -> Generator[AnyClient]:
        arguments = {"api_key": KEY, "base_url": base_url} | arguments
        if self.name == "sync":
            with Client(**arguments) as client:
                yield SyncFace(client)
            return
        with start_blocking_portal(self.name) as portal:
            face = AsyncFace(AsyncClient(**arguments), portal)
            try:
                yield face
            finally:
                face.close()


class SyncFace:
    def __init__(self, client: Client) -> None:
        self.inner = client

    def list(self, **arguments: Any) -> Page:
        return self.inner.models.list(**arguments)

    def with_options(self, **options: Any) -> "SyncFace":
        return SyncFace(self.inner.with_options(**options))

    def close(self) -> None:
        self.inner.close()


class AsyncFace:
    def __init__(self, client: AsyncClient, portal: BlockingPortal) -> None:
        self.inner = client
        self.portal = portal

    def list(self, **arguments: Any) -> "AsyncPageFace":
        async def first_page() -> AsyncPage:
            return await self.inner.models.list(**arguments)

        return AsyncPageFace(self.portal.call(first_page), self.portal)

    def with_options(self, **options: Any) -> "AsyncFace":
        return AsyncFace(self.inner.with_options(**options), self.portal)

    def close(self) -> None:
        self.portal.call(self.inner.close)


class AsyncPageFace:
    def __init__(self, page: AsyncPage, portal: BlockingPortal) -> None:
        self.page = page
        self.portal = portal
        self.response = page.response
        self.generated = page.generated
        self.data = page.data
        self.has_more = page.has_more
        self.first_id = page.first_id
        self.last_id = page.last_id
        self.has_next_page = page.has_next_page
        self.to_dict = page.to_dict

    def __repr__(self) -> str:
        return repr(self.page)

    def __reduce__(self) -> Any:
        return self.page.__reduce__()

    def get_next_page(self) -> "AsyncPageFace":
        return AsyncPageFace(self.portal.call(self.page.get_next_page), self.portal)

    def iter_pages(self) -> "Iterator[AsyncPageFace]":
        for page in _pulled(self.portal, self.page.iter_pages):
            yield AsyncPageFace(page, self.portal)

    def __iter__(self) -> Iterator[BetaModelInfo]:
        return _pulled(self.portal, self.page.__aiter__)


def _pulled(portal: BlockingPortal, start: Callable[[], AsyncIterator[Any]]) -> Iterator[Any]:
    """Pull items out of an async iterator, one call into the event loop each."""
    iterator = start()

    async def following() -> Any:
        try:
            return await anext(iterator)
        except StopAsyncIteration:
            return _END

    while (item := portal.call(following)) is not _END:
        yield item


_END = object()
