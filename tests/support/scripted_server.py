"""A server on a loopback socket that responds to each request with the next line of a script."""

import json
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from types import TracebackType
from typing import Any, Self

from attrs import field, frozen

from generator.documents import read_yaml
from tests.support.projects import ROOT

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
SIZED = HEAD + b"content-length: 1000\r\n\r\n"

Response = Callable[[socket.socket, threading.Event], bool]
"""Writes a response, and tells whether the connection stays open. The event ends the test."""


@frozen
class Request:
    """What was sent; a header that came twice has both values, as RFC 9110 (5.3) joins them."""

    method: str
    target: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = b""


class ScriptedServer:
    """Plays the responses in order, whatever is asked; the last one again and again.

    `requests` holds what came, `connections` how many sockets were accepted.
    """

    def __init__(self, *responses: Response, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.arrived = threading.Semaphore(0)
        self._responses: Sequence[Response] = responses
        self._tls = tls
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        scheme = "https" if tls else "http"
        self.base_url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        return int(self.base_url.rpartition(":")[2])

    def wait_for(self, requests: int = 1) -> None:
        """Wait until so many further requests have arrived."""
        for _ in range(requests):
            assert self.arrived.acquire(timeout=60), "the client has asked for no more"

    def stop(self) -> None:
        self._over.set()
        _shut(self._listener)
        self._acceptor.join()
        self._listener.close()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            _shut(connection)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        # The client may go away, and the test may be over.
        with connection, suppress(OSError), self._encrypted(connection) as stream:
            while (request := _request(stream)) and self._next(request)(stream, self._over):
                pass
        with self._lock:
            self._open.discard(connection)

    def _encrypted(self, connection: socket.socket) -> socket.socket:
        if self._tls is None:
            return connection
        return self._tls.wrap_socket(connection, server_side=True)

    def _next(self, request: Request) -> Response:
        with self._lock:
            response = self._responses[min(len(self.requests), len(self._responses) - 1)]
            self.requests.append(request)
        self.arrived.release()
        return response


Scripted = Callable[..., ScriptedServer]
"""Starts a server that plays the responses given to it."""


def _request(connection: socket.socket) -> Request | None:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return None
        head += byte
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers: dict[str, str] = {}
    for name, _, value in (line.partition(":") for line in lines if line):
        known = headers.get(name.lower())
        headers[name.lower()] = value.strip() if known is None else f"{known}, {value.strip()}"
    body = b""
    while len(body) < int(headers.get("content-length", 0)):
        part = connection.recv(65536)
        if not part:
            return None
        body += part
    return Request(method, target, headers, body)


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):  # it may not be connected
        sock.shutdown(socket.SHUT_RDWR)


def respond(body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A whole response: JSON, or bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"content-type": "application/json", "content-length": str(len(content))}
    fields |= headers or {}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return raw(f"HTTP/1.1 {status} x\r\n{lines}\r\n".encode("latin-1") + content, keep=True)


def error(
    status: int, type_: str, message: str = "no", *, headers: dict[str, str] | None = None
) -> Response:
    """An error in the documented envelope that asks for no wait before the next attempt."""
    body = {
        "type": "error",
        "error": {"type": type_, "message": message},
        "request_id": "req_body",
    }
    return respond(body, status=status, headers={"retry-after": "0", **(headers or {})})


def raw(content: bytes, *, keep: bool = False) -> Response:
    """Bytes as they are; then the connection ends, unless it is kept."""

    def play(connection: socket.socket, _over: threading.Event) -> bool:
        connection.sendall(content)
        return keep

    return play


def reset_after(content: bytes) -> Response:
    """Bytes, then a reset instead of an orderly end."""

    def play(connection: socket.socket, _over: threading.Event) -> bool:
        if content:
            connection.sendall(content)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    return play


def silence_after(content: bytes = b"") -> Response:
    """Bytes, then nothing for as long as the test lasts."""

    def play(connection: socket.socket, over: threading.Event) -> bool:
        connection.sendall(content)
        over.wait()
        return False

    return play


def drip(content: bytes, then: bytes, *, every: float) -> Response:
    """Bytes, then one part of more after the other, `every` so many seconds, without an end."""

    def play(connection: socket.socket, over: threading.Event) -> bool:
        connection.sendall(content)
        while not over.wait(every):
            connection.sendall(then)
        return False

    return play


def tunnel(port: int, greeting: bytes = b"HTTP/1.1 200 Connected\r\n\r\n") -> Response:
    """What a proxy does for CONNECT: bytes to and from another port of this machine."""

    def play(connection: socket.socket, over: threading.Event) -> bool:
        connection.sendall(greeting)
        with socket.create_connection(("127.0.0.1", port)) as other:
            ends = {connection: other, other: connection}
            while not over.is_set():
                for end in select.select(list(ends), [], [], 0.05)[0]:
                    content = end.recv(65536)
                    while isinstance(end, ssl.SSLSocket) and end.pending():
                        content += end.recv(65536)
                    if not content:
                        return False
                    ends[end].sendall(content)
        return False

    return play


def when(event: threading.Event, then: Response) -> Response:
    """A response that waits for the test to allow it."""

    def play(connection: socket.socket, over: threading.Event) -> bool:
        while not event.wait(0.05):
            if over.is_set():
                return False
        return then(connection, over)

    return play


@cache
def _required() -> dict[str, Any]:
    components = read_yaml(ROOT / "openapi.yaml")["components"]
    (example, *_) = components["examples"]["PageOfModels"]["value"]["data"]
    return {name: example[name] for name in components["schemas"]["BetaModelInfo"]["required"]}


def model(id_: str, **changes: Any) -> dict[str, Any]:
    """A model as the API writes it; what else the document requires is that of its example."""
    return (
        _required()
        | {
            "type": "model",
            "id": id_,
            "display_name": id_.title(),
            "created_at": "2025-05-14T00:00:00Z",
        }
        | changes
    )


def page(*models: str | dict[str, Any], has_more: bool = False, **changes: Any) -> dict[str, Any]:
    """A page as the API writes it, of models or their ids."""
    data = [model(given) if isinstance(given, str) else given for given in models]
    return {
        "data": data,
        "has_more": has_more,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
    } | changes
