"""Reads the body of a response from an async stream."""

from collections.abc import AsyncIterable, Awaitable, Callable

import anyio
import httpx

from .._core.body_decoder import BodyDecoder
from .._core.network_errors import as_error, body_timeout, httpx_error, outcome_of
from ..errors import AnthropicModelsError


async def read_body(
    chunks: AsyncIterable[bytes],
    close: Callable[[], Awaitable[None]],
    headers: httpx.Headers,
    request: httpx.Request,
) -> bytes | AnthropicModelsError:
    """Return the decoded body, or the error that it stands for; `close` ends the chunks."""
    seconds = request.extensions["timeout"]["read"]
    refusal: AnthropicModelsError | None = None
    try:
        decoder = BodyDecoder(headers)
        # Over an httpx client of the user's there is a deadline for each read only.
        with anyio.move_on_after(seconds) as deadline:
            async for chunk in chunks:
                try:
                    decoder.feed(chunk)
                except AnthropicModelsError as error:
                    refusal = error.with_traceback(None)
                    # Leaving the loop instead would leave generators of httpx unfinished.
                    await close()
        if deadline.cancel_called:
            return body_timeout(seconds, request)
        return refusal or decoder.finish()
    except AnthropicModelsError as error:
        return error.with_traceback(None)
    except Exception as error:
        outcome = outcome_of(httpx_error(error) or error, request)
        if outcome is None:
            raise
        return refusal or as_error(outcome)
