"""Retries: what is repeated, how often, and after how long."""

import datetime
import email.utils
import time
from typing import Any

import httpx
import pytest
from anthropic_models import APIConnectionError, APIStatusError
from anthropic_models._core.outcomes import Failure
from anthropic_models._core.retry import (
    is_retryable_status,
    retry_advice,
    retry_after,
    seconds_before_retry,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.support.scripted_server import Scripted, error, page, raw, respond
from tests.support.sync_and_async import Shell

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC).timestamp()


def failure(
    *, retryable: bool = True, may_have_acted: bool = True, retry_after: float | None = None
) -> Failure:
    return Failure(APIConnectionError("lost"), retryable, may_have_acted, retry_after)


def seconds(of: Failure, **changes: Any) -> float | None:
    arguments: dict[str, Any] = {
        "method": "GET",
        "retries_taken": 0,
        "max_retries": 2,
        "jitter": 0.0,
    }
    return seconds_before_retry(of, **(arguments | changes))


class TestStatus:
    def test_a_status_that_may_pass_is_retryable(self) -> None:
        retryable = {status for status in range(100, 700) if is_retryable_status(status)}
        assert retryable == {408, 409, 429, *range(500, 600)} - {501, 505}

    @pytest.mark.parametrize("status", [408, 409, 429, 500, 501, 503, 505, 529, 404])
    def test_the_error_says_the_same(self, status: int) -> None:
        error = APIStatusError("no", status_code=status)
        assert error.is_retryable == is_retryable_status(status)

    @pytest.mark.parametrize(
        ("status", "header", "retryable", "may_have_acted"),
        [
            (400, None, False, True),
            (500, None, True, True),
            (429, None, True, False),
            (503, None, True, False),
            (529, None, True, False),
            (400, " TRUE ", True, False),
            (500, "true", True, False),
            (503, "false", False, True),
            (503, "maybe", True, False),
            (400, "", False, True),
        ],
    )
    def test_x_should_retry_decides_when_it_is_there(
        self, status: int, header: str | None, retryable: bool, may_have_acted: bool
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
    def test_an_idempotent_method_is_repeated_even_if_the_server_may_have_acted(
        self, method: str
    ) -> None:
        assert seconds(failure(), method=method) is not None

    @pytest.mark.parametrize("method", ["POST", "PATCH", "MADE-UP"])
    def test_any_other_is_repeated_only_if_the_server_cannot_have_acted(self, method: str) -> None:
        assert seconds(failure(retry_after=1.0), method=method) is None
        assert seconds(failure(may_have_acted=False), method=method) is not None

    @given(st.integers(0, 30), st.integers(0, 30), st.floats(0, 1), st.none() | st.floats(0))
    def test_never_exceeds_a_minute(
        self, taken: int, most: int, jitter: float, asked: float | None
    ) -> None:
        wait = seconds(
            failure(retry_after=asked), retries_taken=taken, max_retries=most, jitter=jitter
        )
        assert wait is None or (0 <= wait <= 60 and taken < most)


# What numbers and dates are made of, and what looks like it.
HEADER = st.text("0123456789.,-+eE_ infaNxX:;MonGMT²٣½\0é", max_size=40)


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("headers", "wait"),
        [
            ({}, None),
            ({"retry-after": "15"}, 15.0),
            ({"retry-after": " 1.5 "}, 1.5),
            ({"retry-after": "0"}, 0.0),
            ({"retry-after": "9" * 400}, float("inf")),
            ({"retry-after-ms": " 250 ", "retry-after": "15"}, 0.25),
            ({"retry-after-ms": "soon", "retry-after": "15"}, 15.0),
            ({"retry-after": "Thu, 01 Jan 2026 00:00:30 GMT"}, 30.0),
            ({"retry-after": "Thu, 01 Jan 2026 00:00:30 -0000"}, 30.0),
            ({"retry-after": "Wed, 31 Dec 2025 23:59:00 GMT"}, 0.0),
            ({"retry-after": "Thu, 01 Jan 2026 01:00:30 +0100"}, 30.0),
            ({"retry-after": "Thu Jan  1 00:00:30 2026"}, 30.0),
            ({"retry-after": "7, 7"}, 7.0),
            ({"retry-after": "7, 8"}, None),
            ({"retry-after": "-5"}, None),
            ({"retry-after": "nan"}, None),
            ({"retry-after": "inf"}, None),
            ({"retry-after": "1e3"}, None),
            ({"retry-after": "Thu, 99 Jan 2026 00:00:30 GMT"}, None),
            ({"retry-after": f"Thu, 01 Jan {'9' * 20} 00:00:30 GMT"}, None),
            ({"retry-after": f"Thu, 01 Jan 2026 00:00:30 +{'9' * 30}"}, None),
        ],
    )
    @pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
    def test_is_read_in_every_form_in_every_time_zone(
        self,
        headers: dict[str, str],
        wait: float | None,
        zone: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert retry_after(httpx.Headers(headers), NOW) == wait

    @pytest.mark.parametrize(("values", "wait"), [("7 7", 7.0), ("7 8", None)])
    def test_that_came_twice_counts_when_both_are_equal(
        self, values: str, wait: float | None
    ) -> None:
        headers = httpx.Headers([("retry-after", value) for value in values.split()])
        assert retry_after(headers, NOW) == wait

    @given(HEADER, HEADER)
    def test_of_any_kind_is_a_wait_or_none(self, value: str, milliseconds: str) -> None:
        headers = {"retry-after": value, "retry-after-ms": milliseconds}
        wait = retry_after(httpx.Headers(headers, encoding="utf-8"), NOW)
        assert wait is None or wait >= 0

    @given(st.integers(0, 10**6))
    def test_as_a_date_means_the_same_as_seconds(self, wait: int) -> None:
        date = email.utils.formatdate(NOW + wait, usegmt=True)
        assert retry_after(httpx.Headers({"retry-after": date}), NOW) == wait


def test_a_call_is_repeated_after_a_status_and_a_lost_connection(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(error(503, "x"), raw(b""), respond(page("a")))
    with shell.client(server.base_url) as client:
        assert client.models.list().response.retries_taken == 2
    assert len(server.requests) == 3


def test_the_last_error_is_raised_with_the_retries(shell: Shell, scripted: Scripted) -> None:
    server = scripted(raw(b""), error(529, "overloaded_error"))
    with (
        shell.client(server.base_url, max_retries=5) as client,
        pytest.raises(APIStatusError, match="retries taken: 1") as caught,
    ):
        client.models.list(max_retries=1)
    assert (caught.value.status_code, caught.value.retries_taken) == (529, 1)
    assert len(server.requests) == 2
