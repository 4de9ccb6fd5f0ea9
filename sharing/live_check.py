"""Asks the real API, and tells where it no longer is what openapi.yaml says.

python -m sharing.live_check

Uses the wrapper's environment variables. Exits 1 on a difference, 2 when the API cannot be asked;
without a credential it says so and exits 0.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from anthropic_models import (
    AnthropicModelsError,
    Client,
    KnownAnthropicBeta,
    MissingCredentialsError,
    Request,
)

from generator.documents import read_yaml
from generator.program import exit_code
from sharing.answers import Answers

ROOT = Path(__file__).resolve().parent.parent
PATH = "/v1/models"


class CannotTellError(Exception):
    """The API gave no answer from which anything can be learned; the message says why."""


def main() -> int:
    """Run the command; return its exit code."""
    document = read_yaml(ROOT / "openapi.yaml")
    answers = Answers(document, PATH, "get")
    try:
        with httpx.Client() as http, Client(http_client=http, max_retries=0) as client:
            ask(client, Recorder(http, answers))
    except MissingCredentialsError:
        print("Nothing was checked: set ANTHROPIC_API_KEY to ask the real API.")
        return 0
    except (CannotTellError, AnthropicModelsError, ValueError) as error:
        print(f"The API could not be asked: {error}", file=sys.stderr)
        return 2
    differences = answers.differences()
    for text in differences:
        print(f"  ≠ {text}")
    print(f"Not seen, which proves nothing: {', '.join(answers.unseen())}.")
    verdict = "does not answer" if differences else "answers"
    print(f"The API {verdict} as openapi.yaml {document['info']['version']} says.")
    return 1 if differences else 0


class Recorder:
    """Keeps the responses that the client gets, also those that it refuses."""

    def __init__(self, http: httpx.Client, answers: Answers) -> None:
        self.answers = answers
        self._responses: list[httpx.Response] = []
        http.event_hooks = {"response": [httpx.Response.read, self._responses.append]}

    def response(self, client: Client, request: Request[Any]) -> httpx.Response:
        """Send a request and return the response; raises AnthropicModelsError without one."""
        self._responses.clear()
        try:
            client.send(request)
        except AnthropicModelsError:
            if not self._responses:
                raise
        return self._responses[0]


def ask(client: Client, recorder: Recorder) -> None:
    """Send every request that teaches something and costs nothing; raises CannotTellError."""
    match [*_walk(client, recorder)]:
        case [{"first_id": str(newest)}, *_]:
            params = {"before_id": newest}
            _see(client, recorder, "a page before the newest model", 200, params=params)
        case _:  # no model is listed, or the page is none
            pass
    betas = {"anthropic-beta": ",".join(KnownAnthropicBeta)}
    _see(client, recorder, "every known beta", 200, headers=betas)
    _see(client, recorder, "a limit of 0", 400, params={"limit": "0"})
    _see(client, recorder, "an unknown cursor", 404, params={"after_id": "no-such-model"})
    with client.with_options(default_headers={"X-Api-Key": None, "Authorization": None}) as nobody:
        _see(nobody, recorder, "no credential", 401)


def _walk(client: Client, recorder: Recorder) -> Iterator[Any]:
    params, cursors = {"limit": "1000"}, set[str]()
    while True:
        page = _see(client, recorder, "a page of models", 200, params=params)
        yield page
        match page:
            case {"has_more": True, "last_id": str(cursor)} if cursor not in cursors:
                cursors.add(cursor)
                params = {"limit": "1000", "after_id": cursor}
            case _:
                return


def _see(
    client: Client,
    recorder: Recorder,
    request: str,
    expected: int,
    *,
    params: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    query = tuple((params or {}).items())
    response = recorder.response(client, Request("GET", PATH, query, headers or {}))
    if response.status_code == 429 or response.status_code >= 500:
        raise CannotTellError(f"{request}: answered {response.status_code}; try again later")
    if response.status_code in (401, 403) and expected == 200:
        raise CannotTellError(f"{request}: answered {response.status_code}; is the key right?")
    body = recorder.answers.see(request, response.status_code, response.headers, response.content)
    recorder.answers.expect(request, response.status_code, expected)
    return body


if __name__ == "__main__":
    sys.exit(exit_code(main))
