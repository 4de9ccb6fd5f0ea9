"""Which page comes next, decided without any request."""

import builtins
import copy
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest
from anthropic_models import (
    APIConnectionError,
    APIResponse,
    PaginationError,
    Request,
    ResponseInfo,
)
from anthropic_models._core.base_page import BasePage
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
from anthropic_models_generated.types import UNSET
from attrs import evolve

from generator.documents import read_yaml
from tests.support.core_calls import call_of, settings_of
from tests.support.sync_and_async import KEY

CASES = read_yaml(Path(__file__).with_name("data") / "pagination.yaml")


def content(*ids: str, has_more: bool = True, **changes: Any) -> PageContent:
    first, last = (ids[0], ids[-1]) if ids else (None, None)
    return PageContent(list(ids), has_more, first, last, None)._replace(**changes)


def step(max_items: object = None, **arguments: Any) -> PageRequest:
    given = {"after_id": None, "before_id": None, "limit": None} | arguments
    return first_page_request(list_request(**given), max_items=max_items)


def after(first: PageRequest, *pages: PageContent) -> PageRequest:
    """Return the request that follows these pages."""
    for page in pages:
        following = first.next_request(page)
        assert following is not None
        first = following
    return first


def query_of(step: PageRequest) -> dict[str, str]:
    return dict(step.apply_to(call_of(list_models.request(limit=3))).request.query)


class TestLimits:
    def test_no_more_is_asked_for_than_is_allowed_and_still_needed(self) -> None:
        limit = document()["operations"]["list_models"]["parameters"]["limit"]["schema"]
        assert query_of(step()) == {"limit": str(limit["maximum"])}
        for size, most, sent in ((7, None, 7), (None, 3, 3), (7, 3, 3), (2, 3, 2), (1, None, 1)):
            assert query_of(step(limit=size, max_items=most)) == {"limit": str(sent)}

    @pytest.mark.parametrize("case", CASES["limits"])
    def test_a_limit_is_sent_where_it_is_known_to_be_allowed(self, case: list[Any]) -> None:
        largest, smallest, default, remaining, limit, *accepted = case
        assert PageSize(largest, smallest, default, *accepted).limit(remaining) == limit

    def test_no_limit_is_sent_where_the_document_has_none(self) -> None:
        assert query_of(step()._replace(page_size=PageSize(None))) == {}

    def test_the_limit_of_a_request_is_kept_where_the_document_has_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        changed = copy.deepcopy(document())
        changed["operations"]["list_models"]["limit"] = None
        monkeypatch.setattr("anthropic_models._core.pagination.document", lambda: changed)
        assert query_of(step(max_items=2)) == {"limit": "3"}

    @pytest.mark.parametrize(("given", "size"), [("50.0", 50), ("50", 50), ("5.5", None)])
    def test_a_limit_may_be_a_number(self, given: str, size: int | None) -> None:
        request = evolve(list_models.request(), query=(("limit", given),))
        page_size = first_page_request(request, max_items=None).page_size
        assert (page_size and page_size.requested) == size


class TestCursors:
    def test_a_listing_goes_on_after_the_last_id(self) -> None:
        second = after(step(limit=2), content("a", "b"))
        assert query_of(second) == {"after_id": "b", "limit": "2"}
        assert second.next_request(content("c", has_more=False)) is None

    def test_backwards_it_goes_on_before_the_first_id_nearest_first(self) -> None:
        first = step(before_id="z", limit=2, max_items=3)
        assert query_of(first) == {"before_id": "z", "limit": "2"}
        assert first.items(["x", "y"]) == ["y", "x"]
        second = after(first, content("x", "y"))
        assert query_of(second) == {"before_id": "x", "limit": "1"}
        assert second.items(["v", "w"]) == ["w"], "even if the API gives more than was asked for"
        assert second.next_request(content("v", "w")) is None, "max_items is reached"

    @pytest.mark.parametrize(
        ("arguments", "page", "says"),
        [
            ({}, content(), "the API reports more items, but the page is empty"),
            ({}, content("a", last_id=None), "more items, but last_id is None"),
            ({}, content("a", last_id=""), "more items, but last_id is ''"),
            ({}, content("a", last_id="\ud800"), "but last_id is '.ud800'"),
            ({"before_id": "z"}, content("a", first_id=None), "but first_id is None"),
            ({"after_id": "a"}, content("a"), "^pagination loop: last_id 'a' repeats an earlier"),
            ({"before_id": "a"}, content("a"), "^pagination loop: first_id 'a' repeats"),
        ],
    )
    def test_more_items_without_a_cursor_to_them_is_an_error(
        self, arguments: dict[str, str], page: PageContent, says: str
    ) -> None:
        with pytest.raises(PaginationError, match=says):
            step(**arguments).next_request(page)

    @pytest.mark.parametrize("cursors", ["aa", "aba", "abcb", "abca"])
    @pytest.mark.parametrize("is_given", [False, True], ids=["of a page", "of the caller"])
    def test_a_loop_is_noticed_at_its_first_repetition(self, cursors: str, is_given: bool) -> None:
        first, pages = step(), [content(cursor) for cursor in cursors]
        if is_given:
            first = step(after_id=cursors[0])
            del pages[0]
        last = after(first, *pages[:-1])
        with pytest.raises(PaginationError, match=f"pagination loop: last_id '{cursors[-1]}'"):
            last.next_request(pages[-1])

    def test_a_page_may_be_taken_twice(self) -> None:
        first = step()
        second = after(first, content("a"))
        assert second == first.next_request(content("a"))
        assert second.next_request(content("b")) == second.next_request(content("b")) is not None


