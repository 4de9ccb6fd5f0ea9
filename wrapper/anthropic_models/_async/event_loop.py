"""The running event loop, of asyncio or of trio."""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any


def is_trio() -> bool:
    """Return whether the caller runs on trio."""
    trio = sys.modules.get("trio")
    return trio is not None and bool(trio.lowlevel.in_trio_run())


def current_loop() -> Any:
    """Return the running event loop of asyncio, or the token of the running trio."""
    if is_trio():
        return sys.modules["trio"].lowlevel.current_trio_token()
    import asyncio

    return asyncio.get_running_loop()


def call_soon_in(loop: Any, function: Callable[[], object]) -> None:
    """Schedule a function in another event loop, as `call_soon_threadsafe` does."""
    with suppress(RuntimeError):  # it is closed
        if hasattr(loop, "call_soon_threadsafe"):
            loop.call_soon_threadsafe(function)
        else:
            loop.run_sync_soon(function)
