"""Pages and listings over a sandbox: what is yielded, in which order, in how many requests."""

import copy
import json
import math
import pickle
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from anthropic_models import AsyncClient, BetaModelInfo, Client, PaginationError
from anthropic_models.sandbox import Sandbox, made_up_models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.scripted_server import Scripted, answer, page
from tests.support.shells import Shell


def ids(models: Iterable[BetaModelInfo]) -> list[str]:
    return [model.id for model in models]


def catalogue(sandbox: Sandbox) -> list[str]:
    return [model["id"] for model in sandbox.models]


def queries(sandbox: Sandbox) -> list[dict[str, str]]:
    return [dict(request.query) for request in sandbox.requests]


def test_one_request_lists_every_model(shell: Shell, sandbox: Sandbox) -> None:
    with shell.client(sandbox.base_url) as client:
        assert ids(client.models.list()) == catalogue(sandbox)
    assert queries(sandbox) == [{"limit": "1000"}]


def test_the_first_page_is_fetched_at_once_and_the_others_when_needed(
    shell: Shell, sandbox: Sandbox
) -> None:
    everything = catalogue(sandbox)
    with shell.client(sandbox.base_url) as client:
        models = iter(client.models.list(limit=20))
        assert len(sandbox.requests) == 1
        assert [next(models).id for _ in range(20)] == everything[:20]
        assert len(sandbox.requests) == 1
        assert ids(models) == everything[20:]
    assert queries(sandbox) == [
        {"limit": "20"},
        {"limit": "20", "after_id": everything[19]},
        {"limit": "20", "after_id": everything[39]},
    ]


def test_walking_backwards_goes_away_from_the_cursor(shell: Shell, sandbox: Sandbox) -> None:
    everything = catalogue(sandbox)
    with shell.client(sandbox.base_url) as client:
        first = client.models.list(before_id=everything[9], limit=3, max_items=7)
        assert ids(first.data) == everything[6:9], "page.data stays as the API orders it"
        assert ids(first) == everything[8:1:-1]
    assert [query["limit"] for query in queries(sandbox)] == ["3", "3", "1"]


def test_pages_are_taken_one_by_one_or_iterated(shell: Shell, sandbox: Sandbox) -> None:
    with shell.client(sandbox.base_url) as client:
        pages = [client.models.list(limit=20)]
        while pages[-1].has_next_page():
            pages.append(pages[-1].get_next_page())
        assert ids(pages[1]) == catalogue(sandbox)[20:], "from each page on"
        assert [len(page.data) for page in pages[0].iter_pages()] == [20, 20, 17]
        assert [len(page.data) for page in pages] == [20, 20, 17]
        assert ids(pages[0].get_next_page().data) == ids(pages[1].data), "fetched again"
        with pytest.raises(PaginationError, match="has_next_page"):
            pages[-1].get_next_page()


def test_a_page_has_what_the_api_returned(shell: Shell, sandbox: Sandbox) -> None:
    sandbox.models[0]["context_window"] = 200000
    newest, second = catalogue(sandbox)[:2]
    with shell.client(sandbox.base_url) as client:
        first = client.models.list(limit=2)
    assert (first.has_more, first.first_id, first.last_id) == (True, newest, second)
    assert first.next_page is None, "pages by id have no token"
    assert first.parsed.data is first.data
    assert first.data[0]["context_window"] == 200000
    assert first.to_dict() == json.loads(first.to_json())
    assert first.to_dict()["data"][0]["context_window"] == 200000, "unknown fields are kept"
    assert first.response.status_code == 200
    assert first.response.request_id == first.response.headers["request-id"]
    assert first.response.elapsed > 0
    kind = "Page" if shell.name == "sync" else "AsyncPage"
    assert repr(first) == (
        f"<{kind} of 2 items, has_more=True, first_id={newest!r}, last_id={second!r}>"
    )
    for copier in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=r"use to_dict\(\)"):
            copier(first)


def test_an_empty_catalogue_is_an_empty_listing(shell: Shell, sandbox: Sandbox) -> None:
    sandbox.models.clear()
    with shell.client(sandbox.base_url) as client:
        empty = client.models.list()
        assert (empty.data, empty.first_id, empty.last_id, ids(empty)) == ([], None, None, [])
    assert len(sandbox.requests) == 1


def test_max_items_holds_when_the_api_returns_more_than_asked(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", "b", "c", has_more=True)))
    with shell.client(server.base_url) as client:
        assert ids(client.models.list(max_items=2)) == ["a", "b"]
    assert len(server.requests) == 1


@pytest.mark.parametrize("cursor", ["a", None])
def test_a_listing_that_cannot_go_on_is_an_error_with_the_page(
    shell: Shell, scripted: Scripted, cursor: str | None
) -> None:
    body = page("b", has_more=True, last_id=cursor)
    server = scripted(answer(page("a", has_more=True)), answer(body))
    with shell.client(server.base_url) as client:
        models = iter(client.models.list())
        assert next(models).id == "a"
        with pytest.raises(PaginationError, match=f"last_id .*{cursor}") as caught:
            next(models)
    assert caught.value.resume == {"after_id": "a"}
    assert caught.value.body["last_id"] == cursor, "the page is not lost"
    assert caught.value.__context__ is None
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"limit": 0}, ValueError),
        ({"extra_query": {"limit": 1}}, ValueError),
        ({"x": 1}, TypeError),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_sent(
    shell: Shell, sandbox: Sandbox, arguments: dict[str, Any], error: type[Exception]
) -> None:
    with shell.client(sandbox.base_url) as client, pytest.raises(error):
        client.models.list(**arguments)
    assert sandbox.requests == []


