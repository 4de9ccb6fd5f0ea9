"""No credential shows in an error, a log, a repr, a pickle or the locals of our frames."""

import asyncio
import copy
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from anthropic_models import AnthropicModelsError, AsyncClient, Client, PaginationError, Request
from anthropic_models._core.secret import Secret, mask_error, masked, secrets_in
from anthropic_models_generated.api.models import list_models
from hypothesis import given
from hypothesis import strategies as st

from tests.support.calls import call_of, settings_of
from tests.support.scripted_server import Answer, Scripted, answer, error, page, raw
from tests.support.shells import Shell

# As long as a real one, and without a repetition.
UNIQUE = "".join(f"{chr(97 + i // 5)}{i * 37 % 100:02}" for i in range(32)) + "AA"
KEY = f"sk-ant-api03-{UNIQUE}"
PARTS = [UNIQUE[i : i + 8] for i in range(len(UNIQUE) - 7)]


def shows_a_part(text: str) -> bool:
    return any(part.lower() in text.lower() for part in PARTS)


def locals_of_ours(error: BaseException) -> Iterator[str]:
    """Yield what tools print of our frames, in the error and in all that it is chained to."""
    link: BaseException | None = error
    while link is not None:
        told = traceback.TracebackException.from_exception(link, capture_locals=True)
        for frame in told.stack:
            if "/tests/" not in frame.filename:
                yield f"{frame.filename}:{frame.lineno} {frame.locals}"
        yield "".join(traceback.format_exception_only(link))
        link = link.__cause__ or link.__context__


def assert_hidden(error: BaseException) -> None:
    for shown in locals_of_ours(error):
        assert not shows_a_part(shown), shown
    assert not shows_a_part(f"{error} {error!r} {vars(error)!r}")
    assert not shows_a_part(pickle.dumps(error).decode("latin-1"))


LISTING = list_models.request()
CREDENTIALS: list[dict[str, str]] = [
    {"X-Api-Key": KEY},
    {"authorization": f"Bearer {KEY}"},
    {"Cookie": f"session={KEY}"},
    {"Proxy-Authorization": KEY},
]
WRONG_EVERYWHERE: list[dict[str, Any]] = [
    {"timeout": -1},
    {"timeout": "x"},
    {"max_retries": -1},
    {"max_retries": "x"},
    {"betas": "a b"},
    {"betas": [7]},
    {"no_such": 1},
]


