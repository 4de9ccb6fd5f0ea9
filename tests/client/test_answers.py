"""Answers that are not what the specification says are refused, and the place is named."""

import gzip
import json
import pickle
import random
import zlib
from typing import Any

import pytest
from anthropic_models import APIResponseValidationError

from tests.support.scripted_server import Scripted, answer, model, page, raw
from tests.support.shells import AnyClient, Shell


def refusal(client: AnyClient) -> APIResponseValidationError:
    with pytest.raises(APIResponseValidationError) as caught:
        client.list()
    return caught.value


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"<html>Bad gateway</html>", "not JSON; it begins with '<html>"),
        (b"\xff\xfe\x00garbage", "not JSON"),
        (b'{"data": [', "not JSON"),
        (b"[" * 200_000, f"nested too deep; it begins with {'[' * 60!r} ("),
        (b"x" * 61, f"not JSON; it begins with {'x' * 60!r} ("),
        (b"null", "the body should be an object, but is null"),
        (b"[1]", "the body should be an object, but is a list"),
        (
            b'[["data",[]],["has_more",false],["first_id",null],["last_id",null]]',
            "the body should be an object, but is a list",
        ),
        (b"7", "the body should be an object, but is 7"),
        (b'"data"', "the body should be an object, but is 'data'"),
        (b"true", "the body should be an object, but is true"),
        (b"{}", "data is missing"),
    ],
)
def test_what_is_no_page_is_refused(
    shell: Shell, scripted: Scripted, body: bytes, says: str
) -> None:
    server = scripted(answer(body, headers={"request-id": "req_7"}))
    with shell.client(server.base_url) as client:
        error = refusal(client)
    assert says in str(error)
    assert (error.status_code, error.request_id, error.retries_taken) == (200, "req_7", 0)
    assert "req_7" in str(error)
    assert len(server.requests) == 1, "it would not come out otherwise at a second attempt"


@pytest.mark.parametrize(
    ("body", "kept"),
    [(b"<html>\xff</html>", "<html>\ufffd</html>"), (b"[" * 200_000, "[" * 200_000)],
    ids=["not JSON", "nested too deep"],
)
def test_the_text_of_what_is_no_json_is_not_lost(
    shell: Shell, scripted: Scripted, body: bytes, kept: str
) -> None:
    server = scripted(answer(body))
    with shell.client(server.base_url) as client:
        error = refusal(client)
    assert (error.place, error.body) == (None, kept)


PAIRS = [list(pair) for pair in model("b").items()]
WRONG_PLACES: list[tuple[dict[str, Any], str, str]] = [
    ({"data": None}, "data", "should be a list, but is null"),
    ({"data": {}}, "data", "should be a list, but is an object"),
    ({"data": [1, None, "x"]}, "data[0]", "should be an object, but is 1"),
    (
        {"data": [model("a"), PAIRS]},
        "data[1]",
        "an object, but is a list",
    ),
    ({"data": [model("a"), None]}, "data[1]", "should be an object, but is null"),
    ({"data": [model("a"), "x"]}, "data[1]", "should be an object, but is 'x'"),
    ({"data": [model("a"), []]}, "data[1]", "should be an object, but is a list"),
    ({"data": [model("a"), {}]}, "data[1].id", "is missing"),
    ({"data": [model("a", id=7)]}, "data[0].id", "should be a string, but is 7"),
    ({"data": [model("a"), model("b", id=None)]}, "data[1].id", "but is null"),
    ({"data": [model("a", display_name=["a"])]}, "data[0].display_name", "but is a list"),
    ({"data": [model("a", display_name=True)]}, "data[0].display_name", "but is true"),
    (
        {"data": [*map(model, "abc"), model("d", created_at="garbage")]},
        "data[3].created_at",
        "should be an RFC 3339 date-time, but is 'garbage'",
    ),
    ({"data": [model("a", created_at=0)]}, "data[0].created_at", "but is 0"),
    ({"data": [model("a", created_at=None)]}, "data[0].created_at", "but is null"),
    (
        {"data": [model("a", created_at="2025-05-14T00:00:00")]},
        "data[0].created_at",
        "should be an RFC 3339 date-time, but is '2025-05-14T00:00:00'",
    ),
    (
        {"data": [model("a", type="agent")]},
        "data[0].type",
        "should be 'model', but is 'agent'",
    ),
    ({"data": [model("a", type=None)]}, "data[0].type", "should be 'model', but is null"),
    ({"data": [model("a", type=["model"])]}, "data[0].type", "but is a list"),
    ({"has_more": "false"}, "has_more", "should be true or false, but is 'false'"),
    ({"has_more": 0}, "has_more", "but is 0"),
    ({"has_more": None}, "has_more", "but is null"),
    ({"first_id": 7}, "first_id", "should be a string or null, but is 7"),
    ({"last_id": False}, "last_id", "but is false"),
    ({"last_id": "x" * 700, "has_more": "y" * 58}, "has_more", f"but is '{'y' * 58}'"),
    ({"last_id": "x" * 700, "has_more": "y" * 59}, "has_more", f"but is '{'y' * 56}..."),
]


