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

from .._core.attempt_outcome import Failure, RawResponse
from .._core.attempts import Send, attempts
from .._core.call import Call
from .._core.network_errors import closed_failure, forked_failure, outcome_of
from .._ssl_context_loader import SSLContextLoader
from ..errors import AnthropicModelsError
from ..responses import APIResponse
from .body import read_body
from .event_loop import call_soon_in, current_loop
from .prefetch import Prefetch

if TYPE_CHECKING:
    from .connections import AsyncConnections

T = TypeVar("T")


class AsyncSender:
    """Sends the calls of one client, and retries them.

    `http` is the httpx client that the caller has given, if any; otherwise the sender has a
    connection pool. `root` is the sender that this one shares connections with, if any: clients
    made by `with_options` share those of the first client.
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
            # Raises ValueError when the proxy setting for the URL is not valid.
            self._connections.proxy(httpx.URL(base_url))
        self._root = root
        self._processes: set[int] = set() if root is None else root._processes
        self._derived: weakref.WeakValueDictionary[int, AsyncSender] = (
            weakref.WeakValueDictionary()
        )
        self._is_closing = False
        self._in_progress: dict[anyio.CancelScope, object] = {}
        self.prefetching: dict[Prefetch[Any], object] = {}
        if root is not None:
            root._derived[id(self)] = self

    def derived(self, base_url: str) -> "AsyncSender":
        """Return a sender that shares the connections; closing it leaves this one open."""
        return AsyncSender(base_url, root=self._root or self)

    @property
    def is_closed(self) -> bool:
        """Whether this sender, its root or the httpx client is closed."""
        if self._is_closing or (self._root is not None and self._root.is_closed):
            return True
        return self._http is not None and self._http.is_closed

    async def send(self, call: Call[T]) -> APIResponse[T]:
        """Make a call, with retries; return its result or raise its error."""
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
                    outcome = closed_failure()
                    outcome = await self._attempt(step.request)
                else:
                    outcome = None
                    if not self.is_closed:  # by another event loop in the meantime
                        await anyio.sleep(step.seconds)

    async def close(self) -> None:
        """End the calls in progress; close the connections, unless they belong to the root."""
        derived = [sender for ref in self._derived.valuerefs() if (sender := ref())]
        here = current_loop()
        for sender in (self, *derived):
            sender._is_closing = True
            for scope, loop in list(sender._in_progress.items()):
                if loop == here:
                    scope.cancel()
                else:
                    call_soon_in(loop, scope.cancel)
        # Shielded, so that connections are closed even if the caller is cancelled.
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
            self._in_progress[scope] = current_loop()
            try:
                yield
            finally:
                del self._in_progress[scope]

    async def _attempt(self, request: httpx.Request) -> RawResponse | Failure:
        if self.is_closed:
            return closed_failure()
        if self._http is not None:
            self._processes.add(os.getpid())
            if len(self._processes) > 1:
                return forked_failure()
        started = time.monotonic()
        try:
            status, headers, body = await self._exchange(request)
        except Exception as error:  # mapped to an outcome, so that it is not chained
            outcome = closed_failure() if self.is_closed else outcome_of(error, request)
            if outcome is None:
                raise
            return outcome
        if self.is_closed:
            return closed_failure()
        return RawResponse(status, headers, body, time.monotonic() - started)

    async def _exchange(
        self, request: httpx.Request
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        if self._connections is not None:
            return await self._connections.exchange(request)
        assert self._http is not None  # noqa: S101 - for the type checkers
        response = await self._http.send(request, stream=True, follow_redirects=False)
        try:
            if response.is_stream_consumed:  # by an event hook
                return response.status_code, response.headers, response.content
            body = await read_body(
                response.aiter_raw(), response.aclose, response.headers, request
            )
            return response.status_code, response.headers, body
        finally:
            await response.aclose()


def _new_connections(base_url: str) -> "AsyncConnections":
    ssl_context = SSLContextLoader()
    is_https = base_url.startswith("https:")
    # httpcore takes a fifth of the time of the import, so it is loaded with the first client.
    with ssl_context.loading_in_background() if is_https else nullcontext():
        from .connections import AsyncConnections
    return AsyncConnections(ssl_context)
