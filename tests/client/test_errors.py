"""Errors: what a status, a body and the network become, and what the errors say."""

import inspect
import json
import pickle
import ssl
from pathlib import Path
from typing import Any

import anthropic_models
import anthropic_models.errors
import httpx
import pytest
from anthropic_models import (
    AnthropicModelsError,
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    ArgumentError,
    PaginationError,
)
from anthropic_models._core.attempt_outcome import Failure, RawResponse
from anthropic_models._core.error_responses import status_failure
from anthropic_models._core.network_errors import body_error, body_timeout, outcome_of
from anthropic_models.errors import class_for_status

from generator.documents import read_yaml
from tests.support.core_calls import raw_response
from tests.support.scripted_server import Scripted, error
from tests.support.sync_and_async import Shell

CASES = read_yaml(Path(__file__).with_name("data") / "errors.yaml")
ENVELOPE = {"type": "error", "error": {"type": "t", "message": "m é"}, "request_id": "r"}
REQUEST = httpx.Request(
    "GET",
    "https://api.example:8443/v1",
    extensions={"timeout": httpx.Timeout(2, pool=3).as_dict()},
)


def status_error(body: object = b"", *, status: int = 502, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = raw_response(body, status=status, headers=named)
    return status_failure(raw, retries_taken=1, now=0.0, mask=lambda content: content).error


def test_each_status_has_its_class() -> None:
    for status in range(200, 800):
        other = "APIStatusError" if status < 500 else "InternalServerError"
        assert class_for_status(status).__name__ == CASES["statuses"].get(str(status), other)


def test_the_envelope_is_in_the_error(shell: Shell, scripted: Scripted) -> None:
    server = scripted(error(429, "rate_limit_error", "slow", headers={"request-id": "req_h"}))
    failure = shell.error(server.base_url, anthropic_models.RateLimitError, max_retries=0)
    assert str(failure) == "429 rate_limit_error: slow (request id req_h, retry after 0 s)"
    assert (failure.type, failure.message) == ("rate_limit_error", "slow")
    assert status_error(failure.body).request_id == "req_body", "where the header is missing"
    assert status_error(status=429, retry_after="86400").retry_after == 86400


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_the_envelope_may_have_a_byte_order_mark_or_be_in_utf_16(encoding: str) -> None:
    failure = status_error(json.dumps(ENVELOPE, ensure_ascii=False).encode(encoding))
    assert (failure.type, failure.message, failure.request_id) == ("t", "m é", "r")
    assert status_error("plain é".encode("utf-8-sig")).message == "plain é"


@pytest.mark.parametrize(
    "case",
    [
        *CASES["gateways"],
        ["x" * 201, f"{'x' * 200}…", "x" * 201],
        ["x" * 1_048_577, f"{'x' * 200}…", "x" * 1_048_576],
        ["[" * 200_000, "[" * 200 + "…", "[" * 200_000],
        ["[" * 101 + "]" * 101, "[" * 101 + "]" * 99 + "…", "[" * 101 + "]" * 101],
        # A pattern that reads from each tag to the end of the text would take minutes.
        ["<" * 1_000_000, "<" * 200 + "…", "<" * 1_000_000],
        ["<script>" * 125_000, "HTTP 502 Bad Gateway", "<script>" * 125_000],
    ],
    ids=lambda case: case[0][:20],
)
def test_what_a_gateway_writes_instead_is_in_the_message(case: list[Any]) -> None:
    body, message, *kept = case
    failure = status_error(body.encode())
    assert failure.message == message
    assert failure.body == (kept[0] if kept else json.loads(body))
    assert (failure.type, failure.request_id) == (None, None)
    assert status_error(b'{"message": "caf\xe9"}').message == "caf\ufffd"


@pytest.mark.parametrize(("status", "message"), CASES["unexplained"])
def test_a_status_without_an_explanation_is_named(status: int, message: str) -> None:
    assert status_error(status=status).message == message


@pytest.mark.parametrize(
    "broken", [APIConnectionError("cut"), APIResponseValidationError("no gzip")]
)
def test_a_status_is_reported_even_when_the_body_cannot_be_read(broken: Exception) -> None:
    assert status_error(broken, status=401).body is None


def caused(*, cause: Exception | None = None, context: Exception | None = None) -> Exception:
    error = httpx.ConnectError("")
    error.__cause__, error.__context__ = cause, context
    return error


UNVERIFIED = caused(cause=ssl.SSLCertVerificationError(1, "unable to get local issuer"))
LOOP_CLOSED = RuntimeError("Event loop is closed")


@pytest.mark.parametrize(
    ("raised", "message", "retryable", "may_have_acted"),
    [
        *((getattr(httpx, kind)("x"), *expected) for kind, *expected in CASES["network"]),
        (httpx.ConnectError("\udcff"), "could not connect to {}: ?", True, False),
        (caused(cause=OSError("x"), context=OSError()), "could not connect to {}: x", True, False),
        (caused(context=OSError("x")), "could not connect to {}: x", True, False),
        # Of another library, which then has no response for a request.
        (httpx.TimeoutException("x"), "reading from {} timed out after 2 s: x", True, True),
        (UNVERIFIED, "could not connect to {}: unable to get local issuer", False, False),
        (httpx.ReadError(""), "connection to {} lost: ReadError", True, True),
        (LOOP_CLOSED, "connection to {} lost: Event loop is closed", True, False),
        (UnicodeError("x"), "the URL is not valid", False, True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_httpx_raises_becomes_a_failure_that_names_the_host(
    raised: Exception, message: str, retryable: bool, may_have_acted: bool
) -> None:
    failure = outcome_of(raised, REQUEST)
    assert isinstance(failure, Failure)
    assert str(failure.error) == str(body_error(failure)) == message.format("api.example:8443")
    assert (failure.retryable, failure.may_have_acted) == (retryable, may_have_acted)
    timeout = isinstance(raised, httpx.TimeoutException)
    assert type(failure.error) is (APITimeoutError if timeout else APIConnectionError)


def test_a_host_is_named_as_in_its_url() -> None:
    for url, host in (("https://api.example/", "api.example"), ("http://[::1]:80/", "[::1]")):
        request = httpx.Request("GET", url)
        assert f" {host} " in str(body_timeout(1.5, request))
        failure = outcome_of(httpx.ReadTimeout(""), request)
        assert isinstance(failure, Failure)
        assert str(failure.error) == f"reading from {host} timed out", "without a limit"


def test_an_error_that_is_not_of_httpx_is_left_as_it_is() -> None:
    assert outcome_of(RuntimeError("x"), REQUEST) is outcome_of(OSError("x"), REQUEST) is None
    ours = Failure(error := PaginationError("of a hook"), retryable=False)
    assert outcome_of(error, REQUEST) == ours


def test_a_status_that_a_hook_has_raised_is_a_response() -> None:
    response = httpx.Response(429, headers={"retry-after": "7"})
    outcome = outcome_of(httpx.HTTPStatusError("x", request=REQUEST, response=response), REQUEST)
    assert isinstance(outcome, RawResponse)
    assert (outcome.status_code, outcome.headers["retry-after"]) == (429, "7")
    assert isinstance(outcome.body, APIConnectionError)
    assert isinstance(body_error(outcome), APIConnectionError)


KINDS: list[type[AnthropicModelsError]] = [
    kind
    for kind in vars(anthropic_models.errors).values()
    if isinstance(kind, type) and issubclass(kind, AnthropicModelsError)
]


def details_of(kind: type[AnthropicModelsError]) -> dict[str, Any]:
    """Return a number for each argument but the message."""
    _, *names = inspect.signature(kind).parameters
    return {name: number for number, name in enumerate(names, start=2)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_keeps_its_details_and_pickles_whole(kind: type[AnthropicModelsError]) -> None:
    made = kind("what happened", **details_of(kind))
    assert vars(made) == {"message": "what happened", "resume": None} | details_of(kind)
    assert made.args == ("what happened",)
    assert str(made) == made.description
    made.resume = {"before_id": "x", "max_items": 3}
    made.add_note("a note of the caller's")
    assert str(made) == f"{made.description} (resume with before_id='x', max_items=3)"
    again = pickle.loads(pickle.dumps(made))  # noqa: S301 - our own bytes
    assert type(again) is kind
    assert (str(again), again.args, vars(again)) == (str(made), made.args, vars(made))


def test_the_classes_of_errors() -> None:
    bases = {kind.__name__: [base.__name__ for base in kind.__bases__] for kind in KINDS}
    assert bases == CASES["classes"]


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (APIStatusError("gone", status_code=410), "410: gone"),
        (APIStatusError("wait", status_code=429, retry_after=7.0), "429: wait (retry after 7 s)"),
        (
            APIStatusError("no", status_code=429, type="t", request_id="r", retries_taken=2),
            "429 t: no (request id r, retries taken: 2)",
        ),
        (APIResponseValidationError("odd", request_id="r"), "odd (request id r)"),
        (APIConnectionError("lost", retries_taken=2), "lost"),
        (ArgumentError("betas", "must be words"), "betas must be words"),
        (ArgumentError("a", "is b", "allow_c"), "a is b; allow_c=True allows it"),
    ],
)
def test_an_error_reads_as_a_sentence(made: Exception, text: str) -> None:
    assert str(made) == text
    again = pickle.loads(pickle.dumps(made))  # noqa: S301 - our own bytes
    assert (str(again), vars(again)) == (text, vars(made))