@pytest.mark.parametrize(("changes", "place", "says"), WRONG_PLACES)
def test_the_place_that_is_wrong_is_named(
    shell: Shell, scripted: Scripted, changes: dict[str, Any], place: str, says: str
) -> None:
    body = page("a") | changes
    server = scripted(answer(body))
    with shell.client(server.base_url) as client:
        error = refusal(client)
    assert error.place == place
    assert str(error).startswith(f"the answer is not what the specification says: {place} ")
    assert str(error).endswith(says)
    assert error.body == body, "nothing is lost"


def test_a_field_under_another_name_does_not_pass_for_it(shell: Shell, scripted: Scripted) -> None:
    renamed = model("a", displayName="A")
    del renamed["display_name"]
    body = page("a") | {"data": [renamed]}
    server = scripted(answer(body))
    with shell.client(server.base_url) as client:
        error = refusal(client)
    assert str(error) == (
        "the answer is not what the specification says: the body does not fit BetaModelList"
    )
    assert (error.place, error.body) == (None, body)


@pytest.mark.parametrize("field", ["data", "first_id", "has_more", "last_id"])
def test_a_field_that_is_missing_in_the_page_is_named(
    shell: Shell, scripted: Scripted, field: str
) -> None:
    body = page("a")
    del body[field]
    server = scripted(answer(body))
    with shell.client(server.base_url) as client:
        assert refusal(client).place == field


@pytest.mark.parametrize("field", ["id", "created_at", "display_name", "type"])
def test_a_field_that_is_missing_in_a_model_is_named(
    shell: Shell, scripted: Scripted, field: str
) -> None:
    body = page("a", "b")
    del body["data"][1][field]
    server = scripted(answer(body))
    with shell.client(server.base_url) as client:
        assert refusal(client).place == f"data[1].{field}"


