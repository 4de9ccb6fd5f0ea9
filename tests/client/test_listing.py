"""Pages and listings: what comes, in which order, in how many requests."""

import copy
import datetime
import json
import pickle
import sys
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from anthropic_models import AsyncClient, BetaModelInfo, PaginationError
from anthropic_models.sandbox import Sandbox

from tests.support.scripted_server import ScriptedServer, answer, page
from tests.support.shells import Shell

DATE = datetime.date(2027, 1, 1)  # which its text alone would not tell from a string


def ids(models: Iterable[BetaModelInfo]) -> list[str]:
    return [model.id for model in models]


def catalogue(sandbox: Sandbox) -> list[str]:
    return [model["id"] for model in sandbox.models]


def queries(sandbox: Sandbox) -> list[dict[str, str]]:
    return [dict(request.query) for request in sandbox.requests]


def test_one_request_lists_every_model(shell: Shell, sandbox: Sandbox) -> None:
    with shell.client(sandbox.base_url) as client:
        assert ids(client.list()) == catalogue(sandbox)
    assert queries(sandbox) == [{"limit": "1000"}]


def test_iterating_walks_on_over_all_pages(shell: Shell, sandbox: Sandbox) -> None:
    with shell.client(sandbox.base_url) as client:
        assert ids(client.list(limit=10)) == catalogue(sandbox)
    everything = catalogue(sandbox)
    assert queries(sandbox) == [
        {"limit": "10"},
        *({"limit": "10", "after_id": everything[last]} for last in (9, 19, 29, 39, 49)),
    ]


def test_a_listing_goes_on_after_a_model(shell: Shell, sandbox: Sandbox) -> None:
    everything = catalogue(sandbox)
    with shell.client(sandbox.base_url) as client:
        assert ids(client.list(after_id=everything[40], limit=10)) == everything[41:]


def test_walking_backwards_goes_away_from_the_cursor(shell: Shell, sandbox: Sandbox) -> None:
    everything = catalogue(sandbox)
    with shell.client(sandbox.base_url) as client:
        first = client.list(before_id=everything[9], limit=3)
        assert ids(first.data) == everything[6:9], "page.data stays as the API orders it"
        assert ids(first) == everything[8::-1]


def test_the_first_page_is_fetched_at_once_and_the_others_when_needed(
    shell: Shell, sandbox: Sandbox
) -> None:
    with shell.client(sandbox.base_url) as client:
        first = client.list(limit=10)
        assert len(sandbox.requests) == 1
        models = iter(first)
        for _ in range(10):
            next(models)
        assert len(sandbox.requests) == 1
        next(models)
        assert len(sandbox.requests) == 2


def test_a_page_tells_what_the_api_told(shell: Shell, sandbox: Sandbox) -> None:
    everything = catalogue(sandbox)
    with shell.client(sandbox.base_url) as client:
        first = client.list(limit=20)
    assert ids(first.data) == everything[:20]
    assert (first.has_more, first.first_id, first.last_id) == (True, everything[0], everything[19])
    assert first.response.status_code == 200
    assert first.response.request_id == first.response.headers["request-id"]
    assert first.response.retries_taken == 0
    assert first.response.elapsed > 0


def test_pages_can_be_taken_one_by_one(shell: Shell, sandbox: Sandbox) -> None:
    with shell.client(sandbox.base_url) as client:
        pages = [client.list(limit=20)]
        while pages[-1].has_next_page():
            pages.append(pages[-1].get_next_page())
    assert [len(page.data) for page in pages] == [20, 20, 17]


def test_pages_can_be_iterated(shell: Shell, sandbox: Sandbox) -> None:
    with shell.client(sandbox.base_url) as client:
        assert [len(page.data) for page in client.list(limit=20).iter_pages()] == [20, 20, 17]


def test_there_is_no_page_after_the_last(shell: Shell, sandbox: Sandbox) -> None:
    with shell.client(sandbox.base_url) as client:
        last = client.list()
        assert not last.has_next_page()
        with pytest.raises(PaginationError, match="has_next_page"):
            last.get_next_page()


@pytest.mark.parametrize("max_items", [1, 9, 10, 11, 20, 56, 57, 58])
def test_max_items_caps_exactly_and_asks_for_no_more_than_needed(
    shell: Shell, sandbox: Sandbox, max_items: int
) -> None:
    with shell.client(sandbox.base_url) as client:
        assert ids(client.list(limit=10, max_items=max_items)) == catalogue(sandbox)[:max_items]
    sizes = [int(query["limit"]) for query in queries(sandbox)]
    assert sum(sizes) == min(max_items, 60)
    assert all(size <= 10 for size in sizes)


def test_max_items_caps_backwards_nearest_first(shell: Shell, sandbox: Sandbox) -> None:
    everything = catalogue(sandbox)
    with shell.client(sandbox.base_url) as client:
        found = ids(client.list(before_id=everything[30], limit=4, max_items=6))
    assert found == everything[29:23:-1]


