"""The settings of a client: arguments, environment, defaults, and what is refused."""

import builtins
import copy
from pathlib import Path
from typing import Any

import httpx
import pytest
from anthropic_models import ArgumentError, Client, MissingCredentialsError
from anthropic_models._core.base_url import checked_base_url
from anthropic_models._core.credentials import sends_credential
from anthropic_models._core.list_models import list_request
from anthropic_models._core.pagination import PageSize, first_page_request
from anthropic_models._core.secret import Secret
from anthropic_models._core.settings import changed_settings, version_header
from anthropic_models_generated.document import document

from generator.documents import read_yaml
from tests.support.core_calls import sent, settings_of
from tests.support.sync_and_async import KEY

CASES = read_yaml(Path(__file__).with_name("data") / "settings.yaml")


class TestCredential:
    @pytest.mark.parametrize(("environment", "options", "sent"), CASES["credentials"])
    def test_is_an_argument_or_else_of_the_environment(
        self, environment: dict[str, str], options: dict[str, Any], sent: dict[str, str]
    ) -> None:
        assert settings_of(environment, **options).credential_headers() == sent

    def test_that_is_missing_is_an_error_with_the_name_of_the_variable(self) -> None:
        empty = {"ANTHROPIC_API_KEY": "", "ANTHROPIC_AUTH_TOKEN": ""}
        other = {"X-Mine": "1", "Cookie": "session=1"}
        for environment, headers in (({}, {}), (empty, {}), ({}, other)):
            with pytest.raises(MissingCredentialsError) as caught:
                settings_of(environment, default_headers=headers)
            assert str(caught.value) == (
                "no credential: set the environment variable ANTHROPIC_API_KEY (or "
                "ANTHROPIC_AUTH_TOKEN), or pass api_key= (or auth_token=)"
            )

    @pytest.mark.parametrize("argument", ["api_key", "auth_token"])
    def test_that_no_header_can_hold_is_refused_unseen(self, argument: str) -> None:
        variable, options = f"ANTHROPIC_{argument.upper()}", dict[str, Any]({argument: "hidden\n"})
        with pytest.raises(ValueError, match=f"^{argument} has characters") as given:
            settings_of(**options)
        with pytest.raises(ValueError, match=f"^{variable} has characters") as there:
            settings_of({variable: "hidden\n"})
        assert "hidden" not in f"{given.value} {there.value}"

    def test_may_be_that_of_an_httpx_client(self) -> None:
        async_http = httpx.AsyncClient(headers={"x-api-key": "k"})
        with httpx.Client() as plain, httpx.Client(auth=("user", "password")) as other:
            assert [sends_credential(h) for h in (plain, other, async_http)] == [False, True, True]
            with pytest.raises(MissingCredentialsError):
                Client(http_client=plain)

    def test_may_be_left_to_a_gateway(self) -> None:
        headers = {"X-Api-Key": None, "Authorization": None}
        found = sent(client={"api_key": None, "default_headers": headers})
        assert not {"x-api-key", "authorization"} & found.keys()


class TestBaseUrl:
    @pytest.mark.parametrize(("there", "argument", "expected"), CASES["base_urls"])
    def test_is_an_argument_or_of_the_environment_or_of_the_document(
        self, there: dict[str, str], argument: str | None, expected: str | None
    ) -> None:
        found = settings_of(there, api_key=KEY, base_url=argument).base_url
        assert found == (expected or document()["server"])

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            *CASES["refused_urls"],
            ("https://host/\ud800", "is not a valid URL"),
        ],
    )
    def test_that_cannot_be_right_is_refused(self, url: str, reason: str) -> None:
        with pytest.raises(ArgumentError) as caught:
            checked_base_url(url, False)
        assert (caught.value.argument, caught.value.reason[: len(reason)]) == ("base_url", reason)
        plain = "unencrypted" in caught.value.reason
        assert caught.value.allowed_by == ("allow_insecure_http" if plain else None)

    @pytest.mark.parametrize("url", CASES["urls_with_a_password"])
    def test_that_may_hold_a_password_is_not_quoted(self, url: str) -> None:
        for name in ("base_url", "ANTHROPIC_BASE_URL"):
            with pytest.raises(ValueError, match=name) as caught:
                checked_base_url(url, False, name)
            assert "hunter2" not in str(caught.value)
        with pytest.raises(ArgumentError, match=r"^ANTHROPIC_BASE_URL "):
            settings_of({"ANTHROPIC_BASE_URL": url}, api_key=KEY)

    @pytest.mark.parametrize("url", CASES["accepted_urls"])
    def test_may_be_this_machine_or_any_host_over_https(self, url: str) -> None:
        assert checked_base_url(url, False) == url

    def test_may_be_plain_http_when_that_is_allowed(self) -> None:
        plain = "http://proxy.example"
        there = {"ANTHROPIC_BASE_URL": plain}
        relaxed = settings_of(there, api_key=KEY, allow_insecure_http=True)
        assert relaxed.base_url == plain
        assert changed_settings(relaxed, Secret({"timeout": 3})).base_url == plain
        with pytest.raises(ArgumentError, match="allow_insecure_http=True allows it"):
            settings_of(there, api_key=KEY, allow_insecure_http=None)