class TestLocals:
    """Wrong arguments: the credential is not in the locals of any frame between."""

    def refused(self, function: Callable[..., object], *given: Any, **options: Any) -> None:
        with pytest.raises((ValueError, TypeError, AttributeError)) as caught:
            function(*given, **options)
        assert_hidden(caught.value)

    @pytest.mark.parametrize("kind", [Client, AsyncClient])
    @pytest.mark.parametrize(
        "wrong", [*WRONG_EVERYWHERE[:-1], {"base_url": "x"}, {"http_client": 7}]
    )
    @pytest.mark.parametrize(
        "given",
        [{"api_key": KEY}, {"auth_token": KEY}, *({"default_headers": h} for h in CREDENTIALS)],
    )
    def test_of_a_new_client(
        self,
        kind: Any,
        wrong: dict[str, Any],
        given: dict[str, Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self.refused(kind, **given, **wrong)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        self.refused(kind, **wrong)

    @pytest.mark.parametrize("kind", [Client, AsyncClient])
    @pytest.mark.parametrize(
        "given",
        [
            {"api_key": f"{KEY}\n"},
            {"auth_token": KEY, "api_key": KEY},
            {"auth_token": f"{KEY}é"},
            {"base_url": f"https://user:{KEY}@host"},
            {"base_url": f"user:{KEY}@host"},
            *({"default_headers": {**h, "a b": "1"}} for h in CREDENTIALS),
            *({"default_headers": {**h, "a": 7}} for h in CREDENTIALS),
            *({"default_headers": dict.fromkeys(h, f"{KEY}\n")} for h in CREDENTIALS),
            {"default_headers": [("x-api-key", KEY)]},
            {"default_headers": {"X-Api-Key": KEY.encode()}},
            {"default_headers": {"X-Api-Key": KEY, "anthropic-beta": "a b"}},
        ],
    )
    def test_of_a_credential_that_is_wrong_itself(
        self, kind: Any, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.refused(kind, **given)
        monkeypatch.setenv("ANTHROPIC_API_KEY", f"{KEY}\n")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", f"user:{KEY}@host")
        self.refused(kind)
        self.refused(kind, base_url="https://host")
        client = kind(api_key=KEY, base_url="https://host")
        self.refused(client.with_options, **given)

    @pytest.mark.parametrize("kind", [Client, AsyncClient])
    @pytest.mark.parametrize("wrong", [*WRONG_EVERYWHERE, {"base_url": "x"}])
    def test_of_changed_options(self, kind: Any, wrong: dict[str, Any]) -> None:
        client = kind(api_key=KEY, default_headers=CREDENTIALS[1])
        for headers in CREDENTIALS:
            self.refused(client.with_options, default_headers=headers, **wrong)
        self.refused(client.with_options, api_key=KEY, **wrong)
        self.refused(client.with_options, **wrong)

    @pytest.mark.parametrize("name", ["send", "send_detailed", "paginate", "list"])
    @pytest.mark.parametrize(
        "wrong",
        [
            *WRONG_EVERYWHERE,
            {"extra_query": 7},
            {"extra_query": {"a": "\ud800"}},
            {"extra_query": {7: KEY}},
            {"extra_headers": {"X-Api-Key": f"{KEY}\n"}},
            {"extra_headers": {"X-Api-Key": KEY, "Host": None}},
            {"extra_headers": {"X-Api-Key": KEY, "a": 7}},
            {"extra_headers": [("x-api-key", KEY)]},
            {"max_items": 0},
            {"max_items": "x"},
            {"limit": 0},
            {"after_id": 7},
            {"after_id": "a", "before_id": "b"},
        ],
    )
    def test_of_a_call(self, name: str, wrong: dict[str, Any]) -> None:
        calls: dict[str, list[Any]] = {"list": []}
        requests = [
            Request("POST", "/v1/new", headers=h, default_headers=h, body=KEY.encode())
            for h in CREDENTIALS
        ]
        for kind in (Client, AsyncClient):
            client: Any = kind(api_key=KEY)
            function = client.models.list if name == "list" else getattr(client, name)

            def called(*given: Any, function: Any = function, **options: Any) -> None:
                result = function(*given, **options)
                if asyncio.iscoroutine(result):
                    asyncio.run(result)

            for headers in [{}, *CREDENTIALS]:
                options = {"extra_headers": headers} | wrong
                for request in calls.get(name, [(LISTING,), *((r,) for r in requests)]) or [()]:
                    self.refused(called, *request, **options)

    def test_of_a_request_that_is_none(self) -> None:
        client = Client(api_key=KEY)
        for wrong in (None, 7, list_models, Request("GET", "x", headers=CREDENTIALS[0])):
            self.refused(client.send, wrong, extra_headers=CREDENTIALS[0])
            self.refused(client.paginate, wrong, extra_headers=CREDENTIALS[0])


QUOTES = [
    ("whole", KEY),
    ("without its prefix", UNIQUE),
    ("beginning", KEY[:30]),
    ("eight characters", UNIQUE[40:48]),
    ("end", f"sk-ant-...{UNIQUE[-12:]}"),
    ("upper case", KEY.upper()),
    ("lower case", KEY.lower()),
    ("twice", f"{KEY} {KEY}"),
    ("cut by a limit of ours", "x" * 50 + KEY),
    ("cut by another limit of ours", "x" * 190 + KEY),
    ("between letters", f"é{KEY}İ"),
]


QUOTING: list[tuple[Callable[[str], Answer], str]] = [
    (lambda q: error(401, "authentication_error", f"invalid x-api-key {q}"), "invalid"),
    (lambda q: error(401, q, "no"), "no"),
    (lambda q: answer({q: [{q: q}]}, status=400), "400"),
    (lambda q: answer({"detail": [q]}, status=400), "400"),
    (lambda q: answer(f"<title>{q}</title>".encode(), status=502), "502"),
    (lambda q: answer(q.encode("utf-16"), status=502), "502"),
    (lambda q: answer(q.encode()), "not JSON"),
    (lambda q: answer([q]), "an object"),
    (lambda q: answer(page("a") | {"has_more": q}), "has_more"),
    (lambda q: answer(page("a") | {"has_more": [[q]]}), "has_more"),
    (lambda q: answer({**page("a"), "data": [{q: q}]}), "data"),
    (lambda q: answer(b"{}", headers={"content-encoding": q}), "encoded as"),
    (lambda q: error(400, "x", headers={"request-id": q}), "request id"),
    (lambda q: answer({}, headers={"request-id": q}), "request id"),
    (lambda q: error(429, "x", headers={"retry-after": q}), "429"),
    (lambda q: raw(b"HTTP/1.1 " + q.encode() + b"\r\n\r\n"), "lost"),
    (lambda q: answer(page("a", has_more=True, last_id=None, later=q)), "last_id"),
]


@pytest.mark.parametrize("quote", [quote for _, quote in QUOTES], ids=[name for name, _ in QUOTES])
class TestQuotes:
    """Whatever a server quotes of the key, and wherever."""

    @pytest.mark.parametrize(("script", "says"), QUOTING)
    def test_is_masked_in_errors_and_logs(
        self,
        scripted: Scripted,
        caplog: pytest.LogCaptureFixture,
        quote: str,
        script: Callable[[str], Answer],
        says: str,
    ) -> None:
        caplog.set_level(logging.DEBUG, "anthropic_models")
        try:
            server = scripted(script(quote))
            "".join(quote).encode("latin-1")
        except UnicodeEncodeError:
            server = scripted(script(quote.encode("ascii", "replace").decode()))
        with (
            Client(api_key=KEY, base_url=server.base_url, max_retries=0) as client,
            pytest.raises(AnthropicModelsError, match=says) as caught,
        ):
            client.models.list()
        assert_hidden(caught.value)
        assert not shows_a_part(caplog.text)
        assert caught.value.__cause__ is caught.value.__context__ is None

    def test_is_masked_in_a_pagination_error_and_where_to_resume(
        self, scripted: Scripted, quote: str
    ) -> None:
        server = scripted(answer(page(quote, has_more=True)))
        with (
            Client(api_key=KEY, base_url=server.base_url) as client,
            pytest.raises(PaginationError, match="pagination loop") as caught,
        ):
            list(client.models.list())
        assert not shows_a_part(f"{caught.value} {vars(caught.value)!r}")
        assert not shows_a_part(pickle.dumps(caught.value).decode("latin-1"))
        assert "<secret>" in caught.value.resume["after_id"]  # type: ignore[index]  # it is there


def test_every_shell_masks(
    shell: Shell, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "anthropic_models")
    server = scripted(
        answer(page("a", has_more=True)),
        error(401, "authentication_error", f"invalid {KEY}", headers={"request-id": KEY}),
    )
    with shell.client(server.base_url, api_key=KEY, max_retries=0) as client:
        models = iter(client.models.list())
        next(models)
        with pytest.raises(AnthropicModelsError, match="invalid sk-ant-api03-<secret>") as caught:
            next(models)
    assert_hidden(caught.value)
    assert not shows_a_part(caplog.text)


@pytest.mark.parametrize(
    "options",
    [
        {"auth_token": KEY},
        *({"api_key": "short", "default_headers": headers} for headers in CREDENTIALS),
    ],
)
@pytest.mark.parametrize("of_call", [False, True])
def test_a_credential_of_any_kind_is_masked(
    scripted: Scripted, options: dict[str, Any], of_call: bool
) -> None:
    server = scripted(error(401, "authentication_error", f"invalid {KEY}"))
    headers = options.get("default_headers", {})
    if of_call and headers:
        options = {"api_key": "short"}
    with (
        Client(base_url=server.base_url, **options) as client,
        pytest.raises(AnthropicModelsError, match="invalid sk-ant-api03-<secret>") as caught,
    ):
        client.models.list(extra_headers=headers if of_call else None)
    assert_hidden(caught.value)


@pytest.mark.parametrize(
    "http",
    [{"headers": {"x-api-key": KEY}}, {"auth": ("user", UNIQUE)}, {"cookies": {"session": KEY}}],
)
def test_a_credential_of_an_injected_client_is_masked(shell: Shell, http: dict[str, Any]) -> None:
    def quote(request: httpx.Request) -> httpx.Response:
        names = ("x-api-key", "authorization", "cookie")
        quoted = [request.headers.get(name, "") for name in names]
        return httpx.Response(400, text=f"invalid: {quoted}")

    options = {"transport": httpx.MockTransport(quote), **http}
    given = None if "cookies" not in http else "short-key"
    with (
        shell.client("https://api.example", http=options, api_key=given) as client,
        pytest.raises(AnthropicModelsError, match=r"invalid: .*<secret>") as caught,
    ):
        client.models.list()
    assert_hidden(caught.value)
    quoted = str(httpx.BasicAuth("user", UNIQUE)._auth_header)  # pyright: ignore[reportPrivateUsage]
    assert quoted.removeprefix("Basic ")[:12] not in str(vars(caught.value))


class TestMask:
    secrets = secrets_in({"x-api-key": KEY})

    @given(
        st.integers(0, len(UNIQUE) - 8), st.integers(8, 110), st.text(), st.text(), st.booleans()
    )
    def test_no_eight_characters_of_a_secret_are_left(
        self, start: int, length: int, before: str, after: str, upper: bool
    ) -> None:
        part = UNIQUE[start : start + length]
        text = f"{before}{part.upper() if upper else part}{after}"
        found = masked(text, self.secrets)
        assert "<secret>" in found
        assert not shows_a_part(found)
        assert found.startswith(before[: len(before) - 7] if len(before) > 7 else "")

    @given(st.text())
    def test_other_text_is_left_as_it_is(self, text: str) -> None:
        assert masked(text, self.secrets) == text

    def test_the_public_prefix_and_short_pieces_are_left(self) -> None:
        for text in ("sk-ant-api03-", f"{UNIQUE[:7]} {UNIQUE[50:57]}"):
            assert masked(text, self.secrets) == text
        assert secrets_in({"x-api-key": "7letter", "authorization": "Bearer x"}) == ()
        (found,) = secrets_in({"authorization": "bearer 8letters"})
        assert (found.reveal(), repr(found)) == ("8letters", "<secret>")

    def test_reaches_into_json(self) -> None:
        content = {"a": [KEY, 7, None, (KEY,)], KEY: {"b": KEY}}
        hidden = "sk-ant-api03-<secret>"
        assert masked(content, self.secrets) == {
            "a": [hidden, 7, None, (hidden,)],
            hidden: {"b": hidden},
        }

    def test_an_error_nested_too_deep_loses_its_body_rather_than_be_shown(self) -> None:
        body: list[Any] = [KEY]
        for _ in range(100_000):
            body = [body]
        made = PaginationError(KEY, body=body)
        mask_error(made, self.secrets)
        assert made.body is None
        assert not shows_a_part(str(made))


@pytest.mark.parametrize(
    "token", ['sk-a"b\\c/d-secret', "abc def ghi-secret", "sk-unusual~=+/secret"]
)
def test_a_token_of_unusual_characters_is_masked_however_it_is_quoted(
    scripted: Scripted, token: str
) -> None:
    server = scripted(error(401, "authentication_error", f"bad {token}"))
    with (
        Client(auth_token=token, base_url=server.base_url) as client,
        pytest.raises(AnthropicModelsError, match="bad <secret>") as caught,
    ):
        client.models.list()
    for text in (str(caught.value), repr(vars(caught.value))):
        assert token not in text
        assert token.replace('"', '\\"') not in text


@pytest.mark.parametrize("key", ["test", "claude", "data", "id", "sk-model-0123456789"])
def test_a_page_is_never_changed_whatever_the_key_is(scripted: Scripted, key: str) -> None:
    listed = [f"{key}-model-1", "claude-test-2"]
    server = scripted(answer(page(*listed, has_more=True)), answer(page("last")))
    with Client(api_key=key, base_url=server.base_url) as client:
        assert [model.id for model in client.models.list()] == [*listed, "last"]


def test_nothing_that_holds_a_credential_shows_it_or_can_be_pickled() -> None:
    with Client(api_key=KEY, default_headers=CREDENTIALS[2], base_url="https://host") as client:
        holders: list[Any] = [
            client,
            client.models,
            AsyncClient(api_key=KEY),
            settings_of(api_key=KEY),
            call_of(client={"api_key": KEY}, extra_headers=CREDENTIALS[0]),
            Secret(KEY),
        ]
        for holder in holders:
            held: object = getattr(holder, "__dict__", None)
            assert not shows_a_part(f"{holder!r} {holder} {held!r}")
        for kept in (client, AsyncClient(api_key=KEY)):
            for copier in (pickle.dumps, copy.copy, copy.deepcopy):
                with pytest.raises(TypeError, match="cannot be pickled or copied"):
                    copier(kept)
        for holder in holders:
            with pytest.raises(TypeError):
                pickle.dumps(holder)


def test_cookies_do_not_pass_from_one_credential_to_another(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a"), headers={"set-cookie": "tenant=a; path=/"}))
    with shell.client(server.base_url) as client:
        client.models.list()
        client.with_options(api_key="another-key").models.list()
    assert not [request for request in server.requests if "cookie" in request.headers]
