"""A test controls the sandbox: it fails, drops and delays on demand, and refuses what is wrong."""

import math
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from anthropic_models.sandbox import Sandbox, made_up_models

from generator.documents import read_yaml
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


WRONG: list[list[Any]] = [
    *read_yaml(Path(__file__).with_name("data") / "wrong-arguments.yaml")["wrong"],
    ["set", {"delay": math.inf}, "delay must be 0 seconds or more, not inf"],
    ["set", {"delay": math.nan}, "delay must be 0 seconds or more, not nan"],
]


def change(sandbox: Sandbox, **attributes: Any) -> None:
    for name, value in attributes.items():
        setattr(sandbox, name, value)


@pytest.mark.parametrize(("name", "arguments", "says"), WRONG)
def test_a_wrong_argument_is_refused_and_changes_nothing(
    name: str, arguments: dict[str, Any], says: str, sandbox: Sandbox, http: httpx.Client
) -> None:
    functions: dict[str, Callable[..., object]] = {
        "Sandbox": Sandbox,
        "drop_next": sandbox.drop_next,
        "fail_next": sandbox.fail_next,
        "made_up_models": made_up_models,
        "set": partial(change, sandbox),
    }
    with pytest.raises((TypeError, ValueError)) as caught:
        functions[name](**arguments)
    assert str(caught.value) == says
    assert len(http.get("/models?limit=1000").json()["data"]) == 57
