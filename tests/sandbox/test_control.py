"""A test controls the sandbox: it fails, drops and delays on demand, and refuses what is wrong."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from anthropic_models.sandbox import Sandbox, made_up_models

from tests.sandbox.test_api import HEADERS


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{sandbox.base_url}/v1", headers=HEADERS) as client:
        yield client


def test_any_request_fails_in_the_planned_order(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.fail_next(529, times=2, retry_after=0.5)
    sandbox.fail_next(429, retry_after=7)
    sandbox.fail_next(500, retry_after=0)
    paths = ("/nowhere", "/models?limit=0", "/models", "/models", "/models")
    responses = [http.get(path) for path in paths]
    assert [response.status_code for response in responses] == [529, 529, 429, 500, 200]
    waits = [response.headers.get("retry-after") for response in responses]
    assert waits == ["0.5", "0.5", "7", "0", None]


def test_it_cuts_connections_and_then_goes_on(sandbox: Sandbox, http: httpx.Client) -> None:
    assert http.get("/models").status_code == 200
    sandbox.drop_next(2)
    sandbox.fail_next(500)
    for _ in range(2):  # over a connection that is open already, and over a new one
        with pytest.raises(httpx.ReadError, match="reset"):
            http.get("/models")
    assert [http.get("/models").status_code for _ in range(2)] == [500, 200]
    assert [request.status_code for request in sandbox.requests] == [200, None, None, 500, 200]


def test_it_delays_responses(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.delay = 0.05
    begun = time.monotonic()
    assert http.get("/models").status_code == 200
    assert time.monotonic() - begun >= 0.05
    sandbox.delay = 0


def set_delay(sandbox: Sandbox, delay: Any) -> None:
    sandbox.delay = delay


WRONG: list[tuple[Callable[[Sandbox, Any], object], Any, str]] = [
    *((Sandbox.fail_next, status, "status must be 400 to 599, not ") for status in (200, 600)),
    (Sandbox.fail_next, "529", "status must be an int, not '529'"),
    (lambda s, times: s.fail_next(529, times), 0, "times must be at least 1, not 0"),
    (lambda s, times: s.fail_next(529, times), True, "times must be an int, not True"),
    (lambda s, seconds: s.fail_next(529, retry_after=seconds), -1, "retry_after must be 0 sec"),
    (lambda s, seconds: s.fail_next(529, retry_after=seconds), "5", "retry_after must be a numb"),
    *((Sandbox.drop_next, times, "times must be ") for times in (0, -1, 1.0, None)),
    *((set_delay, delay, "delay must be 0 ") for delay in (-1, float("inf"), float("nan"))),
    *((set_delay, delay, "delay must be a number") for delay in ("1", None, True)),
    (lambda _, delay: Sandbox(delay=delay), -1, "delay must be 0 seconds or more, not -1"),
    (lambda _, port: Sandbox(port=port), -1, "port must be 0 to 65535, not -1"),
    (lambda _, port: Sandbox(port=port), 65536, "port must be 0 to 65535, not 65536"),
    (lambda _, port: Sandbox(port=port), "80", "port must be an int, not '80'"),
    (lambda _, host: Sandbox(host=host), "", "host must not be empty"),
    (lambda _, models: Sandbox(models), -1, "must be 0 to 1000000, not -1"),
    (lambda _, models: Sandbox(models), 1_000_001, "must be 0 to 1000000, not 1000001"),
    (lambda _, models: Sandbox(models), True, "must be an int, not True"),
    (lambda _, models: Sandbox(models), 5.0, "must be an int, not 5.0"),
    (lambda _, models: Sandbox(models), "57", "not a str"),
    (lambda _, models: Sandbox(models), {"id": "a"}, "not a dict"),
    (lambda _, models: Sandbox(models), object(), "not a object"),
    (lambda _, models: Sandbox(models), ["a"], r"models\[0\] must be a dict as the API sends it"),
    (lambda _, models: Sandbox(models), [{"id": "a"}, {}], r'models\[1\] has no "id"'),
    (lambda s, models: setattr(s, "models", models), -1, "must be 0 to 1000000, not -1"),
    (lambda _, count: made_up_models(count), 1.0, "the number of models must be an int, not 1.0"),
]


@pytest.mark.parametrize(("use", "value", "says"), WRONG)
def test_a_wrong_argument_is_refused_and_changes_nothing(
    use: Callable[[Sandbox, Any], object],
    value: Any,
    says: str,
    sandbox: Sandbox,
    http: httpx.Client,
) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        use(sandbox, value)
    assert len(http.get("/models?limit=1000").json()["data"]) == 57