def test_max_items_holds_when_the_api_gives_more_than_asked(
    shell: Shell, scripted: Callable[..., ScriptedServer]
) -> None:
    server = scripted(answer(page("a", "b", "c", has_more=True)))
    with shell.client(server.base_url) as client:
        assert ids(client.list(max_items=2)) == ["a", "b"]
    assert len(server.requests) == 1


@pytest.mark.parametrize("limit", [1, 1000])
def test_the_smallest_and_the_largest_page_can_be_asked_for(
    shell: Shell, sandbox: Sandbox, limit: int
) -> None:
    with shell.client(sandbox.base_url) as client:
        assert ids(client.list(limit=limit).data) == catalogue(sandbox)[:limit]
    assert queries(sandbox) == [{"limit": str(limit)}]


def test_an_empty_catalogue_is_an_empty_listing(shell: Shell, sandbox: Sandbox) -> None:
    sandbox.models.clear()
    with shell.client(sandbox.base_url) as client:
        empty = client.list()
        assert (empty.data, empty.first_id, empty.last_id) == ([], None, None)
        assert ids(empty) == []
    assert len(sandbox.requests) == 1


def test_a_page_can_be_written_as_json(shell: Shell, sandbox: Sandbox) -> None:
    sandbox.models[0]["context_window"] = 200000
    with shell.client(sandbox.base_url) as client:
        written = json.loads(json.dumps(client.list(limit=2).to_dict()))
    assert [model["id"] for model in written["data"]] == catalogue(sandbox)[:2]
    assert written["data"][0]["context_window"] == 200000, "unknown fields are kept"
    assert written["has_more"] is True


@pytest.mark.parametrize(
    ("broken", "names"),
    [
        ({"last_id": None}, "last_id is None"),
        ({"last_id": ""}, "last_id is ''"),
        ({"last_id": "\ud800"}, "last_id is"),
        ({"data": []}, "without any"),
    ],
)
def test_more_models_without_a_way_to_them_is_an_error(
    shell: Shell, scripted: Callable[..., ScriptedServer], broken: dict[str, Any], names: str
) -> None:
    server = scripted(answer(page("a", has_more=True)), answer(page("b", has_more=True, **broken)))
    with shell.client(server.base_url) as client:
        models = iter(client.list())
        assert next(models).id == "a"
        with pytest.raises(PaginationError, match=names) as caught:
            next(models)
    assert caught.value.resume == {"after_id": "a"}
    assert isinstance(caught.value.body, dict), "the page is not lost"
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"first_id": None}, "there are more models, but first_id is None"),
        ({"first_id": "a"}, "leads in a circle: first_id is 'a', which was a cursor before"),
    ],
)
def test_backwards_the_error_names_the_cursor_that_should_have_led_on(
    shell: Shell, scripted: Callable[..., ScriptedServer], broken: dict[str, Any], says: str
) -> None:
    server = scripted(answer(page("a", has_more=True)), answer(page("b", has_more=True, **broken)))
    with shell.client(server.base_url) as client:
        models = iter(client.list(before_id="z"))
        assert next(models).id == "a"
        with pytest.raises(PaginationError, match=says) as caught:
            next(models)
    assert caught.value.resume == {"before_id": "a"}
    assert caught.value.body == page("b", has_more=True, **broken) | {
        "data": caught.value.body["data"]  # type: ignore[index]  # it is a page
    }


@pytest.mark.parametrize("circle", [["a", "a"], ["a", "b", "a"], ["a", "b", "c", "b"]])
def test_cursors_that_lead_in_a_circle_are_an_error(
    shell: Shell, scripted: Callable[..., ScriptedServer], circle: list[str]
) -> None:
    server = scripted(*(answer(page(cursor, has_more=True)) for cursor in circle))
    with shell.client(server.base_url) as client, pytest.raises(PaginationError, match="circle"):
        ids(client.list())
    assert len(server.requests) == len(circle)


def test_a_first_page_that_leads_back_to_its_own_cursor_is_an_error(
    shell: Shell, scripted: Callable[..., ScriptedServer]
) -> None:
    server = scripted(answer(page("a", has_more=True)))
    with shell.client(server.base_url) as client, pytest.raises(PaginationError, match="circle"):
        client.list(after_id="a")


def test_what_a_caller_changes_later_does_not_change_a_listing(
    shell: Shell, scripted: Callable[..., ScriptedServer]
) -> None:
    server = scripted(answer(page("a", has_more=True)), answer(page("b")))
    query, headers = {"x": "1"}, {"X-Mine": "1"}
    with shell.client(server.base_url) as client:
        first = client.list(limit=5, extra_query=query, extra_headers=headers)
        query["x"] = headers["X-Mine"] = "2"
        assert ids(first) == ["a", "b"]
    assert server.requests[1].target == "/v1/models?after_id=a&limit=5&x=1"
    assert server.requests[1].headers["x-mine"] == "1"


