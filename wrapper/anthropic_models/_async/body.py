"""Reads the body of a response from an async stream."""

from collections.abc import AsyncIterable, Awaitable, Callable

import anyio
import httpx

from .._core.body_decoder import BodyDecoder
from .._core.network_errors import body_error, body_timeout, httpx_error, outcome_of
from ..errors import AnthropicModelsError


async def read_body(
    chunks: AsyncIterable[bytes],
    close: Callable[[], Awaitable[None]],
    headers: httpx.Headers,
    request: httpx.Request,
) -> bytes | AnthropicModelsError:
    """Return the decoded body, or the error in reading it; `close` closes the stream."""
    seconds = request.extensions["timeout"]["read"]
    invalid: AnthropicModelsError | None = None
    try:
        decoder = BodyDecoder(headers)
        # A given httpx client limits each read only, not the whole response.
        with anyio.move_on_after(seconds) as deadline:
            async for chunk in chunks:
                try:
                    decoder.feed(chunk)
                except AnthropicModelsError as error:
                    invalid = error.with_traceback(None)
                    # Breaking out of the loop would leave async generators of httpx suspended.
                    await close()
        if deadline.cancel_called:
            return body_timeout(seconds, request)
        return invalid or decoder.finish()
    except AnthropicModelsError as error:
        return error.with_traceback(None)
    except Exception as error:
        outcome = outcome_of(httpx_error(error) or error, request)
        if outcome is None:
            raise
        return invalid or body_error(outcome)
