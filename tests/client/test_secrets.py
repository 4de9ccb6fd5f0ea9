"""No credential shows in an error, a log, a repr, a pickle or the locals of our frames."""

import asyncio
import copy
import inspect
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from anthropic_models import (
    AnthropicModelsError,
    APIConnectionError,
    APIResponseValidationError,
    AsyncClient,
    Client,
    PaginationError,
    Request,
)
from anthropic_models._core.attempt_outcome import Failure, RawResponse
from anthropic_models._core.secret import Secret, mask_error, masked, secrets_in
from anthropic_models_generated.api.models import list_models
from hypothesis import given
from hypothesis import strategies as st

from tests.support.core_calls import call_of, played, raw_response, settings_of
from tests.support.scripted_server import Scripted, error, page, respond
from tests.support.sync_and_async import Shell

# As long as a real one, and without a repetition.
UNIQUE = "".join(f"{chr(97 + i // 5)}{i * 37 % 100:02}" for i in range(32)) + "AA"
KEY = f"sk-ant-api03-{UNIQUE}"
PARTS = [UNIQUE[i : i + 8].lower() for i in range(len(UNIQUE) - 7)]
SECRETS = secrets_in({"x-api-key": KEY})
HEADERS = {
    "X-Api-Key": KEY,
    "authorization": f"Bearer {KEY}",
    "Cookie": f"session={KEY}",
    "Proxy-Authorization": KEY,
}


def shows_a_part(text: str) -> bool:
    lowered = text.lower()
    return any(part in lowered for part in PARTS)


def locals_of_ours(error: BaseException) -> Iterator[str]:
    """Yield what tools print of our frames, in the error and in all that it is chained to."""
    link: BaseException | None = error
    while link is not None:
        for frame, line in traceback.walk_tb(link.__traceback__):
            if "/tests/" not in frame.f_code.co_filename:
                held = [getattr(value, "__dict__", None) for value in frame.f_locals.values()]
                yield f"{frame.f_code.co_filename}:{line} {frame.f_locals} {held}"
        yield "".join(traceback.format_exception_only(link))
        link = link.__cause__ or link.__context__


def assert_hidden(error: BaseException) -> None:
    for shown in locals_of_ours(error):
        assert not shows_a_part(shown), shown
    assert not shows_a_part(f"{error} {error!r} {vars(error)!r}")
    assert not shows_a_part(pickle.dumps(error).decode("latin-1"))


def refused(function: Callable[..., Any], *given: Any, **options: Any) -> None:
    """Call a function with something wrong: no frame of the error may hold a credential."""

    async def called() -> None:
        result = function(*given, **options)
        if inspect.isawaitable(result):
            await result

    with pytest.raises((ValueError, TypeError, AttributeError)) as caught:
        asyncio.run(called())
    assert_hidden(caught.value)


KINDS = pytest.mark.parametrize("kind", [Client, AsyncClient])


@KINDS
@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout": -1},
        {"http_client": f"http://user:{KEY}@proxy"},
        {"base_url": f"https://user:{KEY}@host"},
        {"api_key": f"{KEY}\n"},
        {"auth_token": KEY, "api_key": KEY},
        {"default_headers": {**HEADERS, "a b": "1"}},
        {"default_headers": {"X-Api-Key": KEY.encode()}},
        {"default_headers": {**HEADERS, "anthropic-beta": "a b"}},
    ],
)
def test_a_wrong_option_of_a_client_shows_no_credential(
    kind: Any, wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = kind(api_key=KEY, default_headers=HEADERS, base_url="https://host")
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    for right in ({"api_key": KEY, "default_headers": HEADERS}, {"auth_token": KEY}, {}):
        refused(kind, **right | wrong)
        if "http_client" not in wrong:
            refused(client.with_options, **right | wrong)
    monkeypatch.setenv("ANTHROPIC_API_KEY", f"{KEY}\n")
    refused(kind)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", f"user:{KEY}@host")
    refused(kind)


@KINDS
@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout": -1},
        {"no_such": 1},
        {"extra_query": {7: KEY}},
        {"extra_headers": {"X-Api-Key": f"{KEY}\n"}},
        {"extra_headers": {"X-Api-Key": KEY, "Host": None}},
        {"extra_headers": [("x-api-key", KEY)]},
        {"max_items": 0},
        {"after_id": "a", "before_id": "b"},
    ],
)
def test_a_wrong_argument_of_a_call_shows_no_credential(kind: Any, wrong: dict[str, Any]) -> None:
    client = kind(api_key=KEY)
    options = {"extra_headers": HEADERS} | wrong
    by_hand = Request("POST", "/v1/new", headers=HEADERS, default_headers=HEADERS, body=b"x")
    refused(client.models.list, **options)
    for function in (client.send, client.send_detailed, client.paginate):
        for request in (list_models.request(), by_hand):
            refused(function, request, **options)


