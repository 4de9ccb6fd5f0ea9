"""Sends requests with httpx.AsyncClient, reads the answers, and sleeps between attempts."""

import random
import time

import anyio
import httpx
from anthropic_models_generated.models import BetaModelList

from .._core.answer import Failure, Received, ResponseInfo
from .._core.body import Body
from .._core.exchange import Exchange
from .._core.failure import body_error_of, closed, outcome_of, too_slow
from .._core.request import PageRequest
from ..errors import AnthropicModelsError
from .background import Background


class Sender:
    """Sends for one client over an httpx.AsyncClient that it may share with others."""

    def __init__(self, http: httpx.AsyncClient, *, owns_http: bool) -> None:
        self.http = http
        self.background = Background()
        self._owns_http = owns_http
        self._closing = False
        self._sleepers: set[anyio.Event] = set()

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._closing or self.http.is_closed

    async def page(self, request: PageRequest) -> tuple[BetaModelList, ResponseInfo]:
        """Return the page that a request asks for, after as many attempts as it takes."""
        exchange = Exchange(request)
        while True:
            outcome = await self._attempt(request)
            result = exchange.concluded(outcome, now=time.time(), chance=random.random())  # noqa: S311
            if isinstance(result, tuple):
                return result
            await self._sleep(result)

    async def close(self) -> None:
        """Stop what is under way; close the connections if they are this client's own."""
        self._closing = True
        for sleeper in self._sleepers:
            sleeper.set()
        await self.background.cancel()
        if self._owns_http:
            await self.http.aclose()

    async def _sleep(self, seconds: float) -> None:
        woken = anyio.Event()
        self._sleepers.add(woken)
        try:
            with anyio.move_on_after(0 if self._closing else seconds):
                await woken.wait()
        finally:
            self._sleepers.discard(woken)

    async def _attempt(self, request: PageRequest) -> Received | Failure:
        if self.is_closed:
            return closed()
        started = time.monotonic()
        try:
            built = request.built_with(self.http)
            response = await self.http.send(built, stream=True, follow_redirects=False)
            try:
                body = await self._body(response, request)
            finally:
                await response.aclose()
        except Exception as error:  # sorted out below, where nothing of httpx is chained
            outcome = closed() if self.is_closed else outcome_of(error, request)
            if outcome is None:
                raise
            return outcome
        if self.is_closed:
            return closed()
        return Received(response.status_code, response.headers, body, time.monotonic() - started)

    async def _body(
        self, response: httpx.Response, request: PageRequest
    ) -> bytes | AnthropicModelsError:
        if response.is_stream_consumed:  # by a hook of the caller's
            return response.content
        refusal: AnthropicModelsError | None = None
        try:
            body = Body(response.headers.get("content-encoding", ""))
            limit = request.timeout.read
            with anyio.move_on_after(limit) as scope:
                async for chunk in response.aiter_raw():
                    try:
                        body.feed(chunk)
                    except AnthropicModelsError as error:
                        refusal = error
                        # Breaking off the loop instead would leave httpx's generators unfinished.
                        await response.aclose()
            if scope.cancelled_caught:
                return too_slow(limit)
            return refusal or body.finish()
        except Exception as error:
            translated = refusal or body_error_of(error, request)
            if translated is None:
                raise
            return translated
