"""How the tests are run: what is counted, in which order, and who brings the fixtures."""

import gc
import os
import signal

import coverage
import hypothesis
import pytest

pytest_plugins = ["anthropic_models.pytest_plugin", "pytester", "surroundings"]

# In a worker both coverage and pytest-cov have begun to count, before pytest-cov begins with the
# tests: it cannot pause these two, and with them all imports take twice their time.
if "PYTEST_XDIST_WORKER" in os.environ:
    while running := coverage.Coverage.current():
        running.stop()

# Who looks for what is rare takes more: pytest --hypothesis-profile=thorough
hypothesis.settings.register_profile("quick", max_examples=30, deadline=None)
hypothesis.settings.register_profile("thorough", max_examples=2000, deadline=None)
hypothesis.settings.load_profile("quick")

# What a shell starts in the background ignores Ctrl-C, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# One process runs all of a file, so those that take longest come first: else it would still be at
# work with such a file when the others have nothing left to do.
LONGEST = (
    "test_drill.py",
    "test_regeneration.py",
    "test_sharing.py",
    "test_command_line.py",
    "test_command_line_sandbox.py",
    "test_schemathesis.py",
    "test_watch.py",
    "test_spec_diff.py",
    "test_languages.py",
    "test_crowd.py",
    "test_faults.py",
    "test_command_line_terminal.py",
    "test_command_line_completion.py",
    "test_pytest_plugin.py",
    "test_command_line_document.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))


def pytest_collection_finish() -> None:
    """Leave what is there before the first test out of all searches for cycles."""
    gc.collect()
    gc.freeze()
