"""Sends requests, reads responses and sleeps between attempts, in the task of the caller."""

import os
import random
import time
import weakref
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import httpx

from .._certificates import Certificates
from .._core.attempts import Send, attempts
from .._core.call import Call
from .._core.network_errors import closed, forked, outcome_of
from .._core.outcomes import Failure, RawResponse
from ..errors import AnthropicModelsError
from ..responses import APIResponse
from .body import read_body
from .event_loop import call_in, current_loop
from .prefetch import Prefetch

if TYPE_CHECKING:
    from .connections import AsyncConnections

T = TypeVar("T")


class AsyncSender:
    """Sends for one client; the clients that `with_options` makes share its connections.

    `http` is the httpx client of the user's, if any; else the sender has connections of its own.
    """

    def __init__(
        self,
        base_url: str,
        http: httpx.AsyncClient | None = None,
        root: "AsyncSender | None" = None,
    ) -> None:
        if root is None:
            self._http = http
            self._connections = None if http is not None else _new_connections(base_url)
        else:
            self._http = root._http
            self._connections = root._connections
        if self._connections is not None:
            # Raises ValueError when the URL needs a proxy whose setting cannot be used.
            self._connections.proxy(httpx.URL(base_url))
        self._root = root
        self._processes: set[int] = set() if root is None else root._processes
        self._derived: weakref.WeakValueDictionary[int, AsyncSender] = (
            weakref.WeakValueDictionary()
        )
        self._closing = False
        self._under_way: dict[anyio.CancelScope, object] = {}
        self.prefetching: dict[Prefetch[Any], object] = {}
        if root is not None:
            root._derived[id(self)] = self

    def derived(self, base_url: str) -> "AsyncSender":
        """Return a sender over the same connections; closing it leaves this one open."""
        return AsyncSender(base_url, root=self._root or self)

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be sent any more."""
        if self._closing or (self._root is not None and self._root.is_closed):
            return True
        return self._http is not None and self._http.is_closed

    async def send(self, call: Call[T]) -> APIResponse[T]:
        """Make a call in as many attempts as it takes; return its result or raise its error."""
        steps = attempts(call, self._http, clock=time.time, jitter=random.random)
        outcome: RawResponse | Failure | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as result:
                parsed: APIResponse[T] = result.value
                return parsed
            with self._cancelled_by_close():
                if isinstance(step, Send):
                    outcome = closed()
                    outcome = await self._attempt(step.request)
                else:
                    outcome = None
                    if not self.is_closed:  # meanwhile, from another event loop
                        await anyio.sleep(step.seconds)

    async def close(self) -> None:
        """End what is under way; close the connections when they are this sender's own."""
        derived = [sender for ref in self._derived.valuerefs() if (sender := ref())]
        here = current_loop()
        for sender in (self, *derived):
            sender._closing = True
            for scope, loop in list(sender._under_way.items()):
                if loop == here:
                    scope.cancel()
                else:
                    call_in(loop, scope.cancel)
        # A caller that is being cancelled itself must not leave connections behind.
        with anyio.CancelScope(shield=True):
            for sender in (self, *derived):
                for prefetch in list(sender.prefetching):
                    if prefetch.loop == here:
                        await prefetch.cancel()
            if self._root is None and self._connections is not None:
                self._connections.close()

    @contextmanager
    def _cancelled_by_close(self) -> Generator[None]:
        with anyio.CancelScope() as scope:
            self._under_way[scope] = current_loop()
            try:
                yield
            finally:
                del self._under_way[scope]

    async def _attempt(self, request: httpx.Request) -> RawResponse | Failure:
        if self.is_closed:
            return closed()
        if self._http is not None:
            self._processes.add(os.getpid())
            if len(self._processes) > 1:
                return forked()
        started = time.monotonic()
        try:
            status, headers, body = await self._exchange(request)
        except Exception as error:  # sorted out below, where nothing of httpx is chained
            outcome = closed() if self.is_closed else outcome_of(error, request)
            if outcome is None:
                raise
            return outcome
        if self.is_closed:
            return closed()
        return RawResponse(status, headers, body, time.monotonic() - started)

    async def _exchange(
        self, request: httpx.Request
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        if self._connections is not None:
            return await self._connections.exchange(request)
        assert self._http is not None  # noqa: S101 - for the type checkers
        response = await self._http.send(request, stream=True, follow_redirects=False)
        try:
            if response.is_stream_consumed:  # by a hook of the user's
                return response.status_code, response.headers, response.content
            body = await read_body(
                response.aiter_raw(), response.aclose, response.headers, request
            )
            return response.status_code, response.headers, body
        finally:
            await response.aclose()


def _new_connections(base_url: str) -> "AsyncConnections":
    certificates = Certificates()
    is_https = base_url.startswith("https:")
    # httpcore takes a fifth of the time of the import, so it is loaded with the first client.
    with certificates.loaded_meanwhile() if is_https else nullcontext():
        from .connections import AsyncConnections
    return AsyncConnections(certificates)
