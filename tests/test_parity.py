"""Parity: the wrapper offers every parameter of the specification, sync and async alike."""

import inspect
from typing import Any

import pytest
import yaml
from anthropic_models import AsyncClient, AsyncPage, Client, Page, openapi_path
from anthropic_models_generated.api.models import list_models

# Parameters of the specification that `list` offers under another name, or does not offer.
OFFERED_AS = {"anthropic-beta": "betas"}
NOT_OFFERED = {"anthropic-version": "a client is written for one version; default_headers sets it"}

ARGUMENTS = "wrapper/anthropic_models/_core/models.py"
REQUEST = "wrapper/anthropic_models/_core/request.py"


def specified() -> list[str]:
    document = yaml.safe_load(openapi_path().read_text("utf-8"))
    shared = document["components"]["parameters"]
    operation = document["paths"]["/v1/models"]["get"]
    return [shared[item["$ref"].rpartition("/")[2]]["name"] for item in operation["parameters"]]


def parameters(function: Any) -> dict[str, inspect.Parameter]:
    found = dict(inspect.signature(function).parameters)
    found.pop("self", None)
    return found


SYNC = type(Client(api_key="any").models)
ASYNC = type(AsyncClient(api_key="any").models)


@pytest.mark.parametrize("name", specified())
def test_the_wrapper_offers_the_parameter(name: str) -> None:
    if name in NOT_OFFERED:
        return
    wanted = OFFERED_AS.get(name, name)
    for listing in (SYNC.list, ASYNC.list):
        assert wanted in parameters(listing), (
            f"openapi.yaml has the parameter {name!r}, but list() does not offer it: add it to "
            f"the arguments in {ARGUMENTS} and to the request in {REQUEST}, or name the reason "
            "why not in NOT_OFFERED of tests/test_parity.py"
        )


@pytest.mark.parametrize("name", specified())
def test_the_generated_function_has_the_parameter(name: str) -> None:
    assert name.replace("-", "_") in parameters(list_models.sync)


def test_no_exception_is_listed_that_the_specification_no_longer_has() -> None:
    assert {*OFFERED_AS, *NOT_OFFERED} <= set(specified())


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


@pytest.mark.parametrize(
    ("sync", "async_"), [(Client, AsyncClient), (Page, AsyncPage), (SYNC, ASYNC)]
)
def test_sync_and_async_are_alike(sync: type, async_: type) -> None:
    assert public(sync) == public(async_)
    for name in public(sync) | {"__init__"}:
        one, other = getattr(sync, name), getattr(async_, name)
        if not callable(one) or (name == "__init__" and sync is not Client):
            continue
        ours, theirs = parameters(one), parameters(other)
        assert list(ours) == list(theirs), name
        for parameter in ours:
            assert ours[parameter].default == theirs[parameter].default, (name, parameter)
            assert ours[parameter].kind == theirs[parameter].kind, (name, parameter)
            assert same(ours[parameter].annotation, theirs[parameter].annotation)


def test_every_public_thing_has_a_docstring() -> None:
    for kind in (Client, AsyncClient, Page, AsyncPage, SYNC, ASYNC):
        for name in public(kind):
            assert inspect.getdoc(getattr(kind, name)), f"{kind.__name__}.{name}"


def test_every_argument_of_list_and_of_the_client_is_explained() -> None:
    for function, text in (
        (SYNC.list, inspect.getdoc(SYNC.list)),
        (Client.__init__, inspect.getdoc(Client.__init__)),
        (AsyncClient.__init__, inspect.getdoc(AsyncClient.__init__)),
    ):
        for name in parameters(function):
            assert f"    {name}: " in (text or ""), name


def same(ours: object, theirs: object) -> bool:
    def neutral(annotation: object) -> str:
        return str(annotation).replace("Async", "")

    return neutral(ours) == neutral(theirs)
