"""The sandbox responds like the API: what it decides, without a socket."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from anthropic_models import Client, openapi_path
from anthropic_models.sandbox import Sandbox, made_up_models, well_known_models
from anthropic_models.sandbox.app import App
from anthropic_models.sandbox.catalogue import MadeUpModels, Model
from anthropic_models.sandbox.openapi import OpenAPIDocument
from jsonschema import Draft202012Validator

from generator.documents import read_yaml, resolved
from tests.support.evolution import merged

DOCUMENT = read_yaml(openapi_path())
DATA = Path(__file__).with_name("data")
HEADERS = {"X-Api-Key": "any", "anthropic-version": "2023-06-01", "X-Later": "a"}
Headers = Mapping[str, str]


@pytest.fixture
def app() -> App:
    """A sandbox with 57 models that does not listen."""
    return App(made_up_models(57))


def serve_by(document: OpenAPIDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("app", "catalogue"):
        name = f"anthropic_models.sandbox.{module}.openapi_document"
        monkeypatch.setattr(name, lambda: document)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> App:
    """A sandbox with three models, of a document that has grown."""
    content = merged(copy.deepcopy(DOCUMENT), read_yaml(DATA / "later.yaml"))
    content["components"]["examples"]["PageOfModels"]["value"]["data"][0]["era"] = "new"
    content["servers"] = [{"url": "https://gateway.example/anthropic/"}]
    serve_by(OpenAPIDocument(content), monkeypatch)
    return App(made_up_models(3))


def ask(
    app: App, target: str = "/v1/models", method: str = "GET", headers: Headers = HEADERS
) -> httpx.Response:
    """Ask, and check what all responses have."""
    response = app.respond(app.begin(method, target, list(headers.items())))
    assert response is not None
    status = response.status_code
    found = httpx.Response(status, headers=list(response.headers), content=response.body)
    assert found.headers["request-id"].startswith("req_")
    assert app.requests[-1].status_code == status
    if status >= 400:
        assert_fits(found.json(), "ErrorResponse")
        assert found.json()["request_id"] == found.headers["request-id"]
    return found


def assert_fits(body: object, schema: str) -> None:
    root = {"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]}
    validator: Any = Draft202012Validator(root)
    validator.validate(body)


def ids(models: Sequence[Model]) -> list[str]:
    return [model["id"] for model in models]


def listed(app: App, query: str = "") -> list[str]:
    return ids(ask(app, f"/v1/models{query}").json()["data"])


@pytest.mark.parametrize(
    ("query", "expected", "has_more"),
    [
        ("", slice(0, 20), True),
        ("?limit=57", slice(0, 57), False),
        ("?limit=56", slice(0, 56), True),
        ("?after_id={9}&limit=5", slice(10, 15), True),
        ("?after_id={51}&limit=5", slice(52, 57), False),
        ("?after_id={50}&limit=5", slice(51, 56), True),
        ("?after_id={56}", slice(57, 57), False),
        ("?before_id={5}&limit=5", slice(0, 5), False),
        ("?before_id={6}&limit=5", slice(1, 6), True),
        ("?before_id={0}", slice(0, 0), False),
        ("?unknown=1&limit=1&unknown=2", slice(0, 1), True),
    ],
)
def test_it_pages_both_ways_and_knows_whether_there_is_more(
    app: App, query: str, expected: slice, has_more: bool
) -> None:
    everything = ids(made_up_models(57))
    page = ask(app, "/v1/models" + query.format(*everything)).json()
    assert_fits(page, "BetaModelList")
    found = [None, *everything[expected], None]
    assert [None, *ids(page["data"]), None] == found
    first, last = (found[1], found[-2]) if page["data"] else (None, None)
    assert (page["first_id"], page["last_id"], page["has_more"]) == (first, last, has_more)


@pytest.mark.parametrize(
    ("document", "case"),
    [(name, case) for name, cases in read_yaml(DATA / "requests.yaml").items() for case in cases],
)
def test_it_responds_as_the_document_says(
    document: str, case: list[Any], request: pytest.FixtureRequest
) -> None:
    asked, status, says, *headers = case
    method, target = asked.split(" ")
    response = ask(request.getfixturevalue(document), target, method, *headers)
    assert response.status_code == status
    assert says in response.text
    if status >= 400:
        assert response.json()["error"]["type"] == dict(documented())[min(status, 500)]["type"]


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "HEAD"])
def test_other_methods_are_refused(app: App, method: str) -> None:
    response = ask(app, method=method)
    assert (response.status_code, response.headers["allow"]) == (405, "GET")


def test_it_records_requests_and_what_comes_twice_as_one_list(app: App) -> None:
    sent = [("X-Api-Key", "any"), ("anthropic-beta", "a"), ("anthropic-beta", "b")]
    app.begin("GET", "/v1/mod%65ls?later=a&later=b&limit=3", sent)
    (request,) = app.requests
    assert (request.method, request.path, request.status_code) == ("GET", "/v1/models", None)
    assert request.query == {"later": "a,b", "limit": "3"}
    assert request.headers == {"x-api-key": "any", "anthropic-beta": "a, b"}
    assert "any" not in repr(request)


def named(id_: str) -> Model:
    return {**made_up_models(1)[0], "id": id_}


def test_its_models_may_change_while_it_runs() -> None:
    models = made_up_models(57)
    app = App(models)
    first, second, *_ = ids(models)
    assert listed(app, f"?after_id={first}&limit=1") == [second]
    models[1]["display_name"] = "Renamed"
    assert ask(app).json()["data"][1]["display_name"] == "Renamed"
    models.insert(0, named("newer"))
    assert listed(app, f"?before_id={first}") == ["newer"]
    models.insert(2, named("between"))
    assert listed(app, f"?after_id={first}&limit=1") == ["between"]
    models.reverse()
    assert listed(app, "?after_id=between") == [first, "newer"]
    models[:] = [named("a"), named("b"), named("a"), named("c")]
    assert listed(app, "?after_id=a&limit=1") == ["b"], "the first of two with one id"
    models.clear()
    assert ask(app, f"/v1/models?after_id={first}").status_code == 404


def test_its_models_may_be_replaced_by_a_number_a_listing_or_the_well_known(
    sandbox: Sandbox,
) -> None:
    with Client(base_url=sandbox.base_url, api_key="any") as client:
        sandbox.models = None
        listing = client.models.list()
        assert ids(sandbox.models) == [model.id for model in listing] == ids(well_known_models())
        sandbox.models = 3
        assert len(client.models.list().data) == 3
        sandbox.models.pop()
        assert len(client.models.list().data) == 2
        sandbox.models = listing
        assert client.models.list().data == listing.data


@pytest.mark.parametrize(
    "models", [[{}], [None], [{"id": "a", "created_at": object()}], [{"id": float("nan")}]]
)
def test_models_that_are_no_json_are_a_500(models: list[Any]) -> None:
    response = ask(App(models))
    assert (response.status_code, response.json()["error"]["type"]) == (500, "api_error")
    assert "sandbox.models" in response.json()["error"]["message"]


def test_a_million_models_are_made_up_when_they_are_listed_newest_first() -> None:
    app = App(MadeUpModels(1_000_000))
    assert listed(app, "?limit=2") == ["made-up-model-1000000", "made-up-model-999999"]
    assert listed(app, "?after_id=made-up-model-000002") == ["made-up-model-000001"]
    around = listed(app, "?before_id=made-up-model-500000&limit=1")
    assert around == ["made-up-model-500001"]
    for cursor in ("1000001", "000000", "0500000", "-1", "5", "9" * 5000, "٣"):
        refused = ask(app, f"/v1/models?after_id=made-up-model-{cursor}")
        assert refused.status_code == 404
    released = [model["created_at"] for model in made_up_models(1000)]
    assert released == sorted(set(released), reverse=True)


def test_no_more_models_are_made_up_than_a_page_has() -> None:
    make_up = vars(MadeUpModels)["_made_up"]
    with patch.object(MadeUpModels, "_made_up", autospec=True, side_effect=make_up) as made:
        listed(App(MadeUpModels(1_000_000)), "?after_id=made-up-model-500001&limit=10")
    assert made.call_count <= 11


def test_every_operation_of_the_document_has_a_response(app: App) -> None:
    for path, item in DOCUMENT["paths"].items():
        for method in item:
            target = path.format(model_id="made-up-model-000057")
            assert ask(app, target, method.upper()).status_code == 200


# --- errors


def documented() -> Iterator[tuple[int, dict[str, str]]]:
    """Yield every status of an error, with the documented example of its error."""
    for status, response in DOCUMENT["paths"]["/v1/models"]["get"]["responses"].items():
        content = resolved(response, DOCUMENT)["content"]["application/json"]
        example = resolved(next(iter(content["examples"].values())), DOCUMENT)["value"]
        if status.isdecimal() and status != "200":
            yield int(status), example["error"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *documented(),
        (418, {"type": "invalid_request_error", "message": "I'm a Teapot"}),
        (499, {"type": "invalid_request_error", "message": "HTTP status 499"}),
        (503, {"type": "api_error", "message": "Service Unavailable"}),
        (599, {"type": "api_error", "message": "HTTP status 599"}),
    ],
)
def test_it_fails_as_documented_and_then_goes_on(
    app: App, status: int, error: dict[str, str]
) -> None:
    app.faults.fail(status, 1, None)
    failed = ask(app)
    assert (failed.status_code, failed.json()["error"]) == (status, error)
    assert "retry-after" not in failed.headers
    assert ask(app).status_code == 200


SOME = {"type": "error", "error": {"type": "some_error", "message": "No."}}


@pytest.mark.parametrize(
    ("examples", "status", "type_", "message"),
    [
        ({"default": SOME, "429": "slow down"}, 429, "some_error", "Too Many Requests"),
        ({"5XX": SOME}, 529, "some_error", "HTTP status 529"),
        ({"400": SOME}, 404, "some_error", "Not Found"),
        ({}, 529, "api_error", "HTTP status 529"),
    ],
)
def test_an_error_without_an_example_is_sent_in_the_envelope(
    examples: dict[str, object],
    status: int,
    type_: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    responses = {
        name: {"content": {"application/json": {"example": example}}}
        for name, example in examples.items()
    }
    operation = {"operationId": "list_models", "responses": responses}
    components = {"schemas": DOCUMENT["components"]["schemas"]}
    small = {"paths": {"/v1/models": {"get": operation}}, "components": components}
    serve_by(OpenAPIDocument(small), monkeypatch)
    app = App(made_up_models(3))
    app.faults.fail(status, 1, None)
    assert ask(app).json()["error"] == {"type": type_, "message": message}
    assert len(listed(app)) == 3


# --- the document grows


def test_a_new_operation_has_its_media_type_and_its_methods(later: App) -> None:
    csv = ask(later, "/v1/files/a?key=a", "PUT")
    assert csv.headers["content-type"] == "text/csv"
    gone = ask(later, "/v1/files/a", "DELETE")
    assert (gone.content, "content-type" in gone.headers) == (b"", False)
    refused = ask(later, "/v1/files/a", "PATCH")
    assert refused.headers["allow"] == "GET, PUT, POST, DELETE"


def test_new_required_fields_come_from_the_examples(later: App) -> None:
    body = ask(later).json()
    assert (len(body["data"]), body["total"]) == (3, 2)
    new = {"era": "new", "size": 7, "kind": "chat"}
    for model in [*body["data"], *well_known_models()]:
        assert model.items() >= new.items()
        assert "optional" not in model
