"""Retries: what is repeated, how often, and after how long."""

import datetime
import email.utils
import json
import threading
import time

import anyio
import pytest
from anthropic_models import (
    AnthropicModelsError,
    APIConnectionError,
    APIStatusError,
    ClientClosedError,
    RateLimitError,
)
from anthropic_models._core.retry import advised_wait, is_retryable_answer, wait_before_retry
from hypothesis import given
from hypothesis import strategies as st

from tests.support.scripted_server import Answer, Scripted, answer, error, page, raw, silence_after
from tests.support.shells import Shell

RETRIED = [408, 409, 429, 500, 502, 503, 504, 529, 599]
NOT_RETRIED = [301, 400, 401, 402, 403, 404, 413, 418, 422, 499, 501, 505, 600]


def failing(status: int, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer(b"", status=status, headers=named)


@pytest.mark.parametrize("status", RETRIED)
def test_what_may_pass_is_tried_again_twice(shell: Shell, scripted: Scripted, status: int) -> None:
    server = scripted(failing(status), failing(status), answer(page("a")))
    with shell.client(server.base_url) as client:
        first = client.list()
    assert first.data[0].id == "a"
    assert first.response.retries_taken == 2
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", RETRIED)
def test_after_two_retries_the_error_is_raised(
    shell: Shell, scripted: Scripted, status: int
) -> None:
    server = scripted(failing(status))
    with shell.client(server.base_url) as client, pytest.raises(APIStatusError) as caught:
        client.list()
    assert (caught.value.status_code, caught.value.retries_taken) == (status, 2)
    assert "retries taken: 2" in str(caught.value)
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", NOT_RETRIED)
def test_what_cannot_pass_is_not_tried_again(
    shell: Shell, scripted: Scripted, status: int
) -> None:
    server = scripted(failing(status))
    with shell.client(server.base_url) as client, pytest.raises(APIStatusError):
        client.list()
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("of_client", "of_call", "requests"), [(0, None, 1), (5, 1, 2), (0, 3, 4)]
)
def test_the_number_of_retries_can_be_chosen(
    shell: Shell, scripted: Scripted, of_client: int, of_call: int | None, requests: int
) -> None:
    server = scripted(failing(503))
    with (
        shell.client(server.base_url, max_retries=of_client) as client,
        pytest.raises(APIStatusError),
    ):
        client.list(max_retries=of_call)
    assert len(server.requests) == requests


@pytest.mark.parametrize(
    ("status", "advice", "requests"),
    [(400, "true", 3), (404, "TRUE", 3), (503, "false", 1), (503, "maybe", 3), (400, "", 1)],
)
def test_the_server_may_decide(
    shell: Shell, scripted: Scripted, status: int, advice: str, requests: int
) -> None:
    server = scripted(failing(status, x_should_retry=advice))
    with shell.client(server.base_url) as client, pytest.raises(APIStatusError):
        client.list()
    assert len(server.requests) == requests


@pytest.mark.parametrize("advice", ["86400", "60.5", "9" * 400])
def test_a_wait_beyond_a_minute_is_left_to_the_caller(
    shell: Shell, scripted: Scripted, advice: str
) -> None:
    server = scripted(failing(429, retry_after=advice))
    with shell.client(server.base_url) as client, pytest.raises(RateLimitError) as caught:
        client.list()
    assert caught.value.retry_after == float(advice)
    assert len(server.requests) == 1


def test_a_date_beyond_a_minute_is_left_to_the_caller_too(
    shell: Shell, scripted: Scripted
) -> None:
    date = email.utils.formatdate(time.time() + 3600, usegmt=True)
    server = scripted(failing(429, retry_after=date))
    with shell.client(server.base_url) as client, pytest.raises(RateLimitError) as caught:
        client.list()
    assert caught.value.retry_after == pytest.approx(3600, abs=60)
    assert len(server.requests) == 1


