"""`make live-check` notices when the API has moved away from the document."""

import copy
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from anthropic_models import openapi_path
from anthropic_models.sandbox import Sandbox, made_up_models
from attrs import frozen

from generator.documents import read_yaml, to_yaml
from sharing import live_check
from tests.support.projects import ROOT
from tests.support.scripted_server import (
    Response,
    ScriptedServer,
    error,
    model,
    page,
    reset_after,
    respond,
)

KEY = "sk-ant-secret-of-the-test"
VERSION = read_yaml(openapi_path())["info"]["version"]


@frozen
class Done:
    code: int
    out: str
    err: str

    @property
    def differences(self) -> list[str]:
        return [line[4:] for line in self.out.splitlines() if line.startswith("  ≠ ")]


Check = Callable[[str], Done]


def write_document(folder: Path, *more: str) -> None:
    """Write openapi.yaml with the listing of models, and operations like it at other paths."""
    document = copy.deepcopy(read_yaml(openapi_path()))
    listing = document["paths"]["/v1/models"]
    document["paths"] = {"/v1/models": listing}
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
def check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Check:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setattr(live_check, "ROOT", tmp_path)
    write_document(tmp_path)

    def check(base_url: str) -> Done:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", base_url)
        code = live_check.main()
        response = capsys.readouterr()
        return Done(code, response.out, response.err)

    return check


def test_without_a_key_it_says_so_and_exits_0(sandbox: Sandbox) -> None:
    done = subprocess.run(
        ["make", "live-check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ANTHROPIC_BASE_URL": sandbox.base_url},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Nothing was checked: set ANTHROPIC_API_KEY to ask the real API.\n"
    assert sandbox.requests == []


def test_an_api_that_is_as_documented_passes(sandbox: Sandbox, check: Check) -> None:
    done = check(sandbox.base_url)
    assert (done.code, done.err, done.differences) == (0, "", [])
    assert done.out.endswith(f"The API responds as openapi.yaml {VERSION} says.\n")


def test_it_walks_all_models_and_makes_each_mistake_once(sandbox: Sandbox, check: Check) -> None:
    sandbox.models[:] = made_up_models(2500)
    check(sandbox.base_url)
    statuses = [request.status_code for request in sandbox.requests]
    assert statuses == [200, 200, 200, 200, 200, 400, 404, 401]


def test_what_was_not_seen_is_told_and_proves_nothing(sandbox: Sandbox, check: Check) -> None:
    sandbox.models.clear()
    done = check(sandbox.base_url)
    assert done.code == 0
    for unseen in ("response 529", "an item of `data` in response 200", "null in `request_id` of"):
        assert unseen in done.out
    assert "null in `first_id`" not in done.out


def later(change: dict[str, Any]) -> list[dict[str, Any]]:
    """The models of a later API, the second of which is changed; … stands for a missing field."""
    models = made_up_models(3)
    models[1] = {k: v for k, v in {**models[1], **change}.items() if v is not ...}
    return models


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        ({"made_up": 5}, "`data[].made_up` is not in the document (integer, such as 5)"),
        ({"caps": {"a": 1}}, '`data[].caps` is not in the document (object, such as {"a": 1})'),
        ({"display_name": ...}, "`data[].display_name` is missing; the document says that it is"),
        ({"display_name": None}, "`data[].display_name` is null; the document says string"),
        ({"display_name": 1.5}, "`data[].display_name` is number; the document says string"),
        ({"created_at": "soon"}, '`data[].created_at` is "soon"; the document says format date-t'),
        ({"type": "ai"}, '`data[].type` is "ai"; the document says const model'),
    ],
)
def test_what_a_later_api_has_is_reported(
    sandbox: Sandbox, check: Check, change: dict[str, Any], reported: str
) -> None:
    sandbox.models[:] = later(change)
    done = check(sandbox.base_url)
    assert done.code == 1
    assert [text[: len(reported) + 14] for text in done.differences] == [
        f"response 200: {reported}"
    ]
    assert done.out.endswith(f"The API does not respond as openapi.yaml {VERSION} says.\n")


def test_a_new_field_is_told_once_with_all_its_types(sandbox: Sandbox, check: Check) -> None:
    models = made_up_models(3)
    for each, value in zip(models, [None, 200_000, None], strict=True):
        each["made_up"] = value
    sandbox.models[:] = models
    assert check(sandbox.base_url).differences == [
        "response 200: `data[].made_up` is not in the document (null or integer, such as null)"
    ]


PAGE = page()
ID = {"request-id": "req_1"}


def as_documented() -> dict[str, Response]:
    """What the server says to each request, by what is asked."""
    return {
        "models": respond(PAGE, headers=ID),
        "betas": respond(PAGE, headers=ID),
        "limit": error(400, "invalid_request_error", headers=ID),
        "cursor": error(404, "not_found_error", headers=ID),
        "nobody": error(401, "authentication_error", headers=ID),
    }


