"""What `import anthropic_models` makes available, and what it leaves until it is needed."""

import subprocess
import sys

import anthropic_models
import anthropic_models_generated
import pytest

LAZILY = """
import sys
def loaded(*names):
    print(*(name for name in names if name in sys.modules))
import anthropic_models
loaded("httpx", "attrs", "anthropic_models_generated", "anthropic_models.errors")
from anthropic_models import Client
loaded("httpx", "anyio", "anthropic_models._sync.sender", "jsonschema_rs")
loaded("anthropic_models_generated.client")
from anthropic_models import AsyncClient
AsyncClient(api_key="any", base_url="http://127.0.0.1:1")
loaded("anyio", "anthropic_models._async")
"""


def test_a_module_is_loaded_when_a_name_of_it_is_first_used() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LAZILY], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    nothing, with_client, of_the_generator, with_async = done.stdout.splitlines()
    assert nothing == ""
    assert (with_client, of_the_generator) == ("httpx", "")
    assert with_async == "anyio anthropic_models._async"


def test_the_clients_of_the_generator_are_loaded_when_they_are_first_used() -> None:
    from anthropic_models_generated import AuthenticatedClient, client

    assert AuthenticatedClient is client.AuthenticatedClient
    with pytest.raises(AttributeError, match="no attribute 'Clients'"):
        anthropic_models_generated.Clients  # type: ignore[attr-defined]  # noqa: B018 - that is the point


def test_every_public_name_is_there_and_shown() -> None:
    public: list[str] = vars(anthropic_models)["__all__"]
    assert all(getattr(anthropic_models, name) is not None for name in public)
    assert set(public) <= set(dir(anthropic_models))


def test_a_name_that_is_not_there_is_an_error_as_in_any_module() -> None:
    with pytest.raises(ImportError, match="cannot import name 'NoSuchName'"):
        from anthropic_models import NoSuchName  # type: ignore[attr-defined]  # noqa: F401 - that is the point
    with pytest.raises(AttributeError, match="'anthropic_models' has no attribute 'NoSuchName'"):
        anthropic_models.NoSuchName  # type: ignore[attr-defined]  # noqa: B018 - that is the point
