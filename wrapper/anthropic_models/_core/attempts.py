"""Sends a call, with retries: a generator without I/O, which a sync and an async sender drive."""

import logging
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, NamedTuple, TypeVar

import httpx

from ..errors import AnthropicModelsError, APIConnectionError
from ..responses import APIResponse
from .attempt_outcome import Failure, RawResponse
from .call import Call
from .response_parsing import parsed_response
from .retry import seconds_before_retry
from .secret import mask_error, masked, secrets_in

logger = logging.getLogger("anthropic_models")

T = TypeVar("T")


class Send(NamedTuple):
    """Tells the sender to send this request, and to send() the outcome into the generator."""

    request: httpx.Request


class Sleep(NamedTuple):
    """Tells the sender to sleep before the next attempt."""

    seconds: float


Attempts = Generator[Send | Sleep, RawResponse | Failure | None, APIResponse[T]]
"""Yields `Send` and `Sleep`, is sent the outcome of each `Send`, and returns the result."""


def attempts(
    call: Call[T],
    client: httpx.Client | httpx.AsyncClient | None,
    *,
    clock: Callable[[], float],
    jitter: Callable[[], float],
) -> Attempts[T]:
    """Make a call, retrying failed attempts; raises the error of the last attempt.

    `client` is the httpx client that the requests are sent with, if any; its default headers and
    query are added. `clock` returns seconds since the epoch, `jitter` a number from 0 to 1.
    """
    retries_taken = 0
    while True:
        request = call.build_request() if client is None else call.build_request_with(client)
        outcome = yield Send(request)
        assert outcome is not None  # noqa: S101 - for the type checkers
        _log(request, outcome, retries_taken + 1)
        result: APIResponse[T] | Failure = (
            outcome
            if isinstance(outcome, Failure)
            else parsed_response(
                call.request,
                outcome,
                retries_taken=retries_taken,
                now=clock(),
                mask=partial(_masked, request),
            )
        )
        if isinstance(result, APIResponse):
            return result
        seconds = seconds_before_retry(
            result,
            method=call.request.method,
            retries_taken=retries_taken,
            max_retries=call.max_retries,
            jitter=jitter(),
        )
        if seconds is None:
            error = _final_error(result.error, request, retries_taken)
            del request, outcome, result  # they hold the credential, and what the server quotes
            raise error
        retries_taken += 1
        yield Sleep(seconds)


def _masked(request: httpx.Request, content: Any) -> Any:
    # Not the headers of the call: the httpx client may have added a credential.
    return masked(content, secrets_in(request.headers))


def _final_error(
    error: AnthropicModelsError, request: httpx.Request, retries_taken: int
) -> AnthropicModelsError:
    if isinstance(error, APIConnectionError):
        error.retries_taken = retries_taken
    mask_error(error, secrets_in(request.headers))
    return error


def _log(request: httpx.Request, outcome: RawResponse | Failure, attempt: int) -> None:
    if not logger.isEnabledFor(logging.DEBUG):
        return
    if isinstance(outcome, RawResponse):
        result = f"{outcome.status_code}, request id {outcome.request_id}"
        result += f", {outcome.elapsed:.3f} s"
    else:
        result = str(outcome.error)
    path = request.url.raw_path.partition(b"?")[0].decode("ascii")
    line = f"{request.method} {path}: {result}"
    # The request id comes from the network, so control characters in it are escaped.
    shown = "".join(
        c if c.isprintable() else repr(c)[1:-1] for c in masked(line, secrets_in(request.headers))
    )
    logger.debug("%s, attempt %d", shown, attempt)
