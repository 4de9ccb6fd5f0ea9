"""The sandbox answers like the API."""

import importlib
import sys
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import yaml
from anthropic_models import openapi_path
from anthropic_models.sandbox import Sandbox, made_up_models, well_known_models
from jsonschema import Draft202012Validator

HEADERS = {"X-Api-Key": "any", "anthropic-version": "2023-06-01"}


def get(
    sandbox: Sandbox, query: str = "", headers: Mapping[str, str] = HEADERS
) -> tuple[int, dict[str, Any]]:
    answer = httpx.get(f"{sandbox.base_url}/v1/models{query}", headers=headers)
    assert answer.headers["request-id"].startswith("req_")
    body: dict[str, Any] = answer.json()
    schema = "BetaModelList" if answer.status_code == 200 else "ErrorResponse"
    assert_fits(body, schema)
    if answer.status_code != 200:
        assert body["request_id"] == answer.headers["request-id"]
    return answer.status_code, body


def assert_fits(body: object, schema: str) -> None:
    document = yaml.safe_load(openapi_path().read_text("utf-8"))
    root = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    validator: Any = Draft202012Validator(root)
    validator.validate(body)


def ids(body: dict[str, Any]) -> list[str]:
    return [model["id"] for model in body["data"]]


def test_a_page_holds_20_models_unless_asked_otherwise(sandbox: Sandbox) -> None:
    everything = [model["id"] for model in sandbox.models]
    status, body = get(sandbox)
    assert (status, ids(body), body["has_more"]) == (200, everything[:20], True)
    assert (body["first_id"], body["last_id"]) == (everything[0], everything[19])


@pytest.mark.parametrize(
    ("query", "expected", "has_more"),
    [
        ("?limit=57", slice(0, 57), False),
        ("?limit=56", slice(0, 56), True),
        ("?after_id={9}&limit=5", slice(10, 15), True),
        ("?after_id={51}&limit=5", slice(52, 57), False),
        ("?after_id={50}&limit=5", slice(51, 56), True),
        ("?after_id={56}", slice(57, 57), False),
        ("?before_id={5}&limit=5", slice(0, 5), False),
        ("?before_id={6}&limit=5", slice(1, 6), True),
        ("?before_id={0}", slice(0, 0), False),
        ("?unknown=1&limit=1", slice(0, 1), True),
    ],
)
def test_it_pages_both_ways_and_knows_whether_there_is_more(
    sandbox: Sandbox, query: str, expected: slice, has_more: bool
) -> None:
    everything = [model["id"] for model in sandbox.models]
    status, body = get(sandbox, query.format(*everything))
    assert (status, ids(body), body["has_more"]) == (200, everything[expected], has_more)


@pytest.mark.parametrize(
    ("query", "status", "type_", "says"),
    [
        ("?limit=0", 400, "invalid_request_error", "limit"),
        ("?limit=1001", 400, "invalid_request_error", "maximum of 1000"),
        ("?limit=x", 400, "invalid_request_error", "limit"),
        ("?limit=1.5", 400, "invalid_request_error", "limit"),
        ("?limit=", 400, "invalid_request_error", "limit"),
        ("?after_id=nobody", 404, "not_found_error", "after_id"),
        ("?before_id=nobody", 404, "not_found_error", "before_id"),
        ("?after_id=a&before_id=b", 400, "invalid_request_error", "only one"),
        ("/other", 404, "not_found_error", "/v1/models/other"),
    ],
)
def test_it_refuses_what_the_specification_forbids(
    sandbox: Sandbox, query: str, status: int, type_: str, says: str
) -> None:
    answered, body = get(sandbox, query)
    assert (answered, body["error"]["type"]) == (status, type_)
    assert says in body["error"]["message"]


@pytest.mark.parametrize(
    ("headers", "status", "type_"),
    [
        ({"anthropic-version": "2023-06-01"}, 401, "authentication_error"),
        ({"X-Api-Key": "", "anthropic-version": "2023-06-01"}, 401, "authentication_error"),
        ({"X-Api-Key": "any"}, 400, "invalid_request_error"),
        ({"X-Api-Key": "any", "anthropic-version": ""}, 400, "invalid_request_error"),
    ],
)
def test_it_wants_a_credential_and_a_version(
    sandbox: Sandbox, headers: dict[str, str], status: int, type_: str
) -> None:
    answered, body = get(sandbox, headers=headers)
    assert (answered, body["error"]["type"]) == (status, type_)


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer any", "anthropic-version": "1999-01-01"},
        {**HEADERS, "anthropic-beta": "skills-2025-10-02,never-heard-of"},
    ],
)
def test_it_takes_any_token_any_version_and_any_beta(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    assert get(sandbox, headers=headers)[0] == 200


def test_other_methods_are_refused(sandbox: Sandbox) -> None:
    answer = httpx.post(f"{sandbox.base_url}/v1/models", headers=HEADERS)
    assert answer.status_code == 405
    assert_fits(answer.json(), "ErrorResponse")


def test_it_remembers_what_was_asked(sandbox: Sandbox) -> None:
    get(sandbox, "?limit=3")
    get(sandbox, "?limit=0")
    first, second = sandbox.requests
    assert (first.method, first.path, first.query) == ("GET", "/v1/models", {"limit": "3"})
    assert first.headers["x-api-key"] == "any"
    assert "any" not in repr(first)
    assert (first.status_code, second.status_code) == (200, 400)


def test_its_models_may_change_while_it_runs(sandbox: Sandbox) -> None:
    sandbox.models[:] = well_known_models()
    assert ids(get(sandbox)[1])[-1] == "claude-3-opus-20240229"


def test_models_are_made_up_in_any_number_newest_first() -> None:
    models = made_up_models(1000)
    assert len({model["id"] for model in models}) == 1000
    released = [model["created_at"] for model in models]
    assert released == sorted(released, reverse=True)
    assert made_up_models(0) == []


def test_several_run_beside_each_other_and_stop() -> None:
    with Sandbox(1) as one, Sandbox([{"id": "x"}]) as other:
        assert one.base_url != other.base_url
        assert ids(httpx.get(f"{other.base_url}/v1/models", headers=HEADERS).json()) == ["x"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(one.base_url)


def test_without_its_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("anthropic_models.sandbox")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ModuleNotFoundError, match=r"anthropic-models-client\[sandbox\]"):
        importlib.import_module("anthropic_models.sandbox")