@pytest.mark.parametrize(
    ("options", "kind", "says"),
    [
        *CASES["refused_options"],
        ({"timeout": float("nan")}, "ValueError", "timeout must be a positive"),
        ({"timeout": float("inf")}, "ValueError", "timeout must be a positive"),
        ({"timeout": httpx.Timeout(5, read=1_000_001)}, "ValueError", ".* at most 1000000 s"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], kind: str, says: str) -> None:
    with pytest.raises(getattr(builtins, kind), match=f"^{says}"):
        settings_of({"ANTHROPIC_API_KEY": KEY}, **options)


def test_a_timeout_is_a_minute_and_five_seconds_to_connect_unless_it_is_given() -> None:
    assert settings_of(api_key=KEY).timeout == httpx.Timeout(60, connect=5)
    assert settings_of(api_key=KEY, timeout=7).timeout == httpx.Timeout(7)
    assert settings_of(api_key=KEY, timeout=1e300).timeout == httpx.Timeout(1_000_000)
    assert settings_of(api_key=KEY, timeout=httpx.Timeout(None)).timeout == httpx.Timeout(None)


def test_what_the_document_says_counts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = copy.deepcopy(document())
    changed["server"] = "https://api.example/v2"
    changed["operations"] = {"list_models": changed["operations"]["list_models"]}
    parameters = changed["operations"]["list_models"]["parameters"]
    changed["operations"]["list_models"]["limit"]["largest"] = 50
    parameters["anthropic-version"]["schema"]["default"] = "2030-01-01"
    parameters["x-dry-run"] = {"in": "header", "schema": {"default": False}}  # of one operation
    for module in ("settings", "pagination"):
        monkeypatch.setattr(f"anthropic_models._core.{module}.document", lambda: changed)
    version_header.cache_clear()
    try:
        assert settings_of(api_key=KEY).base_url == "https://api.example/v2"
        assert version_header() == {"anthropic-version": "2030-01-01"}
    finally:
        version_header.cache_clear()
    request = list_request(after_id=None, before_id=None, limit=None)
    assert first_page_request(request, max_items=None).page_size == PageSize(50, 1, 20, 1, [])
    with pytest.raises(ValueError, match="1 to 50, not 51"):
        list_request(after_id=None, before_id=None, limit=51)


def test_an_option_that_is_none_leaves_what_is_there() -> None:
    options: dict[str, Any] = {"betas": ["a"], "default_headers": {"X-A": "1"}, "timeout": 3}
    base = settings_of(api_key=KEY, base_url="https://host", max_retries=7, **options)
    nothing: Any = dict.fromkeys(("api_key", "auth_token", "base_url", "max_retries", *options))
    assert changed_settings(base, Secret(nothing)) == base
    changed = changed_settings(base, Secret({"auth_token": "t", "max_retries": 0, "betas": "b"}))
    assert changed.credential_headers() == {"Authorization": "Bearer t"}
    assert (changed.max_retries, changed.betas, changed.headers) == (0, ("b",), base.headers)


def test_a_client_with_other_options_keeps_what_a_subclass_has_of_its_own() -> None:
    class Mine(Client):
        region = "nowhere"

    with Mine(api_key=KEY) as mine:
        mine.region = "here"
        changed = mine.with_options(timeout=3)
        assert (type(changed), changed.region) == (Mine, "here")
