"""Parity: the wrapper offers what the specification has, sync and async alike."""

import inspect
from typing import Any, get_type_hints

import pytest
from anthropic_models import AsyncClient, AsyncPage, CallOptions, Client, Page, openapi_path

from generator.documents import read_yaml

# Operations that have a method of `client.models` beside `client.send`.
METHODS = {"list_models": "list"}

# Parameters of the specification that a method offers under another name, or does not offer.
OFFERED_AS = {"anthropic-beta": "betas"}
NOT_OFFERED = {"anthropic-version": "a client is written for one version; default_headers sets it"}

CLIENTS = "wrapper/anthropic_models/client.py and async_client.py"
REQUEST = "wrapper/anthropic_models/_core/list_models.py"

DOCUMENT = read_yaml(openapi_path())
OPERATIONS: dict[str, dict[str, Any]] = {
    operation["operationId"]: operation
    for methods in DOCUMENT["paths"].values()
    for operation in methods.values()
}


def specified(operation: str) -> list[str]:
    shared = DOCUMENT["components"]["parameters"]
    items = OPERATIONS[operation].get("parameters", [])
    return [(shared[i["$ref"].rpartition("/")[2]] if "$ref" in i else i)["name"] for i in items]


OFFERED = [(name, parameter) for name in METHODS for parameter in specified(name)]


def parameters(function: Any) -> dict[str, inspect.Parameter]:
    found = dict(inspect.signature(function).parameters)
    found.pop("self", None)
    return found


def names(function: Any) -> set[str]:
    """The arguments of a function, with those that every call takes."""
    return {*parameters(function), *get_type_hints(CallOptions)}


SYNC = type(Client(api_key="any").models)
ASYNC = type(AsyncClient(api_key="any").models)


@pytest.mark.parametrize(("operation", "name"), OFFERED)
def test_the_wrapper_offers_the_parameter(operation: str, name: str) -> None:
    if name in NOT_OFFERED:
        return
    wanted, method = OFFERED_AS.get(name, name), METHODS[operation]
    for kind in (SYNC, ASYNC):
        assert wanted in names(getattr(kind, method)), (
            f"openapi.yaml has the parameter {name!r}, but {method}() does not offer it: add it "
            f"to the arguments in {CLIENTS} and to the request in {REQUEST}, or name the reason "
            "why not in NOT_OFFERED of tests/spec/test_wrapper_matches_document.py"
        )


def test_no_exception_is_listed_that_the_specification_no_longer_has() -> None:
    assert set(METHODS) <= set(OPERATIONS)
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
        (Client.send, inspect.getdoc(Client.send)),
        (Client.paginate, inspect.getdoc(Client.paginate)),
        (Client.__init__, inspect.getdoc(Client.__init__)),
        (AsyncClient.__init__, inspect.getdoc(AsyncClient.__init__)),
    ):
        for name in parameters(function):
            assert f"    {name}: " in (text or ""), name


def same(ours: object, theirs: object) -> bool:
    def neutral(annotation: object) -> str:
        return str(annotation).replace("Async", "")

    return neutral(ours) == neutral(theirs)
