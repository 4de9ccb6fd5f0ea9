"""How the tests are run: what is counted, and in which order."""

import gc
import os
import signal

import coverage
import hypothesis
import pytest

pytest_plugins = ["pytester"]

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
    "test_evolution.py",
    "test_regeneration.py",
    "test_sharing.py",
    "test_list.py",
    "test_sandbox_command.py",
    "test_schemathesis.py",
    "test_watch.py",
    "test_spec_diff.py",
    "test_languages.py",
    "test_concurrency.py",
    "test_faults.py",
    "test_terminal.py",
    "test_completion.py",
    "test_pytest_plugin.py",
    "test_documentation.py",
)


def pytest_configure(config: pytest.Config) -> None:
    distributes = bool(config.getoption("numprocesses"))
    if distributes or "PYTEST_XDIST_WORKER" in os.environ:
        # Coverage counts from the start of each process, and pytest-cov once more until it begins
        # with the tests of a worker: it could not pause these two, and they make all else slow.
        while running := coverage.Coverage.current():
            running.stop()
    # Who only hands out tests needs none of these; a worker loads them here, while nothing counts.
    if not distributes:
        for plugin in ("anthropic_models.pytest_plugin", "tests.support.surroundings"):
            config.pluginmanager.import_plugin(plugin)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))


def pytest_collection_finish() -> None:
    """Leave what is there before the first test out of all searches for cycles."""
    gc.collect()
    gc.freeze()