@pytest.mark.parametrize(
    ("asked", "response", "reported"),
    [
        (
            "models",
            respond({**PAGE, "total": 3}, headers=ID),
            "response 200: `total` is not in the",
        ),
        (
            "models",
            respond([1], headers=ID),
            "response 200: the whole is array; the document says",
        ),
        ("models", respond(b"<html>", headers=ID), "a page of models: response 200 is not JSON"),
        (
            "models",
            respond(b"[" * 99999, headers=ID),
            "a page of models: response 200 is not JSON",
        ),
        ("models", respond(PAGE), "response 200 has no header `request-id`"),
        ("betas", error(400, "invalid_request_error", headers=ID), "every known beta: returned 4"),
        ("limit", respond(PAGE, headers=ID), "a limit of 0: returned 200; 400 was expected"),
        ("cursor", error(302, "x", headers=ID), "an unknown cursor: returned 302, which the docu"),
        ("cursor", error(422, "x", headers=ID), "an unknown cursor: returned 422; 404 was expect"),
        (
            "cursor",
            error(404, "new", headers=ID),
            'response 404: `error.type` is "new", which the ',
        ),
        (
            "nobody",
            respond({}, status=401, headers=ID),
            "response 401: `error` is missing; the docum",
        ),
    ],
)
def test_a_response_that_is_not_the_documented_one_is_reported(
    scripted: Callable[..., ScriptedServer],
    check: Check,
    asked: str,
    response: Response,
    reported: str,
) -> None:
    server = scripted(*{**as_documented(), asked: response}.values())
    done = check(server.base_url)
    assert done.code == 1
    assert [text for text in done.differences if text.startswith(reported)], done.out
    assert "Traceback" not in done.err


def test_the_documented_responses_of_any_server_pass(
    scripted: Callable[..., ScriptedServer], check: Check
) -> None:
    done = check(scripted(*as_documented().values()).base_url)
    assert (done.code, done.differences) == (0, [])


def test_a_field_that_may_be_missing_but_never_comes_is_reported(
    scripted: Callable[..., ScriptedServer], check: Check
) -> None:
    envelope = {"type": "error", "error": {"type": "api_error", "message": "no"}}
    refusals = [respond(envelope, status=status, headers=ID) for status in (400, 404, 401)]
    server = scripted(respond(PAGE, headers=ID), respond(PAGE, headers=ID), *refusals)
    assert check(server.base_url).differences == [
        f"response {status}: no `request_id`, which the document has" for status in (400, 401, 404)
    ]


def test_other_operations_are_asked_and_one_model_where_a_path_takes_its_id(
    scripted: Callable[..., ScriptedServer], check: Check, tmp_path: Path
) -> None:
    write_document(tmp_path, "/v1/first", "/v1/models/{id}", "/v1/others/{id}")
    first, *others = as_documented().values()
    listed = respond(page("a/b") | {"data": [model("a/b")]}, headers=ID)
    server = scripted(listed, first, *others, respond(model("a")), respond(model("a", made_up=5)))
    done = check(server.base_url)
    assert [request.target for request in server.requests[6:]] == ["/v1/first", "/v1/models/a%2Fb"]
    lacks = (
        "GET /v1/models/{id}: response 200: `made_up` is not in the document (integer, such as 5)"
    )
    assert (done.code, done.differences) == (1, [lacks])
    assert (tmp_path / "summary.md").read_text("utf-8") == (
        "## The API and openapi.yaml\n\n"
        f"The API does not respond as openapi.yaml {VERSION} says.\n\n"
        f"What differs is to be written into `openapi.yaml`:\n\n- {lacks}\n\n"
    )


def test_a_list_that_never_ends_is_not_followed(
    scripted: Callable[..., ScriptedServer], check: Check
) -> None:
    whole = page("a", has_more=True) | {"data": made_up_models(1)}
    endless = respond(whole, headers=ID)
    responses = as_documented()
    first, *others = responses.values()
    server = scripted(endless, endless, first, *others)
    assert check(server.base_url).code == 0
    assert len(server.requests) == 7


@pytest.mark.parametrize(
    ("response", "reported"),
    [
        (error(529, "overloaded_error"), "a page of models: returned 529; try again later"),
        (error(429, "rate_limit_error"), "a page of models: returned 429; try again later"),
        (error(401, "authentication_error"), "a page of models: returned 401; is the key right?"),
        (reset_after(b""), "The API could not be asked: "),
    ],
)
def test_an_api_that_cannot_be_asked_exits_2(
    scripted: Callable[..., ScriptedServer], check: Check, response: Response, reported: str
) -> None:
    done = check(scripted(response).base_url)
    assert done.code == 2
    assert reported in done.err
    assert "Traceback" not in done.err


def test_a_key_that_is_none_exits_2_and_is_not_shown(
    sandbox: Sandbox, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", f"{KEY}\nx-evil: 1")
    done = check(sandbox.base_url)
    assert done.code == 2
    assert "ANTHROPIC_API_KEY" in done.err
    assert KEY not in done.out + done.err
