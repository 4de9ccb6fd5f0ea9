"""Sends requests with httpx.Client, reads the answers, and sleeps between attempts."""

import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakSet

import httpx
from anthropic_models_generated.models import BetaModelList

from .._core.answer import Failure, Received, ResponseInfo
from .._core.body import Body
from .._core.exchange import Exchange
from .._core.failure import body_error_of, closed, outcome_of, too_slow
from .._core.request import PageRequest
from ..errors import AnthropicModelsError
from .background import Background
from .deadline import Deadline, wake


class Sender:
    """Sends for one client over an httpx.Client that it may share with others."""

    def __init__(
        self, http: httpx.Client, *, owns_http: bool, parent: "Sender | None" = None
    ) -> None:
        self.http = http
        self.background = Background()
        self._owns_http = owns_http
        self._closing = threading.Event()
        # Of a family that shares connections, the eldest closes them, and what the others do.
        self._eldest: Sender = self if parent is None else parent._eldest
        self._family: WeakSet[Sender] = WeakSet()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._eldest._family.add(self)

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._closing.is_set() or self._eldest._closing.is_set() or self.http.is_closed

    def page(self, request: PageRequest) -> tuple[BetaModelList, ResponseInfo]:
        """Return the page that a request asks for, after as many attempts as it takes."""
        exchange = Exchange(request)
        while True:
            outcome = self._attempt(exchange)
            result = exchange.concluded(outcome, now=time.time(), chance=random.random())  # noqa: S311
            if isinstance(result, tuple):
                return result
            self._closing.wait(result)

    def close(self) -> None:
        """Stop what is under way; close the connections if they are this client's own."""
        self._closing.set()
        if self._owns_http:
            family = list(self._family)
            for sender in family:
                sender._closing.set()
            for sock in list(self._sockets):
                wake(sock)
            for sender in family:
                sender.background.join()
            self.http.close()
        elif not self._eldest._owns_http:
            # Connections of the caller's are not cut off, so this waits for what is under way.
            self.background.join()

    def _attempt(self, exchange: Exchange) -> Received | Failure:
        if self.is_closed:
            return closed()
        started = time.monotonic()
        try:
            owned = self._eldest._owns_http
            built = exchange.built_with(None if owned else self.http)
            if owned:
                built.extensions["trace"] = self._eldest._tracing(built)
            response = self.http.send(built, stream=True, follow_redirects=False)
            try:
                body = self._body(response, exchange.request)
            finally:
                response.close()
        except Exception as error:  # sorted out below, where nothing of httpx is chained
            outcome = closed() if self.is_closed else outcome_of(error)
            if outcome is None:
                raise
            return outcome
        if self.is_closed:
            return closed()
        return Received(response.status_code, response.headers, body, time.monotonic() - started)

    def _body(
        self, response: httpx.Response, request: PageRequest
    ) -> bytes | AnthropicModelsError:
        if response.is_stream_consumed:  # by a hook of the caller's
            return response.content
        limit = request.call.timeout.read
        deadline = Deadline(response, limit)
        try:
            body = Body(response.headers.get("content-encoding", ""))
            for chunk in response.iter_raw():
                body.feed(chunk)
                if deadline.has_passed():
                    break
            return too_slow(limit) if deadline.has_passed() else body.finish()
        except Exception as error:
            if deadline.has_passed():
                return too_slow(limit)
            translated = body_error_of(error)
            if translated is None:
                raise
            return translated
        finally:
            deadline.stop()

    def _tracing(self, request: httpx.Request) -> Callable[[str, Mapping[str, Any]], None]:
        """Note each new socket: closing it is the only way to wake a thread that reads from it."""

        def trace(event: str, info: Mapping[str, Any]) -> None:
            # With a proxy the names begin otherwise.
            if event.endswith(("connect_tcp.complete", "start_tls.complete")):
                sock = info["return_value"].get_extra_info("socket")
                self._sockets.add(sock)
                if self._closing.is_set():
                    wake(sock)
            elif (
                event.endswith("request_headers.started") and info["request"].method != b"CONNECT"
            ):
                # There is a connection, and no other will come. Being told of all that follows
                # would take a tenth of the time of a small page.
                del request.extensions["trace"]

        return trace
