"""Which page comes next, decided without any request."""

from typing import Any

import pytest
from anthropic_models import APIConnectionError, ArgumentError, PaginationError, Request
from anthropic_models._core.list_models import list_request
from anthropic_models._core.pagination import (
    PageContent,
    PageRequest,
    PageSize,
    build_listing_call,
    first_page_request,
    resumable_error,
)
from anthropic_models._core.secret import Secret
from anthropic_models_generated.api.models import list_models
from anthropic_models_generated.document import document
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.support.calls import call_of, settings_of
from tests.support.sync_and_async import KEY


def content(
    *ids: str,
    has_more: bool = True,
    first_id: str | None = None,
    last_id: str | None = None,
    next_page: str | None = None,
) -> PageContent:
    first, last = (ids[0], ids[-1]) if ids else (None, None)
    return PageContent(list(ids), has_more, first_id or first, last_id or last, next_page)


def step(max_items: object = None, **arguments: Any) -> PageRequest:
    given = {"after_id": None, "before_id": None, "limit": None} | arguments
    return first_page_request(list_request(**given), max_items=max_items)


def query_of(step: PageRequest) -> dict[str, str]:
    return dict(step.apply_to(call_of(list_models.request(limit=3))).request.query)


MOST = document()["operations"]["list_models"]["parameters"]["limit"]["schema"]["maximum"]


