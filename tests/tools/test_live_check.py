"""`make live-check` notices when the API has moved away from the document."""

import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from anthropic_models import openapi_path
from anthropic_models.sandbox import Sandbox, made_up_models

from generator.documents import read_yaml, to_yaml
from sharing import live_check
from tests.support.projects import Program
from tests.support.scripted_server import (
    Response,
    Scripted,
    error,
    model,
    page,
    reset_after,
    respond,
)

KEY = "sk-ant-secret-of-the-test"
VERSION = read_yaml(openapi_path())["info"]["version"]


Done = subprocess.CompletedProcess[str]
Check = Callable[[str], Done]


def differences(done: Done) -> list[str]:
    return [line[4:] for line in done.stdout.splitlines() if line.startswith("  ≠ ")]


def write_document(folder: Path, *more: str) -> None:
    """Write openapi.yaml with the listing of models, and operations like it at other paths."""
    document = read_yaml(openapi_path())
    document["paths"] = {"/v1/models": document["paths"]["/v1/models"]}
    one = {"schema": {"$ref": "#/components/schemas/BetaModelInfo"}}
    for path in more:
        found = {"description": "It.", "content": {"application/json": one}}
        operation: dict[str, Any] = {"operationId": f"get{path}", "responses": {"200": found}}
        if "{" in path:
            value = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
            operation["parameters"] = [value]
        document["paths"][path] = {"get": operation}
    (folder / "openapi.yaml").write_text(to_yaml(document), "utf-8")


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, program: Program, tmp_path: Path) -> Check:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setattr(live_check, "ROOT", tmp_path)
    write_document(tmp_path)

    def check(base_url: str) -> Done:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", base_url)
        return program(live_check.main)

    return check


