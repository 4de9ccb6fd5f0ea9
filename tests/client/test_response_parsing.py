"""Success responses: the result that the document describes, or the place where they differ."""

import json
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from anthropic_models import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    BetaModelList,
    Request,
    SuccessResponse,
)
from anthropic_models._core.attempt_outcome import Failure
from anthropic_models._core.response_parsing import parsed_response
from anthropic_models_generated.api.models import list_models

from tests.support.core_calls import raw_response
from tests.support.scripted_server import model, page


class Stage(StrEnum):
    EARLY = "early"


LISTING: Request[Any] = list_models.request()


def parsed(body: object, request: Request[Any] = LISTING, **changes: Any) -> Any:
    return parsed_response(
        request,
        raw_response(body, **changes),
        retries_taken=1,
        now=0.0,
        mask=lambda content: content,
    )


def refusal(body: object, request: Request[Any] = LISTING, **changes: Any) -> Any:
    failure = parsed(body, request, **changes)
    assert isinstance(failure, Failure)
    assert isinstance(failure.error, APIResponseValidationError)
    assert not failure.retryable, "a second attempt would end the same way"
    return failure.error


def test_a_page_is_parsed_and_nothing_of_it_is_lost() -> None:
    body: dict[str, Any] = page("a") | {"later": [1], "Data": 7, "_data": {}}
    body["data"][0] |= {"_id": "x", "created_at": "2025-05-14T12:30:00+02:00"}
    result = parsed(body, headers={"request-id": "req_1"})
    assert type(result.parsed) is BetaModelList
    assert result.parsed.to_dict() == body
    assert result.parsed.data[0].created_at.isoformat() == "2025-05-14T12:30:00+02:00"
    assert (result.parsed["later"], result.parsed.data[0]["_id"]) == ([1], "x")
    assert (result.response.request_id, result.response.retries_taken) == ("req_1", 1)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00+00:00"),
        ("2016-12-31t23:59:60.123456789z", "2017-01-01T00:00:00.123456+00:00"),
        ("2025-05-14t12:30:00z", "2025-05-14T12:30:00+00:00"),
    ],
)
def test_a_date_may_have_small_letters_and_a_leap_second(written: str, read: str) -> None:
    (found,) = parsed(page() | {"data": [model("a", created_at=written)]}).parsed.data
    assert found.created_at.isoformat() == read


def test_what_python_and_json_see_differently_is_kept_as_it_is() -> None:
    digits = "7" * 5000
    body = json.dumps(page() | {"data": [model("\ud800", later="\udfff")], "big": 0})
    result = parsed(body.replace('"big": 0', f'"big": {digits}').encode())
    (found,) = result.parsed.data
    assert (found.id, found["later"]) == ("\ud800", "\udfff")
    assert result.parsed["big"] == int(Decimal(digits))


PAIRS = [list(pair) for pair in model("b").items()]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("data", None, "should be a list, but is null"),
        ("has_more", "y" * 59, f"should be true or false, but is '{'y' * 56}..."),
        ("has_more", int("7" * 400), "but is an integer of hundreds of digits"),
        ("first_id", 7, "should be a string or null, but is 7"),
        ("data[1]", PAIRS, "should be an object, but is a list"),
        ("data[1].id", {}, "is missing"),
        ("data[1].display_name", model("b", display_name=True), "but is true"),
        ("data[1].type", model("b", type="agent"), "should be 'model', but is 'agent'"),
        (
            *("data[1].created_at", model("b", created_at="2025-W20-3T00:00:00Z")),
            "should be an RFC 3339 date-time, but is '2025-W20-3T00:00:00Z'",
        ),
    ],
)
def test_the_place_that_differs_is_named(field: str, value: object, says: str) -> None:
    body = page("a")
    if field.startswith("data["):
        body["data"].append(value)
    else:
        body[field] = value
    error = refusal(body)
    assert (error.place, error.body) == (field, body), "nothing is lost"
    assert str(error).startswith(f"the response does not match openapi.yaml: {field} ")
    assert str(error).endswith(says)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "the response is empty, but should be JSON"),
        (b"x" * 61, f"the response is not JSON; it begins with {'x' * 60!r}"),
        (b"[" * 200_000, f"the response is nested too deep; it begins with {'[' * 60!r}"),
        (b"[1]", "the response does not match openapi.yaml: the body should be an object"),
    ],
    ids=lambda value: value[:12],
)
def test_what_has_no_place_is_shown_by_its_beginning(body: bytes, says: str) -> None:
    error = refusal(body, headers={"request-id": "req_7"})
    assert str(error).startswith(says)
    assert str(error).endswith(" (request id req_7)")
    assert (error.place, error.status_code, error.retries_taken) == (None, 200, 1)


