"""Statuses become errors that say what happened."""

import pickle
from typing import Any

import anthropic_models
import pytest
from anthropic_models import (
    AnthropicModelsError,
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    Client,
    ClientClosedError,
    InternalServerError,
    MissingCredentialsError,
    OverloadedError,
    PaginationError,
)

from tests.support.scripted_server import Scripted, answer, error, page, raw
from tests.support.shells import KEY, Shell


@pytest.mark.parametrize(
    ("status", "kind", "type_"),
    [
        (400, "BadRequestError", "invalid_request_error"),
        (401, "AuthenticationError", "authentication_error"),
        (402, "APIStatusError", "billing_error"),
        (403, "PermissionDeniedError", "permission_error"),
        (404, "NotFoundError", "not_found_error"),
        (413, "RequestTooLargeError", "request_too_large"),
        (418, "APIStatusError", "teapot_error"),
        (429, "RateLimitError", "rate_limit_error"),
        (499, "APIStatusError", "x"),
        (500, "InternalServerError", "api_error"),
        (501, "InternalServerError", "x"),
        (504, "InternalServerError", "timeout_error"),
        (529, "OverloadedError", "overloaded_error"),
        (599, "InternalServerError", "x"),
    ],
)
def test_a_status_has_its_class(
    shell: Shell, scripted: Scripted, status: int, kind: str, type_: str
) -> None:
    server = scripted(error(status, type_, "so it is", headers={"request-id": "req_header"}))
    with (
        shell.client(server.base_url, max_retries=0) as client,
        pytest.raises(APIStatusError) as caught,
    ):
        client.list()
    failure = caught.value
    assert type(failure) is getattr(anthropic_models, kind)
    assert (failure.status_code, failure.type, failure.message) == (status, type_, "so it is")
    assert failure.request_id == "req_header"
    assert failure.retries_taken == 0
    assert failure.body == {
        "type": "error",
        "error": {"type": type_, "message": "so it is"},
        "request_id": "req_body",
    }
    assert f"{status} {type_}: so it is (request id req_header" in str(failure)


def test_every_status_but_200_is_an_error(scripted: Scripted) -> None:
    statuses = [status for status in range(201, 600) if status not in (204, 304)]
    server = scripted(*(answer(b"", status=status) for status in statuses))
    with Client(api_key=KEY, base_url=server.base_url, max_retries=0) as client:
        for status in statuses:
            with pytest.raises(APIStatusError) as caught:
                client.models.list()
            assert caught.value.status_code == status
            assert isinstance(caught.value, InternalServerError) == (status >= 500)
    assert len(server.requests) == len(statuses)


def test_the_request_id_of_the_body_serves_when_the_header_is_missing(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(error(400, "x"))
    with shell.client(server.base_url) as client, pytest.raises(APIStatusError) as caught:
        client.list()
    assert caught.value.request_id == "req_body"


@pytest.mark.parametrize(
    ("body", "kept", "message"),
    [
        (b"<html>Bad gateway</html>", "<html>Bad gateway</html>", "HTTP 502 Bad Gateway"),
        (b"\x00\xff", "\x00\ufffd", "HTTP 502 Bad Gateway"),
        (b"", None, "HTTP 502 Bad Gateway"),
        (b"null", None, "HTTP 502 Bad Gateway"),
        (b"[" * 200_000, "[" * 200_000, "HTTP 502 Bad Gateway"),
        (b'{"error": "text"}', {"error": "text"}, "HTTP 502 Bad Gateway"),
        (b'{"error": {"message": 7}}', {"error": {"message": 7}}, "HTTP 502 Bad Gateway"),
        (b'{"error": {"message": "m"}}', {"error": {"message": "m"}}, "m"),
        (b'{"error": {"type": 7}}', {"error": {"type": 7}}, "HTTP 502 Bad Gateway"),
        (b'{"error": {"type": ""}}', {"error": {"type": ""}}, "HTTP 502 Bad Gateway"),
        (b'{"request_id": 7}', {"request_id": 7}, "HTTP 502 Bad Gateway"),
        (b'["x"]', ["x"], "HTTP 502 Bad Gateway"),
    ],
)
def test_an_error_body_of_any_kind_is_kept(
    shell: Shell, scripted: Scripted, body: bytes, kept: object, message: str
) -> None:
    server = scripted(answer(body, status=502))
    with (
        shell.client(server.base_url, max_retries=0) as client,
        pytest.raises(InternalServerError) as caught,
    ):
        client.list()
    assert (caught.value.body, caught.value.message) == (kept, message)
    assert (caught.value.type, caught.value.request_id) == (None, None)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (206, "HTTP 206 Partial Content"),
        (299, "HTTP 299"),
        (300, "redirected, and redirects are not followed; is base_url right?"),
        (399, "redirected, and redirects are not followed; is base_url right?"),
        (400, "HTTP 400 Bad Request"),
        (799, "HTTP 799"),
    ],
)
def test_a_status_without_an_explanation_has_a_stand_in(
    shell: Shell, scripted: Scripted, status: int, message: str
) -> None:
    server = scripted(answer(b"", status=status))
    with shell.client(server.base_url) as client, pytest.raises(APIStatusError) as caught:
        client.list()
    assert caught.value.message == message


@pytest.mark.parametrize("status", [529, 520, 600, 799])
def test_a_status_that_python_does_not_know_is_an_error_like_any_other(
    shell: Shell, scripted: Scripted, status: int
) -> None:
    server = scripted(answer(b"", status=status))
    with (
        shell.client(server.base_url, max_retries=0) as client,
        pytest.raises(APIStatusError, match=f"HTTP {status}") as caught,
    ):
        client.list()
    assert isinstance(caught.value, OverloadedError) == (status == 529)


