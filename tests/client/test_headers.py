"""Header defaults: what is sent, and who wins."""

import datetime
import platform
import string
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from typing import Any

import httpx
import pytest
from anthropic_models import Client, KnownAnthropicBeta, __version__

from tests.support.scripted_server import Request, Scripted, answer, page
from tests.support.shells import KEY, AnyClient, Shell

DATE = datetime.date(2027, 1, 1)  # which its text alone would not tell from a string
CONTEXT_1M = KnownAnthropicBeta.CONTEXT_1M_2025_08_07


def sent(
    shell: Shell, scripted: Scripted, call: dict[str, Any] | None = None, **client: Any
) -> dict[str, str]:
    """The headers that arrive when a client lists."""
    server = scripted(answer(page()))
    with shell.client(server.base_url, **client) as face:
        face.list(**(call or {}))
    return only(server.requests).headers


def only(requests: list[Request]) -> Request:
    (request,) = requests
    return request


def test_the_defaults_are_sent(shell: Shell, scripted: Scripted) -> None:
    headers = sent(shell, scripted)
    assert headers["anthropic-version"] == "2023-06-01"
    assert headers["x-api-key"] == KEY
    assert headers["accept"] == "application/json"
    assert headers["accept-encoding"] == "gzip"
    assert headers["user-agent"] == (
        f"anthropic-models-client/{__version__} python/{platform.python_version()} "
        f"httpx/{httpx.__version__}"
    )
    assert "anthropic-beta" not in headers
    assert "authorization" not in headers


def test_a_token_is_sent_as_bearer_instead_of_the_key(shell: Shell, scripted: Scripted) -> None:
    headers = sent(shell, scripted, api_key=None, auth_token="token-1")
    assert headers["authorization"] == "Bearer token-1"
    assert "x-api-key" not in headers


@pytest.mark.parametrize(
    ("client", "call", "expected"),
    [
        ({}, {}, "2023-06-01"),
        ({"Anthropic-Version": "2024-01-01"}, {}, "2024-01-01"),
        ({"Anthropic-Version": "2024-01-01"}, {"ANTHROPIC-VERSION": "2025-01-01"}, "2025-01-01"),
        ({}, {"anthropic-version": None}, None),
        ({"anthropic-version": None}, {}, None),
        ({"anthropic-version": None}, {"anthropic-version": "2025-01-01"}, "2025-01-01"),
        ({"anthropic-version": None}, {"Anthropic-Version": "2025-01-01"}, "2025-01-01"),
    ],
)
def test_the_call_wins_over_the_client_and_the_client_over_the_default(
    shell: Shell,
    scripted: Scripted,
    client: dict[str, str | None],
    call: dict[str, str | None],
    expected: str | None,
) -> None:
    headers = sent(shell, scripted, {"extra_headers": call}, default_headers=client)
    assert headers.get("anthropic-version") == expected


@pytest.mark.parametrize("name", ["User-Agent", "accept", "Accept-Encoding", "X-API-Key"])
def test_none_removes_any_default(shell: Shell, scripted: Scripted, name: str) -> None:
    assert name.lower() not in sent(shell, scripted, {"extra_headers": {name: None}})
    assert name.lower() not in sent(shell, scripted, default_headers={name: None})


def test_a_header_of_ones_own_is_sent(shell: Shell, scripted: Scripted) -> None:
    call = {"extra_headers": {"X-Call": "2"}}
    headers = sent(shell, scripted, call, default_headers={"X-Client": "1"})
    assert (headers["x-client"], headers["x-call"]) == ("1", "2")