@pytest.mark.parametrize("year", ["0000", "9999"])
def test_a_date_that_python_cannot_hold_is_refused(year: str) -> None:
    models = [model("a", created_at=f"{year}-12-31T23:59:60Z")]
    assert "a value that Python cannot represent" in str(refusal(page() | {"data": models}))


def test_a_body_that_is_nested_deeper_than_its_classes_can_parse_is_refused() -> None:
    def parse(content: Any) -> Any:
        return parse(content)

    request = Request[Any]("GET", "/v1/new", responses=(SuccessResponse("2XX", "json", parse),))
    assert "is nested too deep" in str(refusal({"x": 1}, request))


@pytest.mark.parametrize("status", [201, 204, 206, 299, 300, 302, 100])
def test_another_status_than_a_documented_success_is_an_error(status: int) -> None:
    failure = parsed(page("a"), status=status)
    assert type(failure.error) is APIStatusError
    assert failure.error.status_code == status
    redirect = parsed(b"", kinds(("default", "none")), status=302)
    assert "redirects are not followed" in str(redirect.error), "whatever the document says"


def kinds(*responses: tuple[str, Any]) -> Request[Any]:
    successes = [SuccessResponse[Any](status, kind, repr) for status, kind in responses]
    return Request("GET", "/v1/new", responses=tuple(successes))


@pytest.mark.parametrize(
    ("responses", "status", "body", "result"),
    [
        ([("2XX", "text"), ("204", "none")], 204, b"x", "None"),
        ([("2XX", "text"), ("204", "none")], 200, "é".encode(), "'é'"),
        ([("2xx", "text")], 299, b"\xff", "'\ufffd'"),
        ([("default", "bytes")], 201, b"\xff", r"b'\xff'"),
        ([("default", "bytes"), ("200", "text")], 200, b"a", "'a'"),
        ([("200", "json")], 200, b"[1]", "[1]"),
        ([("200", "json")], 200, b"", "None"),
    ],
)
def test_the_most_specific_success_decides_how_the_body_is_read(
    responses: list[tuple[str, Any]], status: int, body: bytes, result: str
) -> None:
    assert parsed(body, kinds(*responses), status=status).parsed == result


def test_a_text_that_is_not_in_its_enumeration_is_refused() -> None:
    request = Request[Any]("GET", "/v1/new", responses=(SuccessResponse("200", "text", Stage),))
    assert parsed(b"early", request).parsed is Stage.EARLY
    error = refusal(b"soon", request)
    assert str(error).endswith("openapi.yaml: the body is none of the listed values, but 'soon'")
    assert (error.place, error.body) == (None, "soon")


def test_a_request_written_by_hand_takes_any_json() -> None:
    by_hand: Request[Any] = Request("GET", "/v1/new")
    assert parsed({"a": [1]}, by_hand, status=202).parsed == {"a": [1]}
    assert parsed(b"", by_hand, status=204).parsed is None
    assert "not JSON" in str(refusal(b"x", by_hand))


def test_a_body_that_could_not_be_read_is_that_error_with_what_is_known() -> None:
    lost = parsed(APIConnectionError("lost"))
    assert (str(lost.error), lost.retryable) == ("lost", True)
    error = refusal(
        APIResponseValidationError("damaged"), headers={"request-id": "req_8"}, status=200
    )
    assert (error.request_id, error.retries_taken, error.status_code) == ("req_8", 1, 200)
