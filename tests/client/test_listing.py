"""Pages and listings over a sandbox: what is yielded, in which order, in how many requests."""

import copy
import json
import math
import pickle
import weakref
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from anthropic_models import AsyncClient, BetaModelInfo, Client, PaginationError
from anthropic_models.sandbox import Sandbox, made_up_models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.sync_and_async import Shell, with_async_client


def ids(models: Iterable[BetaModelInfo]) -> list[str]:
    return [model.id for model in models]


def catalogue(sandbox: Sandbox) -> list[str]:
    return [model["id"] for model in sandbox.models]


def test_the_first_page_is_fetched_at_once_others_later(shell: Shell, sandbox: Sandbox) -> None:
    everything = catalogue(sandbox)
    with shell.client(sandbox.base_url) as client:
        models = iter(client.models.list(limit=20))
        assert len(sandbox.requests) == 1
        assert [next(models).id for _ in range(20)] == everything[:20]
        assert len(sandbox.requests) == 1
        assert ids(models) == everything[20:]
    assert [request.query for request in sandbox.requests] == [
        {"limit": "20"},
        {"limit": "20", "after_id": everything[19]},
        {"limit": "20", "after_id": everything[39]},
    ]


def test_pages_are_taken_one_by_one_or_iterated(shell: Shell, sandbox: Sandbox) -> None:
    with shell.client(sandbox.base_url) as client:
        pages = [client.models.list(limit=20)]
        while pages[-1].has_next_page():
            pages.append(pages[-1].get_next_page())
        assert [len(page.data) for page in pages] == [20, 20, 17]
        assert ids(pages[1]) == catalogue(sandbox)[20:], "from each page on"
        assert [page.first_id for page in pages[0].iter_pages()] == [p.first_id for p in pages]
        with pytest.raises(PaginationError, match="has_next_page"):
            pages[-1].get_next_page()


def test_a_page_has_what_the_api_returned(shell: Shell, sandbox: Sandbox) -> None:
    sandbox.models[0]["context_window"] = 200000
    newest, second = catalogue(sandbox)[:2]
    with shell.client(sandbox.base_url) as client:
        first = client.models.list(limit=2)
    assert first.parsed.data is first.data
    assert ids(first.data) == [newest, second], "as the API orders it"
    assert first.next_page is None, "pages by id have no token"
    assert first.to_dict() == json.loads(first.to_json())
    assert first.to_dict()["data"][0]["context_window"] == 200000, "unknown fields are kept"
    assert first.response.request_id == first.response.headers["request-id"]
    assert first.response.elapsed > 0
    known = f"has_more=True, first_id={newest!r}, last_id={second!r}"
    assert repr(first).endswith(f"Page of 2 items, {known}>")
    for copier in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=r"use to_dict\(\)"):
            copier(first)


class Yielded:
    """Weak references to what a listing yielded, and how many lived at each request."""

    def __init__(self) -> None:
        self.references: list[weakref.ref[Any]] = []
        self.living: list[int] = []

    def count(self, _request: object) -> None:
        self.living.append(sum(each() is not None for each in self.references))

    async def count_async(self, _request: object) -> None:
        self.count(_request)


# No variable of these tests holds a page or a model while the next page is fetched.


@pytest.mark.parametrize("each", ["model", "page"])
def test_no_page_is_kept_while_the_next_is_fetched(sandbox: Sandbox, each: str) -> None:
    yielded = Yielded()
    with (
        httpx.Client(event_hooks={"request": [yielded.count]}) as http,
        Client(api_key="any", base_url=sandbox.base_url, http_client=http) as client,
    ):
        page = client.models.list(limit=20)
        iterator: Iterator[Any] = iter(page) if each == "model" else page.iter_pages()
        del page
        yielded.references.extend(map(weakref.ref, iterator))
    assert yielded.living == [0, 0, 0]


@pytest.mark.parametrize("each", ["model", "page"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_no_page_is_kept_while_the_next_is_awaited(
    sandbox: Sandbox, backend: str, each: str
) -> None:
    yielded = Yielded()

    async def listed(client: AsyncClient) -> None:
        page = await client.models.list(limit=20)
        iterator: AsyncIterator[Any] = aiter(page) if each == "model" else page.iter_pages()
        del page
        with suppress(StopAsyncIteration):
            while True:
                yielded.references.append(weakref.ref(await anext(iterator)))
        await http.aclose()

    http = httpx.AsyncClient(event_hooks={"request": [yielded.count_async]})
    with_async_client(backend, sandbox.base_url, listed, http_client=http)
    assert yielded.living == [0, 0, 0]


@pytest.mark.parametrize(
    "wrong", [{"limit": 0}, {"extra_query": {"limit": 1}}, {"x": 1}, {"timeout": -1}]
)
def test_wrong_arguments_are_refused_at_once(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    for kind in (Client, AsyncClient):
        client = kind(api_key="any", base_url=sandbox.base_url)
        with pytest.raises((ValueError, TypeError)):
            client.models.list(**wrong)
    assert sandbox.requests == []


def test_a_listing_that_was_not_awaited_says_so() -> None:
    listing: Any = AsyncClient(api_key="any").models.list()
    assert "await it" in repr(listing)
    with pytest.raises(AttributeError, match="await it"):
        listing.data  # noqa: B018 - this is what raises
    with pytest.raises(TypeError):
        iter(listing)


# --- what holds for every catalogue, page size and cursor, in both directions

# Pages begin and end at every place of a small catalogue, too, and each example is quick.
MOST = 30
CATALOGUE = made_up_models(MOST)
IDS = [model["id"] for model in CATALOGUE]

# The client and the sandbox are shared on purpose: nothing of an example stays in them.
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
places = st.tuples(st.sampled_from(["after_id", "before_id"]), st.integers(0, MOST - 1))


@pytest.fixture
def client(shell: Shell, sandbox: Sandbox) -> Iterator[Client]:
    with shell.client(sandbox.base_url) as client:
        yield client


@shared
@given(
    size=st.integers(1, MOST),
    limit=st.none() | st.integers(1, MOST + 5) | st.integers(1, 1000),
    cap=st.none() | st.integers(1, MOST + 5),
    prefetch=st.booleans(),
    start=st.none() | places,
)
def test_every_catalogue_is_listed_once_each_strictly_away_from_a_cursor(
    client: Client,
    sandbox: Sandbox,
    size: int,
    limit: int | None,
    cap: int | None,
    prefetch: bool,
    start: tuple[str, int] | None,
) -> None:
    sandbox.models[:] = CATALOGUE[:size]
    sandbox.requests.clear()
    cursor, expected = dict[str, Any](), IDS[:size]
    if start is not None:
        parameter, position = start[0], start[1] % size
        cursor = {parameter: IDS[position]}
        before, after = IDS[:position][::-1], IDS[position + 1 : size]
        expected = before if parameter == "before_id" else after
    expected = expected[:cap]
    listing = client.models.list(limit=limit, max_items=cap, prefetch=prefetch, **cursor)
    assert ids(listing) == expected
    assert ids(listing.data) == [id_ for id_ in IDS if id_ in ids(listing.data)], (
        "as the API has it"
    )
    assert len(sandbox.requests) <= max(1, math.ceil(len(expected) / (limit or 1000)))
