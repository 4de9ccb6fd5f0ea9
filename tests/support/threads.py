"""Calls that run in a thread while the test goes on."""

import threading
from collections.abc import Callable

from anthropic_models import AnthropicModelsError


def in_a_thread(function: Callable[[], object]) -> tuple[threading.Thread, list[Exception]]:
    """Start a call in a thread; return it, and a list that will hold the error of the call."""
    errors: list[Exception] = []

    def call() -> None:
        try:
            function()
        except AnthropicModelsError as error:
            errors.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    return thread, errors


def ended(thread: threading.Thread) -> bool:
    """Wait for a thread; return whether it has ended."""
    thread.join(timeout=30)
    return not thread.is_alive()