class TestLimits:
    def test_the_documents_maximum_is_asked_for_unless_a_limit_is_given(self) -> None:
        assert query_of(step()) == {"limit": str(MOST)}
        assert query_of(step(limit=7)) == {"limit": "7"}

    def test_no_more_is_asked_for_than_is_still_needed(self) -> None:
        assert query_of(step(max_items=3)) == {"limit": "3"}
        assert query_of(step(limit=7, max_items=3)) == {"limit": "3"}
        assert query_of(step(limit=2, max_items=3)) == {"limit": "2"}

    @pytest.mark.parametrize(
        ("page_size", "remaining", "limit"),
        [
            (PageSize(None), None, None),
            (PageSize(None), 5, None),
            (PageSize(None, default=20), None, None),
            (PageSize(None, default=20), 20, None),
            (PageSize(None, default=20), 19, 19),
            (PageSize(100, smallest=5, default=20), 3, 5),
            (PageSize(100, smallest=5, default=20), 7, 7),
            (PageSize(100, smallest=5, default=20), 700, 100),
            (PageSize(100), None, 100),
        ],
    )
    def test_a_limit_is_sent_where_it_is_known_to_be_allowed(
        self, page_size: PageSize, remaining: int | None, limit: int | None
    ) -> None:
        assert page_size.limit(remaining) == limit

    def test_no_limit_is_sent_where_the_document_has_none(self) -> None:
        assert query_of(evolve(step(), page_size=PageSize(None))) == {}

    @given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 60))
    def test_max_items_caps_exactly_in_as_few_requests_as_possible(
        self, limit: int, most: int, there: int
    ) -> None:
        ids = [str(number) for number in range(there)]
        first, found, requests = step(limit=limit, max_items=most), list[str](), 0
        following: PageRequest | None = first
        while following is not None:
            requests += 1
            size = int(query_of(following)["limit"])
            page = ids[len(found) : len(found) + size]
            found += following.items(page)
            following = following.next_request(content(*page, has_more=len(found) < there))
        assert found == ids[:most]
        assert requests == max(1, -(-min(most, there) // limit))


class TestCursors:
    def test_a_listing_goes_on_after_the_last_id(self) -> None:
        second = step(limit=2).next_request(content("a", "b"))
        assert second is not None
        assert query_of(second) == {"after_id": "b", "limit": "2"}
        assert second.next_request(content("c", has_more=False)) is None

    def test_backwards_it_goes_on_before_the_first_id_nearest_first(self) -> None:
        first = step(before_id="z", limit=2, max_items=3)
        assert query_of(first) == {"before_id": "z", "limit": "2"}
        assert first.items(["x", "y"]) == ["y", "x"]
        second = first.next_request(content("x", "y"))
        assert second is not None
        assert query_of(second) == {"before_id": "x", "limit": "1"}
        assert second.items(["v", "w"]) == ["w"], "even if the API gives more than was asked for"
        assert second.next_request(content("v", "w")) is None, "max_items is reached"

    @pytest.mark.parametrize(
        ("arguments", "page", "says"),
        [
            ({}, content(), "the API reports more items, but the page is empty"),
            ({}, PageContent(["a"], True, "a", None, None), "more items, but last_id is None"),
            ({}, PageContent(["a"], True, "a", "", None), "more items, but last_id is ''"),
            ({}, PageContent(["a"], True, "a", "\ud800", None), "but last_id is '.ud800'"),
            (
                {"before_id": "z"},
                PageContent(["a"], True, None, "a", None),
                "but first_id is None",
            ),
            (
                {"after_id": "a"},
                content("a"),
                "^pagination loop: last_id 'a' repeats an earlier cursor$",
            ),
            ({"before_id": "a"}, content("a"), "^pagination loop: first_id 'a' repeats"),
        ],
    )
    def test_more_items_without_a_cursor_to_them_is_an_error(
        self, arguments: dict[str, str], page: PageContent, says: str
    ) -> None:
        with pytest.raises(PaginationError, match=says):
            step(**arguments).next_request(page)

    @pytest.mark.parametrize("cursors", ["aa", "aba", "abcb", "abca"])
    def test_a_loop_is_noticed_at_its_first_repetition(self, cursors: str) -> None:
        following: PageRequest | None = step()
        for cursor in cursors[:-1]:
            assert following is not None
            following = following.next_request(content(cursor))
        assert following is not None
        with pytest.raises(PaginationError, match="pagination loop"):
            following.next_request(content(cursors[-1]))

    def test_the_first_cursor_counts_too(self) -> None:
        second = step(after_id="a").next_request(content("b"))
        assert second is not None
        with pytest.raises(PaginationError, match="pagination loop: last_id 'a'"):
            second.next_request(content("a"))

    def test_a_page_may_be_taken_twice(self) -> None:
        first = step()
        second, again = first.next_request(content("a")), first.next_request(content("a"))
        assert second == again is not None
        assert second is not None
        assert second.next_request(content("b")) == second.next_request(content("b"))


class TestResume:
    @pytest.mark.parametrize(
        ("first", "page", "resume"),
        [
            (step(), content("a"), {"after_id": "a"}),
            (step(max_items=5), content("a", "b"), {"after_id": "b", "max_items": 3}),
            (
                step(before_id="z", max_items=5),
                content("x", "y"),
                {"before_id": "x", "max_items": 3},
            ),
        ],
    )
    def test_a_failure_says_where_to_resume(
        self, first: PageRequest, page: PageContent, resume: dict[str, object]
    ) -> None:
        second = first.next_request(page)
        assert second is not None
        error = resumable_error(APIConnectionError("lost"), second, call_of())
        assert error.resume == resume

    def test_the_first_page_has_nothing_to_resume_but_its_cursor(self) -> None:
        assert step(max_items=7).resume is None
        assert step(after_id="a", max_items=7).resume == {"after_id": "a", "max_items": 7}

    def test_it_is_masked(self) -> None:
        second = step().next_request(content(KEY))
        assert second is not None
        error = resumable_error(PaginationError("loop", body={"data": [KEY]}), second, call_of())
        assert error.resume == {"after_id": "<secret>"}
        assert KEY not in str(error) + repr(vars(error))


class TestContent:
    def test_of_a_page_by_id_and_of_one_by_token(self) -> None:
        class Page:
            data = ("a",)
            has_more = True
            first_id = last_id = "a"

        class TokenPage:
            data = ("a",)
            next_page = "t"

        class Last:
            data = ("a",)
            next_page = None

        assert PageContent.of(Page()) == PageContent(("a",), True, "a", "a", None)
        assert PageContent.of(TokenPage()) == PageContent(("a",), True, None, None, "t")
        assert not PageContent.of(Last()).has_more

    def test_of_both_shapes_is_paginated_by_the_one_of_the_operation(self) -> None:
        last = PageContent(["a"], False, "a", "a", "t")
        assert step().next_request(last) is None
        by_token = evolve(step(), parameter="page").next_request(last)
        assert by_token is not None
        assert by_token.cursor == "t"

    def test_of_what_is_not_there_is_none(self) -> None:
        assert PageContent.of(object()) == PageContent([], False, None, None, None)


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"limit": 0}, ValueError, f"1 to {MOST}, not 0; use max_items"),
        ({"limit": MOST + 1}, ValueError, f"1 to {MOST}, not {MOST + 1}; use max_items"),
        ({"limit": "20"}, TypeError, "^limit must be an int, not '20'$"),
        ({"limit": True}, TypeError, "^limit must be an int"),
        ({"limit": 20.0}, TypeError, "^limit must be an int"),
        ({"max_items": 0}, ValueError, "^max_items must be 1 or more, not 0$"),
        ({"max_items": "7"}, TypeError, "^max_items must be an int"),
        ({"after_id": ""}, ArgumentError, "^after_id must be the id of a model, not ''$"),
        ({"before_id": "\ud800"}, ArgumentError, r"^before_id must .*, not '\\ud800'$"),
        ({"after_id": 7}, TypeError, "^after_id must be the id of a model, not 7$"),
        ({"before_id": b"a"}, TypeError, "^before_id must be the id of a model, not b'a'$"),
        (
            {"after_id": "a", "before_id": "b"},
            ValueError,
            "^give after_id or before_id, not both$",
        ),
    ],
)
def test_wrong_arguments_are_refused(
    arguments: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        step(**arguments)


@pytest.mark.parametrize("limit", [1, MOST])
def test_the_smallest_and_the_largest_page_can_be_asked_for(limit: int) -> None:
    assert query_of(step(limit=limit)) == {"limit": str(limit)}


def test_what_is_no_page_is_not_paginated() -> None:
    request: Request[Any] = Request("GET", "/v1/new")
    with pytest.raises(ValueError, match=r"GET /v1/new cannot be paginated: .*send\(\)"):
        first_page_request(request, max_items=None)


@pytest.mark.parametrize("name", ["limit", "after_id", "before_id"])
def test_a_parameter_of_the_listing_is_no_extra_query(name: str) -> None:
    options = Secret[Any]({"extra_query": {name: "3"}})
    with pytest.raises(ValueError, match=f"^{name} is an argument of the request"):
        build_listing_call(settings_of(api_key=KEY), list_models.request(), options)


def test_an_extra_query_goes_along_to_every_page() -> None:
    options = Secret[Any]({"extra_query": {"x": "1"}})
    call = build_listing_call(settings_of(api_key=KEY), list_models.request(), options)
    second = step(limit=5).next_request(content("a"))
    assert second is not None
    assert second.apply_to(call).build_request().url.query == b"after_id=a&limit=5&x=1"
