"""Parity: the wrapper offers what the specification has, sync and async alike."""

import inspect
from typing import Any

import pytest
from anthropic_models import AsyncClient, AsyncPage, Client, Page, openapi_path

from generator.documents import read_yaml

# Operations of the specification, with the methods of `client.models` that offer them, or with
# the reason why none does.
METHODS = {"list_models": "list"}
OPERATIONS_NOT_OFFERED: dict[str, str] = {}

# Parameters of the specification that a method offers under another name, or does not offer.
OFFERED_AS = {"anthropic-beta": "betas"}
NOT_OFFERED = {"anthropic-version": "a client is written for one version; default_headers sets it"}

MODELS = "wrapper/anthropic_models/_core/models.py"
REQUEST = "wrapper/anthropic_models/_core/request.py"

DOCUMENT = read_yaml(openapi_path())
OPERATIONS: dict[str, dict[str, Any]] = {
    operation["operationId"]: operation
    for methods in DOCUMENT["paths"].values()
    for operation in methods.values()
}


def specified(operation: str) -> list[str]:
    shared = DOCUMENT["components"]["parameters"]
    references = [item["$ref"] for item in OPERATIONS[operation]["parameters"]]
    return [shared[reference.rpartition("/")[2]]["name"] for reference in references]


OFFERED = [(name, parameter) for name in METHODS for parameter in specified(name)]


def parameters(function: Any) -> dict[str, inspect.Parameter]:
    found = dict(inspect.signature(function).parameters)
    found.pop("self", None)
    return found


SYNC = type(Client(api_key="any").models)
ASYNC = type(AsyncClient(api_key="any").models)


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_wrapper_offers_the_operation(name: str) -> None:
    assert name in {*METHODS, *OPERATIONS_NOT_OFFERED}, (
        f"openapi.yaml has the operation {name!r}, but only client.generated offers it: add a "
        f"method in {MODELS} and name it in METHODS of tests/spec/test_parity.py, or name the "
        "reason why not in OPERATIONS_NOT_OFFERED there"
    )
    assert name in OPERATIONS_NOT_OFFERED or METHODS[name] in public(SYNC) & public(ASYNC)


@pytest.mark.parametrize(("operation", "name"), OFFERED)
def test_the_wrapper_offers_the_parameter(operation: str, name: str) -> None:
    if name in NOT_OFFERED:
        return
    wanted, method = OFFERED_AS.get(name, name), METHODS[operation]
    for kind in (SYNC, ASYNC):
        assert wanted in list(parameters(getattr(kind, method))), (
            f"openapi.yaml has the parameter {name!r}, but {method}() does not offer it: add it "
            f"to the arguments in {MODELS} and to the request in {REQUEST}, or name the reason "
            "why not in NOT_OFFERED of tests/spec/test_parity.py"
        )


def test_no_exception_is_listed_that_the_specification_no_longer_has() -> None:
    assert {*METHODS, *OPERATIONS_NOT_OFFERED} <= set(OPERATIONS)
    assert {*OFFERED_AS, *NOT_OFFERED} <= {name for _, name in OFFERED}


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
