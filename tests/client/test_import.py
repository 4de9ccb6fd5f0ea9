"""What `import anthropic_models` gives, and what it leaves until it is needed."""

import subprocess
import sys

import anthropic_models
import pytest

from tests.support.terminal import MEASURED, environment

LOADED = """
import sys
from anthropic_models import Client
print(*(name for name in ("anyio", "anthropic_models._async") if name in sys.modules))
from anthropic_models import AsyncClient
print(*(name for name in ("anyio", "anthropic_models._async") if name in sys.modules))
"""


ALL = """
import importlib, pkgutil, anthropic_models
for module in pkgutil.walk_packages(anthropic_models.__path__, "anthropic_models."):
    if not module.name.endswith(".__main__"):
        importlib.import_module(module.name)
"""


def test_every_module_loads_without_a_warning() -> None:
    # Other tests load modules before they count, or do not count; here the lines of all are.
    command = [sys.executable, "-W", "error", "-c", ALL]
    done = subprocess.run(command, env=environment(**MEASURED), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_async_half_is_loaded_by_who_asks_for_it() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True)
    assert done.stdout == "\nanyio anthropic_models._async\n"


def test_every_public_name_is_there_and_shown() -> None:
    for name in anthropic_models.__all__:
        assert getattr(anthropic_models, name) is not None
    assert set(anthropic_models.__all__) <= set(dir(anthropic_models))


def test_a_name_that_is_not_there_is_an_error_as_in_any_module() -> None:
    with pytest.raises(ImportError, match="cannot import name 'NoSuchName'"):
        from anthropic_models import NoSuchName  # type: ignore[attr-defined]  # noqa: F401 - that is the point
    with pytest.raises(AttributeError, match="'anthropic_models' has no attribute 'NoSuchName'"):
        anthropic_models.NoSuchName  # type: ignore[attr-defined]  # noqa: B018 - that is the point
