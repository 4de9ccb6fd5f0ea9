"""A fixture for the tests of programs that list models.

In the conftest.py at the root of the tests:

    pytest_plugins = ["anthropic_models.pytest_plugin"]

It is not registered as a plugin, so that only tests which name it load it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .sandbox import Sandbox


@pytest.fixture
def models_sandbox() -> "Iterator[Sandbox]":
    """Run a local mock server of the Models API, for this test alone."""
    # Imported here, so that only tests that use it need the extra.
    try:
        from .sandbox import Sandbox
    except ModuleNotFoundError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    with Sandbox() as running:
        yield running
