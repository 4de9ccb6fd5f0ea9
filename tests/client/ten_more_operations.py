"""What every promise is for operations that the wrapper has never seen.

test_ten_more_operations.py runs these tests with the package that is generated from a document
with ten more operations.
"""

import io
import json
import threading
from collections.abc import Callable, Sequence
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
from anthropic_models_generated.models import (
    BatchOrder,
    ShapeKind,
    Upload,
)
from anthropic_models_generated.types import File
from attrs import frozen

from tests.support.projects import ROOT
from tests.support.scripted_server import Response, Scripted, error, model, raw, respond, when
from tests.support.sync_and_async import Shell


def batch(id_: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "created_at": "2025-05-14T00:00:00Z",
        "file": None,
        "parent": None,
    } | changes


def batches(*ids: str, has_more: bool = False, **changes: Any) -> dict[str, Any]:
    first, last = (ids[0], ids[-1]) if ids else (None, None)
    known = {"has_more": has_more, "first_id": first, "last_id": last}
    return {"data": [batch(id_) for id_ in ids]} | known | changes


def files(*ids: str, **more: Any) -> dict[str, Any]:
    return {"data": [{"id": id_, "size": 1} for id_ in ids]} | more


ORDER = create_batch.request(body=BatchOrder(name="a"))
CIRCLE = {"kind": "circle", "radius": 1.5}


def test_only_the_generated_package_is_another() -> None:
    assert Path(anthropic_models.__file__).is_relative_to(ROOT / "wrapper")
    assert not Path(anthropic_models_generated.__file__).is_relative_to(ROOT)


