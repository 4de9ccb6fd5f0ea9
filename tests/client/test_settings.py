"""The settings of a client: arguments, environment, defaults, and what is refused."""

import copy
from typing import Any

import httpx
import pytest
from anthropic_models import ArgumentError, AsyncClient, Client, MissingCredentialsError
from anthropic_models._core.base_url import checked_base_url
from anthropic_models._core.credentials import sends_credential
from anthropic_models._core.list_models import list_request
from anthropic_models._core.pagination import PageSize, first_page_request
from anthropic_models._core.secret import Secret
from anthropic_models._core.settings import changed_settings, document_headers
from anthropic_models_generated.document import document

from tests.support.calls import settings_of
from tests.support.scripted_server import Scripted, error, page, respond
from tests.support.sync_and_async import KEY, Shell

KEY_AND_TOKEN = {"ANTHROPIC_API_KEY": "key-there", "ANTHROPIC_AUTH_TOKEN": "token-there"}


class TestCredential:
    @pytest.mark.parametrize(
        ("environment", "options", "sent"),
        [
            (KEY_AND_TOKEN, {}, {"X-Api-Key": "key-there"}),
            (
                {**KEY_AND_TOKEN, "ANTHROPIC_API_KEY": ""},
                {},
                {"Authorization": "Bearer token-there"},
            ),
            (KEY_AND_TOKEN, {"api_key": "mine"}, {"X-Api-Key": "mine"}),
            (KEY_AND_TOKEN, {"auth_token": "mine"}, {"Authorization": "Bearer mine"}),
            # A credential of another kind stands alone.
            (KEY_AND_TOKEN, {"default_headers": {"authorization": "Basic abc"}}, {}),
            (KEY_AND_TOKEN, {"default_headers": {"X-API-KEY": None}}, {}),
            (KEY_AND_TOKEN, {"http_client_sends_credential": True}, {}),
        ],
    )
    def test_is_an_argument_or_else_of_the_environment(
        self, environment: dict[str, str], options: dict[str, Any], sent: dict[str, str]
    ) -> None:
        assert settings_of(environment, **options).credential_headers() == sent

    @pytest.mark.parametrize(
        ("environment", "options"),
        [
            ({}, {}),
            ({"ANTHROPIC_API_KEY": "", "ANTHROPIC_AUTH_TOKEN": ""}, {}),
            ({}, {"default_headers": {"X-Mine": "1", "Cookie": "session=1"}}),
        ],
    )
    def test_that_is_missing_is_an_error_with_the_name_of_the_variable(
        self, environment: dict[str, str], options: dict[str, Any]
    ) -> None:
        with pytest.raises(MissingCredentialsError) as caught:
            settings_of(environment, **options)
        assert str(caught.value) == (
            "no credential: set the environment variable ANTHROPIC_API_KEY (or "
            "ANTHROPIC_AUTH_TOKEN), or pass api_key= (or auth_token=)"
        )

    def test_both_are_refused(self) -> None:
        with pytest.raises(ValueError, match=r"^give api_key or auth_token, not both$"):
            settings_of(api_key="a", auth_token="b")

    @pytest.mark.parametrize(
        "bad", ["sk-hidden\n", "sk-\nhidden", " sk-hidden", "sk-hidden ", "sk-\tx", "ü", "\0"]
    )
    @pytest.mark.parametrize(
        ("name", "argument"),
        [("ANTHROPIC_API_KEY", "api_key"), ("ANTHROPIC_AUTH_TOKEN", "auth_token")],
    )
    def test_that_no_header_can_hold_is_refused_and_not_shown(
        self, name: str, argument: str, bad: str
    ) -> None:
        cases: list[tuple[str, dict[str, str], dict[str, Any]]] = [
            (argument, {}, {argument: bad}),
            (name, {name: bad}, {}),
        ]
        for where, environment, options in cases:
            with pytest.raises(ValueError, match=f"^{where} has characters") as caught:
                settings_of(environment, **options)
            assert "hidden" not in str(caught.value)

    def test_that_is_empty_or_no_string_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"^api_key is empty$"):
            settings_of(api_key="")
        with pytest.raises(TypeError, match=r"^auth_token must be a string, not int$"):
            settings_of(auth_token=7)

    def test_may_be_that_of_an_httpx_client(self) -> None:
        async_http = httpx.AsyncClient(headers={"x-api-key": "k"})
        with httpx.Client() as plain, httpx.Client(auth=("user", "password")) as other:
            assert [sends_credential(h) for h in (plain, other, async_http)] == [False, True, True]
            with pytest.raises(MissingCredentialsError):
                Client(http_client=plain)

    def test_may_be_left_to_a_gateway(self, scripted: Scripted) -> None:
        server = scripted(error(404, "not_found_error", "bearer of nothing"))
        headers = {"X-Api-Key": None, "Authorization": None, "Cookie": ""}
        with (
            Client(base_url=server.base_url, default_headers=headers) as client,
            pytest.raises(Exception, match="bearer of nothing"),
        ):
            client.models.list()
        assert not {"x-api-key", "authorization"} & server.requests[0].headers.keys()


