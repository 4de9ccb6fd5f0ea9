"""Credentials: where they come from, what is refused, and that they show nowhere."""

import copy
import logging
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from anthropic_models import (
    AnthropicModelsError,
    APIStatusError,
    AsyncClient,
    Client,
    MissingCredentialsError,
)

from tests.support.scripted_server import Answer, Scripted, answer, error, page, raw
from tests.support.shells import KEY, Shell


def credential(client: Client) -> dict[str, str]:
    names = ("x-api-key", "authorization")
    headers = client.generated.get_httpx_client().headers
    return {name: headers[name] for name in names if name in headers}


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-from-environment")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-from-environment")
    with Client() as client:
        assert credential(client) == {"x-api-key": "key-from-environment"}


def test_the_token_comes_from_the_environment_when_there_is_no_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-from-environment")
    with Client() as client:
        assert credential(client) == {"authorization": "Bearer token-from-environment"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"api_key": "mine"}, {"x-api-key": "mine"}),
        ({"auth_token": "mine"}, {"authorization": "Bearer mine"}),
    ],
)
def test_arguments_win_over_the_environment(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], expected: dict[str, str]
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-from-environment")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-from-environment")
    with Client(**given) as client:  # type: ignore[arg-type]  # the values are strings
        assert credential(client) == expected


def test_the_base_url_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with Client(api_key=KEY) as client:
        assert client.base_url == "https://api.anthropic.com"
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "https://gateway.example/anthropic/")
    with Client(api_key=KEY) as client:
        assert client.base_url == "https://gateway.example/anthropic"
    with Client(api_key=KEY, base_url="https://other.example") as client:
        assert client.base_url == "https://other.example"


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_no_credential_at_all_is_an_error_that_names_the_variable(
    kind: type[Client] | type[AsyncClient],
) -> None:
    with pytest.raises(MissingCredentialsError) as caught:
        kind()
    assert isinstance(caught.value, ValueError)
    assert str(caught.value) == (
        "no credential: set the environment variable ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN), "
        "or pass api_key= (or auth_token=)"
    )


@pytest.mark.parametrize("name", ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"])
def test_an_empty_variable_counts_as_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")
    with pytest.raises(MissingCredentialsError):
        Client()
    with Client(auth_token="mine") as client:
        assert credential(client) == {"authorization": "Bearer mine"}


def test_a_base_url_of_the_environment_is_named_when_it_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "api.anthropic.com")
    with pytest.raises(ValueError, match=r"^ANTHROPIC_BASE_URL must start with https://"):
        Client(api_key=KEY)


def test_an_empty_base_url_in_the_environment_counts_as_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "")
    with Client(api_key=KEY) as client:
        assert client.base_url == "https://api.anthropic.com"


@pytest.mark.parametrize(
    "arguments",
    [
        {"default_headers": {"authorization": "Basic abc"}},
        {"default_headers": {"X-API-KEY": None}},
        {"http_client": httpx.Client(headers={"x-api-key": "k"})},
        {"http_client": httpx.Client(auth=("user", "password"))},
    ],
)
def test_a_credential_may_come_another_way(arguments: dict[str, Any]) -> None:
    Client(**arguments).close()


def test_a_client_may_leave_the_credential_to_a_gateway(scripted: Scripted) -> None:
    server = scripted(error(404, "not_found_error", "bearer of nothing"))
    headers = {"X-Api-Key": None, "Authorization": None, "Cookie": ""}
    with (
        Client(base_url=server.base_url, default_headers=headers) as client,
        pytest.raises(AnthropicModelsError, match="bearer of nothing"),
    ):
        client.models.list()
    (request,) = server.requests
    assert "x-api-key" not in request.headers
    assert "authorization" not in request.headers


def test_an_http_client_without_a_credential_is_not_enough() -> None:
    with httpx.Client() as http, pytest.raises(MissingCredentialsError):
        Client(http_client=http)


def test_other_headers_are_not_enough() -> None:
    with pytest.raises(MissingCredentialsError):
        Client(default_headers={"X-Mine": "1", "Cookie": "session=1"})


