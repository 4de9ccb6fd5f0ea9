"""The attempts at a call, as a generator that is driven by hand."""

import logging
from typing import Any

import pytest
from anthropic_models import (
    AnthropicModelsError,
    APIConnectionError,
    ClientClosedError,
    OverloadedError,
    Request,
)
from anthropic_models._core.attempt_outcome import Failure, RawResponse
from anthropic_models._core.network_errors import closed_failure
from anthropic_models_generated.api.models import list_models

from tests.support.core_calls import call_of, played, raw_response
from tests.support.scripted_server import page
from tests.support.sync_and_async import KEY

LOST = Failure(APIConnectionError("lost"), retryable=True)
NOT_CONNECTED = Failure(APIConnectionError("no"), retryable=True, may_have_acted=False)
PAGE = raw_response(page("a"), headers={"request-id": "req_1"})
LISTING: Request[Any] = list_models.request()
POST: Request[Any] = Request("POST", "/v1/new", body=b"{}")


def failing(status: int, **headers: str) -> RawResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return raw_response(b"", status=status, headers=named)


def test_what_may_pass_is_repeated_and_waited_for() -> None:
    cut_off = raw_response(APIConnectionError("cut"))
    outcomes = failing(429, retry_after_ms="125"), LOST, cut_off, PAGE
    result, slept = played(call_of(max_retries=3), *outcomes)
    assert (result.parsed.data[0].id, result.response.retries_taken) == ("a", 3)
    assert slept == [0.125, 0.003, 0.006], "half of the short backoff of tests, doubled"


def test_the_last_error_counts_and_knows_the_retries() -> None:
    error, _ = played(call_of(), LOST, failing(503), failing(529))
    assert (type(error), error.retries_taken) == (OverloadedError, 2)
    error, _ = played(call_of(), failing(503), LOST, LOST)
    assert (type(error), error.retries_taken) == (APIConnectionError, 2)


@pytest.mark.parametrize(
    ("request_", "outcome", "is_repeated"),
    [
        (LISTING, failing(404), False),
        (LISTING, raw_response({}), False),
        (POST, LOST, False),
        (POST, raw_response(APIConnectionError("cut")), False),
        (POST, NOT_CONNECTED, True),
        (POST, failing(503), True),
        (POST, failing(400, x_should_retry="true"), True),
    ],
)
def test_a_call_is_repeated_where_that_helps_and_does_no_harm(
    request_: Request[Any], outcome: RawResponse | Failure, is_repeated: bool
) -> None:
    outcomes = [outcome, PAGE] if is_repeated else [outcome]
    result, slept = played(call_of(request_), *outcomes)
    assert isinstance(result, AnthropicModelsError) == (not is_repeated)
    assert len(slept) == is_repeated


def test_a_closed_client_is_not_repeated() -> None:
    error, slept = played(call_of(), LOST, closed_failure())
    assert (type(error), slept) == (ClientClosedError, [0.0015])
    assert not hasattr(error, "retries_taken"), "it says nothing of the network"


@pytest.mark.parametrize(
    "quoting",
    [
        raw_response(page("a") | {"has_more": "x" * 52 + KEY}),
        raw_response(f"{'x' * 56}{KEY}".encode()),
        raw_response(f"{'x' * 196}{KEY}".encode(), status=502),
        Failure(APIConnectionError(f"xx{KEY}"), retryable=False),
    ],
)
def test_a_text_is_masked_before_it_is_cut(quoting: RawResponse | Failure) -> None:
    error, _ = played(call_of(max_retries=0), quoting)
    assert "xx<se" in str(error)


def test_each_attempt_is_logged_with_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "anthropic_models")
    client = {"base_url": "http://127.0.0.1/gate%2Fway/v1"}
    request = list_models.request(limit=5)  # without its query
    played(call_of(request, client), failing(503, request_id="req_1\x1b[31m\r\nred"), LOST, PAGE)
    assert caplog.messages == [
        r"GET /gate%2Fway/v1/v1/models: 503, request id req_1\x1b[31m\r\nred, 0.500 s, attempt 1",
        "GET /gate%2Fway/v1/v1/models: lost, attempt 2",
        "GET /gate%2Fway/v1/v1/models: 200, request id req_1, 0.500 s, attempt 3",
    ]
    caplog.set_level(logging.INFO, "anthropic_models")
    caplog.clear()
    played(call_of(), PAGE)
    assert caplog.messages == []