def test_what_is_no_request_shows_no_credential() -> None:
    right: dict[str, Any] = {"method": "GET", "path": "/x", "headers": HEADERS}
    wrongs: list[dict[str, Any]] = [
        {"method": "GET\r\n"},
        {"path": "/\ud800"},
        {"query": (("a", "\ud800"),)},
        {"headers": {"X-Api-Key": f"é{KEY}"}},
        {"default_headers": {"X-Api-Key": f"{KEY}\n"}},
        {"body": KEY},
    ]
    made: list[Request[Any]] = [Request(**right | wrong) for wrong in wrongs]
    for request in (*made, list_models):
        refused(Client(api_key=KEY).send, request, extra_headers=HEADERS)


QUOTING: list[tuple[Callable[[str], RawResponse | Failure], str]] = [
    (lambda q: raw_response({"error": {"message": f"invalid {q}"}}, status=401), "invalid"),
    (lambda q: raw_response({q: [{q: q}]}, status=400), "400"),
    (lambda q: raw_response(q.encode("utf-16"), status=502), "502"),
    (lambda q: raw_response(q.encode()), "not JSON"),
    (lambda q: raw_response(page("a") | {"has_more": q}), "has_more"),
    (lambda q: raw_response(APIResponseValidationError(f"encoded as {q}")), "encoded as"),
    (lambda q: raw_response({}, status=400, headers={"request-id": q}), "request id"),
    (lambda q: raw_response({}, headers={"request-id": q}), "request id"),
    (lambda q: Failure(APIConnectionError(f"lost: {q}"), retryable=False), "lost"),
]


@pytest.mark.parametrize(("outcome", "says"), QUOTING)
def test_a_key_that_a_server_quotes_anywhere_is_masked_in_errors_and_logs(
    caplog: pytest.LogCaptureFixture, outcome: Callable[[str], RawResponse | Failure], says: str
) -> None:
    caplog.set_level(logging.DEBUG, "anthropic_models")
    call = call_of(client={"api_key": KEY}, max_retries=0)
    # Whole, a part of it, and where a limit of ours cuts it.
    for quote in (KEY, UNIQUE[40:48], "x" * 50 + KEY, "x" * 190 + KEY):
        failure, _ = played(call, outcome(quote))
        assert says in str(failure)
        assert_hidden(failure)
    assert not shows_a_part(caplog.text)


def test_all_shells_mask(
    shell: Shell, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "anthropic_models")
    server = scripted(
        respond(page("a", has_more=True), headers={"request-id": KEY}),
        error(401, "authentication_error", f"invalid {KEY}", headers={"request-id": KEY}),
    )
    with shell.client(server.base_url, api_key=KEY, max_retries=0) as client:
        first = client.models.list()
        assert first.response.headers["request-id"] == KEY, "what came is there"
        assert not shows_a_part(f"{first!r} {first.response!r}")
        models = iter(first)
        next(models)
        with pytest.raises(AnthropicModelsError, match="invalid sk-ant-api03-<secret>") as caught:
            next(models)
    assert_hidden(caught.value)
    assert not shows_a_part(caplog.text)


TOKENS = ['sk-a"b\\c/d-secret', "abc def ghi-secret", "sk-unusual~=+/secret"]


@pytest.mark.parametrize(
    ("client", "quoted"),
    [
        *(({"default_headers": {name: value}}, KEY) for name, value in HEADERS.items()),
        *(({"auth_token": token, "api_key": None}, token) for token in (KEY, *TOKENS)),
    ],
)
def test_a_credential_of_any_kind_is_masked(client: dict[str, Any], quoted: str) -> None:
    quoting = raw_response({"error": {"message": f"invalid {quoted}"}}, status=401)
    failure, _ = played(call_of(client={"api_key": "short"} | client), quoting)
    assert "<secret>" in failure.message
    assert_hidden(failure)
    for text in (str(failure), f"{vars(failure)}"):
        assert quoted not in text
        assert quoted.replace('"', '\\"') not in text