@pytest.mark.parametrize(
    ("client", "call", "expected"),
    [
        (None, None, None),
        ([], [], None),
        (None, [CONTEXT_1M], "context-1m-2025-08-07"),
        (None, ["not-yet-known-2027-01-01", CONTEXT_1M], "not-yet-known-2027-01-01,context-1m-2025-08-07"),  # noqa: E501
        (None, "abc", "abc"),
        ("abc", None, "abc"),
        (CONTEXT_1M, None, "context-1m-2025-08-07"),
        (["a", "b"], ["c", "b", "d"], "a,b,c,d"),
        (["a"], ["a"], "a"),
        ([CONTEXT_1M], ["context-1m-2025-08-07"], "context-1m-2025-08-07"),
        (("a", "b"), (beta for beta in ("c",)), "a,b,c"),
        (["a"], [], "a"),
    ],
)  # fmt: skip
def test_betas_of_client_and_call_are_united_in_order(
    scripted: Scripted, client: Any, call: Any, expected: str | None
) -> None:
    headers = sent(Shell("sync"), scripted, {"betas": call}, betas=client)
    assert headers.get("anthropic-beta") == expected


def test_betas_given_as_a_default_header_unite_with_the_others(
    shell: Shell, scripted: Scripted
) -> None:
    defaults = {"Anthropic-Beta": "a, b,"}
    headers = sent(shell, scripted, {"betas": ["c"]}, default_headers=defaults, betas=["b", "d"])
    assert headers["anthropic-beta"] == "a,b,d,c"


def test_betas_of_two_default_headers_that_differ_in_case_are_united(
    shell: Shell, scripted: Scripted
) -> None:
    defaults = {"Anthropic-Beta": "a,b", "anthropic-beta": "c,a"}
    assert sent(shell, scripted, default_headers=defaults)["anthropic-beta"] == "a,b,c"


def test_no_betas_as_a_default_header_are_none(shell: Shell, scripted: Scripted) -> None:
    for nothing in (None, "", ","):
        defaults = {"Anthropic-Beta": nothing}
        assert "anthropic-beta" not in sent(shell, scripted, default_headers=defaults)


def test_betas_given_as_an_extra_header_are_sent_as_they_are(
    shell: Shell, scripted: Scripted
) -> None:
    call = {"extra_headers": {"anthropic-beta": "exactly-this"}}
    assert sent(shell, scripted, call, betas=["a"])["anthropic-beta"] == "exactly-this"


@pytest.mark.parametrize("beta", ["a,b", "a b", "a\n", "", " a", "a\x00", "ä"])
def test_a_beta_that_would_become_something_else_on_the_wire_is_refused(beta: str) -> None:
    for betas in (beta, [beta], ["fine", beta]):
        with pytest.raises(ValueError, match="cannot be a beta") as caught:
            Client(api_key=KEY, betas=betas)
        assert str(caught.value).startswith(f"{beta!r} cannot be a beta")


def test_betas_in_a_default_header_are_checked_as_soon_as_they_are_given() -> None:
    headers = {"Anthropic-Beta": "fine, a b"}
    with pytest.raises(ValueError, match=r"^'a b' cannot be a beta"):
        Client(api_key=KEY, default_headers=headers)
    with (
        Client(api_key=KEY) as client,
        pytest.raises(ValueError, match=r"^'a b' cannot be a beta"),
    ):
        client.with_options(default_headers=headers)


