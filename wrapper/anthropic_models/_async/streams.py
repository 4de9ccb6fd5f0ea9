"""The network under one connection, whose reads and writes end at the deadline."""

import ssl
from collections.abc import Iterable
from typing import Any, cast

import anyio
import httpcore

from .._core.deadline import Deadline
from .event_loop import is_trio


class Wire(httpcore.AsyncNetworkBackend):
    """Opens the stream of one connection, and closes it without asking httpcore's pool."""

    def __init__(self) -> None:
        self.deadline = Deadline()
        # Type checkers see stand-ins of httpcore for where trio or anyio is not installed.
        kind = httpcore.TrioBackend if is_trio() else httpcore.AnyIOBackend
        self._network = cast(httpcore.AsyncNetworkBackend, kind())
        self._stream: httpcore.AsyncNetworkStream | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a host."""
        self._stream = await self._network.connect_tcp(host, port, timeout=timeout)
        return _Stream(self._stream, self.deadline)

    async def aclose(self) -> None:
        """Close the stream, also where the caller is cancelled."""
        if self._stream is not None:
            with anyio.CancelScope(shield=True):
                await self._stream.aclose()


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, inner: httpcore.AsyncNetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            left = self._deadline.for_read(timeout)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        return await self._inner.read(max_bytes, left)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            left = self._deadline.for_write(timeout)
        except TimeoutError as error:
            raise httpcore.WriteTimeout from error
        await self._inner.write(buffer, left)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        encrypted = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        self._deadline.connected()
        return _Stream(encrypted, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