def test_a_short_wait_that_is_asked_for_is_kept_exactly(
    shell: Shell, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float | None] = []
    wait, sleep = threading.Event.wait, anyio.sleep

    def noted_wait(self: threading.Event, timeout: float | None = None) -> bool:
        waited.append(timeout)
        return wait(self, timeout)

    async def noted_sleep(delay: float) -> None:
        waited.append(delay)
        await sleep(delay)

    monkeypatch.setattr(threading.Event, "wait", noted_wait)
    monkeypatch.setattr(anyio, "sleep", noted_sleep)
    server = scripted(failing(429, retry_after_ms="125", retry_after="7"), answer(page("a")))
    with shell.client(server.base_url) as client:
        client.list()
    assert waited.count(0.125) == 1  # servers and event loops wait, too, but for other times


# Of what numbers and dates are made of, and of what looks like it.
ADVICE = st.text("0123456789.,-+eE_ infaNxX:;MonGMT²٣½\0é", max_size=40)


class TestAdvice:
    NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC).timestamp()

    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({}, None),
            ({"retry-after": "15"}, 15.0),
            ({"retry-after": " 1.5 "}, 1.5),
            ({"retry-after": "0"}, 0.0),
            ({"retry-after": "10.125"}, 10.125),
            ({"retry-after-ms": "250"}, 0.25),
            ({"retry-after-ms": " 250 "}, 0.25),
            ({"retry-after-ms": "250", "retry-after": "15"}, 0.25),
            ({"retry-after-ms": "soon", "retry-after": "15"}, 15.0),
            ({"retry-after": "Thu, 01 Jan 2026 00:00:30 GMT"}, 30.0),
            ({"retry-after": "Thu, 01 Jan 2026 00:00:30 -0000"}, 30.0),
            ({"retry-after": "Wed, 31 Dec 2025 23:59:00 GMT"}, 0.0),
            ({"retry-after": "Thu, 01 Jan 2026 01:00:30 +0100"}, 30.0),
            ({"retry-after": "Thu Jan  1 00:00:30 2026"}, 30.0),
            ({"retry-after": "-5"}, None),
            ({"retry-after": "nan"}, None),
            ({"retry-after": "inf"}, None),
            ({"retry-after": "1e3"}, None),
            ({"retry-after": "soon"}, None),
            ({"retry-after": "Thu, 99 Jan 2026 00:00:30 GMT"}, None),
            ({"retry-after": "Thu, 01 Jan 99999 00:00:30 GMT"}, None),
            ({"retry-after": f"Thu, 01 Jan {'9' * 20} 00:00:30 GMT"}, None),
            ({"retry-after": f"Thu, 01 Jan 2026 00:00:30 +{'9' * 30}"}, None),
            ({"retry-after": "\u0661"}, None),
        ],
    )
    @pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
    def test_is_read_in_every_form_everywhere(
        self,
        headers: dict[str, str],
        seconds: float | None,
        zone: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert advised_wait(headers, self.NOW) == seconds

    def test_whether_to_try_again_may_stand_between_blanks(self) -> None:
        assert is_retryable_answer(400, {"x-should-retry": " true "})
        assert not is_retryable_answer(503, {"x-should-retry": " false "})

    @given(ADVICE, ADVICE)
    def test_of_any_kind_gives_a_wait_or_none(self, seconds: str, milliseconds: str) -> None:
        wait = advised_wait({"retry-after": seconds, "retry-after-ms": milliseconds}, self.NOW)
        assert wait is None or wait >= 0

    @given(st.integers(0, 10**6))
    def test_as_a_date_means_the_same_as_seconds(self, seconds: int) -> None:
        date = email.utils.formatdate(self.NOW + seconds, usegmt=True)
        assert advised_wait({"retry-after": date}, self.NOW) == seconds


class TestBackoff:
    @pytest.fixture(autouse=True)
    def short_backoff(self) -> None:
        """Here the real one is looked at."""

    @staticmethod
    def wait(retries_taken: int, chance: float, advised: float | None = None) -> float | None:
        return wait_before_retry(
            retries_taken=retries_taken, max_retries=20, advised=advised, chance=chance
        )

    def test_doubles_from_half_a_second_to_eight(self) -> None:
        waits = [self.wait(taken, 0.0) for taken in (0, 1, 2, 3, 4, 5, 19)]
        assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]

    def test_stays_at_eight_seconds_however_many_retries_there_were(self) -> None:
        wait = wait_before_retry(retries_taken=5000, max_retries=9999, advised=None, chance=0.0)
        assert wait == 8.0

    def test_is_spread_down_to_the_half(self) -> None:
        assert [self.wait(1, chance) for chance in (0.0, 0.5, 1.0)] == [1.0, 0.75, 0.5]

    def test_gives_way_to_what_the_server_asks_for(self) -> None:
        assert [self.wait(3, 0.5, advised) for advised in (0.0, 7.0, 60.0)] == [0.0, 7.0, 60.0]
        assert self.wait(0, 0.5, 60.1) is None

    @given(st.integers(0, 30), st.integers(0, 30), st.floats(0, 1), st.none() | st.floats(0))
    def test_never_exceeds_a_minute_and_ends_with_the_retries(
        self, taken: int, most: int, chance: float, advised: float | None
    ) -> None:
        wait = wait_before_retry(
            retries_taken=taken, max_retries=most, advised=advised, chance=chance
        )
        assert wait is None or (0 <= wait <= 60 and taken < most)


