"""Sends requests, reads responses and sleeps between attempts, in the thread of the caller."""

import os
import random
import threading
import time
import weakref
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, TypeVar

import httpx

from .._certificates import Certificates
from .._core.attempts import Send, attempts
from .._core.call import Call
from .._core.network_errors import closed, forked, outcome_of
from .._core.outcomes import Failure, RawResponse
from ..errors import AnthropicModelsError
from ..responses import APIResponse
from .body import read_body

if TYPE_CHECKING:
    from .connections import Connections

T = TypeVar("T")

# Seconds that closing waits for a thread whose connection is cut: only looking up the name of a
# host can take longer, and nothing can end that.
_LONGEST_RESOLVING = 1.0


class Sender:
    """Sends for one client; the clients that `with_options` makes share its connections.

    `http` is the httpx client of the user's, if any; else the sender has connections of its own.
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
            # Raises ValueError when the URL needs a proxy whose setting cannot be used.
            self._connections.proxy(httpx.URL(base_url))
        self._root = root
        self._processes: set[int] = set() if root is None else root._processes
        self._derived: weakref.WeakValueDictionary[int, Sender] = weakref.WeakValueDictionary()
        self._is_closing = False
        # A lock for each wait: a shared one stays locked after an interrupt or a fork within it.
        self._alarms: dict[threading.Lock, None] = {}
        self.prefetching: set[threading.Thread] = set()
        if root is not None:
            root._derived[id(self)] = self

    def derived(self, base_url: str) -> "Sender":
        """Return a sender over the same connections; closing it leaves this one open."""
        return Sender(base_url, root=self._root or self)

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be sent any more."""
        if self._is_closing or (self._root is not None and self._root.is_closed):
            return True
        return self._http is not None and self._http.is_closed

    def send(self, call: Call[T]) -> APIResponse[T]:
        """Make a call in as many attempts as it takes; return its result or raise its error."""
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
        """End what is under way; close the connections when they are this sender's own."""
        # A copy of the references, since other threads may call with_options().
        derived = [sender for ref in self._derived.valuerefs() if (sender := ref())]
        for sender in (self, *derived):
            sender._is_closing = True
            for alarm in list(sender._alarms):
                with suppress(RuntimeError):  # it has been released already
                    alarm.release()
        if self._connections is not None:
            if self._root is not None:
                return  # a page that is being prefetched ends with the root client
            self._connections.close()
        for sender in (self, *derived):
            for thread in sender.prefetching - {threading.current_thread()}:
                thread.join(None if self._connections is None else _LONGEST_RESOLVING)

    def _sleep(self, seconds: float) -> None:
        alarm = threading.Lock()
        alarm.acquire()
        try:
            self._alarms[alarm] = None
            if not self.is_closed:
                alarm.acquire(timeout=seconds)
        finally:
            self._alarms.pop(alarm, None)

    def _attempt(self, request: httpx.Request) -> RawResponse | Failure:
        if self.is_closed:
            return closed()
        if self._http is not None:
            self._processes.add(os.getpid())
            if len(self._processes) > 1:
                return forked()
        started = time.monotonic()
        try:
            status, headers, body = self._exchange(request)
        except Exception as error:  # sorted out below, where nothing of httpx is chained
            outcome = closed() if self.is_closed else outcome_of(error, request)
            if outcome is None:
                raise
            return outcome
        if self.is_closed:
            return closed()
        return RawResponse(status, headers, body, time.monotonic() - started)

    def _exchange(
        self, request: httpx.Request
    ) -> tuple[int, httpx.Headers, bytes | AnthropicModelsError]:
        if self._connections is not None:
            return self._connections.exchange(request)
        assert self._http is not None  # noqa: S101 - for the type checkers
        response = self._http.send(request, stream=True, follow_redirects=False)
        try:
            if response.is_stream_consumed:  # by a hook of the user's
                return response.status_code, response.headers, response.content
            body = read_body(response.iter_raw(), response.headers, request)
            return response.status_code, response.headers, body
        finally:
            response.close()


def _new_connections(base_url: str) -> "Connections":
    certificates = Certificates()
    is_https = base_url.startswith("https:")
    # httpcore takes a fifth of the time of the import, so it is loaded with the first client.
    with certificates.loaded_meanwhile() if is_https else nullcontext():
        from .connections import Connections
    return Connections(certificates)