def test_key_and_token_together_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^give api_key or auth_token, not both$"):
        Client(api_key="a", auth_token="b")


@pytest.mark.parametrize(
    "bad",
    [
        "sk-hidden\n",
        "sk-\nhidden",
        " sk-hidden",
        "sk-hidden ",
        "sk-\thidden",
        "sk-hidden\xfc",
        "\0",
    ],
)
@pytest.mark.parametrize("argument", ["api_key", "auth_token"])
def test_a_malformed_credential_is_refused_and_not_shown(argument: str, bad: str) -> None:
    with pytest.raises(ValueError, match=f"{argument} has characters") as caught:
        Client(**{argument: bad})  # type: ignore[arg-type]  # the value is a string
    assert "hidden" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("name", ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"])
def test_a_malformed_credential_of_the_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "sk-hidden\n")
    with pytest.raises(ValueError, match=f"^{name} has characters"):
        Client()


@pytest.mark.parametrize("argument", ["api_key", "auth_token"])
def test_an_empty_credential_is_refused(argument: str) -> None:
    with pytest.raises(ValueError, match=f"^{argument} is empty$"):
        Client(**{argument: ""})  # type: ignore[arg-type]  # the value is a string
    with pytest.raises(TypeError, match=f"^{argument} must be a string, not int$"):
        Client(**{argument: 7})  # type: ignore[arg-type]  # the wrong type is the point


NO_HOST = "base_url must start with https:// and name a host, unlike {!r}"
NO_URL = "base_url is not a valid URL"
NO_PATH = "base_url must end with the path, unlike {!r}"
PLAIN = (
    "base_url {!r} would send the credential unencrypted; use https://, or pass "
    "allow_insecure_http=True if that is what you want"
)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", NO_HOST),
        ("api.anthropic.com", NO_HOST),
        ("ftp://api.anthropic.com", NO_HOST),
        ("https://", NO_HOST),
        ("https:///v1", NO_HOST),
        ("https://a..b:x/", NO_URL),
        ("https://host:65536", NO_HOST),
        ("https://host:99999", NO_HOST),
        ("https://host/?a=b", NO_PATH),
        ("https://host/#part", NO_PATH),
        ("http://example.com", PLAIN),
        ("https://[fe80::1%251]", NO_HOST),
        ("http://10.0.0.1", PLAIN),
        ("http://[fe80::1]", PLAIN),
        ("http://localhost.example.com", PLAIN),
        ("https://ex ample.com", NO_HOST),
        ("https://\ud800", NO_URL),
        ("https://host/\ud800", NO_URL),
        (
            "https://user:hunter2@example.com",
            "base_url must not hold a user name or password; use api_key=",
        ),
    ],
)
def test_a_base_url_that_cannot_be_right_is_refused_at_once(url: str, says: str) -> None:
    with pytest.raises(ValueError, match="base_url") as caught:
        Client(api_key=KEY, base_url=url)
    assert str(caught.value) == says.format(url)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value)).replace(url, "")


def test_a_base_url_of_the_wrong_type_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^base_url must be a string, not int$"):
        Client(api_key=KEY, base_url=7)  # type: ignore[arg-type]  # the wrong type is the point


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8080", "http://127.0.0.1", "http://127.9.9.9:1", "http://[::1]:8080/x"],
)
def test_plain_http_is_allowed_on_this_machine(url: str) -> None:
    with Client(api_key=KEY, base_url=url) as client:
        assert client.base_url == url


@pytest.mark.parametrize(
    "url",
    [
        "https://gateway.example:65535",
        "https://my_gateway-1.example/v1",
        "https://10.0.0.1",
        "https://[2001:db8::a]:8443/X",
        "https://[::ffff:10.0.0.1]",
    ],
)
def test_a_base_url_may_name_any_host_and_port(url: str) -> None:
    with Client(api_key=KEY, base_url=url) as client:
        assert client.base_url == url


def test_plain_http_is_allowed_when_asked_for() -> None:
    with Client(api_key=KEY, base_url="http://proxy.example", allow_insecure_http=True) as client:
        assert client.base_url == "http://proxy.example"


