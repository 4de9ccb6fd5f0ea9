"""What every promise is for operations that the wrapper has never seen.

test_ten_more_operations.py runs these tests with the package that is generated from a document
with ten more operations. How pages by id are walked is tested with the models.
"""

import io
import json
from pathlib import Path
from typing import Any

import anthropic_models
import anthropic_models_generated
import pytest
from anthropic_models import (
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
from tests.support.scripted_server import Response, Scripted, error, model, respond
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
DELETE = delete_batch.request(7)
UPDATE = update_batch.request(7)
DOWNLOAD = download_file.request("f")
CIRCLE, SQUARE = map(get_v1_shapes_kind.request, (ShapeKind.CIRCLE, ShapeKind.SQUARE))
ROUND = {"kind": "circle", "radius": 1.5}
NO_CONTENT = respond(b"", status=204)
UPLOADED = {"id": "f", "size": 2}


def test_only_the_generated_package_is_another() -> None:
    assert Path(anthropic_models.__file__).is_relative_to(ROOT / "wrapper")
    assert not Path(anthropic_models_generated.__file__).is_relative_to(ROOT)


@pytest.mark.parametrize(
    "case",
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
        (DOWNLOAD, respond(b"\0\xff"), "GET /v1/files/f/content", b"\0\xff"),
        (CIRCLE, respond(ROUND), "GET /v1/shapes/circle", ROUND),
        (SQUARE, respond(b"null"), "GET /v1/shapes/square", None),
    ],
)
def test_every_operation_is_sent_and_parsed(
    shell: Shell, scripted: Scripted, case: tuple[Request[Any], Response, str, object]
) -> None:
    request, response, target, expected = case
    server = scripted(response, error(503, "x"), response)
    with shell.client(server.base_url + "/gateway", betas=["a"]) as client:
        assert plain(client.send(request, betas=["b"])) == expected
        detailed = client.send_detailed(request, betas=["b"])
        assert plain(detailed.parsed) == expected
    sent = server.requests[0]
    method, _, path = target.partition(" ")
    assert (sent.method, sent.target) == (method, f"/gateway{path}")
    assert sent.body == (request.body or b"")
    assert sent.headers.get("content-type") == request.headers.get("content-type")
    assert sent.headers["anthropic-version"] == "2023-06-01"
    assert sent.headers["anthropic-beta"] == "a,b", "also where the document lists no such header"
    assert (detailed.response.retries_taken, server.requests) == (1, [sent] * 3)


def plain(result: Any) -> object:
    """Return a result as it was sent."""
    if isinstance(result, File):
        return result.payload.read()
    found = result.to_dict() if hasattr(result, "to_dict") else result
    return json.loads(json.dumps(found).replace("+00:00", "Z"))


@pytest.mark.parametrize(
    "case",
    [
        (DOWNLOAD, respond({"message": "gone"}, status=404), NotFoundError, "^404: gone"),
        (DELETE, respond({}), APIStatusError, "^200"),
        (ORDER, NO_CONTENT, APIStatusError, "^204"),
        (
            *(ORDER, respond(batch("b", parent=batch("c", parent=batch("d", file=7))))),
            *(APIResponseValidationError, r"parent\.parent\.file"),
        ),
        (CIRCLE, respond(ROUND | {"radius": "x"}), APIResponseValidationError, "radius"),
    ],
)
def test_what_the_document_does_not_have_as_a_success_is_an_error_that_says_so(
    scripted: Scripted, case: tuple[Request[Any], Response, type[Exception], str]
) -> None:
    request, response, kind, says = case
    base_url = scripted(response).base_url
    with Shell("sync").client(base_url) as client, pytest.raises(kind, match=says):
        client.send(request)


def test_pages_by_id_are_walked_with_the_largest_limit(shell: Shell, scripted: Scripted) -> None:
    server = scripted(batches("ab", has_more=True), batches("cd", has_more=False))
    with shell.client(server.base_url) as client:
        first = client.paginate(list_batches.request(), betas=["x"], extra_query={"y": "1"})
        assert [item.id for item in first] == list("abcd")
        no_page: Any = get_model.request("a")
        with pytest.raises(ValueError, match=r"send\(\)"):
            client.paginate(no_page)
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


def test_a_cursor_may_be_a_time_or_a_number(shell: Shell, scripted: Scripted) -> None:
    by_id = [
        respond({"has_more": n < 2, "first_id": n, "last_id": n, "data": data})
        for n, data in ((1, [batch("a")]), (2, None))
    ]
    time = "2025-05-14T12:00:00Z"
    server = scripted(files("a", next_page=time), files("b"), *by_id)
    with shell.client(server.base_url) as client:
        first = client.paginate(list_files.request(after_id="x"), max_items=7)
        assert [found.id for found in first] == ["a", "b"]
        assert first.next_page == "2025-05-14T12:00:00+00:00"
        assert [found.id for found in client.paginate(list_batches.request(limit=50.0))] == ["a"]
    queries = [request.target.partition("?")[2] for request in server.requests]
    assert queries == [
        "after_id=x&limit=7",
        "after_id=x&page=2025-05-14T12%3A00%3A00%2B00%3A00&limit=6",
        "limit=50",
        "after_id=1&limit=50",
    ]


def test_a_failure_in_mid_walk_says_where_to_resume(shell: Shell, scripted: Scripted) -> None:
    first, second = files("ab", next_page="t"), files("cd", next_page="u")
    server = scripted(first, second, error(400, "x"), files("ef"), second, second)
    with shell.client(server.base_url) as client:
        items = iter(client.paginate(list_files.request(), max_items=5, prefetch=True))
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
