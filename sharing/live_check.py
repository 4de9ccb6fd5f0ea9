"""Asks the real API, and reports where it differs from openapi.yaml.

python -m sharing.live_check

Uses the wrapper's environment variables. Exits 1 on a difference, 2 when the API cannot be asked;
without a credential it says so and exits 0. It asks for the models, for every other GET without
values in its path, and for one model where a path takes its id. Where GITHUB_STEP_SUMMARY names a
file, what openapi.yaml lacks is added to it as Markdown.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from anthropic_models import (
    AnthropicModelsError,
    Client,
    KnownAnthropicBeta,
    MissingCredentialsError,
    Request,
)

from generator.broken_pipes import exit_code
from generator.documents import Document, read_yaml, resolved
from sharing import github_summary
from sharing.responses import Responses

ROOT = Path(__file__).resolve().parent.parent
PATH = "/v1/models"


class NoResultError(Exception):
    """The API could not be compared with the document; the message has the reason."""


def main() -> int:
    """Run the command; return its exit code."""
    document = read_yaml(ROOT / "openapi.yaml")
    responses = Responses(document, PATH, "get")
    others: list[Responses] = []
    try:
        with httpx.Client() as http, Client(http_client=http, max_retries=0) as client:
            newest = ask(client, Recorder(http, responses))
            for path, url in _others(document, newest):
                others.append(Responses(document, path, "get"))
                _see(client, Recorder(http, others[-1]), f"GET {path}", 200, path=url)
    except MissingCredentialsError:
        print("Nothing was checked: set ANTHROPIC_API_KEY to ask the real API.")
        return 0
    except (NoResultError, AnthropicModelsError, ValueError) as error:
        print(f"The API could not be asked: {error}", file=sys.stderr)
        return 2
    differences = responses.differences()
    differences += [f"GET {each.path}: {text}" for each in others for text in each.differences()]
    for text in differences:
        print(f"  ≠ {text}")
    print(f"Not seen in this run: {', '.join(responses.unseen())}.")
    verb = "does not respond" if differences else "responds"
    conclusion = f"The API {verb} as openapi.yaml {document['info']['version']} says."
    print(conclusion)
    lines = ["What differs is to be written into `openapi.yaml`:", ""] if differences else []
    github_summary.add("\n".join(["## The API and openapi.yaml", "", conclusion, "", *lines]))
    github_summary.add("".join(f"- {text}\n" for text in differences))
    return 1 if differences else 0


def _others(document: Document, newest: str | None) -> Iterator[tuple[str, str]]:
    """Return the paths of other operations that can be asked, and what is asked there."""
    for path, item in document["paths"].items():
        if path == PATH or "get" not in item:
            continue
        given = [*item.get("parameters", []), *item["get"].get("parameters", [])]
        parameters = [resolved(each, document) for each in given]
        wanted = {
            each["name"]
            for each in parameters
            if each.get("required") and "default" not in each.get("schema", {})
        }
        if not wanted and "{" not in path:
            yield path, path
        takes_an_id = re.fullmatch(rf"{PATH}/\{{(\w+)\}}", path) and len(wanted) == 1
        if newest is not None and takes_an_id:
            yield path, f"{PATH}/{quote(newest, safe='')}"


class Recorder:
    """Keeps the responses that the client gets, also those that it refuses."""

    def __init__(self, http: httpx.Client, responses: Responses) -> None:
        self.responses = responses
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


def ask(client: Client, recorder: Recorder) -> str | None:
    """Send every request for models that teaches something; return the id of the newest one.

    Raises NoResultError.
    """
    newest: str | None = None
    match [*_walk(client, recorder)]:
        case [{"first_id": str(newest)}, *_]:
            params = {"before_id": newest}
            _see(client, recorder, "a page before the newest model", 200, params=params)
        case _:  # no model is listed, or the response is not a page
            pass
    betas = {"anthropic-beta": ",".join(KnownAnthropicBeta)}
    _see(client, recorder, "every known beta", 200, headers=betas)
    _see(client, recorder, "a limit of 0", 400, params={"limit": "0"})
    _see(client, recorder, "an unknown cursor", 404, params={"after_id": "no-such-model"})
    with client.with_options(default_headers={"X-Api-Key": None, "Authorization": None}) as nobody:
        _see(nobody, recorder, "no credential", 401)
    return newest


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
    path: str = PATH,
) -> Any:
    query = tuple((params or {}).items())
    response = recorder.response(client, Request("GET", path, query, headers or {}))
    if response.status_code == 429 or response.status_code >= 500:
        raise NoResultError(f"{request}: returned {response.status_code}; try again later")
    if response.status_code in (401, 403) and expected == 200:
        raise NoResultError(f"{request}: returned {response.status_code}; is the key right?")
    body = recorder.responses.see(
        request, response.status_code, response.headers, response.content
    )
    recorder.responses.expect(request, response.status_code, expected)
    return body


if __name__ == "__main__":
    sys.exit(exit_code(main))