@pytest.mark.parametrize(
    ("request_", "response", "target", "expected"),
    [
        (get_model.request("a/b"), respond(model("a")), "GET /v1/models/a%2Fb", model("a")),
        (ORDER, respond(batch("b")), "POST /v1/batches", batch("b")),
        (ORDER, respond({"job": "j"}, status=202), "POST /v1/batches", {"job": "j"}),
        (delete_batch.request(7), respond(b"", status=204), "DELETE /v1/batches/7", None),
        (update_batch.request(7), respond(batch("b")), "PATCH /v1/batches/7", batch("b")),
        (update_batch.request(7), respond(b"", status=204), "PATCH /v1/batches/7", None),
        (
            upload_file.request(body=Upload(file=File(io.BytesIO(b"\0x"), "a"))),
            respond({"id": "f", "size": 2}, status=201),
            "POST /v1/files",
            {"id": "f", "size": 2},
        ),
        (
            replace_file.request("f", body=File(io.BytesIO(b"\0x"))),
            respond("é".encode()),
            "PUT /v1/files/f/content",
            "é",
        ),
        (
            get_v1_shapes_kind.request(ShapeKind.CIRCLE),
            respond(CIRCLE),
            "GET /v1/shapes/circle",
            CIRCLE,
        ),
        (
            get_v1_shapes_kind.request(ShapeKind.SQUARE),
            respond(b"null"),
            "GET /v1/shapes/square",
            None,
        ),
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
    server = scripted(respond(b"\0\xff"))
    with shell.client(server.base_url) as client:
        downloaded = client.send(download_file.request("f"))
    assert downloaded.payload.read() == b"\0\xff"


def test_the_response_comes_along_when_it_is_asked_for(shell: Shell, scripted: Scripted) -> None:
    server = scripted(error(503, "x"), respond(model("a"), headers={"request-id": "req_1"}))
    with shell.client(server.base_url) as client:
        detailed = client.send_detailed(get_model.request("a"))
    assert detailed.parsed.id == "a"
    info = detailed.response
    assert (info.status_code, info.request_id, info.retries_taken) == (200, "req_1", 1)


def test_betas_of_the_request_come_between_those_of_client_and_call(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(respond(model("a")))
    request = get_model.request("a", anthropic_beta="b, c")
    with shell.client(server.base_url, betas=["a"]) as client:
        client.send(request, betas=["d", "a"])
    assert server.requests[0].headers["anthropic-beta"] == "a,b,c,d"


def test_a_header_with_a_default_is_sent_below_what_client_and_call_say(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(respond({"job": "j"}, status=202))
    given = create_batch.request(body=BatchOrder(name="a"), x_dry_run=True)
    with shell.client(server.base_url, default_headers={"X-Dry-Run": "client"}) as client:
        client.with_options(default_headers={}).send(ORDER)
        client.send(ORDER)
        client.send(given)
        client.send(given, extra_headers={"x-dry-run": None})
    found = [request.headers.get("x-dry-run") for request in server.requests]
    assert found == ["false", "client", "true", None]


def test_a_post_is_repeated_after_a_refusal_with_the_same_bytes(
    shell: Shell, scripted: Scripted
) -> None:
    upload = Upload(file=File(io.BytesIO(b"content"), "a"))
    server = scripted(error(503, "x"), respond({"id": "f", "size": 7}))
    with shell.client(server.base_url) as client:
        client.send(upload_file.request(body=upload))
    first, second = server.requests
    assert b"content" in first.body
    assert (first.body, first.headers) == (second.body, second.headers)


@pytest.mark.parametrize(
    ("request_", "failure", "requests"),
    [
        (ORDER, error(500, "x"), 1),
        (update_batch.request(7), raw(b""), 1),
        (delete_batch.request(7), raw(b""), 3),
    ],
)
def test_what_is_not_idempotent_is_not_repeated_when_the_server_may_have_acted(
    shell: Shell, scripted: Scripted, request_: Request[Any], failure: Response, requests: int
) -> None:
    server = scripted(failure)
    with (
        shell.client(server.base_url) as client,
        pytest.raises((APIStatusError, APIConnectionError)),
    ):
        client.send(request_)
    assert len(server.requests) == requests


@pytest.mark.parametrize(
    ("request_", "response", "kind", "says"),
    [
        *(
            (
                request,
                error(404, "not_found_error", "gone"),
                NotFoundError,
                "^404 not_found_error: g",
            )
            for request in (ORDER, delete_batch.request(7), download_file.request("f"))
        ),
        (get_model.request("a"), respond(b"{}", status=202), APIStatusError, "^202"),
        (delete_batch.request(7), respond(b"{}", status=200), APIStatusError, "^200"),
        (ORDER, respond(b"", status=204), APIStatusError, "^204"),
        (
            *(ORDER, respond(batch("b", parent=batch("c", parent=batch("d", file=7))))),
            *(APIResponseValidationError, r"parent\.parent\.file"),
        ),
        (
            *(get_v1_shapes_kind.request(ShapeKind.CIRCLE), respond(CIRCLE | {"radius": "x"})),
            *(APIResponseValidationError, "radius"),
        ),
        (
            *(update_batch.request(7), respond(batch("b", created_at="garbage"))),
            *(APIResponseValidationError, "created_at"),
        ),
    ],
)
def test_what_the_document_does_not_have_as_a_success_is_an_error_that_says_so(
    shell: Shell,
    scripted: Scripted,
    request_: Request[Any],
    response: Response,
    kind: type[Exception],
    says: str,
) -> None:
    server = scripted(response)
    with shell.client(server.base_url) as client, pytest.raises(kind, match=says) as caught:
        client.send(request_)
    assert type(caught.value) is kind


def test_what_is_no_page_is_not_walked(shell: Shell, scripted: Scripted) -> None:
    server = scripted(respond(model("a")))
    wrong: Any = get_model.request("a")
    with shell.client(server.base_url) as client, pytest.raises(ValueError, match=r"send\(\)"):
        client.paginate(wrong)
    assert server.requests == []


def by_id(*pages: str) -> list[Response]:
    """Pages of batches, each the ids of its items: there is more behind all but the last."""
    return [respond(batches(*ids, has_more=ids != pages[-1])) for ids in pages]


def by_token(*pages: str) -> list[Response]:
    """Pages of files; the token of each but the first is the ids of its items."""
    tokens = [*pages[1:], None]
    return [
        respond(files(*ids, next_page=token)) for ids, token in zip(pages, tokens, strict=True)
    ]


@frozen
class Shape:
    """How an operation pages."""

    request: Callable[..., Any]
    pages: Callable[..., Sequence[Response]]
    parameter: str
    cursors: str


@pytest.fixture(
    params=[
        Shape(list_batches.request, by_id, "after_id", "b d"),
        Shape(list_files.request, by_token, "page", "cd ef"),
    ],
    ids=["ids", "tokens"],
)
def shape(request: pytest.FixtureRequest) -> Shape:
    shape: Shape = request.param
    return shape


def test_pages_are_walked_with_the_documents_largest_limit(
    shape: Shape, shell: Shell, scripted: Scripted
) -> None:
    server = scripted(*shape.pages("ab", "cd", "ef"))
    with shell.client(server.base_url) as client:
        first = client.paginate(shape.request(), betas=["x"], extra_query={"y": "1"})
        assert [item.id for item in first] == list("abcdef")
        assert [len(page.data) for page in first.iter_pages()][:2] == [2, 2]
    queries = [request.target.partition("?")[2] for request in server.requests[:3]]
    cursors = [f"{shape.parameter}={cursor}&" for cursor in shape.cursors.split()]
    assert queries == [f"{cursor}limit=100&y=1" for cursor in ("", *cursors)]
    assert {request.headers["anthropic-beta"] for request in server.requests} == {"x"}


@pytest.mark.parametrize(
    ("limit", "most", "limits"),
    [({"limit": 2}, 5, "2 2 1"), ({"limit": 2}, 4, "2 2"), ({"limit": 2}, 1, "1"), ({}, 3, "3 1")],
)
def test_max_items_caps_pages_exactly(
    shape: Shape, scripted: Scripted, limit: dict[str, int], most: int, limits: str
) -> None:
    server = scripted(*shape.pages("ab", "cd", "ef"))
    with Shell("sync").client(server.base_url) as client:
        listing = client.paginate(shape.request(**limit), max_items=most, prefetch=True)
        assert [item.id for item in listing] == list("abcdef")[:most]
    sent = [request.target.partition("limit=")[2] for request in server.requests]
    assert sent == limits.split()


def test_the_next_page_is_prefetched(shape: Shape, shell: Shell, scripted: Scripted) -> None:
    allowed = threading.Event()
    first, second, third = shape.pages("ab", "cd", "ef")
    server = scripted(first, second, when(allowed, third))
    with shell.client(server.base_url) as client:
        items = iter(client.paginate(shape.request(), prefetch=True))
        assert next(items).id == "a"
        server.wait_for(2)
        assert len(server.requests) == 2, "but no more than one"
        allowed.set()
        assert [item.id for item in items] == list("bcdef")


def test_a_failure_in_mid_walk_says_where_to_resume(
    shape: Shape, shell: Shell, scripted: Scripted
) -> None:
    first, second, third = shape.pages("ab", "cd", "ef")
    server = scripted(first, second, error(400, "x"), third)
    with shell.client(server.base_url) as client:
        items = iter(client.paginate(shape.request(), max_items=5))
        assert [next(items).id for _ in range(4)] == list("abcd")
        with pytest.raises(APIStatusError, match="resume with ") as caught:
            next(items)
        resume = dict(caught.value.resume or {})
        assert resume == {shape.parameter: shape.cursors.split()[1], "max_items": 1}
        del resume["max_items"]
        rest = client.paginate(shape.request(**resume), max_items=1)
        assert [item.id for item in rest] == ["e"]
    assert server.requests[3].target == server.requests[2].target


def test_a_pagination_loop_is_an_error_at_once(
    shape: Shape, shell: Shell, scripted: Scripted
) -> None:
    first, second, *_ = shape.pages("ab", "cd", "ab", "x")
    server = scripted(first, second, second)
    with (
        shell.client(server.base_url) as client,
        pytest.raises(PaginationError, match="pagination loop") as caught,
    ):
        list(client.paginate(shape.request()))
    assert caught.value.resume is not None
    assert caught.value.body["data"][0]["id"] == "c"
    assert len(server.requests) == 3


def test_pages_by_id_are_walked_backwards_too(shell: Shell, scripted: Scripted) -> None:
    server = scripted(*by_id("ef", "cd", "b"))
    with shell.client(server.base_url) as client:
        first = client.paginate(list_batches.request(before_id="g", limit=2))
        assert [found.id for found in first] == list("fedcb")
        assert (first.first_id, first.last_id, first.next_page) == ("e", "f", None)
        with pytest.raises(ValueError, match="give after_id or before_id, not both"):
            client.paginate(list_batches.request(before_id="g", after_id="a"))
    targets = [request.target.partition("?")[2] for request in server.requests]
    assert targets == [f"before_id={cursor}&limit=2" for cursor in "gec"]


def test_pages_by_token_may_be_empty_and_end_without_a_token(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(
        respond(files(next_page="t")), respond(files("a", next_page="u")), respond(files())
    )
    with shell.client(server.base_url) as client:
        first = client.paginate(list_files.request(page="s"))
        assert (first.has_more, first.next_page, first.first_id) == (True, "t", None)
        assert [found.id for found in first] == ["a"]
    targets = [request.target.partition("?")[2] for request in server.requests]
    assert targets == [f"page={token}&limit=100" for token in "stu"]


def test_a_parameter_that_pages_have_is_no_extra_query(shell: Shell, scripted: Scripted) -> None:
    server = scripted(respond(files()))
    with shell.client(server.base_url) as client:
        for name in ("page", "limit"):
            with pytest.raises(ValueError, match=f"^{name} is an argument of the request"):
                client.paginate(list_files.request(), extra_query={name: "1"})
        client.paginate(list_files.request(), extra_query={"after_id": "x"})
    assert [request.target for request in server.requests] == ["/v1/files?limit=100&after_id=x"]
