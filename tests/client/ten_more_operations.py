"""What every promise is for operations that the wrapper has never seen.

test_ten_more_operations.py runs these tests with the package that is generated from a document
with ten more operations. How pages by id are walked is tested with the models.
"""

import io
import json
import threading
from pathlib import Path
from typing import Any

import anthropic_models
import anthropic_models_generated
import pytest
from anthropic_models import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    NotFoundError,
    PaginationError,
    Request,
)
from anthropic_models_generated.api.batches import (
    create_batch,
    delete_batch,
    list_batches,
    update_batch,
)
from anthropic_models_generated.api.files import (
    download_file,
    get_v1_shapes_kind,
    list_files,
    replace_file,
    upload_file,
)
from anthropic_models_generated.api.models import get_model
from anthropic_models_generated.models import BatchOrder, ShapeKind, Upload
from anthropic_models_generated.types import File

from tests.support.projects import ROOT
from tests.support.scripted_server import Response, Scripted, error, model, raw, respond, when
from tests.support.sync_and_async import Shell


def batch(id_: str, **changes: Any) -> dict[str, Any]:
    known = {"id": id_, "created_at": "2025-05-14T00:00:00Z", "file": None, "parent": None}
    return known | changes


def batches(ids: str, *, has_more: bool) -> Response:
    known = {"has_more": has_more, "first_id": ids[0], "last_id": ids[-1]}
    return respond({"data": [batch(id_) for id_ in ids]} | known)


def files(ids: str, **more: Any) -> Response:
    return respond({"data": [{"id": id_, "size": 1} for id_ in ids]} | more)


ORDER = create_batch.request(body=BatchOrder(name="a"))
UPLOAD = upload_file.request(body=Upload(file=File(io.BytesIO(b"\0x"), "a")))
REPLACE = replace_file.request("f", body=File(io.BytesIO(b"\0x")))
DELETE, UPDATE, DOWNLOAD = (
    delete_batch.request(7),
    update_batch.request(7),
    download_file.request("f"),
)
CIRCLE, SQUARE = map(get_v1_shapes_kind.request, (ShapeKind.CIRCLE, ShapeKind.SQUARE))
ROUND = {"kind": "circle", "radius": 1.5}
NO_CONTENT = respond(b"", status=204)
THREE = (files("ab", next_page="t"), files("cd", next_page="u"), files("ef", next_page=None))


def test_only_the_generated_package_is_another() -> None:
    assert Path(anthropic_models.__file__).is_relative_to(ROOT / "wrapper")
    assert not Path(anthropic_models_generated.__file__).is_relative_to(ROOT)


@pytest.mark.parametrize(
    ("request_", "response", "target", "expected"),
    [
        (get_model.request("a/b"), respond(model("a")), "GET /v1/models/a%2Fb", model("a")),
        (ORDER, respond(batch("b")), "POST /v1/batches", batch("b")),
        (ORDER, respond({"job": "j"}, status=202), "POST /v1/batches", {"job": "j"}),
        (DELETE, NO_CONTENT, "DELETE /v1/batches/7", None),
        (UPDATE, respond(batch("b")), "PATCH /v1/batches/7", batch("b")),
        (UPDATE, NO_CONTENT, "PATCH /v1/batches/7", None),
        (
            UPLOAD,
            respond({"id": "f", "size": 2}, status=201),
            "POST /v1/files",
            {"id": "f", "size": 2},
        ),
        (REPLACE, respond("é".encode()), "PUT /v1/files/f/content", "é"),
        (CIRCLE, respond(ROUND), "GET /v1/shapes/circle", ROUND),
        (SQUARE, respond(b"null"), "GET /v1/shapes/square", None),
    ],
)
def test_every_operation_is_sent_and_parsed(
    shell: Shell,
    scripted: Scripted,
    request_: Request[Any],
    response: Response,
    target: str,
    expected: object,
) -> None:
    server = scripted(response)
    with shell.client(server.base_url + "/gateway", betas=["a"]) as client:
        result = client.send(request_, betas=["b"])
    found = result.to_dict() if hasattr(result, "to_dict") else result
    assert json.loads(json.dumps(found).replace("+00:00", "Z")) == expected
    (sent,) = server.requests
    method, _, path = target.partition(" ")
    assert (sent.method, sent.target) == (method, f"/gateway{path}")
    assert sent.body == (request_.body or b"")
    assert sent.headers.get("content-type") == request_.headers.get("content-type")
    assert sent.headers["anthropic-version"] == "2023-06-01"
    assert sent.headers["anthropic-beta"] == "a,b", "also where the document lists no such header"


def test_a_download_is_bytes(shell: Shell, scripted: Scripted) -> None:
    with shell.client(scripted(respond(b"\0\xff")).base_url) as client:
        assert client.send(DOWNLOAD).payload.read() == b"\0\xff"


def test_the_response_comes_along_when_it_is_asked_for(shell: Shell, scripted: Scripted) -> None:
    server = scripted(error(503, "x"), respond(model("a"), headers={"request-id": "req_1"}))
    with shell.client(server.base_url) as client:
        detailed = client.send_detailed(get_model.request("a"))
    assert detailed.parsed.id == "a"
    info = detailed.response
    assert (info.status_code, info.request_id, info.retries_taken) == (200, "req_1", 1)


def test_a_header_with_a_default_gives_way_to_client_and_call(scripted: Scripted) -> None:
    server = scripted(respond({"job": "j"}, status=202))
    given = create_batch.request(body=BatchOrder(name="a"), x_dry_run=True)
    headers = {"X-Dry-Run": "client"}
    with Shell("sync").client(server.base_url, default_headers=headers) as client:
        client.with_options(default_headers={}).send(ORDER)
        client.send(ORDER)
        client.send(given)
        client.send(given, extra_headers={"x-dry-run": None})
    found = [request.headers.get("x-dry-run") for request in server.requests]
    assert found == ["false", "client", "true", None]