def test_without_a_key_it_says_so_and_exits_0(
    sandbox: Sandbox, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    done = check(sandbox.base_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Nothing was checked: set ANTHROPIC_API_KEY to ask the real API.\n"
    assert sandbox.requests == []


def test_an_api_that_is_as_documented_passes(sandbox: Sandbox, check: Check) -> None:
    sandbox.models[:] = made_up_models(2500)
    done = check(sandbox.base_url)
    assert (done.returncode, done.stderr, differences(done)) == (0, "", [])
    assert done.stdout.endswith(f"The API responds as openapi.yaml {VERSION} says.\n")
    # It walks all models, and makes each mistake once.
    statuses = [request.status_code for request in sandbox.requests]
    assert statuses == [200, 200, 200, 200, 200, 400, 404, 401]


def test_what_was_not_seen_is_told_and_proves_nothing(sandbox: Sandbox, check: Check) -> None:
    sandbox.models.clear()
    done = check(sandbox.base_url)
    assert done.returncode == 0
    for unseen in ("response 529", "an item of `data` in response 200", "null in `request_id` of"):
        assert unseen in done.stdout
    assert "null in `first_id`" not in done.stdout


GONE = object()


@pytest.mark.parametrize(
    ("changes", "reported"),
    [
        ([{"new": {"a": 1}}], '`data[].new` is not in the document (object, such as {"a": 1})'),
        ([{"new": None}, {"new": 7}], "`data[].new` is not in the document (null or integer, s"),
        ([{"display_name": GONE}], "`data[].display_name` is missing; the document says that it"),
        ([{"display_name": None}], "`data[].display_name` is null; the document says string"),
        ([{"created_at": "soon"}], '`data[].created_at` is "soon"; the document says format dat'),
        ([{"type": "ai"}], '`data[].type` is "ai"; the document says const model'),
    ],
)
def test_what_a_later_api_has_is_reported_once(
    sandbox: Sandbox, check: Check, changes: list[dict[str, Any]], reported: str
) -> None:
    models = made_up_models(3)
    for index, change in enumerate(changes):
        changed = models[index] | change
        models[index] = {name: value for name, value in changed.items() if value is not GONE}
    sandbox.models[:] = models
    done = check(sandbox.base_url)
    assert done.returncode == 1
    (difference,) = differences(done)
    assert difference.startswith(f"response 200: {reported}")
    assert done.stdout.endswith(f"The API does not respond as openapi.yaml {VERSION} says.\n")


PAGE = page()
ID = {"request-id": "req_1"}
success, refusal = partial(respond, headers=ID), partial(error, headers=ID)


def as_documented() -> dict[str, Response]:
    """Return what the server sends to each request, by what is asked."""
    return {
        "models": success(PAGE),
        "betas": success(PAGE),
        "limit": refusal(400, "invalid_request_error"),
        "cursor": refusal(404, "not_found_error"),
        "unauthorized": refusal(401, "authentication_error"),
    }


@pytest.mark.parametrize(
    ("asked", "response", "reported"),
    [
        ("models", success({**PAGE, "total": 3}), "response 200: `total` is not in the"),
        ("models", success([1]), "response 200: the whole is array; the document says"),
        ("models", success(b"[" * 99999), "a page of models: response 200 is not JSON"),
        ("models", respond(PAGE), "response 200 has no header `request-id`"),
        ("betas", refusal(400, "invalid_request_error"), "every known beta: returned 4"),
        ("limit", success(PAGE), "a limit of 0: returned 200; 400 was expected"),
        ("cursor", refusal(302, "x"), "an unknown cursor: returned 302, which the docu"),
        ("cursor", refusal(404, "new"), 'response 404: `error.type` is "new", which the '),
        ("unauthorized", success({}, status=401), "response 401: `error` is missing; the docum"),
    ],
)
def test_a_response_that_is_not_the_documented_one_is_reported(
    scripted: Scripted, check: Check, asked: str, response: Response, reported: str
) -> None:
    done = check(scripted(*{**as_documented(), asked: response}.values()).base_url)
    assert done.returncode == 1
    assert [text for text in differences(done) if text.startswith(reported)], done.stdout


def test_a_field_that_may_be_missing_but_never_comes_is_reported(
    scripted: Scripted, check: Check
) -> None:
    envelope = {"type": "error", "error": {"type": "api_error", "message": "no"}}
    unauthorized = success(envelope, status=401)
    server = scripted(*{**as_documented(), "unauthorized": unauthorized}.values())
    lacks = "response 401: no `request_id`, which the document has"
    assert differences(check(server.base_url)) == [lacks]


def test_other_operations_are_asked_and_one_model_where_a_path_takes_its_id(
    scripted: Scripted, check: Check, tmp_path: Path
) -> None:
    write_document(tmp_path, "/v1/first", "/v1/models/{id}", "/v1/others/{id}")
    first, *others = as_documented().values()
    listed = success(page("a/b"))
    server = scripted(listed, first, *others, respond(model("a")), respond(model("a", new=5)))
    done = check(server.base_url)
    assert [request.target for request in server.requests[6:]] == ["/v1/first", "/v1/models/a%2Fb"]
    lacks = "GET /v1/models/{id}: response 200: `new` is not in the document (integer, such as 5)"
    assert (done.returncode, differences(done)) == (1, [lacks])
    assert (tmp_path / "summary.md").read_text("utf-8") == (
        "## The API and openapi.yaml\n\n"
        f"The API does not respond as openapi.yaml {VERSION} says.\n\n"
        f"What differs is to be written into `openapi.yaml`:\n\n- {lacks}\n\n"
    )


def test_a_list_that_never_ends_is_not_followed(scripted: Scripted, check: Check) -> None:
    endless = success(page("a", has_more=True))
    server = scripted(endless, endless, *as_documented().values())
    assert check(server.base_url).returncode == 0
    assert len(server.requests) == 7


@pytest.mark.parametrize(
    ("response", "reported"),
    [
        (error(429, "rate_limit_error"), "a page of models: returned 429; try again later"),
        (error(401, "authentication_error"), "a page of models: returned 401; is the key right?"),
        (reset_after(b""), "The API could not be asked: "),
    ],
)
def test_an_api_that_cannot_be_asked_exits_2(
    scripted: Scripted, check: Check, response: Response, reported: str
) -> None:
    done = check(scripted(response).base_url)
    assert done.returncode == 2
    assert reported in done.stderr


def test_a_key_that_is_none_exits_2_and_is_not_shown(
    sandbox: Sandbox, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", f"{KEY}\nx-evil: 1")
    done = check(sandbox.base_url)
    assert done.returncode == 2
    assert "ANTHROPIC_API_KEY" in done.stderr
    assert KEY not in done.stdout + done.stderr
