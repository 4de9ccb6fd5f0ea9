"""Sends requests, reads responses and sleeps between attempts, in the thread of the caller."""

import os
import random
import threading
import time
import weakref
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, TypeVar

import httpx

from .._core.attempt_outcome import Failure, RawResponse
from .._core.attempts import Send, attempts
from .._core.call import Call
from .._core.network_errors import closed_failure, forked_failure, outcome_of
from .._ssl_context_loader import SSLContextLoader
from ..errors import AnthropicModelsError
from ..responses import APIResponse
from .body import read_body

if TYPE_CHECKING:
    from .connections import Connections

T = TypeVar("T")

# Seconds for which close() waits for a prefetching thread: a DNS lookup cannot be interrupted.
_MAX_DNS_WAIT = 1.0


class Sender:
    """Sends the calls of one client, and retries them.

    `http` is the httpx client that the caller has given, if any; otherwise the sender has a
    connection pool. `root` is the sender that this one shares connections with, if any: clients
    made by `with_options` share those of the first client.
    """

    def __init__(
        self,
        base_url: str,
        http: httpx.Client | None = None,
        root: "Sender | None" = None,
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
        self._derived: weakref.WeakValueDictionary[int, Sender] = weakref.WeakValueDictionary()
        self._is_closing = False
        # A lock for each sleep: a shared one could stay locked after an interrupt or a fork.
        self._sleeping: dict[threading.Lock, None] = {}
        self.prefetching: set[threading.Thread] = set()
        if root is not None:
            root._derived[id(self)] = self

    def derived(self, base_url: str) -> "Sender":
        """Return a sender that shares the connections; closing it leaves this one open."""
        return Sender(base_url, root=self._root or self)

    @property
    def is_closed(self) -> bool:
        """Whether this sender, its root or the httpx client is closed."""
        if self._is_closing or (self._root is not None and self._root.is_closed):
            return True
        return self._http is not None and self._http.is_closed

    def send(self, call: Call[T]) -> APIResponse[T]:
        """Make a call, with retries; return its result or raise its error."""
        steps = attempts(call, self._http, clock=time.time, jitter=random.random)
        outcome: RawResponse | Failure | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as result:
                parsed: APIResponse[T] = result.value
                return parsed
            if isinstance(step, Send):
                outcome = self._attempt(step.request)
            else:
                outcome = None
                self._sleep(step.seconds)

    def close(self) -> None:
        """End the calls in progress; close the connections, unless they belong to the root."""
        # A copy of the references, since other threads may call with_options().
        derived = [sender for ref in self._derived.valuerefs() if (sender := ref())]
        for sender in (self, *derived):
            sender._is_closing = True
            for wakeup in list(sender._sleeping):
                with suppress(RuntimeError):  # it has been released already
                    wakeup.release()
        if self._connections is not None:
            if self._root is not None:
                return  # prefetching threads end when the root client is closed
            self._connections.close()
        for sender in (self, *derived):
            for thread in sender.prefetching - {threading.current_thread()}:
                thread.join(None if self._connections is None else _MAX_DNS_WAIT)

    def _sleep(self, seconds: float) -> None:
        wakeup = threading.Lock()
        wakeup.acquire()
        try:
            self._sleeping[wakeup] = None
            if not self.is_closed:
                wakeup.acquire(timeout=seconds)
        finally:
            self._sleeping.pop(wakeup, None)

    def _attempt(self, request: httpx.Request) -> RawResponse | Failure:
        if self.is_closed:
            return closed_failure()
        if self._http is not None:
            self._processes.add(os.getpid())
            if len(self._processes) > 1:
                return forked_failure()
        started = time.monotonic()
        try:
            status, headers, body = self._exchange(request)
        except Exception as error:  # mapped to an outcome, so that it is not chained
            outcome = closed_failure() if self.is_closed else outcome_of(error, request)
            if outcome is None:
                raise
            return outcome
        if self.is_closed:
            return closed_failure()
        return RawResponse(status, headers, body, time.monotonic() - started)

    def _exchange(
        self, request: httpx.Request
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        if self._connections is not None:
            return self._connections.exchange(request)
        assert self._http is not None  # noqa: S101 - for the type checkers
        response = self._http.send(request, stream=True, follow_redirects=False)
        try:
            if response.is_stream_consumed:  # by an event hook
                return response.status_code, response.headers, response.content
            body = read_body(response.iter_raw(), response.headers, request)
            return response.status_code, response.headers, body
        finally:
            response.close()


def _new_connections(base_url: str) -> "Connections":
    ssl_context = SSLContextLoader()
    is_https = base_url.startswith("https:")
    # httpcore takes a fifth of the time of the import, so it is loaded with the first client.
    with ssl_context.loading_in_background() if is_https else nullcontext():
        from .connections import Connections
    return Connections(ssl_context)