@pytest.mark.parametrize(
    ("request_", "failure", "requests"),
    [
        (UPLOAD, error(503, "x"), 3),
        (DELETE, raw(b""), 3),
        (ORDER, error(500, "x"), 1),
        (UPDATE, raw(b""), 1),
    ],
)
def test_it_is_repeated_with_the_same_bytes_unless_the_server_may_have_acted(
    scripted: Scripted, request_: Request[Any], failure: Response, requests: int
) -> None:
    server = scripted(failure)
    with (
        Shell("sync").client(server.base_url) as client,
        pytest.raises((APIStatusError, APIConnectionError)),
    ):
        client.send(request_)
    assert server.requests == server.requests[:1] * requests
    assert server.requests[0].body == (request_.body or b"")


@pytest.mark.parametrize(
    ("request_", "body", "status", "kind", "says"),
    [
        (DOWNLOAD, {"message": "gone"}, 404, NotFoundError, "^404: gone"),
        (get_model.request("a"), {}, 202, APIStatusError, "^202"),
        (DELETE, {}, 200, APIStatusError, "^200"),
        (ORDER, b"", 204, APIStatusError, "^204"),
        (
            *(ORDER, batch("b", parent=batch("c", parent=batch("d", file=7))), 200),
            *(APIResponseValidationError, r"parent\.parent\.file"),
        ),
        (CIRCLE, ROUND | {"radius": "x"}, 200, APIResponseValidationError, "radius"),
        (UPDATE, batch("b", created_at="x"), 200, APIResponseValidationError, "created_at"),
    ],
)
def test_what_the_document_does_not_have_as_a_success_is_an_error_that_says_so(
    scripted: Scripted,
    request_: Request[Any],
    body: object,
    status: int,
    kind: type[Exception],
    says: str,
) -> None:
    server = scripted(respond(body, status=status))
    with (
        Shell("sync").client(server.base_url) as client,
        pytest.raises(kind, match=says) as caught,
    ):
        client.send(request_)
    assert type(caught.value) is kind


def test_what_is_no_page_is_not_walked(shell: Shell, scripted: Scripted) -> None:
    server = scripted(respond(model("a")))
    wrong: Any = get_model.request("a")
    with shell.client(server.base_url) as client, pytest.raises(ValueError, match=r"send\(\)"):
        client.paginate(wrong)
    assert server.requests == []


def test_pages_by_id_are_walked_with_the_largest_limit(shell: Shell, scripted: Scripted) -> None:
    server = scripted(batches("ab", has_more=True), batches("cd", has_more=False))
    with shell.client(server.base_url) as client:
        first = client.paginate(list_batches.request(), betas=["x"], extra_query={"y": "1"})
        assert [item.id for item in first] == list("abcd")
        with pytest.raises(ValueError, match="give after_id or before_id, not both"):
            client.paginate(list_batches.request(before_id="g", after_id="a"))
    queries = [request.target.partition("?")[2] for request in server.requests]
    assert queries == ["limit=100&y=1", "after_id=b&limit=100&y=1"]
    assert {request.headers["anthropic-beta"] for request in server.requests} == {"x"}


def test_pages_by_token_may_be_empty_and_just_end(shell: Shell, scripted: Scripted) -> None:
    server = scripted(files("", next_page="t"), files("a", next_page="u"), files(""))
    with shell.client(server.base_url) as client:
        first = client.paginate(list_files.request(page="s"), extra_query={"after_id": "x"})
        assert (first.has_more, first.next_page, first.first_id) == (True, "t", None)
        assert [found.id for found in first] == ["a"]
        with pytest.raises(ValueError, match=r"^page is an argument of the request"):
            client.paginate(list_files.request(), extra_query={"page": "1"})
    targets = [request.target.partition("?")[2] for request in server.requests]
    assert targets == [f"page={token}&limit=100&after_id=x" for token in "stu"]


def test_they_are_prefetched_one_at_a_time(shell: Shell, scripted: Scripted) -> None:
    allowed = threading.Event()
    first, second, third = THREE
    server = scripted(first, second, when(allowed, third))
    with shell.client(server.base_url) as client:
        items = iter(client.paginate(list_files.request(limit=2), max_items=5, prefetch=True))
        assert next(items).id == "a"
        server.wait_for(2)
        assert len(server.requests) == 2, "but no more than one"
        allowed.set()
        assert [item.id for item in items] == list("bcde")
    sent = [request.target.partition("limit=")[2] for request in server.requests]
    assert sent == ["2", "2", "1"], "max_items caps them exactly"


def test_a_failure_in_mid_walk_says_where_to_resume(shell: Shell, scripted: Scripted) -> None:
    first, second, third = THREE
    server = scripted(first, second, error(400, "x"), third, second, second)
    with shell.client(server.base_url) as client:
        items = iter(client.paginate(list_files.request(), max_items=5))
        assert [next(items).id for _ in range(4)] == list("abcd")
        with pytest.raises(APIStatusError, match="resume with ") as failed:
            next(items)
        assert failed.value.resume == {"page": "u", "max_items": 1}
        rest = client.paginate(list_files.request(page="u"), max_items=1)
        assert [item.id for item in rest] == ["e"]
        with pytest.raises(PaginationError, match="pagination loop: next_page 'u'") as looped:
            list(client.paginate(list_files.request()))
        assert looped.value.resume == {"page": "u"}
        assert looped.value.body["data"][0]["id"] == "c"
    assert server.requests[3].target == server.requests[2].target
    assert len(server.requests) == 6
