"""Sends requests with httpx.AsyncClient, reads the answers, and sleeps between attempts."""

import random
import time
from collections.abc import Generator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext, suppress
from weakref import WeakSet

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
from .turns import Turns


class Sender:
    """Sends for one client over an httpx.AsyncClient that it may share with others."""

    def __init__(
        self, http: httpx.AsyncClient, *, owns_http: bool, parent: "Sender | None" = None
    ) -> None:
        self.http = http
        self.background = Background()
        self._owns_http = owns_http
        self._closing = False
        # Of a family that shares connections, the eldest closes them, and what the others do.
        self._eldest: Sender = self if parent is None else parent._eldest
        self._family: WeakSet[Sender] = WeakSet()
        self._under_way: set[anyio.CancelScope] = set()
        # How many connections the caller's own client has is the caller's choice.
        self._turns = Turns() if owns_http else None
        self._eldest._family.add(self)

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._closing or self._eldest._closing or self.http.is_closed

    async def page(self, request: PageRequest) -> tuple[BetaModelList, ResponseInfo]:
        """Return the page that a request asks for, after as many attempts as it takes."""
        exchange = Exchange(request)
        while True:
            outcome = await self._attempt(exchange)
            result = exchange.concluded(outcome, now=time.time(), chance=random.random())  # noqa: S311
            if isinstance(result, tuple):
                return result
            with self._cancelled_by_close():
                await anyio.sleep(result)

    async def close(self) -> None:
        """Stop what is under way; close the connections if they are this client's own."""
        family = list(self._family) if self._eldest is self else [self]
        for sender in family:
            sender._closing = True
            for scope in sender._under_way:
                scope.cancel()
        # A caller that is being cancelled itself must not leave connections behind.
        with anyio.CancelScope(shield=True):
            for sender in family:
                await sender.background.cancel()
            if self._owns_http:
                with suppress(RuntimeError):  # the event loop of its connections may be gone
                    await self.http.aclose()

    @contextmanager
    def _cancelled_by_close(self) -> Generator[anyio.CancelScope]:
        with anyio.CancelScope() as scope:
            self._under_way.add(scope)
            try:
                yield scope
            finally:
                self._under_way.discard(scope)

    async def _attempt(self, exchange: Exchange) -> Received | Failure:
        if self.is_closed:
            return closed()
        with self._cancelled_by_close():
            outcome = await self._sent(exchange)
            if not self.is_closed:
                return outcome
        return closed()

    async def _sent(self, exchange: Exchange) -> Received | Failure:
        try:
            async with self._turn(exchange.request.call.timeout):
                started = time.monotonic()
                built = exchange.built_with(None if self._eldest._owns_http else self.http)
                response = await self.http.send(built, stream=True, follow_redirects=False)
                try:
                    body = await self._body(response, exchange.request)
                finally:
                    await response.aclose()
        except Exception as error:  # sorted out below, where nothing of httpx is chained
            outcome = closed() if self.is_closed else outcome_of(error)
            if outcome is None:
                raise
            return outcome
        return Received(response.status_code, response.headers, body, time.monotonic() - started)

    def _turn(self, timeout: httpx.Timeout) -> AbstractAsyncContextManager[None]:
        turns = self._eldest._turns
        return nullcontext() if turns is None else turns.taken(timeout)

    async def _body(
        self, response: httpx.Response, request: PageRequest
    ) -> bytes | AnthropicModelsError:
        if response.is_stream_consumed:  # by a hook of the caller's
            return response.content
        refusal: AnthropicModelsError | None = None
        try:
            body = Body(response.headers.get("content-encoding", ""))
            limit = request.call.timeout.read
            with anyio.move_on_after(limit) as deadline:
                async for chunk in response.aiter_raw():
                    try:
                        body.feed(chunk)
                    except AnthropicModelsError as error:
                        refusal = error
                        # Breaking off the loop instead would leave httpx's generators unfinished.
                        await response.aclose()
            if deadline.cancel_called:
                return too_slow(limit)
            return refusal or body.finish()
        except Exception as error:
            translated = refusal or body_error_of(error)
            if translated is None:
                raise
            return translated