class TestResume:
    @pytest.mark.parametrize(
        ("arguments", "ids", "resume"),
        [
            ({}, "a", {"after_id": "a"}),
            ({"max_items": 5}, "ab", {"after_id": "b", "max_items": 3}),
            ({"before_id": "z", "max_items": 5}, "xy", {"before_id": "x", "max_items": 3}),
        ],
    )
    def test_a_failure_says_where_to_resume(
        self, arguments: dict[str, Any], ids: str, resume: dict[str, object]
    ) -> None:
        second = after(step(**arguments), content(*ids))
        error = resumable_error(APIConnectionError("lost"), second, call_of())
        assert error.resume == resume

    def test_the_first_page_has_nothing_to_resume_but_its_cursor(self) -> None:
        assert step(max_items=7).resume is None
        assert step(after_id="a", max_items=7).resume == {"after_id": "a", "max_items": 7}

    def test_it_is_masked(self) -> None:
        second = after(step(), content(KEY))
        error = resumable_error(PaginationError("loop", body={"data": [KEY]}), second, call_of())
        assert error.resume == {"after_id": "<secret>"}
        assert KEY not in str(error) + repr(vars(error))


class TestContent:
    def test_of_a_page_by_id_and_of_one_by_token(self) -> None:
        by_id = SimpleNamespace(data=["a"], has_more=True, first_id="a", last_id="a")
        assert PageContent.of(by_id) == PageContent(["a"], True, "a", "a", None)
        by_token = SimpleNamespace(data=["a"], next_page="t")
        assert PageContent.of(by_token) == PageContent(["a"], True, None, None, "t")
        assert not PageContent.of(SimpleNamespace(data=["a"], next_page=None)).has_more
        for no_page in (None, object(), SimpleNamespace(data="x")):
            assert PageContent.of(no_page) == PageContent([], False, None, None, None)

    def test_of_a_response_without_content_is_an_empty_page(self) -> None:
        info = ResponseInfo(204, httpx.Headers(), None, 0, 0.1)
        page: BasePage[Any] = BasePage(APIResponse(None, info), step())
        assert (page.data, page.to_dict(), page.has_next_page()) == ([], {}, False)

    @pytest.mark.parametrize(
        ("cursor", "text"),
        [
            (datetime(2025, 5, 14, 12, tzinfo=UTC), "2025-05-14T12:00:00+00:00"),
            (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
            (7, "7"),
            (UNSET, None),
        ],
    )
    def test_a_cursor_is_the_text_of_its_json_value(self, cursor: Any, text: str | None) -> None:
        by_id = SimpleNamespace(data=["a"], has_more=True, first_id=cursor, last_id=cursor)
        by_token = SimpleNamespace(data=["a"], next_page=cursor)
        assert PageContent.of(by_id)[2:] == (text, text, None)
        assert PageContent.of(by_token)[1:] == (text is not None, None, None, text)

    def test_of_both_shapes_is_paginated_by_the_one_of_the_operation(self) -> None:
        last = content("a", has_more=False, next_page="t")
        assert step().next_request(last) is None
        assert after(step()._replace(parameter="page"), last).cursor == "t"


@pytest.mark.parametrize(
    ("arguments", "kind", "says"),
    [
        *CASES["refused"],
        ({"before_id": "\ud800"}, "ValueError", r"^before_id must .*, not '\\ud800'$"),
    ],
)
def test_wrong_arguments_are_refused(arguments: dict[str, Any], kind: str, says: str) -> None:
    with pytest.raises(getattr(builtins, kind), match=says):
        step(**arguments)


def test_what_is_no_page_is_not_paginated() -> None:
    request: Request[Any] = Request("GET", "/v1/new")
    with pytest.raises(ValueError, match=r"GET /v1/new cannot be paginated: .*send\(\)"):
        first_page_request(request, max_items=None)


def test_an_extra_query_goes_along_to_every_page_but_has_no_parameter_of_the_listing() -> None:
    def call(**query: str) -> Any:
        options = Secret[Any]({"extra_query": query})
        return build_listing_call(settings_of(api_key=KEY), list_models.request(), options)

    second = after(step(limit=5), content("a"))
    assert second.apply_to(call(x="1")).build_request().url.query == b"after_id=a&limit=5&x=1"
    for name in ("limit", "after_id", "before_id"):
        with pytest.raises(ValueError, match=f"^{name} is an argument of the request"):
            call(**{name: "3"})
