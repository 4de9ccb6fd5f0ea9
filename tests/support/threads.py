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


def in_threads(count: int, function: Callable[[], object]) -> None:
    """Run a function in so many threads at once, to the end of each."""
    calls = [in_a_thread(function) for _ in range(count)]
    assert all(ended(thread) for thread, _ in calls)
    assert not [error for _, errors in calls for error in errors]
