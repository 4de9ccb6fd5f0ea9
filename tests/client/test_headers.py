"""Headers and query: what is sent, and what wins over what."""

import datetime
import platform
import string
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Any

import httpx
import pytest
from anthropic_models import ArgumentError, KnownAnthropicBeta, Request, __version__
from anthropic_models._core.headers import checked_betas, checked_headers, merged_headers
from anthropic_models_generated.api.models import list_models

from tests.support.calls import call_of, sent, settings_of
from tests.support.scripted_server import Scripted, page, respond
from tests.support.sync_and_async import KEY, Shell

DATE = datetime.date(2027, 1, 1)  # which its text alone would not tell from a string


class Mine(StrEnum):
    """An enumeration of the caller's."""

    NEXT = "next"


CONTEXT_1M = KnownAnthropicBeta.CONTEXT_1M_2025_08_07


def test_the_defaults_arrive(shell: Shell, scripted: Scripted) -> None:
    server = scripted(respond(page()))
    with shell.client(server.base_url + "/gateway/anthropic/", betas=CONTEXT_1M) as client:
        client.models.list(limit=5, betas=["b"], extra_headers={"X-Mine": ""})
    (request,) = server.requests
    assert request.target == "/gateway/anthropic/v1/models?limit=5"
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert request.headers["x-api-key"] == KEY
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "gzip"
    assert request.headers["user-agent"] == (
        f"anthropic-models-client/{__version__} python/{platform.python_version()} "
        f"httpx/{httpx.__version__}"
    )
    assert request.headers["anthropic-beta"] == "context-1m-2025-08-07,b"
    assert request.headers["x-mine"] == ""
    assert "authorization" not in request.headers


def test_a_later_layer_wins_whatever_its_case_and_none_removes() -> None:
    layers: list[dict[str, str | None]] = [
        {"A": "1", "b": "1"},
        {"a": None},
        {"B": "2"},
        {"A": "3"},
    ]
    assert merged_headers(*layers) == {"a": "3", "b": "2"}
    assert merged_headers(*layers[:3]) == {"a": None, "b": "2"}


@pytest.mark.parametrize("name", ["User-Agent", "accept", "Accept-Encoding", "X-API-Key"])
def test_none_removes_any_default(name: str) -> None:
    assert name in sent()
    assert name not in sent(extra_headers={name: None})
    assert name not in sent(client={"default_headers": {name: None}})


VERSION = "anthropic-version"


@pytest.mark.parametrize(
    ("client", "request_", "call", "expected"),
    [
        ({}, {}, {}, "2023-06-01"),
        ({"Anthropic-Version": "client"}, {}, {}, "client"),
        ({VERSION: "client"}, {"anthropic_version": "request"}, {}, "request"),
        (
            {VERSION: "client"},
            {"anthropic_version": "request"},
            {"ANTHROPIC-VERSION": "call"},
            "call",
        ),
        ({}, {"anthropic_version": "request"}, {VERSION: None}, None),
        ({VERSION: None}, {}, {}, None),
        ({VERSION: None}, {}, {VERSION: "call"}, "call"),
    ],
)
def test_the_call_wins_over_the_request_over_the_client_over_the_document(
    client: dict[str, Any], request_: dict[str, Any], call: dict[str, Any], expected: str | None
) -> None:
    headers = sent(
        list_models.request(**request_), {"default_headers": client}, extra_headers=call
    )
    assert headers.get(VERSION) == expected


def test_a_request_written_by_hand_has_the_defaults_of_the_document_too() -> None:
    headers = sent(Request("POST", "/v1/new", headers={"Accept": "text/plain"}, body=b"x"))
    assert headers[VERSION] == "2023-06-01"
    assert headers["accept"] == "text/plain"
    assert headers["content-length"] == "1"