def test_closing_the_client_ends_a_wait_between_attempts(shell: Shell, scripted: Scripted) -> None:
    server = scripted(failing(503, retry_after="60"))
    failures: list[BaseException] = []

    with shell.client(server.base_url) as client:

        def listing() -> None:
            try:
                client.list()
            except AnthropicModelsError as failure:
                failures.append(failure)

        thread = threading.Thread(target=listing)
        thread.start()
        server.arrived.acquire()
        client.close()
        thread.join(timeout=30)
        assert not thread.is_alive()
    (failure,) = failures
    assert isinstance(failure, ClientClosedError)
    assert not hasattr(failure, "retries_taken"), "it says nothing of the network"


def test_each_attempt_is_logged_with_one_line_and_nothing_is_printed(
    shell: Shell,
    scripted: Scripted,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    server = scripted(
        failing(503, request_id="req_1"),
        raw(b""),
        answer(page("a"), headers={"request-id": "req_3"}),
    )
    with caplog.at_level("DEBUG", "anthropic_models"), shell.client(server.base_url) as client:
        client.list()
    lines = [record.getMessage() for record in caplog.records if record.name == "anthropic_models"]
    assert len(lines) == 3
    assert lines[0].startswith("GET /v1/models: 503, request id req_1, 0.")
    assert lines[0].endswith(" s, attempt 1")
    assert "broke off" in lines[1]
    assert lines[2].startswith("GET /v1/models: 200, request id req_3, ")
    assert lines[2].endswith("attempt 3")
    assert capfd.readouterr() == ("", "")


def test_the_errors_of_the_last_attempt_count(shell: Shell, scripted: Scripted) -> None:
    server = scripted(error(503, "a"), raw(b""), error(400, "c"))
    with shell.client(server.base_url) as client, pytest.raises(APIStatusError) as caught:
        client.list()
    assert (caught.value.status_code, caught.value.retries_taken) == (400, 2)
    assert json.dumps(caught.value.body)


def test_a_timeout_is_tried_again_too(shell: Shell, scripted: Scripted) -> None:
    server = scripted(silence_after(), answer(page("a")))
    with shell.client(server.base_url, timeout=0.2) as client:
        assert client.list().response.retries_taken == 1


def test_an_error_of_the_connection_tells_the_retries(shell: Shell, scripted: Scripted) -> None:
    server = scripted(raw(b""))
    with shell.client(server.base_url) as client, pytest.raises(APIConnectionError) as caught:
        client.list()
    assert caught.value.retries_taken == 2
    assert len(server.requests) == 3