def test_a_page_in_the_middle_is_checked_too_and_the_error_tells_where_to_resume(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(
        answer(page("a", "b", has_more=True)),
        answer(page("c") | {"has_more": None}),
        answer(page("c")),
    )
    with shell.client(server.base_url) as client:
        models = iter(client.list(max_items=5))
        assert [next(models).id, next(models).id] == ["a", "b"]
        with pytest.raises(APIResponseValidationError) as caught:
            next(models)
        resume = caught.value.resume
        assert resume == {"after_id": "b", "max_items": 3}
        assert "resume with after_id='b', max_items=3" in str(caught.value)
        assert [model.id for model in client.list(**(resume or {}))] == ["c"]
    assert "after_id=b&limit=3" in server.requests[2].target


@pytest.mark.parametrize("epoch", ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000+00:00"])
def test_an_epoch_as_the_date_of_release_is_fine(
    shell: Shell, scripted: Scripted, epoch: str
) -> None:
    server = scripted(answer({**page(), "data": [model("a", created_at=epoch)]}))
    with shell.client(server.base_url) as client:
        assert client.list().data[0].created_at.timestamp() == 0


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip", " gzip "])
    def test_gzip_is_decoded(self, shell: Shell, scripted: Scripted, encoding: str) -> None:
        body = gzip.compress(b" " * 100_000 + b'{"data":[],"has_more":false,') + gzip.compress(
            b'"first_id":null,"last_id":null}'
        )
        server = scripted(answer(body, headers={"content-encoding": encoding}))
        with shell.client(server.base_url) as client:
            assert client.list().data == []

    def test_gzip_may_refer_back_as_far_as_it_can(self, shell: Shell, scripted: Scripted) -> None:
        name = "".join(random.Random(7).choices("0123456789abcdef", k=32_000))  # noqa: S311
        body = page() | {"data": [model("a", display_name=name), model("b", display_name=name)]}
        packed = gzip.compress(json.dumps(body).encode(), 9)
        server = scripted(answer(packed, headers={"content-encoding": "gzip"}))
        with shell.client(server.base_url) as client:
            assert [found.display_name for found in client.list().data] == [name, name]

    def test_identity_is_no_encoding(self, shell: Shell, scripted: Scripted) -> None:
        server = scripted(answer(page("a"), headers={"content-encoding": "identity"}))
        with shell.client(server.base_url) as client:
            assert client.list().data[0].id == "a"

    @pytest.mark.parametrize("encoding", ["gzip, gzip", "deflate", "br", "zstd", "identity, gzip"])
    def test_what_was_not_asked_for_is_refused(
        self, shell: Shell, scripted: Scripted, encoding: str
    ) -> None:
        body = gzip.compress(gzip.compress(b"{}"))
        server = scripted(answer(body, headers={"content-encoding": encoding}))
        with shell.client(server.base_url) as client:
            says = f"the answer is encoded as {encoding!r}, but only gzip was asked for"
            assert says in str(refusal(client))
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "body",
        [
            b"no gzip at all",
            gzip.compress(b"{}")[:-6] + b"\x00" * 6,
            gzip.compress(b"{}") + b"something behind it",
            zlib.compress(b"{}"),
        ],
        ids=["no gzip", "wrong checksum", "something behind it", "zlib"],
    )
    def test_damaged_gzip_is_refused(self, shell: Shell, scripted: Scripted, body: bytes) -> None:
        server = scripted(answer(body, headers={"content-encoding": "gzip"}))
        with shell.client(server.base_url) as client:
            assert "damaged" in str(refusal(client))
        assert len(server.requests) == 1

    def test_a_body_that_cannot_be_decoded_tells_the_exchange(
        self, shell: Shell, scripted: Scripted
    ) -> None:
        fields = {"content-encoding": "gzip", "request-id": "req_8"}
        server = scripted(
            answer(b"", status=503, headers={"retry-after": "0"}),
            answer(b"no gzip at all", headers=fields),
        )
        with shell.client(server.base_url) as client:
            error = refusal(client)
        assert (error.status_code, error.request_id, error.retries_taken) == (200, "req_8", 1)
        assert (error.place, error.body) == (None, None)

    def test_an_empty_gzip_body_is_empty(self, shell: Shell, scripted: Scripted) -> None:
        server = scripted(answer(b"", headers={"content-encoding": "gzip"}))
        with shell.client(server.base_url) as client:
            assert "empty" in str(refusal(client))

    def test_32_mib_are_the_most(self, shell: Shell, scripted: Scripted) -> None:
        mib = 1024 * 1024
        content = b'{"data":[],"has_more":false,"first_id":null,"last_id":null}'
        fits = content + b" " * (32 * mib - len(content))
        server = scripted(
            answer(gzip.compress(fits, 1), headers={"content-encoding": "gzip"}),
            answer(gzip.compress(fits + b" ", 1), headers={"content-encoding": "gzip"}),
            answer(fits + b" "),
        )
        with shell.client(server.base_url) as client:
            assert client.list().data == []
            assert "larger than 32 MiB" in str(refusal(client))
            assert "larger than 32 MiB" in str(refusal(client))


def test_a_success_other_than_200_is_not_taken_for_a_page(
    shell: Shell, scripted: Scripted
) -> None:
    server = scripted(answer(page("a"), status=206), raw(b"HTTP/1.1 204 none\r\n\r\n"))
    for status in (206, 204):
        with shell.client(server.base_url) as client:
            with pytest.raises(Exception, match=str(status)) as caught:
                client.list()
            assert type(caught.value).__name__ == "APIStatusError"


def test_the_error_pickles_whole(shell: Shell, scripted: Scripted) -> None:
    server = scripted(answer(page("a") | {"has_more": 1}, headers={"request-id": "req_1"}))
    with shell.client(server.base_url) as client:
        error = refusal(client)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(again) is APIResponseValidationError
    assert (str(again), vars(again)) == (str(error), vars(error))
