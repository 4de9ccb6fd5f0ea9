"""Retries: what is repeated, how often, and after how long."""

import datetime
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from anthropic_models import APIConnectionError, APIStatusError
from anthropic_models._core.attempt_outcome import Failure
from anthropic_models._core.retry import (
    is_retryable_status,
    retry_advice,
    retry_after,
    seconds_before_retry,
)
from hypothesis import given
from hypothesis import strategies as st

from generator.documents import read_yaml
from tests.support.scripted_server import Scripted, error, page, raw, respond
from tests.support.sync_and_async import Shell

CASES = read_yaml(Path(__file__).with_name("data") / "retries.yaml")
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC).timestamp()


def failure(**changes: Any) -> Failure:
    known: dict[str, Any] = {"retryable": True, "may_have_acted": True, "retry_after": None}
    return Failure(APIConnectionError("lost"), **(known | changes))


def seconds(of: Failure, **changes: Any) -> float | None:
    known: dict[str, Any] = {"method": "GET", "retries_taken": 0, "max_retries": 2, "jitter": 0.0}
    return seconds_before_retry(of, **(known | changes))


def test_a_status_that_may_pass_is_retryable() -> None:
    retryable = {status for status in range(100, 700) if is_retryable_status(status)}
    assert retryable == {408, 409, 429, *range(500, 600)} - {501, 505}
    for status in (408, 501, 503, 404):
        assert APIStatusError("no", status_code=status).is_retryable == (status in retryable)


@pytest.mark.parametrize(("status", "header", "retryable", "may_have_acted"), CASES["advice"])
def test_x_should_retry_decides_when_it_is_there(
    status: int, header: str | None, retryable: bool, may_have_acted: bool
) -> None:
    headers = httpx.Headers({} if header is None else {"x-should-retry": header})
    assert retry_advice(status, headers) == (retryable, may_have_acted)


class TestWait:
    def test_doubles_from_half_a_second_to_eight(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()  # the short backoff of other tests
        waits = [seconds(failure(), retries_taken=n, max_retries=9999) for n in range(6)]
        assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
        assert seconds(failure(), retries_taken=5000, max_retries=9999) == 8.0
        assert [seconds(failure(), jitter=jitter) for jitter in (0.5, 1.0)] == [0.375, 0.25]

    def test_is_what_the_server_asks_for_up_to_a_minute(self) -> None:
        waits = [seconds(failure(retry_after=s), jitter=0.5) for s in (0.0, 7.0, 60.0, 60.1)]
        assert waits == [0.0, 7.0, 60.0, None]

    def test_ends_with_the_retries(self) -> None:
        assert [seconds(failure(), retries_taken=n) is None for n in range(4)] == [0, 0, 1, 1]
        assert seconds(failure(), max_retries=0) is None

    def test_is_none_for_what_would_end_the_same_way(self) -> None:
        assert seconds(failure(retryable=False, retry_after=1.0)) is None

    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"])
    def test_an_idempotent_method_is_repeated_whatever_has_happened(self, method: str) -> None:
        assert seconds(failure(), method=method) is not None

    @pytest.mark.parametrize("method", ["POST", "PATCH", "MADE-UP"])
    def test_any_other_is_repeated_only_if_the_server_cannot_have_acted(self, method: str) -> None:
        assert seconds(failure(retry_after=1.0), method=method) is None
        assert seconds(failure(may_have_acted=False), method=method) is not None


# What numbers and dates are made of, and what looks like it.
HEADER = st.text("0123456789.,-+eE_ infaNxX:;MonGMT²٣½\0é", max_size=40)


class TestRetryAfter:
    @pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
    def test_is_read_in_every_time_zone(self, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        for headers, wait in [*CASES["waits"], ({"retry-after": "9" * 400}, float("inf"))]:
            assert retry_after(httpx.Headers(headers), NOW) == wait, headers

    @pytest.mark.parametrize(("values", "wait"), [("7 7", 7.0), ("7 8", None)])
    def test_that_came_twice_counts_when_equal(self, values: str, wait: float | None) -> None:
        headers = httpx.Headers([("retry-after", value) for value in values.split()])
        assert retry_after(headers, NOW) == wait

    @given(HEADER, HEADER)
    def test_of_any_kind_is_a_wait_or_none(self, value: str, milliseconds: str) -> None:
        headers = {"retry-after": value, "retry-after-ms": milliseconds}
        wait = retry_after(httpx.Headers(headers, encoding="utf-8"), NOW)
        assert wait is None or wait >= 0


def test_a_call_is_repeated_while_retries_are_left(shell: Shell, scripted: Scripted) -> None:
    server = scripted(error(503, "x"), raw(b""), respond(page("a")), raw(b""), error(529, "x"))
    with shell.client(server.base_url, max_retries=5) as client:
        assert client.models.list().response.retries_taken == 2
        with pytest.raises(APIStatusError, match="retries taken: 1") as caught:
            client.models.list(max_retries=1)
    assert (caught.value.status_code, caught.value.retries_taken) == (529, 1)
    assert len(server.requests) == 5