@pytest.mark.parametrize(
    "broken",
    [
        raw(b"HTTP/1.1 401 no\r\ncontent-length: 100\r\n\r\n{"),
        raw(b"HTTP/1.1 401 no\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
        answer(b"no gzip", status=401, headers={"content-encoding": "gzip"}),
        answer(b"x", status=401, headers={"content-encoding": "br"}),
        answer(b" " * (32 * 1024 * 1024 + 1), status=401),
    ],
)
def test_a_status_is_told_even_when_the_body_cannot_be_read(
    shell: Shell, scripted: Scripted, broken: object
) -> None:
    server = scripted(broken)
    with (
        shell.client(server.base_url) as client,
        pytest.raises(anthropic_models.AuthenticationError) as caught,
    ):
        client.list()
    assert caught.value.body is None
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_a_redirect_is_not_followed(shell: Shell, scripted: Scripted, status: int) -> None:
    other = scripted(answer(page("a")))
    headers = {"location": f"{other.base_url}/v1/models"}
    server = scripted(answer(b"", status=status, headers=headers))
    with (
        shell.client(server.base_url) as client,
        pytest.raises(APIStatusError, match="redirects are not followed") as caught,
    ):
        client.list()
    assert caught.value.status_code == status
    assert other.requests == [], "the credential went nowhere else"
    assert len(server.requests) == 1


def details_of(kind: type[AnthropicModelsError]) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if issubclass(kind, APIStatusError):
        details = {"status_code": 429, "type": "t", "request_id": "r", "body": {"a": [1]}}
        details |= {"retries_taken": 2, "retry_after": 7.5}
    if issubclass(kind, APIResponseValidationError):
        details = {"place": "data[0]", "request_id": "r", "body": [1], "retries_taken": 1}
        details |= {"status_code": 200}
    if issubclass(kind, APIConnectionError):
        details = {"retries_taken": 2}
    if issubclass(kind, PaginationError):
        details = {"body": {"data": []}}
    return details


def filled(kind: type[AnthropicModelsError]) -> AnthropicModelsError:
    made = kind("what happened", **details_of(kind))
    made.resume = {"before_id": "x", "max_items": 3}
    made.add_note("a note of the caller's")
    return made


every_kind = pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in vars(anthropic_models).values()
        if isinstance(kind, type) and issubclass(kind, AnthropicModelsError)
    ],
)


@every_kind
def test_every_error_tells_what_it_was_made_with(kind: type[AnthropicModelsError]) -> None:
    made = kind("what happened", **details_of(kind))
    assert vars(made) == {"message": "what happened", "resume": None} | details_of(kind)
    assert made.args == ("what happened",)


@every_kind
def test_every_error_pickles_whole(kind: type[AnthropicModelsError]) -> None:
    made = filled(kind)
    again = pickle.loads(pickle.dumps(made))  # noqa: S301 - our own bytes
    assert type(again) is kind
    assert (str(again), again.args, vars(again)) == (str(made), made.args, vars(made))


def test_the_errors_form_one_family() -> None:
    assert issubclass(APITimeoutError, APIConnectionError)
    assert issubclass(OverloadedError, InternalServerError)
    assert issubclass(InternalServerError, APIStatusError)
    for kind in (APIConnectionError, APIStatusError, APIResponseValidationError, PaginationError):
        assert issubclass(kind, AnthropicModelsError)
    assert MissingCredentialsError.__bases__ == (AnthropicModelsError, ValueError)
    assert ClientClosedError.__bases__ == (AnthropicModelsError, RuntimeError)


def test_an_error_reads_as_a_sentence() -> None:
    made = filled(anthropic_models.RateLimitError)
    assert str(made) == (
        "429 t: what happened (request id r, retry after 7.5 s, retries taken: 2) "
        "(resume with before_id='x', max_items=3)"
    )
    assert str(APIStatusError("gone", status_code=410)) == "410: gone"
    soon = APIStatusError("wait", status_code=429, retry_after=7.0)
    assert str(soon) == "429: wait (retry after 7 s)"
    assert str(APIResponseValidationError("odd", request_id="r")) == "odd (request id r)"
    assert str(APIResponseValidationError("odd")) == "odd"
    assert str(APIConnectionError("broke off")) == "broke off"


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("depth", [50, 400, 800, 5000, 100_000])
def test_a_body_nested_to_any_depth_gives_an_error_that_can_be_shown_and_pickled(
    shell: Shell, scripted: Scripted, status: int, depth: int
) -> None:
    server = scripted(answer(b"[" * depth + b"]" * depth, status=status))
    with shell.client(server.base_url) as client, pytest.raises(AnthropicModelsError) as caught:
        client.list()
    assert not isinstance(caught.value, APIConnectionError)
    assert repr(vars(caught.value))
    assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args  # noqa: S301 - our own bytes


def test_what_an_error_is_not_told_is_none_or_nothing() -> None:
    common = {"message": "x", "resume": None}
    nothing = {"place": None, "request_id": None, "body": None, "retries_taken": 0}
    assert vars(APIConnectionError("x")) == {**common, "retries_taken": 0}
    assert vars(PaginationError("x")) == {**common, "body": None}
    assert vars(APIResponseValidationError("x")) == {**common, **nothing, "status_code": 200}
    assert vars(APIStatusError("x", status_code=418)) == {
        **common,
        "status_code": 418,
        "type": None,
        "request_id": None,
        "body": None,
        "retries_taken": 0,
        "retry_after": None,
    }