@pytest.mark.parametrize(
    ("betas", "says"),
    [
        (7, "not iterable"),
        ([7], "a beta must be a string or a KnownAnthropicBeta, not 7"),
        ([None], "a beta must be a string or a KnownAnthropicBeta, not None"),
        ([b"a"], "a beta must be a string or a KnownAnthropicBeta, not b'a'"),
        ([DATE], "a beta must be a string or a KnownAnthropicBeta, not datetime.date"),
    ],
)
def test_a_beta_that_is_no_text_is_refused(betas: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        Client(api_key=KEY, betas=betas)


def test_a_beta_of_an_enumeration_of_ones_own_is_sent_as_its_value(
    shell: Shell, scripted: Scripted
) -> None:
    mine = Enum("mine", {"NEXT": "next-2027-01-01"}, type=str)
    headers = sent(shell, scripted, {"betas": [mine["NEXT"]]})
    assert headers["anthropic-beta"] == "next-2027-01-01"


@pytest.mark.parametrize(
    ("headers", "error", "says"),
    [
        ({"a b": "x"}, ValueError, "'a b' cannot be the name of a header"),
        ({"": "x"}, ValueError, "'' cannot be the name of a header"),
        ({"a:": "x"}, ValueError, "'a:' cannot be the name of a header"),
        ({"ä": "x"}, ValueError, "'ä' cannot be the name of a header"),
        ({"a": "line\r\nbreak"}, ValueError, "'a' has characters that no header may hold"),
        ({"a": " x"}, ValueError, "'a' has characters that no header may hold"),
        ({"a": "ü"}, ValueError, "'a' has characters that no header may hold"),
        ({"a": 7}, TypeError, "names to strings"),
        ({7: "a"}, TypeError, "names to strings"),
        ([("a", "b")], TypeError, "names to strings"),
        ({"Content-Length": "5"}, ValueError, "up to the connection"),
        ({"transfer-encoding": None}, ValueError, "up to the connection"),
        ({"Connection": "close"}, ValueError, "up to the connection"),
        ({"keep-alive": "timeout=5"}, ValueError, "up to the connection"),
        ({"Upgrade": "h2c"}, ValueError, "up to the connection"),
        ({"Host": None}, ValueError, "up to the connection"),
    ],
)
def test_headers_that_cannot_be_sent_are_refused(
    headers: Any, error: type[Exception], says: str, shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page()))
    with pytest.raises(error, match=f"^default_headers:? .*{says}"):
        Client(api_key=KEY, default_headers=headers)
    with (
        shell.client(server.base_url) as client,
        pytest.raises(error, match=f"^extra_headers:? .*{says}") as caught,
    ):
        client.inner.models.list(extra_headers=headers)
    assert "break" not in str(caught.value), "a value may be a credential"
    assert server.requests == []


VISIBLE = {chr(code) for code in range(0x21, 0x7F)}
IN_A_NAME = {*string.ascii_letters, *string.digits, *"!#$%&'*+-.^_`|~"}  # RFC 9110, 5.6.2


PLACES: list[tuple[Callable[[str], dict[str, Any]], set[str]]] = [
    (lambda char: {"default_headers": {char: "1"}}, IN_A_NAME),
    (lambda char: {"default_headers": {f"x{char}x": "1"}}, IN_A_NAME),
    (lambda char: {"default_headers": {"x": char}}, VISIBLE),
    (lambda char: {"default_headers": {"x": f"{char}x"}}, VISIBLE),
    (lambda char: {"default_headers": {"x": f"x{char}"}}, VISIBLE),
    (lambda char: {"default_headers": {"x": f"x{char}x"}}, VISIBLE | {" ", "\t"}),
    (lambda char: {"betas": char}, VISIBLE - {","}),
    (lambda char: {"betas": f"x{char}x"}, VISIBLE - {","}),
    (lambda char: {"api_key": char}, VISIBLE),
    (lambda char: {"api_key": f"x{char}x"}, VISIBLE | {" "}),
]


@pytest.mark.parametrize(
    ("option", "allowed"),
    PLACES,
    ids=[
        "name",
        "in a name",
        "value",
        "first in a value",
        "last in a value",
        "in a value",
        "beta",
        "in a beta",
        "key",
        "in a key",
    ],
)
def test_exactly_the_characters_that_can_be_sent_are_taken(
    option: Callable[[str], dict[str, Any]], allowed: set[str]
) -> None:
    taken: set[str] = set()
    with Client(api_key=KEY) as client:
        for char in map(chr, range(0x180)):
            with suppress(ValueError):
                client.with_options(**option(char))
                taken.add(char)
    assert taken == allowed


def test_an_empty_value_is_sent(shell: Shell, scripted: Scripted) -> None:
    assert sent(shell, scripted, default_headers={"X-Mine": ""})["x-mine"] == ""


def test_an_extra_query_parameter_is_sent(shell: Shell, scripted: Scripted) -> None:
    server = scripted(answer(page()))
    with shell.client(server.base_url) as client:
        client.list(extra_query={"lifecycle": ["active", "retired"], "none": None}, limit=5)
    (request,) = server.requests
    assert request.target == "/v1/models?limit=5&lifecycle=active&lifecycle=retired"


def test_cursors_are_quoted(shell: Shell, scripted: Scripted) -> None:
    server = scripted(answer(page()))
    with shell.client(server.base_url) as client:
        client.list(after_id="a&b=ü /#?")
    (request,) = server.requests
    assert request.target == "/v1/models?after_id=a%26b%3D%C3%BC+%2F%23%3F&limit=1000"