def test_plain_http_is_refused_unless_it_is_decided_about() -> None:
    with pytest.raises(ValueError, match="unencrypted"):
        Client(api_key=KEY, base_url="http://proxy.example", allow_insecure_http=None)  # type: ignore[arg-type]  # callers without a type checker


def test_an_http_client_of_the_other_kind_is_refused() -> None:
    with pytest.raises(TypeError, match=r"must be an httpx\.Client"):
        Client(api_key=KEY, http_client=httpx.AsyncClient())  # type: ignore[arg-type]  # the wrong type is the point
    with httpx.Client() as http, pytest.raises(TypeError, match=r"must be an httpx\.AsyncClient"):
        AsyncClient(api_key=KEY, http_client=http)  # type: ignore[arg-type]  # the wrong type is the point


def test_a_client_shows_no_secret() -> None:
    with Client(api_key=KEY, default_headers={"Cookie": "secret-cookie"}) as client:
        shown = [repr(client), str(client), repr(client.generated), repr(vars(client))]
        shown.append(repr(vars(client.models)))
    for text in shown:
        assert KEY not in text
        assert "secret-cookie" not in text


@pytest.mark.parametrize("copier", [pickle.dumps, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_client_cannot_be_copied_and_says_why(
    kind: type[Client] | type[AsyncClient], copier: Callable[[object], object]
) -> None:
    with pytest.raises(TypeError, match="cannot be pickled or copied"):
        copier(kind(api_key=KEY))


def test_what_a_client_is_made_of_cannot_be_pickled_either() -> None:
    with Client(api_key=KEY) as client:
        for part in vars(client).values():
            with pytest.raises(TypeError, match="cannot"):
                pickle.dumps(part)


def echo() -> Answer:
    return error(401, "authentication_error", f"invalid x-api-key {KEY}")


def test_no_error_shows_a_credential_of_any_kind_in_any_form(
    shell: Shell, scripted: Scripted
) -> None:
    quoted = "hidden-token hidden-key hidden-session hidden-proxy"
    server = scripted(error(401, "authentication_error", f"invalid {quoted}"))
    headers = {
        "X-API-KEY": "hidden-key",
        "Cookie": "session=1; hidden-session",
        "Proxy-Authorization": "Basic hidden-proxy",
    }
    with (
        shell.client(
            server.base_url, api_key=None, auth_token="hidden-token", default_headers=headers
        ) as client,
        pytest.raises(AnthropicModelsError, match="invalid <secret>") as caught,
    ):
        client.list()
    assert isinstance(caught.value, APIStatusError)
    assert caught.value.message == "invalid <secret> <secret> <secret> <secret>"
    assert "hidden" not in str(caught.value) + repr(vars(caught.value))


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (echo(), "invalid"),
        (answer(f"<html>{KEY}</html>".encode(), status=502), "502"),
        (answer(f"not JSON: {KEY}".encode()), "not JSON"),
        (answer(page("a") | {"has_more": KEY}), "has_more"),
        (answer(b"", status=302, headers={"location": f"https://evil.example/{KEY}"}), "redirect"),
        (raw(b"\x00garbage\r\n\r\n"), "broke off"),
        (raw(f"HTTP/1.1 {KEY}\r\n\r\n".encode()), "broke off"),
    ],
)
def test_no_error_shows_the_key_in_any_form(
    shell: Shell,
    scripted: Scripted,
    script: Answer,
    says: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "anthropic_models")
    server = scripted(script)
    with (
        shell.client(server.base_url, max_retries=0) as client,
        pytest.raises(AnthropicModelsError, match=says) as caught,
    ):
        client.list()
    failure = caught.value
    assert failure.__cause__ is None
    assert failure.__context__ is None
    shown = [str(failure), repr(failure), repr(vars(failure)), caplog.text]
    shown += traceback.TracebackException.from_exception(failure, capture_locals=True).format()
    for text in shown:
        assert KEY not in text
    assert KEY.encode() not in pickle.dumps(failure)


