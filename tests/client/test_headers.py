"""Headers and query: what is sent, and what wins over what."""

import builtins
import datetime
import platform
import string
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Any

import httpx
import pytest
from anthropic_models import (
    ArgumentError,
    KnownAnthropicBeta,
    Request,
    SuccessResponse,
    __version__,
)
from anthropic_models._core.headers import checked_betas, checked_headers
from anthropic_models_generated.api.models import list_models

from generator.documents import read_yaml
from tests.support.core_calls import call_of, sent, settings_of
from tests.support.scripted_server import Scripted, page, respond
from tests.support.sync_and_async import KEY, Shell

CASES = read_yaml(Path(__file__).with_name("data") / "headers.yaml")
CONTEXT_1M = KnownAnthropicBeta.CONTEXT_1M_2025_08_07
DATE = datetime.date(2027, 1, 1)  # which its text alone would not tell from a string


class Mine(str, Enum):  # noqa: UP042 - of which str() is not the value
    """An enumeration of the caller's."""

    NEXT = "next"


def test_the_defaults_arrive(shell: Shell, scripted: Scripted) -> None:
    server = scripted(respond(page()))
    with shell.client(server.base_url + "/gateway/anthropic/", betas=CONTEXT_1M) as client:
        client.models.list(limit=5, betas=["b"], extra_headers={"X-Mine": ""})
    (request,) = server.requests
    assert request.target == "/gateway/anthropic/v1/models?limit=5"
    expected = {
        "anthropic-version": "2023-06-01",
        "x-api-key": KEY,
        "accept": "application/json",
        "accept-encoding": "gzip",
        "user-agent": f"anthropic-models-client/{__version__} "
        f"python/{platform.python_version()} httpx/{httpx.__version__}",
        "anthropic-beta": "context-1m-2025-08-07,b",
        "x-mine": "",
    }
    assert expected.items() <= request.headers.items()
    assert "authorization" not in request.headers


@pytest.mark.parametrize("name", ["User-Agent", "accept", "Accept-Encoding", "X-API-Key"])
def test_none_removes_any_default(name: str) -> None:
    assert name in sent()
    assert name not in sent(extra_headers={name: None})
    assert name not in sent(client={"default_headers": {name: None}})


@pytest.mark.parametrize(("client", "request_", "call", "expected"), CASES["versions"])
def test_the_call_wins_over_the_request_over_the_client_over_the_document(
    client: str | None, request_: str | None, call: str | None, expected: str | None
) -> None:
    def given(name: str, value: str | None) -> dict[str, Any]:
        return {} if value == "-" else {name: value}

    headers = sent(
        list_models.request(**given("anthropic_version", request_)),
        {"default_headers": given("Anthropic-Version", client)},
        extra_headers=given("ANTHROPIC-VERSION", call),
    )
    assert headers.get("anthropic-version") == expected


def test_a_request_written_by_hand_has_the_defaults_of_the_document_too() -> None:
    request: Request[Any] = Request("POST", "/v1/new", headers={"Accept": "text/plain"}, body=b"x")
    headers = sent(request, {"betas": ["a"]}, betas=["b"])
    assert (headers["anthropic-version"], headers["anthropic-beta"]) == ("2023-06-01", "a,b")
    assert (headers["accept"], headers["content-length"]) == ("text/plain", "1")