def test_a_path_in_the_base_url_is_kept(shell: Shell, scripted: Scripted) -> None:
    server = scripted(answer(page()))
    with shell.client(server.base_url + "/gateway/anthropic/") as client:
        client.list(limit=5)
    (request,) = server.requests
    assert request.target == "/gateway/anthropic/v1/models?limit=5"


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"timeout": 0}, ValueError, "timeout must be a positive number of seconds, not 0$"),
        ({"timeout": "7"}, TypeError, "timeout must be seconds or an httpx.Timeout, not '7'$"),
        ({"max_retries": -1}, ValueError, "max_retries must be 0 or more, not -1$"),
        ({"max_retries": "2"}, TypeError, "max_retries must be an int, not '2'$"),
    ],
)
def test_a_client_is_not_made_with_wrong_arguments(
    arguments: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        Client(api_key=KEY, **arguments)
    with Client(api_key=KEY) as client, pytest.raises(error, match=says):
        client.with_options(**arguments)


class TestOptions:
    def test_what_is_given_replaces_and_what_is_not_given_stays(
        self, shell: Shell, scripted: Scripted
    ) -> None:
        server = scripted(answer(page()))
        with shell.client(server.base_url, betas=["a"], default_headers={"X-A": "1"}) as client:
            changed = client.with_options(betas=["b"], api_key="other-key")
            changed.list()
            client.list()
        other, parent = (request.headers for request in server.requests)
        assert (other["anthropic-beta"], other["x-api-key"], other["x-a"]) == (
            "b",
            "other-key",
            "1",
        )
        assert (parent["anthropic-beta"], parent["x-api-key"]) == ("a", KEY)

    def test_default_headers_can_be_replaced(self, shell: Shell, scripted: Scripted) -> None:
        server = scripted(answer(page()))
        first = {"X-A": "1", "anthropic-beta": "a"}
        with shell.client(server.base_url, default_headers=first) as client:
            client.with_options(default_headers={"X-B": "2", "anthropic-beta": "b"}).list()
        (request,) = server.requests
        assert "x-a" not in request.headers
        assert request.headers["x-b"] == "2"
        assert request.headers["anthropic-beta"] == "b"

    def test_betas_stay_when_other_headers_are_given(
        self, shell: Shell, scripted: Scripted
    ) -> None:
        server = scripted(answer(page()))
        with shell.client(server.base_url, betas=["a"]) as client:
            client.with_options(default_headers={"anthropic-beta": "b"}).list(betas=["c"])
        (request,) = server.requests
        assert request.headers["anthropic-beta"] == "b,a,c"

    def test_a_subclass_keeps_what_it_has_of_its_own(self) -> None:
        class Mine(Client):
            region = "nowhere"

        with Mine(api_key=KEY) as mine:
            mine.region = "here"
            child = mine.with_options(timeout=3)
            assert type(child) is Mine
            assert child.region == "here"

    def test_the_connections_are_shared(self, shell: Shell, scripted: Scripted) -> None:
        server = scripted(answer(page()))
        with shell.client(server.base_url) as client:
            client.list()
            client.with_options(timeout=7).list()
        assert server.connections == 1

    def test_closing_it_leaves_the_parent_open(self, shell: Shell, scripted: Scripted) -> None:
        server = scripted(answer(page()))
        with shell.client(server.base_url) as client:
            child: AnyClient = client.with_options(max_retries=0)
            child.list()
            child.close()
            assert child.inner.is_closed
            assert not client.inner.is_closed
            client.list()
        assert server.connections == 1

    def test_wrong_options_are_refused(self) -> None:
        with Client(api_key=KEY) as client:
            with pytest.raises(ValueError, match="unencrypted"):
                client.with_options(base_url="http://example.com")
            relaxed = client.with_options(base_url="http://example.com", allow_insecure_http=True)
            assert relaxed.base_url == "http://example.com"
            assert relaxed.with_options(timeout=3).base_url == "http://example.com"
