"""What a client is put through, and what is wrong with what it did.

What the wrapper does in a scenario is what every client should have done.
"""

import json
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

from anthropic_models import APIStatusError, Client
from anthropic_models.sandbox import SeenRequest, made_up_models
from anthropic_models.sandbox.app import App, Exchange, Response
from anthropic_models.sandbox.server import BackgroundServer
from attrs import evolve, frozen

KEY = "sandbox-key"
BETAS = ["context-1m-2025-08-07", "not-yet-known-2027-01-01"]
HEADERS = ("x-api-key", "anthropic-version", "anthropic-beta")

Body = dict[str, Any]


def _unchanged(response: Response) -> Response:
    return response


@frozen
class Scenario:
    """One run of a client: what the sandbox lists and how it responds, and with which key."""

    name: str
    models: int = 3
    key: str = KEY
    status: int | None = None
    """That of the response to the first request, when this is to be an error."""
    change: Callable[[Response], Response] = _unchanged
    """Makes of each response of the sandbox what is sent instead."""


@frozen
class Outcome:
    """What a client printed and sent."""

    ids: Sequence[str]
    requests: Sequence[SeenRequest]
    error: tuple[str, str, str] | None = None
    """Type, message and request id."""


class _ScenarioApp(App):
    def __init__(self, scenario: Scenario) -> None:
        super().__init__(made_up_models(scenario.models))
        self._scenario = scenario
        if scenario.status is not None:
            self.faults.fail(scenario.status, 1, None)

    def respond(self, exchange: Exchange) -> Response | None:
        response = super().respond(exchange)
        if response is not None:
            response = self._scenario.change(response)
            exchange.seen.status_code = response.status_code
        return response


def with_body(response: Response, body: Body) -> Response:
    """Return the response with another body."""
    content = json.dumps(body).encode()
    headers = [pair for pair in response.headers if pair[0] != "content-length"]
    return evolve(
        response, body=content, headers=[*headers, ("content-length", str(len(content)))]
    )


def _with_unknown_fields(response: Response) -> Response:
    body = json.loads(response.body)
    new = {"added_later": {"nested": [1, None]}}
    return with_body(
        response, {**body, **new, "data": [{**model, **new} for model in body["data"]]}
    )


def _with_unknown_type(response: Response) -> Response:
    body = json.loads(response.body)
    error = {**body["error"], "type": "type_added_later", "added_later": 1}
    return with_body(response, {**body, "error": error})


SCENARIOS = (
    Scenario("betas"),
    Scenario("paging", models=57),
    Scenario("unknown fields", change=_with_unknown_fields),
    Scenario("empty list", models=0),
    Scenario("unknown error type", status=403, change=_with_unknown_type),
    Scenario("422", status=422),
    Scenario("401", key=""),
)


@contextmanager
def sandbox(scenario: Scenario) -> Generator[tuple[str, list[SeenRequest]]]:
    """Run the sandbox of a scenario; give its address, and the requests that arrive."""
    app = _ScenarioApp(scenario)
    server = BackgroundServer(app, "127.0.0.1", 0)
    try:
        yield server.base_url, app.requests
    finally:
        server.stop()


def expected(scenario: Scenario) -> Outcome:
    """Let the wrapper do what each client should do: list all pages of 10, with two betas."""
    without_key: dict[str, str | None] = {} if scenario.key else {"X-Api-Key": None}
    with (
        sandbox(scenario) as (address, requests),
        Client(base_url=address, api_key=KEY, betas=BETAS, max_retries=0) as client,
    ):
        try:
            found = client.models.list(limit=10, extra_headers=without_key)
            ids = [model.id for model in found]
        except APIStatusError as error:
            reported = (str(error.type), error.message, str(error.request_id))
            return Outcome([], requests, reported)
    return Outcome(ids, requests)


def differences(
    expected: Outcome, printed: str, reported: str, requests: Sequence[SeenRequest]
) -> list[str]:
    """Return what is wrong, in sentences; nothing when all is right.

    Args:
        expected: What is right.
        printed: The standard output: the ids, one a line.
        reported: The standard error: in one of its lines type, message and request id of the
            error, if there should be one.
        requests: What has arrived at the sandbox.

    """
    found = [
        *_first_difference("id", expected.ids, printed.split()),
        *_first_difference("request", _described(expected.requests), _described(requests)),
    ]
    error = expected.error
    if error and not any(all(part in line for part in error) for line in reported.splitlines()):
        found.append(f"no line on stderr has {', '.join(map(repr, error))}")
    return found


def _described(requests: Sequence[SeenRequest]) -> list[str]:
    """Return a line for each request, of all that matters; an empty header counts as none."""
    return [
        f"{request.method} {request.path} {dict(sorted(request.query.items()))} "
        f"{ {name: request.headers[name] for name in HEADERS if request.headers.get(name)} } "
        f"→ {request.status_code}"
        for request in requests
    ]


def _first_difference(what: str, right: Sequence[str], actual: Sequence[str]) -> list[str]:
    """Return how many there are, when that is wrong, and the first one that is not right."""
    found: list[str] = []
    if len(actual) != len(right):
        found.append(f"{len(actual)} {what}s instead of {len(right)}")
    for number, (wanted, got) in enumerate(zip(right, actual, strict=False), start=1):
        if wanted != got:
            found.append(f"{what} {number} is {got}\n  instead of {wanted}")
            break
    return found
