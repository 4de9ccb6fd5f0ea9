"""The sandbox responds like the API."""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest
from anthropic_models import Client, openapi_path
from anthropic_models.sandbox import Sandbox, app, catalogue, made_up_models, well_known_models
from anthropic_models.sandbox.catalogue import MadeUpModels, Model
from anthropic_models.sandbox.openapi import OpenAPIDocument
from anthropic_models.sandbox.paging import Pages
from jsonschema import Draft202012Validator

from generator.documents import read_yaml

DOCUMENT = read_yaml(openapi_path())
HEADERS = {"X-Api-Key": "any", "anthropic-version": "2023-06-01"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of this test alone, whose lines are counted."""
    with Sandbox(57) as sandbox:
        yield sandbox


def get(
    sandbox: Sandbox, query: str = "", headers: Mapping[str, str] = HEADERS
) -> tuple[int, dict[str, Any]]:
    response = httpx.get(f"{sandbox.base_url}/v1/models{query}", headers=headers)
    assert response.headers["request-id"].startswith("req_")
    body: dict[str, Any] = response.json()
    schema = "BetaModelList" if response.status_code == 200 else "ErrorResponse"
    assert_fits(body, schema)
    if response.status_code != 200:
        assert body["request_id"] == response.headers["request-id"]
    return response.status_code, body


def assert_fits(body: object, schema: str) -> None:
    root = {"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]}
    validator: Any = Draft202012Validator(root)
    validator.validate(body)


def ids(body: dict[str, Any]) -> list[str]:
    return [model["id"] for model in body["data"]]


def test_a_page_has_20_models_by_default(sandbox: Sandbox) -> None:
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
        ("?unknown=1&limit=1&unknown=2", slice(0, 1), True),
    ],
)
def test_it_pages_both_ways_and_knows_whether_there_is_more(
    sandbox: Sandbox, query: str, expected: slice, has_more: bool
) -> None:
    everything = [model["id"] for model in sandbox.models]
    status, body = get(sandbox, query.format(*everything))
    assert (status, ids(body), body["has_more"]) == (200, everything[expected], has_more)


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        *((f"?limit={limit}", 400, "limit") for limit in ("0", "x", "1.5", "", "1e3", "%205")),
        *((f"?limit={limit}", 400, "limit") for limit in ("1_0", "%D9%A3")),
        ("?limit=1001", 400, "maximum of 1000"),
        ("?limit=5&limit=5", 400, "limit: must be sent only once"),
        ("?after_id=", 400, "after_id"),
        ("?after_id=unknown-model", 404, "after_id"),
        ("?after_id=made-up-model-000058", 404, "after_id"),
        ("?before_id=unknown-model", 404, "before_id"),
        ("?after_id=a&before_id=b", 400, "only one"),
        ("/no/such", 404, "/v1/models/no/such"),
        ("/", 404, "/v1/models/"),
    ],
)
def test_it_refuses_what_the_specification_forbids(
    sandbox: Sandbox, query: str, status: int, says: str
) -> None:
    status_code, body = get(sandbox, query)
    type_ = {400: "invalid_request_error", 404: "not_found_error"}[status]
    assert (status_code, body["error"]["type"]) == (status, type_)
    assert says in body["error"]["message"]


VERSION = {"anthropic-version": "2023-06-01"}


@pytest.mark.parametrize(
    ("headers", "status", "type_"),
    [
        ({}, 401, "authentication_error"),
        (VERSION, 401, "authentication_error"),
        (VERSION | {"X-Api-Key": ""}, 401, "authentication_error"),
        (VERSION | {"Authorization": "Basic YQ=="}, 401, "authentication_error"),
        (VERSION | {"Authorization": "Bearer"}, 401, "authentication_error"),
        ({"X-Api-Key": "any"}, 400, "invalid_request_error"),
        ({"X-Api-Key": "any", "anthropic-version": ""}, 400, "invalid_request_error"),
    ],
)
def test_it_wants_a_credential_and_a_version(
    sandbox: Sandbox, headers: dict[str, str], status: int, type_: str
) -> None:
    status_code, body = get(sandbox, headers=headers)
    assert (status_code, body["error"]["type"]) == (status, type_)


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


def test_credentials_are_checked_before_parameters(sandbox: Sandbox) -> None:
    assert get(sandbox, "?limit=0&after_id=unknown-model", headers={})[0] == 401
    assert get(sandbox, "/no/such", headers={})[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_other_methods_are_refused(sandbox: Sandbox, method: str) -> None:
    response = httpx.request(method, f"{sandbox.base_url}/v1/models", headers=HEADERS)
    assert (response.status_code, response.headers["allow"]) == (405, "GET")
    assert response.headers["request-id"].startswith("req_")
    if method != "HEAD":
        assert_fits(response.json(), "ErrorResponse")


def test_it_records_requests(sandbox: Sandbox) -> None:
    get(sandbox, "?limit=3")
    get(sandbox, "?limit=0")
    first, second = sandbox.requests
    assert (first.method, first.path, first.query) == ("GET", "/v1/models", {"limit": "3"})
    assert first.headers["x-api-key"] == "any"
    assert "any" not in repr(first)
    assert (first.status_code, second.status_code) == (200, 400)


def test_what_comes_twice_is_remembered_as_one_list(sandbox: Sandbox) -> None:
    lines = [*HEADERS.items(), ("anthropic-beta", "a"), ("anthropic-beta", "b")]
    query = "?later=a&later=b&limit=3"
    assert httpx.get(f"{sandbox.base_url}/v1/models{query}", headers=lines).status_code == 200
    (request,) = sandbox.requests
    assert request.headers["anthropic-beta"] == "a, b"
    assert request.query == {"later": "a,b", "limit": "3"}


def named(id_: str) -> Model:
    return {**made_up_models(1)[0], "id": id_}


def test_its_models_may_change_while_it_runs(sandbox: Sandbox) -> None:
    first = sandbox.models[0]["id"]
    assert ids(get(sandbox, f"?after_id={first}&limit=1")[1]) == [sandbox.models[1]["id"]]
    sandbox.models[1]["display_name"] = "Renamed"
    assert get(sandbox)[1]["data"][1]["display_name"] == "Renamed"
    sandbox.models.insert(0, named("newer"))
    assert ids(get(sandbox, f"?before_id={first}")[1]) == ["newer"]
    sandbox.models.insert(2, named("between"))
    assert ids(get(sandbox, f"?after_id={first}&limit=1")[1]) == ["between"]
    sandbox.models.reverse()
    assert ids(get(sandbox, "?after_id=between")[1]) == [first, "newer"]
    sandbox.models[:] = [named(first)]
    assert ids(get(sandbox, f"?after_id={first}")[1]) == []
    sandbox.models.clear()
    assert get(sandbox, f"?after_id={first}")[0] == 404


def test_its_models_may_be_replaced_while_it_runs(sandbox: Sandbox) -> None:
    sandbox.models = 3
    assert len(ids(get(sandbox)[1])) == 3
    sandbox.models = well_known_models()[:2]
    assert len(ids(get(sandbox)[1])) == 2
    sandbox.models = None
    assert ids(get(sandbox)[1])[-1] == "claude-3-opus-20240229"
    with pytest.raises(ValueError, match="1000000"):
        sandbox.models = -1


def test_it_lists_models_that_a_client_has_listed(sandbox: Sandbox) -> None:
    with (
        Client(base_url=sandbox.base_url, api_key="any") as client,
        Sandbox(client.models.list()) as other,
    ):
        listed = client.models.list().data
        again = list(client.with_options(base_url=other.base_url).models.list())
    assert again == listed


@pytest.mark.parametrize(
    "models", [[{}], [None], [{"id": "a", "created_at": object()}], [{"id": float("nan")}]]
)
def test_models_that_are_no_json_are_a_500(sandbox: Sandbox, models: list[Any]) -> None:
    sandbox.models[:] = models
    status, body = get(sandbox)
    assert (status, body["error"]["type"]) == (500, "api_error")
    assert "sandbox.models" in body["error"]["message"]


@pytest.mark.parametrize(
    ("models", "kind", "says"),
    [
        (-1, ValueError, "must be 0 to 1000000, not -1"),
        (1_000_001, ValueError, "must be 0 to 1000000, not 1000001"),
        (True, TypeError, "must be an int, not True"),
        (5.0, TypeError, "must be an int, not 5.0"),
        ("57", TypeError, "not a str"),
        ({"id": "a"}, TypeError, "not a dict"),
        (object(), TypeError, "not a object"),
        (["a"], TypeError, r"models\[0\] must be a dict as the API sends it, not a str"),
        ([{"id": "a"}, {"name": "b"}], ValueError, r'models\[1\] has no "id"'),
    ],
)
def test_invalid_models_are_refused(models: Any, kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says):
        Sandbox(models)


def test_models_are_made_up_in_any_number_newest_first() -> None:
    models = made_up_models(1000)
    assert len({model["id"] for model in models}) == 1000
    released = [model["created_at"] for model in models]
    assert released == sorted(released, reverse=True)
    assert made_up_models(0) == []
    wrong: list[Any] = [-1, 1_000_001, 1.0]
    for count in wrong:
        with pytest.raises((TypeError, ValueError), match="number of models"):
            made_up_models(count)


def test_a_million_models_are_listed_before_anybody_looks_at_them() -> None:
    with Sandbox(1_000_000) as sandbox:
        first = ids(get(sandbox, "?limit=2")[1])
        last = ids(get(sandbox, "?after_id=made-up-model-000002&limit=1000")[1])
        around = ids(get(sandbox, "?before_id=made-up-model-500000&limit=1")[1])
        assert first == ["made-up-model-1000000", "made-up-model-999999"]
        assert last == ["made-up-model-000001"]
        assert around == ["made-up-model-500001"]
        for cursor in ("1000001", "000000", "0500000", "-1", "5", "9" * 5000, "٣"):
            assert get(sandbox, f"?after_id=made-up-model-{cursor}")[0] == 404


class Counted(MadeUpModels):
    made = 0

    def _made_up(self, position: int) -> Model:
        self.made += 1
        return super()._made_up(position)


@pytest.mark.parametrize("position", [0, 250_000, 499_999, 999_000])
def test_a_page_costs_the_same_wherever_it_is(position: int) -> None:
    models = Counted(1_000_000)
    pages = Pages(models)
    cursor = f"made-up-model-{1_000_000 - position:06}"
    for _ in range(2):
        models.made = 0
        assert pages.page(after_id=cursor, before_id=None, limit=10)["data"]
        assert models.made <= 11


class Walked(list[Model]):
    """Counts how often somebody walks over it."""

    walks = 0

    def __iter__(self) -> Iterator[Model]:
        self.walks += 1
        return super().__iter__()


def test_a_list_is_walked_over_once_for_all_its_pages() -> None:
    models = Walked(made_up_models(1000))
    pages = Pages(models)
    for model in made_up_models(1000):
        pages.page(after_id=model["id"], before_id=None, limit=1)
        pages.page(after_id=None, before_id=model["id"], limit=1)
    assert models.walks == 1


def test_two_models_with_one_id_are_found_at_the_first(sandbox: Sandbox) -> None:
    sandbox.models[:] = [named("a"), named("b"), named("a"), named("c")]
    assert ids(get(sandbox, "?after_id=a&limit=1")[1]) == ["b"]


def test_every_operation_of_the_document_has_a_response(sandbox: Sandbox) -> None:
    for path, item in DOCUMENT["paths"].items():
        for method in item:
            url = f"{sandbox.base_url}{path}".format(model_id=sandbox.models[0]["id"])
            response = httpx.request(method, url, headers=HEADERS)
            assert response.status_code == 200, response.text


# --- the document grows


def grown(monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], object]) -> Sandbox:
    """A sandbox of the document with a change."""
    content = copy.deepcopy(DOCUMENT)
    change(content)
    later = OpenAPIDocument(content)
    monkeypatch.setattr(catalogue, "openapi_document", lambda: later)
    monkeypatch.setattr(app, "openapi_document", lambda: later)
    return Sandbox(3)


def ask(
    sandbox: Sandbox, path: str, method: str = "GET", headers: Mapping[str, str] = HEADERS
) -> httpx.Response:
    return httpx.request(method, f"{sandbox.base_url}{path}", headers=headers)


ONE = {"elsewhere": {"externalValue": "/one"}, "one": {"value": {"id": "a", "size": 3}}}
OBJECT = {"application/json": {"examples": ONE}}


def parameter(name: str, place: str = "query", **more: Any) -> dict[str, Any]:
    """A parameter with a schema of these keywords."""
    own: dict[str, Any] = {
        key: more.pop(key) for key in ("required", "explode", "style") if key in more
    }
    return {"name": name, "in": place, "schema": more, **own}


def responding(**responses: Any) -> dict[str, Any]:
    """An operation with these responses, each a media type and an example."""
    found: dict[str, Any] = {}
    for status, (kind, example) in responses.items():
        found[status.strip("_")] = {"description": "It.", "content": {kind: example}}
    return {"responses": found}


BOOLEAN = {"type": "boolean"}
FILE: dict[str, Any] = {
    "parameters": [
        parameter("file_id", "path", required=True, maxLength=3),
        parameter("X-Later", "header", required=True, default="a"),
    ],
    "get": {
        "operationId": "get_file",
        "parameters": [
            {"$ref": "#/components/parameters/Whence"},
            parameter("size", type=["integer", "null"]),
            parameter("ratio", type="number", maximum=1),
            parameter("all", anyOf=[BOOLEAN, BOOLEAN]),
            parameter("tags", type="array", items={"enum": ["x", "y"], "type": "string"}),
            parameter("sizes", explode=False, type="array", maxItems=2, items={"type": "integer"}),
            parameter("filter", style="deepObject", type="object"),
        ],
        "responses": {
            "200": {"description": "It.", "content": OBJECT},
            "default": {"description": "No."},
        },
    },
    "delete": {"operationId": "delete_file", "responses": {"204": {"description": "Gone."}}},
    "put": {
        "operationId": "replace_file",
        "security": [{"Query": []}, {"Cookie": []}, {"Token": [], "ApiKey": []}],
        **responding(_2XX=("text/csv", {"example": "a,b"})),
    },
    "post": responding(_200=("application/json", {})),
}


def with_files(content: dict[str, Any]) -> None:
    parameters = content["components"]["parameters"]
    parameters["Whence"] = parameter("whence", required=True, type="string")
    content["components"]["securitySchemes"] |= {
        "Query": {"type": "apiKey", "in": "query", "name": "key"},
        "Cookie": {"type": "apiKey", "in": "cookie", "name": "key"},
        "Token": {"type": "oauth2", "flows": {}},
    }
    page = {"data": [{"id": "a"}, {"id": "b"}], "has_more": True, "first_id": "a", "last_id": "b"}
    cursors = [parameters[name] for name in ("AfterId", "BeforeId")]
    paged = [*cursors, parameter("limit", type="integer")]
    content["paths"] |= {
        "/v1/files/{file_id}": FILE,
        "/v1/files/all": {"get": listing(page | {"total": 2}, *paged)},
        "/v1/tokens": {"get": listing({"data": [1], "next_page": "x"}, parameter("page"))},
        "/v1/data": {"get": listing({"data": {"id": "a"}})},
    }


def listing(example: object, *parameters: dict[str, Any]) -> dict[str, Any]:
    responses = responding(_200=("application/json", {"example": example}))
    return {"parameters": list(parameters), **responses}


LATER = {**HEADERS, "x-later": "a"}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "whence: is required"),
        ("?whence=a&size=x", "size"),
        ("?whence=a&size=1.0", "size"),
        ("?whence=a&ratio=1.5", "ratio: 1.5 is greater than the maximum of 1"),
        ("?whence=a&all=yes", "all"),
        ("?whence=a&tags=x&tags=z", "tags"),
        ("?whence=a&sizes=1,2,3", "sizes"),
        ("?whence=a&sizes=1,x", "sizes"),
    ],
)
def test_new_parameters_are_checked(
    query: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with grown(monkeypatch, with_files) as sandbox:
        refused = ask(sandbox, f"/v1/files/a{query}", headers=LATER)
    assert refused.status_code == 400
    assert says in refused.json()["error"]["message"]


def test_a_new_operation_responds_with_its_example(monkeypatch: pytest.MonkeyPatch) -> None:
    query = "?whence=a&size=3&ratio=1e-1&all=true&tags=x&tags=y&sizes=1,2&filter=any&other=1"
    with grown(monkeypatch, with_files) as sandbox:
        one = ask(sandbox, f"/v1/files/%C3%A9a{query}", headers=LATER)
        assert (one.status_code, one.json()) == (200, {"id": "a", "size": 3})
        assert one.headers["request-id"]
        assert sandbox.requests[0].path == "/v1/files/éa"
        assert ask(sandbox, "/v1/files/abcd?whence=a", headers=LATER).status_code == 400
        assert "X-Later" in ask(sandbox, "/v1/files/a?whence=a").json()["error"]["message"]
        assert ask(sandbox, "/v1/files/a?whence=a", headers={"x-later": "a"}).status_code == 401
        gone = ask(sandbox, "/v1/files/a", "DELETE", LATER)
        assert (gone.status_code, gone.content) == (204, b"")
        assert ask(sandbox, "/v1/files/a", "PATCH").headers["allow"] == "GET, PUT, POST, DELETE"


def test_a_new_operation_pages_through_its_example(monkeypatch: pytest.MonkeyPatch) -> None:
    with grown(monkeypatch, with_files) as sandbox:
        whole = ask(sandbox, "/v1/files/all").json()
        assert (ids(whole), whole["has_more"], whole["total"]) == (["a", "b"], False, 2)
        first = ask(sandbox, "/v1/files/all?limit=1").json()
        assert (ids(first), first["has_more"], first["last_id"]) == (["a"], True, "a")
        assert ids(ask(sandbox, "/v1/files/all?after_id=a").json()) == ["b"]
        assert ask(sandbox, "/v1/files/all?after_id=c").status_code == 404
        assert ask(sandbox, "/v1/tokens").json() == {"data": [1], "next_page": "x"}
        assert ask(sandbox, "/v1/tokens?page=x").json() == {"data": [], "next_page": None}
        assert ask(sandbox, "/v1/data").json() == {"data": {"id": "a"}}


def test_a_new_operation_without_an_example_is_a_501(monkeypatch: pytest.MonkeyPatch) -> None:
    with grown(monkeypatch, with_files) as sandbox:
        status = ask(sandbox, "/v1/files/a", "POST", LATER)
    assert (status.status_code, status.json()["error"]["type"]) == (501, "api_error")
    assert "no example" in status.json()["error"]["message"]
    assert "POST /v1/files/{file_id}" in status.json()["error"]["message"]


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("", {}, 401),
        ("?key=", {}, 401),
        ("?key=a", {}, 200),
        ("", {"cookie": "key=a"}, 200),
        ("", {"x-api-key": "a"}, 401),
        ("", {"x-api-key": "a", "authorization": "Bearer a"}, 200),
    ],
)
def test_new_security_schemes_are_checked(
    query: str, headers: dict[str, str], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with grown(monkeypatch, with_files) as sandbox:
        done = ask(sandbox, f"/v1/files/a{query}", "PUT", {"x-later": "a", **headers})
    assert done.status_code == status
    if status == 200:
        assert (done.text, done.headers["content-type"]) == ("a,b", "text/csv")


def test_new_required_fields_come_from_the_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(content: dict[str, Any]) -> None:
        schemas = content["components"]["schemas"]
        fields: dict[str, Any] = {
            "lifecycle": {"type": "string"},
            "size": {"type": "integer", "examples": [7]},
            "kind": {"$ref": "#/components/schemas/Kind"},
            "optional": {"type": "string", "default": "no"},
        }
        schemas["Kind"] = {"type": "string", "enum": ["chat"]}
        schemas["BetaModelInfo"]["properties"] |= fields
        schemas["BetaModelInfo"]["required"] += ["lifecycle", "size", "kind"]
        schemas["BetaModelList"]["properties"]["total"] = {"type": "integer"}
        schemas["BetaModelList"]["required"] += ["total"]
        page = content["components"]["examples"]["PageOfModels"]["value"]
        page["total"] = 2
        page["data"][0]["lifecycle"] = "active"

    with grown(monkeypatch, change) as sandbox:
        body = ask(sandbox, "/v1/models").json()
        assert body["total"] == 2
        new = {"lifecycle": "active", "size": 7, "kind": "chat"}
        for model in [*body["data"], *well_known_models()]:
            assert {name: model.get(name) for name in (*new, "optional")} == {
                **new,
                "optional": None,
            }


def without_own_errors(content: dict[str, Any]) -> None:
    """All errors are `default` but one, whose example is no object."""
    content["paths"] = {"/v1/models": content["paths"]["/v1/models"]}
    responses = content["paths"]["/v1/models"]["get"]["responses"]
    error = {"type": "error", "error": {"type": "some_error", "message": "No."}}
    for status in [status for status in responses if status != "200"]:
        del responses[status]
    responses["429"] = {"content": {"text/plain": {"example": "slow down"}}}
    responses["default"] = {"content": {"application/json": {"example": error}}}


def with_nothing(content: dict[str, Any]) -> None:
    """No response has an example."""
    content["paths"] = {"/v1/models": content["paths"]["/v1/models"]}
    content["paths"]["/v1/models"]["get"]["responses"] = {"200": {"description": "It."}}


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        (without_own_errors, 404, {"type": "some_error", "message": "Not Found"}),
        (without_own_errors, 429, {"type": "some_error", "message": "Too Many Requests"}),
        (with_nothing, 529, {"type": "api_error", "message": "HTTP status 529"}),
    ],
)
def test_errors_without_an_example_are_sent_in_the_envelope(
    change: Callable[[dict[str, Any]], object],
    status: int,
    error: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with grown(monkeypatch, change) as sandbox:
        sandbox.fail_next(status)
        failed = ask(sandbox, "/v1/models")
        assert (failed.status_code, failed.json()["error"]) == (status, error)
        assert failed.json()["request_id"] == failed.headers["request-id"]
        assert len(ask(sandbox, "/v1/models").json()["data"]) == 3


def test_a_server_with_a_path_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(content: dict[str, Any]) -> None:
        content["servers"] = [{"url": "https://gateway.example/anthropic/"}]

    with grown(monkeypatch, change) as sandbox:
        assert len(ask(sandbox, "/v1/models").json()["data"]) == 3