class TestBetas:
    @pytest.mark.parametrize(
        ("client", "request_", "call", "expected"),
        [
            (None, None, None, None),
            ([], None, [], None),
            (["a"], None, [], "a"),
            (None, None, "abc", "abc"),
            (None, None, ["not-yet-known", CONTEXT_1M], "not-yet-known,context-1m-2025-08-07"),
            (["a", "b"], "c, b,", ["d", "c", "a"], "a,b,c,d"),
            ([CONTEXT_1M], None, ["context-1m-2025-08-07"], "context-1m-2025-08-07"),
            (("a",), None, (beta for beta in ("c",)), "a,c"),
            (Mine.NEXT, None, None, "next"),
        ],
    )
    def test_of_client_request_and_call_are_united_in_order(
        self, client: Any, request_: str | None, call: Any, expected: str | None
    ) -> None:
        given: dict[str, Any] = {} if request_ is None else {"anthropic_beta": request_}
        headers = sent(list_models.request(**given), {"betas": client}, betas=call)
        assert headers.get("anthropic-beta") == expected

    def test_are_united_for_an_operation_that_does_not_list_the_header(self) -> None:
        headers = sent(Request("GET", "/v1/new"), {"betas": ["a"]}, betas=["b"])
        assert headers["anthropic-beta"] == "a,b"

    @pytest.mark.parametrize("value", [None, "", ","])
    def test_in_a_default_header_come_first_and_may_be_none(self, value: str | None) -> None:
        defaults = {"Anthropic-Beta": "a, b,", "anthropic-beta": "c,a"}
        options = {"default_headers": defaults, "betas": ["b", "d"]}
        assert sent(client=options, betas=["e"])["anthropic-beta"] == "a,b,c,d,e"
        nothing = {"default_headers": {"Anthropic-Beta": value}}
        assert "anthropic-beta" not in sent(client=nothing)
        assert sent(client=nothing, betas=["a"])["anthropic-beta"] == "a"

    @pytest.mark.parametrize("value", ["exactly, this", None])
    def test_in_an_extra_header_are_sent_as_they_are(self, value: str | None) -> None:
        headers = sent(
            client={"betas": ["a"]}, betas=["b"], extra_headers={"Anthropic-Beta": value}
        )
        assert headers.get("anthropic-beta") == value

    @pytest.mark.parametrize("beta", ["a,b", "a b", "a\n", "", " a", "a\x00", "ä"])
    def test_that_would_become_something_else_on_the_wire_are_refused(self, beta: str) -> None:
        for betas in (beta, [beta], ["fine", beta]):
            with pytest.raises(ArgumentError) as caught:
                checked_betas(betas)
            assert str(caught.value) == (
                "betas must be in ASCII, without commas, spaces and line breaks, "
                f"unlike {beta!r}; give several betas as a list"
            )

    def test_in_a_default_header_are_checked_as_soon_as_they_are_given(self) -> None:
        with pytest.raises(ArgumentError, match="unlike 'a b'"):
            settings_of(api_key=KEY, default_headers={"Anthropic-Beta": "fine, a b"})

    @pytest.mark.parametrize("betas", [7, [7], [None], [b"a"], [DATE]])
    def test_that_are_no_text_are_refused(self, betas: Any) -> None:
        with pytest.raises(TypeError, match="KnownAnthropicBeta"):
            checked_betas(betas)


@pytest.mark.parametrize(
    ("headers", "error", "says"),
    [
        ({"a b": "x"}, ValueError, "'a b' is not a valid header name"),
        ({"": "x"}, ValueError, "'' is not a valid header name"),
        ({"a": "line\r\nbreak"}, ValueError, "'a' has invalid characters in its value"),
        ({"a": 7}, TypeError, "names to strings"),
        ({7: "a"}, TypeError, "names to strings"),
        ([("a", "b")], TypeError, "names to strings"),
        ({"Content-Length": "5"}, ValueError, "is managed by the HTTP client"),
        ({"transfer-encoding": None}, ValueError, "is managed by the HTTP client"),
        ({"Connection": "close"}, ValueError, "is managed by the HTTP client"),
        ({"keep-alive": "timeout=5"}, ValueError, "is managed by the HTTP client"),
        ({"Upgrade": "h2c"}, ValueError, "is managed by the HTTP client"),
        ({"Host": None}, ValueError, "is managed by the HTTP client"),
    ],
)
def test_headers_that_cannot_be_sent_are_refused(
    headers: Any, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=f"^default_headers:? .*{says}"):
        settings_of(api_key=KEY, default_headers=headers)
    with pytest.raises(error, match=f"^extra_headers:? .*{says}") as caught:
        call_of(extra_headers=headers)
    assert "break" not in str(caught.value), "a value may be a credential"