@pytest.mark.parametrize(
    "http",
    [{"headers": {"x-api-key": KEY}}, {"auth": ("user", UNIQUE)}, {"cookies": {"session": KEY}}],
)
def test_a_credential_of_an_injected_client_is_masked(shell: Shell, http: dict[str, Any]) -> None:
    def quote(request: httpx.Request) -> httpx.Response:
        names = ("x-api-key", "authorization", "cookie")
        return httpx.Response(400, text=f"{[request.headers.get(name, '') for name in names]}")

    key = "short-key" if "cookies" in http else None
    http = {"transport": httpx.MockTransport(quote), **http}
    url = "https://api.example"
    assert_hidden(shell.error(url, AnthropicModelsError, "<secret>", http=http, api_key=key))


@pytest.mark.parametrize("quote", [f"sk-ant-...{UNIQUE[-12:]}", f"{KEY} é{KEY}İ"])
def test_a_quote_is_masked_in_whatever_form(quote: str) -> None:
    assert "<secret>" in masked(quote, SECRETS)
    assert not shows_a_part(masked(quote, SECRETS))


@given(st.integers(0, len(UNIQUE) - 8), st.integers(8, 110), st.text(), st.text(), st.booleans())
def test_no_eight_characters_of_a_secret_are_left(
    start: int, length: int, before: str, after: str, upper: bool
) -> None:
    part = UNIQUE[start : start + length]
    found = masked(f"{before}{part.upper() if upper else part}{after}", SECRETS)
    assert "<secret>" in found
    assert not shows_a_part(found)
    assert found.startswith(before[: len(before) - 7] if len(before) > 7 else "")


@given(st.text())
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert masked(text, SECRETS) == text


def test_the_public_prefix_and_short_pieces_are_left() -> None:
    for text in ("sk-ant-api03-", f"{UNIQUE[:7]} {UNIQUE[50:57]}"):
        assert masked(text, SECRETS) == text
    assert secrets_in({"x-api-key": "7letter", "authorization": "Bearer x"}) == ()
    (found,) = secrets_in({"authorization": "bearer 8letters"})
    assert (found.reveal(), repr(found)) == ("8letters", "<secret>")


def test_a_secret_is_found_in_a_name_and_in_a_value_of_json() -> None:
    unlike = Secret('"quote" and \\backslash')
    for secrets, part in ((SECRETS, UNIQUE[3:12]), ((unlike,), unlike.reveal()[3:14])):
        name, value, *others = masked([{f"b {part}": 1}, f"{part} c", 10**5000, None], secrets)
        assert part not in f"{list(name)} {value}"
        assert others == [10**5000, None]
    harmless = {"a": ["b", 1.5], "c": object()}
    assert masked(harmless, SECRETS) is harmless, "what has none of a secret is not copied"


def test_an_error_nested_too_deep_loses_its_body_rather_than_be_shown() -> None:
    body: list[Any] = [KEY]
    for _ in range(100_000):
        body = [body]
    made = PaginationError(KEY, body=body)
    mask_error(made, SECRETS)
    assert made.body is None
    assert not shows_a_part(str(made))


@pytest.mark.parametrize("key", ["claude", "claude-test", "sk-model-0123456789"])
def test_a_page_is_never_changed_whatever_the_key_is(key: str) -> None:
    listed = [f"{key}-model-1", "claude-test-2"]
    result, _ = played(call_of(client={"api_key": key}), raw_response(page(*listed)))
    assert [model.id for model in result.parsed.data] == listed


def test_nothing_that_holds_a_credential_shows_it_or_can_be_pickled_or_copied() -> None:
    with Client(api_key=KEY, default_headers=HEADERS, base_url="https://host") as client:
        clients = [client, AsyncClient(api_key=KEY)]
        call = call_of(client={"api_key": KEY}, extra_headers=HEADERS)
        for holder in (*clients, client.models, settings_of(api_key=KEY), call, Secret(KEY)):
            held: object = getattr(holder, "__dict__", None)
            assert not shows_a_part(f"{holder!r} {holder} {held!r}")
            with pytest.raises(TypeError):
                pickle.dumps(holder)
        for kept in clients:
            for copier in (pickle.dumps, copy.copy, copy.deepcopy):
                with pytest.raises(TypeError, match="cannot be pickled or copied"):
                    copier(kept)
