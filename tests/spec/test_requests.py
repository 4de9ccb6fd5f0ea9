"""`request()` of generated modules: what it makes of its arguments, for ten more operations."""

import datetime
import importlib
import io
import pickle
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from anthropic_models_generated.types import UNSET

from tests.support.generated_packages import generated_package
from tests.support.ten_more_operations import portable_document


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a function that imports a module of the package by its relative name."""
    folder = tmp_path_factory.mktemp("ten")
    with generated_package(folder, "generated_ten", portable_document(folder)):
        yield partial(importlib.import_module, package="generated_ten")


def test_values_of_the_path_are_quoted_and_the_documents_defaults_kept_apart(ten: Any) -> None:
    made = ten(".api.models.get_model").request("a/b ?é")
    assert (made.method, made.path) == ("GET", "/v1/models/a%2Fb%20%3F%C3%A9")
    assert (made.query, made.headers, made.body) == ((), {}, None)
    assert made.default_headers == {"anthropic-version": "2023-06-01"}
    assert made.operation == "get_model"
    given = ten(".api.models.get_model").request("a", anthropic_version="v", anthropic_beta="x,y")
    assert given.headers == {"anthropic-version": "v", "anthropic-beta": "x,y"}
    assert given.default_headers == {}


@pytest.mark.parametrize("value", ["", ".", "..", None, UNSET])
def test_a_value_that_would_name_another_path_is_refused(ten: Any, value: Any) -> None:
    value = ten(".types").UNSET if value is UNSET else value
    with pytest.raises(ValueError, match=r"model_id is a part of the path and cannot be '"):
        ten(".api.models.get_model").request(value)


def test_a_query_repeats_the_name_of_a_list_and_leaves_out_what_is_not_given(ten: Any) -> None:
    State = ten(".models").State  # noqa: N806 - a class
    list_batches = ten(".api.batches.list_batches").request
    noon = datetime.datetime(2025, 5, 14, 12, tzinfo=datetime.UTC)
    made = list_batches(state=[State.WAITING, State.DONE], limit=7, created_after=noon)
    assert made.query == (
        ("limit", "7"),
        ("state[]", "waiting"),
        ("state[]", "done"),
        ("created_after", "2025-05-14T12:00:00+00:00"),
    )
    assert list_batches(state=[]).query == ()
    assert ten(".api.files.list_files").request(page=None).query == ()
    assert ten(".api.files.list_files").request(page="p").query == (("page", "p"),)


def test_a_body_is_encoded_as_json(ten: Any) -> None:
    models = ten(".models")
    order = models.BatchOrder(
        name="é",
        due=datetime.datetime(2025, 5, 14, tzinfo=datetime.UTC),
        shapes=[models.Circle(kind="circle", radius=1.5)],
        states=[models.State.DONE],
    )
    order["more"] = {"a": [None]}
    made = ten(".api.batches.create_batch").request(body=order, x_dry_run=True)
    assert made.body == (
        b'{"more":{"a":[null]},"name":"\\u00e9","due":"2025-05-14T00:00:00+00:00",'
        b'"shapes":[{"kind":"circle","radius":1.5}],"states":["done"]}'
    )
    assert made.headers == {"x-dry-run": "true", "content-type": "application/json"}
    assert made.default_headers == {"anthropic-version": "2023-06-01"}
    assert ten(".api.batches.create_batch").request(body=order).default_headers == {
        "anthropic-version": "2023-06-01",
        "x-dry-run": "false",
    }


def test_a_body_may_be_absent_or_of_one_of_several_types(ten: Any) -> None:
    models = ten(".models")
    update = ten(".api.batches.update_batch").request
    assert (update(7).path, update(7).body) == ("/v1/batches/7", None)
    assert "content-type" not in update(7).headers
    assert update(7, body=models.BatchOrder(name="a")).body == b'{"name":"a"}'
    form = models.BatchForm(label="a b&c", urgent=True, states=[models.State.DONE] * 2)
    made = update(7, body=form)
    assert made.body == b"label=a+b%26c&urgent=true&states=done&states=done"
    assert made.headers["content-type"] == "application/x-www-form-urlencoded"


def test_an_upload_is_read_once_and_sent_as_multipart(ten: Any) -> None:
    models, types = ten(".models"), ten(".types")
    upload = models.Upload(
        file=types.File(io.BytesIO(b"\x00\xff"), "a.bin", "application/x-made-up"),
        label="é",
        public=False,
        more=[types.File(io.BytesIO(b"1"), "b"), types.File(io.BytesIO(b"2"), "c")],
        about=models.Job(job="j"),
    )
    made = ten(".api.files.upload_file").request(body=upload)
    kind, _, boundary = made.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/form-data"
    parts = made.body.split(b"--" + boundary.encode())
    typed = [
        ('name="file"; filename="a.bin"', "application/x-made-up", b"\x00\xff"),
        ('name="label"', "text/plain", "é".encode()),
        ('name="public"', "text/plain", b"false"),
        ('name="more"; filename="b"', "application/octet-stream", b"1"),
        ('name="more"; filename="c"', "application/octet-stream", b"2"),
        ('name="about"', "application/json", b'{"job":"j"}'),
    ]
    assert [part.strip(b"\r\n").partition(b"\r\n\r\n")[::2] for part in parts[1:-1]] == [
        (f"Content-Disposition: form-data; {name}\r\nContent-Type: {kind}".encode(), content)
        for name, kind, content in typed
    ]


def test_a_file_alone_is_its_bytes_each_time(ten: Any) -> None:
    file = ten(".types").File(io.BytesIO(b"\xff"))
    for _ in range(2):
        made = ten(".api.files.replace_file").request("f", body=file)
        assert made.body == b"\xff"
        assert made.headers == {"content-type": "application/octet-stream"}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"query": {"n": float("inf")}}, "^inf cannot be sent"),
        ({"query": {"n": [1.5, float("nan")]}}, "^nan cannot be sent"),
        ({"headers": {"n": float("-inf")}}, "^-inf cannot be sent"),
        ({"cookies": {"a": "1; b=2"}}, "^the cookie a cannot have a semicolon"),
    ],
)
def test_a_value_that_would_be_sent_as_another_is_refused(
    ten: Any, given: dict[str, Any], says: str
) -> None:
    build = ten(".request").build
    with pytest.raises(ValueError, match=says):
        build("GET", "/a", operation="a", responses=(), **given)
    cookies = {"a": "1", "b": True, "c": None}
    made = build("GET", "/a", operation="a", responses=(), cookies=cookies)
    assert made.headers == {"cookie": "a=1; b=true"}


def test_a_request_compares_and_pickles_and_shows_no_secret(ten: Any) -> None:
    order = ten(".models").BatchOrder(name="private")
    make = ten(".api.batches.create_batch").request
    made = make(body=order, anthropic_version="secret")
    assert made == make(body=order, anthropic_version="secret")
    assert made != make(body=order)
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own bytes
    assert "anthropic-version" in repr(made)
    assert "secret" not in repr(made)
    assert "private" not in repr(made)
    with pytest.raises(AttributeError):
        made.method = "GET"


def test_a_request_can_be_written_by_hand(ten: Any) -> None:
    made = ten(".request").Request("GET", "/v1/new")
    assert (made.operation, made.headers, made.body) == (None, {}, None)
    (success,) = made.responses
    assert (success.status, success.content, success.parse([1])) == ("2XX", "json", [1])
