"""The sandbox fails, drops and delays on demand."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from anthropic_models import Client, OverloadedError
from anthropic_models.sandbox import Sandbox

from tests.sandbox.test_api import DOCUMENT, HEADERS, assert_fits


@pytest.fixture
def own() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def http(own: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{own.base_url}/v1", headers=HEADERS) as client:
        yield client


def documented() -> list[tuple[int, dict[str, str]]]:
    """Return every status of an error, with the documented example of its error."""
    errors: list[tuple[int, dict[str, str]]] = []
    for status, reference in DOCUMENT["paths"]["/v1/models"]["get"]["responses"].items():
        response = DOCUMENT["components"]["responses"][reference["$ref"].rpartition("/")[2]]
        (example, *_) = response["content"]["application/json"]["examples"].values()
        name = example["$ref"].rpartition("/")[2]
        value = DOCUMENT["components"]["examples"][name]["value"]
        if status.isdecimal() and status != "200":
            errors.append((int(status), value["error"]))
    return errors


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *documented(),
        (418, {"type": "invalid_request_error", "message": "I'm a Teapot"}),
        (499, {"type": "invalid_request_error", "message": "HTTP status 499"}),
        (503, {"type": "api_error", "message": "Service Unavailable"}),
        (599, {"type": "api_error", "message": "HTTP status 599"}),
    ],
)
def test_it_fails_as_documented_and_then_goes_on(
    own: Sandbox, http: httpx.Client, status: int, error: dict[str, str]
) -> None:
    own.fail_next(status)
    response = http.get("/models")
    assert response.status_code == status
    assert_fits(response.json(), "ErrorResponse")
    assert response.json()["error"] == error
    assert response.json()["request_id"] == response.headers["request-id"]
    assert "retry-after" not in response.headers
    assert http.get("/models").status_code == 200
    assert [request.status_code for request in own.requests] == [status, 200]


def test_any_request_fails_in_the_planned_order(own: Sandbox, http: httpx.Client) -> None:
    own.fail_next(529, times=2)
    own.fail_next(429)
    asked = [http.get(path) for path in ("/nowhere", "/models?limit=0", "/models", "/models")]
    assert [response.status_code for response in asked] == [529, 529, 429, 200]


@pytest.mark.parametrize(("seconds", "header"), [(0, "0"), (7, "7"), (0.5, "0.5")])
def test_it_sends_retry_after(
    own: Sandbox, http: httpx.Client, seconds: float, header: str
) -> None:
    own.fail_next(429, retry_after=seconds)
    assert http.get("/models").headers["retry-after"] == header


def test_a_client_retries(own: Sandbox) -> None:
    with Client(base_url=own.base_url, api_key="any") as client:
        own.fail_next(529, times=2, retry_after=0)
        assert client.models.list().response.retries_taken == 2
        own.fail_next(529, times=3, retry_after=0)
        with pytest.raises(OverloadedError, match="Overloaded"):
            client.models.list()
        own.drop_next()
        assert client.models.list().response.retries_taken == 1


def test_it_cuts_connections_and_then_goes_on(own: Sandbox, http: httpx.Client) -> None:
    assert http.get("/models").status_code == 200
    own.drop_next(2)
    own.fail_next(500)
    for _ in range(2):  # over a connection that is open already, and over a new one
        with pytest.raises(httpx.ReadError, match="reset"):
            http.get("/models")
    assert [http.get("/models").status_code for _ in range(2)] == [500, 200]
    assert [request.status_code for request in own.requests] == [200, None, None, 500, 200]


def test_it_delays_responses(own: Sandbox, http: httpx.Client) -> None:
    own.delay = 0.05
    begun = time.monotonic()
    assert http.get("/models").status_code == 200
    assert time.monotonic() - begun >= 0.05
    own.delay = 0
    assert http.get("/models").status_code == 200


def test_a_request_is_recorded_before_its_delayed_response(
    own: Sandbox, http: httpx.Client
) -> None:
    own.delay = 3600
    with pytest.raises(httpx.ReadTimeout):
        http.get("/models", timeout=0.2)
    assert [request.status_code for request in own.requests] == [None]
    own.delay = 0
    assert http.get("/models").status_code == 200


def test_it_can_be_late_from_the_beginning() -> None:
    assert Sandbox(delay=0.5).delay == 0.5


@pytest.mark.parametrize(
    ("arguments", "kind", "says"),
    [
        ({"status": 200}, ValueError, "status must be 400 to 599, not 200"),
        ({"status": 600}, ValueError, "status must be 400 to 599, not 600"),
        ({"status": "529"}, TypeError, "status must be an int, not '529'"),
        ({"times": 0}, ValueError, "times must be at least 1, not 0"),
        ({"times": True}, TypeError, "times must be an int, not True"),
        ({"retry_after": -1}, ValueError, "retry_after must be 0 seconds or more, not -1"),
        ({"retry_after": "5"}, TypeError, "retry_after must be a number of seconds"),
    ],
)
def test_invalid_failures_are_refused(
    own: Sandbox, http: httpx.Client, arguments: dict[str, Any], kind: type[Exception], says: str
) -> None:
    with pytest.raises(kind, match=says):
        own.fail_next(**{"status": 529, **arguments})
    assert http.get("/models").status_code == 200


@pytest.mark.parametrize("times", [0, -1, 1.0, None])
def test_only_some_numbers_of_connections_are_cut(
    own: Sandbox, http: httpx.Client, times: Any
) -> None:
    with pytest.raises((TypeError, ValueError), match="times"):
        own.drop_next(times)
    assert http.get("/models").status_code == 200


@pytest.mark.parametrize("delay", [-1, float("inf"), float("nan"), "1", None, True])
def test_only_some_delays_are_taken(own: Sandbox, delay: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="delay must be"):
        own.delay = delay
    assert own.delay == 0