@pytest.mark.parametrize(
    "token", ['sk-a"b\\c/d-secret', "abc def ghi-secret", "sk-unusual~=+/secret"]
)
def test_a_quoted_token_is_masked_however_it_is_quoted(
    shell: Shell, scripted: Scripted, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "anthropic_models")
    quoting = error(401, "authentication_error", f"bad {token}", headers={"request-id": token})
    server = scripted(quoting)
    with (
        shell.client(server.base_url, api_key=None, auth_token=token) as client,
        pytest.raises(AnthropicModelsError, match="bad <secret>") as caught,
    ):
        client.list()
    for text in (str(caught.value), repr(vars(caught.value)), caplog.text):
        assert token not in text
        assert token.replace('"', '\\"') not in text


@pytest.mark.parametrize(
    "headers", [{"x-api-key": KEY}, {"Authorization": f"Bearer {KEY}"}], ids=["key", "token"]
)
def test_a_credential_of_an_injected_client_is_masked_too(
    scripted: Scripted, headers: dict[str, str]
) -> None:
    server = scripted(echo())
    with (
        httpx.Client(headers=headers) as http,
        Client(base_url=server.base_url, http_client=http) as client,
        pytest.raises(AnthropicModelsError, match="invalid x-api-key <secret>"),
    ):
        client.models.list()


@pytest.mark.parametrize("key", ["test", "claude", "data", "id", "sk-model-0123456789"])
def test_a_page_is_never_changed_whatever_the_key_is(
    shell: Shell, scripted: Scripted, key: str
) -> None:
    listed = [f"{key}-model-1", "claude-test-2"]
    server = scripted(answer(page(*listed, has_more=True)), answer(page("last")))
    with shell.client(server.base_url, api_key=key) as client:
        assert [model.id for model in client.list()] == [*listed, "last"]


@pytest.mark.parametrize(
    ("key", "options", "says"),
    [(f"{KEY}\n", {}, "{} has characters"), (KEY, {"timeout": -1}, "timeout must be")],
)
@pytest.mark.parametrize("from_environment", [False, True])
def test_a_client_that_cannot_be_made_shows_no_key_in_its_traceback(
    key: str,
    options: dict[str, Any],
    says: str,
    from_environment: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if from_environment:
        monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    else:
        options = {**options, "api_key": key}
    expected = says.format("ANTHROPIC_API_KEY" if from_environment else "api_key")
    with pytest.raises(ValueError, match=expected) as caught:
        Client(**options)
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in told.stack if "anthropic_models" in frame.filename]
    assert len(ours) > 1
    assert KEY not in str([frame.locals for frame in ours])


def test_the_environment_adds_no_key_to_a_credential_of_another_kind(
    monkeypatch: pytest.MonkeyPatch, scripted: Scripted
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    server = scripted(answer(page("a")))
    gateway = {"Authorization": "Bearer gateway-token"}
    with Client(base_url=server.base_url, default_headers=gateway) as client:
        client.models.list()
    with (
        httpx.Client(auth=("user", "password")) as http,
        Client(base_url=server.base_url, http_client=http) as client,
    ):
        client.models.list()
    assert len(server.requests) == 2
    for request in server.requests:
        assert "x-api-key" not in request.headers


def test_cookies_do_not_pass_from_one_credential_to_another(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a"), headers={"set-cookie": "tenant=a; path=/"}))
    with shell.client(server.base_url) as client:
        client.list()
        client.with_options(api_key="another-key").list()
    assert not [request for request in server.requests if "cookie" in request.headers]


@pytest.mark.parametrize(("key", "shown"), [("8letters", "<secret>"), ("7letter", "7letter")])
def test_what_is_too_short_to_be_a_secret_is_not_masked(
    scripted: Scripted, key: str, shown: str
) -> None:
    server = scripted(error(401, "authentication_error", f"bad key {key}"))
    with (
        Client(api_key=key, base_url=server.base_url) as client,
        pytest.raises(AnthropicModelsError, match=f"bad key {shown}"),
    ):
        client.models.list()
