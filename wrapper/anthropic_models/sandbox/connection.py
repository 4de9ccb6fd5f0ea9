"""What the sandbox knows about a connection beyond ASGI: how to see it end, and how to cut it."""

import asyncio
import socket
import struct
import sys
from typing import Any, cast

from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol


class Connection(H11Protocol):
    """Hands its transport to the application, as `state["transport"]` of each request."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the transport."""
        super().connection_made(cast(asyncio.Transport, transport))
        self.app_state = {"transport": transport}


async def goes_away(receive: Receive, *, within: float | None) -> bool:
    """Wait for seconds, or for ever, and tell whether the client went away meanwhile."""
    try:
        async with asyncio.timeout(within):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


async def reset(scope: Scope, receive: Receive) -> None:
    """Cut the connection of this request, not in good order."""
    transport: asyncio.Transport = scope["state"]["transport"]
    # A connection that lingers for no time is not closed, but reset.
    linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    sock: Any = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
    await goes_away(receive, within=None)
