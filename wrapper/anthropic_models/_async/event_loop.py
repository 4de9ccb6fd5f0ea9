"""Which event loop is running: one of asyncio, or a run of trio."""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any


def is_trio() -> bool:
    """Return whether the caller runs on trio."""
    trio = sys.modules.get("trio")
    return trio is not None and bool(trio.lowlevel.in_trio_run())


def current_loop() -> Any:
    """Return the running event loop of asyncio, or the token of the run of trio."""
    if is_trio():
        return sys.modules["trio"].lowlevel.current_trio_token()
    import asyncio

    return asyncio.get_running_loop()


def call_in(loop: Any, function: Callable[[], object]) -> None:
    """Call a function soon in another event loop; not in one that has ended."""
    with suppress(RuntimeError):
        if hasattr(loop, "call_soon_threadsafe"):
            loop.call_soon_threadsafe(function)
        else:
            loop.run_sync_soon(function)