def test_the_next_page_can_be_fetched_twice(shell: Shell, sandbox: Sandbox) -> None:
    with shell.client(sandbox.base_url) as client:
        first = client.list(limit=20)
        assert ids(first.get_next_page()) == ids(first.get_next_page())


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"limit": 0}, ValueError, "1 to 1000, not 0; use max_items"),
        ({"limit": 1001}, ValueError, "1 to 1000, not 1001; use max_items"),
        ({"limit": "20"}, TypeError, "limit must be an int, not '20'$"),
        ({"limit": True}, TypeError, "limit must be an int"),
        ({"limit": 20.0}, TypeError, "limit must be an int"),
        ({"max_items": 0}, ValueError, "max_items must be 1 or more, not 0$"),
        ({"max_items": -1}, ValueError, "1 or more"),
        ({"max_items": "7"}, TypeError, "max_items must be an int"),
        ({"after_id": ""}, ValueError, "^after_id must be the id of a model, not ''$"),
        ({"before_id": ""}, ValueError, "^before_id must be the id of a model, not ''$"),
        ({"after_id": 7}, TypeError, "^after_id must be the id of a model, not 7$"),
        ({"after_id": b"a"}, TypeError, "^after_id must be the id of a model, not b'a'$"),
        ({"before_id": 7}, TypeError, "^before_id must be the id of a model, not 7$"),
        ({"before_id": DATE}, TypeError, "^before_id must .*, not datetime.date"),
        ({"after_id": "\ud800"}, ValueError, r"^after_id must .*, not '\\ud800'$"),
        ({"after_id": "a", "before_id": "b"}, ValueError, "not both"),
        ({"extra_query": {"limit": 3}}, ValueError, "^limit is an argument of list"),
        ({"extra_query": [("a", "b")]}, TypeError, "must map names"),
        ({"extra_query": {"a": ["b", "\ud800"]}}, ValueError, "no URL can hold"),
        ({"extra_query": {"after_id": "a"}}, ValueError, "^after_id is an argument of list"),
        ({"extra_query": {"before_id": "a"}}, ValueError, "^before_id is an argument of list"),
        ({"extra_query": {"a": "\ud800"}}, ValueError, "^extra_query: 'a' .* no URL can hold$"),
        ({"extra_query": {"\ud800": "a"}}, ValueError, "no URL can hold$"),
        ({"extra_query": {7: "a"}}, TypeError, "strings as names, not 7$"),
        ({"extra_query": {DATE: "a"}}, TypeError, "strings as names, not datetime.date"),
        ({"timeout": 0}, ValueError, "positive"),
        ({"timeout": float("nan")}, ValueError, "positive"),
        ({"timeout": float("inf")}, ValueError, "positive"),
        ({"timeout": "7"}, TypeError, "seconds"),
        ({"timeout": True}, TypeError, "seconds"),
        ({"max_retries": -1}, ValueError, "0 or more"),
        ({"max_retries": 1.5}, TypeError, "int"),
        ({"max_retries": True}, TypeError, "int"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_sent(
    shell: Shell,
    sandbox: Sandbox,
    arguments: dict[str, Any],
    error: type[Exception],
    says: str,
) -> None:
    with (
        shell.client(sandbox.base_url) as client,
        pytest.raises(error, match=says),
    ):
        client.inner.models.list(**arguments)
    assert sandbox.requests == []


def test_models_carry_what_the_api_says_typed(shell: Shell, sandbox: Sandbox) -> None:
    sandbox.models[0] |= {"created_at": "2025-05-14T12:30:00+02:00", "later_field": [1]}
    with shell.client(sandbox.base_url) as client:
        newest = client.list().data[0]
    assert newest.created_at.isoformat() == "2025-05-14T12:30:00+02:00"
    assert newest.type_ == "model"
    assert newest["later_field"] == [1]
    assert newest.to_dict()["later_field"] == [1]


def test_a_page_says_what_it_is_but_cannot_be_pickled(shell: Shell, sandbox: Sandbox) -> None:
    with shell.client(sandbox.base_url) as client:
        first = client.list(limit=2)
    newest, second = catalogue(sandbox)[:2]
    kind = "Page" if shell.name == "sync" else "AsyncPage"
    assert repr(first) == (
        f"<{kind} of 2 models, has_more=True, first_id={newest!r}, last_id={second!r}>"
    )
    for copier in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=r"use to_dict\(\)"):
            copier(first)
    assert pickle.loads(pickle.dumps(first.to_dict())) == first.to_dict()  # noqa: S301 - our own bytes


def test_a_listing_that_was_not_awaited_says_so() -> None:
    listing: Any = AsyncClient(api_key="any").models.list()
    assert "await it" in repr(listing)
    with pytest.raises(AttributeError, match="await it"):
        listing.data  # noqa: B018 - this is what raises
    with pytest.raises(TypeError):
        iter(listing)


def test_models_without_unknown_fields_keep_no_room_for_them(
    shell: Shell, scripted: Callable[..., ScriptedServer]
) -> None:
    body = page("a", "b")
    body["data"][1]["made_up"] = 5
    server = scripted(answer(body))
    with shell.client(server.base_url) as client:
        usual, unusual = client.list().data
    assert sys.getsizeof(usual.additional_properties) == sys.getsizeof({})
    assert unusual.additional_properties == {"made_up": 5}
