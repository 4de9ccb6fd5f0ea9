"""Lets no more requests be under way at once than there are connections for them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import httpx

from .._http import MAX_CONNECTIONS


class Turns:
    """The turns of all requests over one pool of connections.

    The pool would let them wait too, but takes a time for it that grows with the square of their
    number: a thousand at once take five times as long.
    """

    def __init__(self) -> None:
        self._free = anyio.Semaphore(MAX_CONNECTIONS, fast_acquire=True)

    @asynccontextmanager
    async def taken(self, timeout: httpx.Timeout) -> AsyncGenerator[None]:
        """Hold a turn; raises httpx.PoolTimeout when none comes within the pool's timeout."""
        with anyio.move_on_after(timeout.pool) as patience:
            await self._free.acquire()
        if patience.cancelled_caught:
            raise httpx.PoolTimeout("no turn in time")
        try:
            yield
        finally:
            self._free.release()
