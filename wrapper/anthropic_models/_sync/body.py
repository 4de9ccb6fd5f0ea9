"""Reads the body of a response from a sync stream."""

import time
from collections.abc import Iterable

import httpx

from .._core.body_decoder import BodyDecoder
from .._core.network_errors import body_error, body_timeout, httpx_error, outcome_of
from ..errors import AnthropicModelsError


def read_body(
    chunks: Iterable[bytes], headers: httpx.Headers, request: httpx.Request
) -> bytes | AnthropicModelsError:
    """Return the decoded body, or the error in reading it."""
    seconds = request.extensions["timeout"]["read"]
    end = float("inf") if seconds is None else time.monotonic() + seconds
    try:
        decoder = BodyDecoder(headers)
        for chunk in chunks:
            decoder.feed(chunk)
            # A given httpx client limits each read only, not the whole response.
            if time.monotonic() > end:
                return body_timeout(seconds, request)
        return decoder.finish()
    except AnthropicModelsError as error:
        return error.with_traceback(None)
    except Exception as error:
        outcome = outcome_of(httpx_error(error) or error, request)
        if outcome is None:
            raise
        return body_error(outcome)
