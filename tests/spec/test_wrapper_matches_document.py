"""Parity: the wrapper offers what the specification has, sync and async alike."""

import inspect
from typing import Any, get_type_hints

import pytest
from anthropic_models import AsyncClient, AsyncPage, CallOptions, Client, Page, openapi_path
from anthropic_models._core.headers import checked_headers

from generator.documents import SpecError, read_yaml, resolved
from generator.request_checks import check_requests

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
    items = OPERATIONS[operation].get("parameters", [])
    return [resolved(each, DOCUMENT)["name"] for each in items]


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
        ours, theirs = (
            [(each.name, each.kind, each.default, neutral(each)) for each in found.values()]
            for found in (parameters(one), parameters(other))
        )
        assert ours == theirs, name


def neutral(parameter: inspect.Parameter) -> str:
    return str(parameter.annotation).replace("Async", "")


def test_every_argument_of_list_and_of_the_client_is_explained() -> None:
    for kind, names in ((SYNC, ["list"]), (Client, ["send", "paginate", "__init__"])):
        for function in (getattr(kind, name) for name in names):
            text = inspect.getdoc(function) or ""
            assert [name for name in parameters(function) if f"    {name}: " not in text] == []


def is_sent(name: str, value: str) -> bool:
    try:
        checked_headers({name: value}, "headers")
    except ValueError:
        return False
    return True


def is_generated(name: str, default: str) -> bool:
    schema = {"type": "string", "default": default}
    operation = {"parameters": [{"name": name, "in": "header", "schema": schema}]}
    try:
        check_requests({"paths": {"/v1/new": {"get": operation}}}, {})
    except SpecError:
        return False
    return True


def test_a_header_is_generated_just_when_the_wrapper_can_send_it() -> None:
    texts = [text for c in map(chr, range(300)) for text in (f"a{c}b", f"{c}a", f"a{c}")]
    managed = ["Content-Length", "transfer-encoding", "Connection", "keep-alive", "UPGRADE"]
    for name, value in [*((text, "x") for text in texts + managed), *(("a", t) for t in texts)]:
        assert is_generated(name, value) is is_sent(name, value), (name, value)
