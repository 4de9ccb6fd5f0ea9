"""Responds to GET /v1/models from bytes that are prepared before the first request.

    python model_server.py --models 60 --latency 0.05 --certificate server.pem

Prints its base URL and serves until its standard input ends. GET /requests returns how many pages
were requested. It reads `after_id` and `limit` of a request, and nothing else.
"""

import argparse
import asyncio
import json
import ssl
import sys
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from anthropic_models.sandbox.catalogue import MadeUpModels
from anthropic_models.sandbox.openapi import openapi_document

_DEFAULT_LIMIT = 20  # the API's


class Catalogue:
    """The made-up models of the sandbox as one text, of which each page is a part."""

    def __init__(self, count: int) -> None:
        self._models = MadeUpModels(count)
        self._ends = array("Q")
        text = bytearray()
        for model in self._models:
            text += _json(model) + b","
            self._ends.append(len(text))
        self._text = memoryview(bytes(text))

    def page(self, after_id: str | None, limit: int) -> list[bytes | memoryview]:
        """Return the parts of a page's body; raises ValueError for an unknown cursor."""
        start = 0 if after_id is None else self._position(after_id) + 1
        end = min(start + limit, len(self._models))
        fields: dict[str, Any] = {**openapi_document().page, "has_more": end < len(self._models)}
        del fields["data"]
        if start >= end:
            return [b'{"data":[],', _json(fields | {"first_id": None, "last_id": None})[1:]]
        ids = {"first_id": self._models[start]["id"], "last_id": self._models[end - 1]["id"]}
        data = self._text[self._ends[start - 1] if start else 0 : self._ends[end - 1] - 1]
        return [b'{"data":[', data, b"],", _json(fields | ids)[1:]]

    def _position(self, id_: str) -> int:
        position = self._models.position(id_)
        if position is None:
            raise ValueError(id_)
        return position


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


class Counter:
    """How many pages were requested."""

    requests = 0


class Connection(asyncio.Protocol):
    """Responds to the requests of one connection, one after the other."""

    def __init__(self, catalogue: Catalogue, latency: float, counter: Counter) -> None:
        self._catalogue = catalogue
        self._latency = latency
        self._counter = counter
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport that responses are written to."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checkers
        self._write: Callable[[list[bytes | memoryview]], None] = transport.writelines

    def data_received(self, data: bytes) -> None:
        """Respond to each complete request; requests have no bodies."""
        self._pending += data
        while (end := self._pending.find(b"\r\n\r\n")) >= 0:
            target = self._pending[: self._pending.index(b"\r\n")].split(b" ")[1]
            self._pending = self._pending[end + 4 :]
            self._respond(target.decode())

    def _respond(self, target: str) -> None:
        url = urlsplit(target)
        if url.path == "/requests":
            self._write(_response(b"200 OK", [b"%d" % self._counter.requests]))
            return
        self._counter.requests += 1
        response = self._listed(url.query) if url.path == "/v1/models" else _NOT_FOUND
        if self._latency:
            asyncio.get_running_loop().call_later(self._latency, self._write, response)
        else:
            self._write(response)

    def _listed(self, query: str) -> list[bytes | memoryview]:
        parameters = parse_qs(query)
        after_id = parameters["after_id"][0] if "after_id" in parameters else None
        limit = int(parameters["limit"][0]) if "limit" in parameters else _DEFAULT_LIMIT
        try:
            return _response(b"200 OK", self._catalogue.page(after_id, limit))
        except ValueError:
            return _NOT_FOUND


def _response(status: bytes, body: list[bytes | memoryview]) -> list[bytes | memoryview]:
    head = b"HTTP/1.1 %b\r\ncontent-type: application/json\r\nrequest-id: req_1\r\n" % status
    return [head + b"content-length: %d\r\n\r\n" % sum(map(len, body)), *body]


_NOT_FOUND = _response(
    b"404 Not Found",
    [b'{"type":"error","error":{"type":"not_found_error","message":"no such model or page"}}'],
)


async def serve(catalogue: Catalogue, latency: float, tls: ssl.SSLContext | None) -> None:
    """Serve until the standard input ends."""
    loop = asyncio.get_running_loop()
    counter = Counter()
    server = await loop.create_server(
        lambda: Connection(catalogue, latency, counter), "127.0.0.1", 0, ssl=tls, backlog=4096
    )
    port = server.sockets[0].getsockname()[1]
    print(f"{'https' if tls else 'http'}://127.0.0.1:{port}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main() -> None:
    """Read the command line and serve."""
    arguments = argparse.ArgumentParser(description="Serve made-up models, fast.")
    arguments.add_argument("--models", type=int, required=True)
    arguments.add_argument("--latency", type=float, default=0.0, help="seconds")
    arguments.add_argument("--certificate", type=Path, help="with its key; then it speaks TLS")
    options = arguments.parse_args()
    tls = None
    if options.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.certificate)
    asyncio.run(serve(Catalogue(options.models), options.latency, tls))


if __name__ == "__main__":
    main()