VISIBLE = {chr(code) for code in range(0x21, 0x7F)}
IN_A_NAME = {*string.ascii_letters, *string.digits, *"!#$%&'*+-.^_`|~"}  # RFC 9110, 5.6.2


CHECKS: list[tuple[Callable[[str], object], set[str]]] = [
    (lambda char: checked_headers({char: "1"}, ""), IN_A_NAME),
    (lambda char: checked_headers({f"x{char}x": "1"}, ""), IN_A_NAME),
    (lambda char: checked_headers({"x": char}, ""), VISIBLE),
    (lambda char: checked_headers({"x": f"{char}x"}, ""), VISIBLE),
    (lambda char: checked_headers({"x": f"x{char}"}, ""), VISIBLE),
    (lambda char: checked_headers({"x": f"x{char}x"}, ""), VISIBLE | {" ", "\t"}),
    (lambda char: checked_betas(char), VISIBLE - {","}),
    (lambda char: checked_betas(f"x{char}x"), VISIBLE - {","}),
    (lambda char: settings_of(api_key=char), VISIBLE),
    (lambda char: settings_of(api_key=f"x{char}x"), VISIBLE | {" "}),
]


@pytest.mark.parametrize(("check", "allowed"), CHECKS)
def test_exactly_the_characters_that_can_be_sent_are_taken(
    check: Callable[[str], object], allowed: set[str]
) -> None:
    taken: set[str] = set()
    for char in map(chr, range(0x180)):
        with suppress(ValueError):
            check(char)
            taken.add(char)
    assert taken == allowed


class TestQuery:
    @pytest.mark.parametrize(
        ("extra", "target"),
        [
            (None, "/v1/models?after_id=a%26b%3D%C3%BC+%2F%23%3F&limit=5"),
            ({"limit": 7}, "/v1/models?after_id=a%26b%3D%C3%BC+%2F%23%3F&limit=7"),
            ({"limit": None, "after_id": None}, "/v1/models"),
            (
                {"limit": None, "after_id": "b", "x": [1, True, "é"]},
                "/v1/models?after_id=b&x=1&x=true&x=%C3%A9",
            ),
        ],
    )
    def test_of_the_call_replaces_that_of_the_request(
        self, extra: dict[str, Any] | None, target: str
    ) -> None:
        request = list_models.request(after_id="a&b=ü /#?", limit=5)
        built = call_of(request, extra_query=extra).build_request()
        assert built.url.raw_path.decode() == target

    @pytest.mark.parametrize(
        ("query", "error", "says"),
        [
            ([("a", "b")], TypeError, "^extra_query must map names"),
            ({7: "a"}, TypeError, "strings as names, not 7$"),
            ({DATE: "a"}, TypeError, "strings as names, not datetime.date"),
            ({"a": "\ud800"}, ValueError, "^extra_query: 'a' .* cannot be sent in a URL$"),
            ({"a": ["b", "\ud800"]}, ValueError, "cannot be sent in a URL$"),
            ({"\ud800": "a"}, ValueError, "cannot be sent in a URL$"),
        ],
    )
    def test_that_cannot_be_sent_is_refused(
        self, query: Any, error: type[Exception], says: str
    ) -> None:
        with pytest.raises(error, match=says):
            call_of(extra_query=query)


@pytest.mark.parametrize("path", ["v1/models", "/v1/../x", "/v1/.", "/v1?x=1", "/v1#x"])
def test_a_path_that_would_name_another_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="the path of a request must"):
        call_of(Request("GET", path))


def test_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'no_such'"):
        call_of(no_such=1)


def test_what_a_caller_changes_later_does_not_change_a_call() -> None:
    query, headers, betas = {"x": ["1"]}, {"X-Mine": "1"}, ["a"]
    call = call_of(extra_query=query, extra_headers=headers, betas=betas)
    query["x"].append("2")
    headers["X-Mine"] = "2"
    betas.append("b")
    built = call.build_request()
    assert built.url.query == b"x=1"
    assert (built.headers["x-mine"], built.headers["anthropic-beta"]) == ("1", "a")