@pytest.mark.parametrize(
    ("contents", "accepted"),
    [
        (["json"], "application/json"),
        (["json", "none"], "application/json"),
        (["bytes"], "*/*"),
        (["json", "text"], "*/*"),
    ],
)
def test_any_content_is_accepted_where_a_success_is_not_json(
    contents: list[Any], accepted: str
) -> None:
    responses = tuple(SuccessResponse[Any]("2XX", content, repr) for content in contents)
    request: Request[Any] = Request("GET", "/v1/new", responses=responses)
    assert sent(request)["accept"] == accepted
    assert sent(request, {"default_headers": {"Accept": "text/csv"}})["accept"] == "text/csv"
    assert "accept" not in sent(request, extra_headers={"Accept": None})


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

    @pytest.mark.parametrize(
        ("given", "client", "call", "expected"),
        [
            ({}, {}, {}, "b,c"),
            ({}, {"betas": ["a", "c"]}, {"betas": ["b", "d"]}, "a,c,b,d"),
            ({}, {"default_headers": {"Anthropic-Beta": "a"}}, {}, "a,b,c"),
            ({"anthropic-beta": "d"}, {"betas": ["a"]}, {}, "a,d"),
            ({}, {"default_headers": {"Anthropic-Beta": None}}, {"betas": ["d"]}, "d"),
            ({}, {}, {"extra_headers": {"Anthropic-Beta": None}}, None),
        ],
    )
    def test_that_are_a_default_of_the_document_are_those_of_a_request_without(
        self,
        given: dict[str, str],
        client: dict[str, Any],
        call: dict[str, Any],
        expected: str | None,
    ) -> None:
        defaults = {"Anthropic-Beta": "b, c"}
        request: Request[Any] = Request("GET", "/v1/x", headers=given, default_headers=defaults)
        assert sent(request, client, **call).get("anthropic-beta") == expected

    def test_in_a_default_header_come_first_and_may_be_none(self) -> None:
        defaults = {"Anthropic-Beta": "a, b,", "anthropic-beta": "c,a"}
        options = {"default_headers": defaults, "betas": ["b", "d"]}
        assert sent(client=options, betas=["e"])["anthropic-beta"] == "a,b,c,d,e"
        for value in (None, "", ","):
            nothing = {"default_headers": {"Anthropic-Beta": value}}
            assert "anthropic-beta" not in sent(client=nothing)
            assert sent(client=nothing, betas=["a"])["anthropic-beta"] == "a"

    @pytest.mark.parametrize("value", ["exactly, this", None])
    def test_in_an_extra_header_are_sent_as_they_are(self, value: str | None) -> None:
        extra = {"Anthropic-Beta": value}
        headers = sent(client={"betas": ["a"]}, betas=["b"], extra_headers=extra)
        assert headers.get("anthropic-beta") == value

    def test_that_would_become_something_else_on_the_wire_are_refused(self) -> None:
        with pytest.raises(ArgumentError) as caught:
            checked_betas(["fine", "a,b"])
        assert str(caught.value) == (
            "betas must be in ASCII, without commas, spaces and line breaks, "
            "unlike 'a,b'; give several betas as a list"
        )
        with pytest.raises(ArgumentError, match="unlike 'a b'"):
            settings_of(api_key=KEY, default_headers={"Anthropic-Beta": "fine, a b"})

    @pytest.mark.parametrize("betas", [7, [7], [None], [b"a"], [DATE]])
    def test_that_are_no_text_are_refused(self, betas: Any) -> None:
        with pytest.raises(TypeError, match="KnownAnthropicBeta"):
            checked_betas(betas)


@pytest.mark.parametrize(
    ("headers", "kind", "says"), [*CASES["refused"], ({7: "a"}, "TypeError", "names to strings")]
)
def test_headers_that_cannot_be_sent_are_refused(headers: Any, kind: str, says: str) -> None:
    with pytest.raises(getattr(builtins, kind), match=f"^default_headers:? .*{says}"):
        settings_of(api_key=KEY, default_headers=headers)
    with pytest.raises(getattr(builtins, kind), match=f"^extra_headers:? .*{says}") as caught:
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
def test_just_what_can_be_sent_is_taken(check: Callable[[str], object], allowed: set[str]) -> None:
    taken: set[str] = set()
    for char in map(chr, range(0x180)):
        with suppress(ValueError):
            check(char)
            taken.add(char)
    assert taken == allowed


@pytest.mark.parametrize(("extra", "target"), CASES["queries"])
def test_the_query_of_the_call_replaces_another(extra: dict[str, Any] | None, target: str) -> None:
    request = list_models.request(after_id="a&b=ü /#?", limit=5)
    built = call_of(request, extra_query=extra).build_request()
    assert built.url.raw_path.decode() == target


@pytest.mark.parametrize(
    ("query", "kind", "says"),
    [
        ([("a", "b")], TypeError, "^extra_query must map names"),
        ({DATE: "a"}, TypeError, "strings as names, not datetime.date"),
        ({"a": ["b", "\ud800"]}, ValueError, "^extra_query: 'a' .* cannot be sent in a URL$"),
        ({"\ud800": "a"}, ValueError, "cannot be sent in a URL$"),
    ],
)
def test_a_query_no_url_can_hold_is_refused(query: Any, kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says):
        call_of(extra_query=query)


@pytest.mark.parametrize("path", ["v1/models", "/v1/../x", "/v1/.", "/v1?x=1", "/v1#x"])
def test_a_path_that_would_name_another_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="the path of a request must"):
        call_of(Request("GET", path))


def test_what_a_caller_changes_later_does_not_change_a_call() -> None:
    query, headers, betas = {"x": ["1"]}, {"X-Mine": "1"}, ["a"]
    call = call_of(extra_query=query, extra_headers=headers, betas=betas)
    query["x"].append("2")
    headers["X-Mine"] = "2"
    betas.append("b")
    built = call.build_request()
    assert built.url.query == b"x=1"
    assert (built.headers["x-mine"], built.headers["anthropic-beta"]) == ("1", "a")