class TestBaseUrl:
    def test_is_an_argument_or_of_the_environment_or_of_the_document(self) -> None:
        there = {"ANTHROPIC_BASE_URL": "https://gateway.example/anthropic/"}
        assert settings_of(api_key=KEY).base_url == document()["server"]
        assert (
            settings_of({"ANTHROPIC_BASE_URL": ""}, api_key=KEY).base_url == document()["server"]
        )
        assert settings_of(there, api_key=KEY).base_url == "https://gateway.example/anthropic"
        given = settings_of(there, api_key=KEY, base_url="https://other.example")
        assert given.base_url == "https://other.example"
        unused = {"ANTHROPIC_BASE_URL": "ftp://wrong"}
        assert settings_of(unused, api_key=KEY, base_url=given.base_url).base_url == given.base_url

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("", "must start with https:// and name a host, unlike ''"),
            ("api.anthropic.com", "must start with https:// and name a host, unlike 'api.anth"),
            ("ftp://api.anthropic.com", "must start with https:// and name a host"),
            ("https:///v1", "must start with https:// and name a host"),
            ("https://a..b:x/", "is not a valid URL"),
            ("https://host:65536", "must start with https:// and name a host"),
            ("https://host/?a=b", "must not have a query or a fragment"),
            ("https://host/#part", "must not have a query or a fragment"),
            ("https://[fe80::1%251]", "must start with https:// and name a host"),
            ("https://ex ample.com", "must start with https:// and name a host"),
            ("https://\ud800", "is not a valid URL"),
            ("https://host/\ud800", "is not a valid URL"),
            ("http://example.com", "'http://example.com' would send the credential unencrypted"),
            ("http://10.0.0.1", "'http://10.0.0.1' would send the credential unencrypted"),
            ("http://127.0.65536", "'http://127.0.65536' would"),
            ("http://10.0.0.1:8/secret", "'http://10.0.0.1:8' would"),
            ("http://[fe80::1]", "'http://[fe80::1]' would send the credential unencrypted"),
            ("http://localhost.example.com", "'http://localhost.example.com' would send"),
        ],
    )
    def test_that_cannot_be_right_is_refused(self, url: str, reason: str) -> None:
        with pytest.raises(ArgumentError) as caught:
            checked_base_url(url, False)
        assert (caught.value.argument, caught.value.reason[: len(reason)]) == ("base_url", reason)
        plain = "unencrypted" in caught.value.reason
        assert caught.value.allowed_by == ("allow_insecure_http" if plain else None)

    @pytest.mark.parametrize(
        "url",
        [
            "https://user:hunter2@example.com",
            "https://hunter2@example.com",
            "user:hunter2@example.com",
            "hunter2@example.com",
            "//user:hunter2@example.com",
            "ftp://user:hunter2@example.com",
            "https://user:hunter2@",
            "https://user:hunter2@host:port",
            "http://user:hunter2@example.com",
            "https://host/?key=hunter2",
            "api.example?key=hunter2",
            "https://host/#hunter2",
            "user:hunter2\n@example.com",
            "user%3Ahunter2%40example.com",
            "user:hunter2\uff20example.com",
            "https://host;hunter2",
            f"sk-ant-api03-{'x' * 90}hunter2",
        ],
    )
    def test_that_may_hold_a_password_is_not_quoted(self, url: str) -> None:
        for name in ("base_url", "ANTHROPIC_BASE_URL"):
            with pytest.raises(ValueError, match=name) as caught:
                checked_base_url(url, False, name)
            assert "hunter2" not in str(caught.value)

    def test_of_the_environment_is_named_when_it_is_wrong(self) -> None:
        with pytest.raises(ArgumentError, match=r"^ANTHROPIC_BASE_URL must start with https://"):
            settings_of({"ANTHROPIC_BASE_URL": "api.anthropic.com"}, api_key=KEY)

    def test_of_another_type_is_refused(self) -> None:
        with pytest.raises(TypeError, match=r"^base_url must be a string, not int$"):
            settings_of(api_key=KEY, base_url=7)

    @pytest.mark.parametrize(
        "url",
        [
            "http://localhost:8080",
            "http://127.0.0.1",
            "http://127.9.9.9:1",
            "http://[::1]:8080/x",
            "http://localhost.:1",
            "http://models.localhost",
            "http://[::ffff:127.0.0.1]",
            "http://127.1",
            "http://0x7f000001:1",
            "http://0.0.0.0:1",
            "http://[::]:1",
            "https://gateway.example:65535",
            "https://my_gateway-1.example/v1",
            "https://[2001:db8::a]:8443/X",
            "https://[::ffff:10.0.0.1]",
        ],
    )
    def test_may_be_this_machine_or_any_host_over_https(self, url: str) -> None:
        assert checked_base_url(url, False) == url

    def test_may_be_plain_http_when_that_is_allowed(self) -> None:
        plain = "http://proxy.example"
        there = {"ANTHROPIC_BASE_URL": plain}
        assert settings_of(there, api_key=KEY, allow_insecure_http=True).base_url == plain
        relaxed = settings_of(api_key=KEY, base_url=plain, allow_insecure_http=True)
        assert changed_settings(relaxed, Secret({"timeout": 3})).base_url == plain
        with pytest.raises(ArgumentError, match="allow_insecure_http=True allows it"):
            settings_of(there, api_key=KEY, allow_insecure_http=None)


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"timeout": 0}, ValueError, "^timeout must be a positive number of seconds, not 0$"),
        ({"timeout": float("nan")}, ValueError, "^timeout must be a positive"),
        ({"timeout": float("inf")}, ValueError, "^timeout must be a positive"),
        ({"timeout": "7"}, TypeError, "^timeout must be seconds or an httpx.Timeout, not '7'$"),
        ({"timeout": True}, TypeError, "^timeout must be seconds"),
        ({"timeout": httpx.Timeout(5, read=1_000_001)}, ValueError, "at most 1000000 seconds"),
        ({"max_retries": -1}, ValueError, "^max_retries must be 0 or more, not -1$"),
        ({"max_retries": "2"}, TypeError, "^max_retries must be an int, not '2'$"),
        ({"max_retries": True}, TypeError, "^max_retries must be an int"),
        ({"no_such": 1}, TypeError, "^unexpected keyword argument 'no_such'$"),
    ],
)
def test_wrong_options_are_refused(
    options: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        settings_of(api_key=KEY, **options)


def test_a_timeout_is_a_minute_and_five_seconds_to_connect_unless_it_is_given() -> None:
    assert settings_of(api_key=KEY).timeout == httpx.Timeout(60, connect=5)
    assert settings_of(api_key=KEY, timeout=7).timeout == httpx.Timeout(7)
    assert settings_of(api_key=KEY, timeout=1e300).timeout == httpx.Timeout(1_000_000)
    as_it_is = httpx.Timeout(None, read=1_000_000)
    assert settings_of(api_key=KEY, timeout=as_it_is).timeout == as_it_is


def test_what_the_document_says_counts_on_the_day_it_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changed = copy.deepcopy(document())
    changed["server"] = "https://api.example/v2"
    changed["operations"] = {"list_models": changed["operations"]["list_models"]}
    parameters = changed["operations"]["list_models"]["parameters"]
    parameters["limit"]["schema"]["maximum"] = 50
    parameters["anthropic-version"]["schema"]["default"] = "2030-01-01"
    for module in ("settings", "pagination"):
        monkeypatch.setattr(f"anthropic_models._core.{module}.document", lambda: changed)
    document_headers.cache_clear()
    try:
        assert settings_of(api_key=KEY).base_url == "https://api.example/v2"
        assert document_headers() == {"anthropic-version": "2030-01-01"}
    finally:
        document_headers.cache_clear()
    request = list_request(after_id=None, before_id=None, limit=None)
    assert first_page_request(request, max_items=None).page_size == PageSize(50, 1, 20)
    with pytest.raises(ValueError, match="1 to 50, not 51"):
        list_request(after_id=None, before_id=None, limit=51)


def test_an_option_that_is_none_leaves_what_is_there() -> None:
    base = settings_of(
        api_key=KEY, betas=["a"], default_headers={"X-A": "1"}, timeout=3, max_retries=7
    )
    nothing: Any = dict.fromkeys(
        ("api_key", "auth_token", "base_url", "betas", "default_headers", "timeout", "max_retries")
    )
    assert changed_settings(base, Secret(nothing)) == base
    assert changed_settings(base, Secret({"auth_token": "t"})).credential_headers() == {
        "Authorization": "Bearer t"
    }
    assert changed_settings(base, Secret({"max_retries": 0})).max_retries == 0


class TestWithOptions:
    def test_what_is_given_replaces_and_the_connections_are_shared(
        self, shell: Shell, scripted: Scripted
    ) -> None:
        server = scripted(respond(page()))
        with shell.client(server.base_url, betas=["a"], default_headers={"X-A": "1"}) as client:
            other = client.with_options(betas=["b"], api_key="other-key")
            other.models.list()
            client.models.list()
        headers, unchanged = (request.headers for request in server.requests)
        assert (headers["anthropic-beta"], headers["x-api-key"]) == ("b", "other-key")
        assert (unchanged["anthropic-beta"], unchanged["x-api-key"]) == ("a", KEY)
        assert headers["x-a"] == unchanged["x-a"] == "1"
        assert server.connections == 1

    def test_closing_it_leaves_the_first_open_but_not_the_other_way_round(
        self, shell: Shell, scripted: Scripted
    ) -> None:
        server = scripted(respond(page()))
        with shell.client(server.base_url) as client:
            closed, open_ = client.with_options(), client.with_options().with_options()
            closed.close()
            assert (closed.is_closed, client.is_closed, open_.is_closed) == (True, False, False)
            client.models.list()
            client.close()
            assert open_.is_closed

    def test_a_subclass_keeps_what_it_has_of_its_own(self) -> None:
        class Mine(Client):
            region = "nowhere"

        with Mine(api_key=KEY) as mine:
            mine.region = "here"
            changed = mine.with_options(timeout=3)
            assert (type(changed), changed.region) == (Mine, "here")


def test_an_http_client_of_the_other_kind_is_refused() -> None:
    with pytest.raises(TypeError, match=r"must be an httpx\.Client"):
        Client(api_key=KEY, http_client=httpx.AsyncClient())  # type: ignore[arg-type]  # the wrong type is the point
    with httpx.Client() as http, pytest.raises(TypeError, match=r"must be an httpx\.AsyncClient"):
        AsyncClient(api_key=KEY, http_client=http)  # type: ignore[arg-type]  # the wrong type is the point


def test_a_client_reads_the_environment(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "https://gateway.example")
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with shell.client(None, api_key=None) as client:
        assert client.base_url == "https://gateway.example"
        assert "gateway.example" in repr(client)