def test_wrong_arguments_of_an_async_listing_are_refused_before_it_is_awaited() -> None:
    client = AsyncClient(api_key="any")
    with pytest.raises(ValueError, match="limit"):
        client.models.list(limit=0)
    with pytest.raises(ValueError, match="positive"):
        client.models.list(timeout=-1)


def test_a_listing_that_was_not_awaited_says_so() -> None:
    listing: Any = AsyncClient(api_key="any").models.list()
    assert "await it" in repr(listing)
    with pytest.raises(AttributeError, match="await it"):
        listing.data  # noqa: B018 - this is what raises
    with pytest.raises(TypeError):
        iter(listing)


def test_models_without_unknown_fields_keep_no_room_for_them(
    shell: Shell, scripted: Scripted
) -> None:
    body = page("a", "b")
    body["data"][1]["made_up"] = 5
    server = scripted(answer(body))
    with shell.client(server.base_url) as client:
        usual, unusual = client.models.list().data
    assert sys.getsizeof(usual.additional_properties) == sys.getsizeof({})
    assert unusual.additional_properties == {"made_up": 5}


class TestEveryCatalogue:
    """What holds for every catalogue, page size and cursor, in both directions."""

    # Pages begin and end at every place of a small catalogue, too, and each example is quick.
    MOST = 30
    CATALOGUE = made_up_models(MOST)
    IDS = [model["id"] for model in CATALOGUE]  # noqa: RUF012 - not to be changed

    # The client and the sandbox are shared on purpose: nothing of an example stays in them.
    ample = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    limits = st.none() | st.integers(1, MOST + 5) | st.integers(1, 1000)
    caps = st.none() | st.integers(1, MOST + 5)

    @pytest.fixture
    def client(self, shell: Shell, sandbox: Sandbox) -> Iterator[Client]:
        with shell.client(sandbox.base_url) as client:
            yield client

    def walk(
        self, client: Client, sandbox: Sandbox, expected: list[str], limit: int | None, **more: Any
    ) -> None:
        """The listing yields exactly what is expected, in no more requests than it takes."""
        sandbox.requests.clear()
        assert ids(client.models.list(limit=limit, **more)) == expected
        assert len(sandbox.requests) <= max(1, math.ceil(len(expected) / (limit or 1000)))

    @ample
    @given(size=st.integers(0, MOST), limit=limits, cap=caps, prefetch=st.booleans())
    def test_is_listed_once_each_and_in_order(
        self,
        client: Client,
        sandbox: Sandbox,
        size: int,
        limit: int | None,
        cap: int | None,
        prefetch: bool,
    ) -> None:
        sandbox.models[:] = self.CATALOGUE[:size]
        expected = self.IDS[:size][:cap]
        self.walk(client, sandbox, expected, limit, max_items=cap, prefetch=prefetch)

    @ample
    @given(
        size=st.integers(1, MOST),
        position=st.integers(0, MOST - 1),
        limit=limits,
        cap=caps,
        backwards=st.booleans(),
    )
    def test_is_listed_strictly_away_from_a_cursor(
        self,
        client: Client,
        sandbox: Sandbox,
        size: int,
        position: int,
        limit: int | None,
        cap: int | None,
        backwards: bool,
    ) -> None:
        sandbox.models[:] = self.CATALOGUE[:size]
        position %= size
        before, after = self.IDS[:position][::-1], self.IDS[position + 1 : size]
        cursor = {"before_id" if backwards else "after_id": self.IDS[position]}
        expected = (before if backwards else after)[:cap]
        self.walk(client, sandbox, expected, limit, max_items=cap, **cursor)

    @ample
    @given(
        size=st.integers(1, 15),
        limit=st.integers(1, 6),
        released=st.lists(st.integers(0, 3), max_size=5),
        prefetch=st.booleans(),
    )
    def test_that_grows_between_two_pages_repeats_and_loses_none_of_the_older_ones(
        self,
        client: Client,
        sandbox: Sandbox,
        size: int,
        limit: int,
        released: list[int],
        prefetch: bool,
    ) -> None:
        older = self.CATALOGUE[-size:]
        newer = iter(reversed(self.CATALOGUE[:-size]))
        sandbox.models[:] = older
        found: list[str] = []
        listing = client.models.list(limit=limit, prefetch=prefetch)
        for number, page_ in enumerate(listing.iter_pages()):
            found += ids(page_.data)
            for _ in range(released[number] if number < len(released) else 0):
                sandbox.models.insert(0, next(newer))
        assert found == [model["id"] for model in older]
