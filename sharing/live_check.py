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
)

from generator.documents import read_yaml
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
        with Client() as client:
            ask(client, answers)
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


def ask(client: Client, answers: Answers) -> None:
    """Send every request that teaches something and costs nothing; raises CannotTellError."""
    match [*_walk(client, answers)]:
        case [{"first_id": str(newest)}, *_]:
            params = {"before_id": newest}
            _see(client, answers, "a page before the newest model", 200, params=params)
        case _:  # no model is listed, or the page is none
            pass
    betas = {"anthropic-beta": ",".join(KnownAnthropicBeta)}
    _see(client, answers, "every known beta", 200, headers=betas)
    _see(client, answers, "a limit of 0", 400, params={"limit": "0"})
    _see(client, answers, "an unknown cursor", 404, params={"after_id": "no-such-model"})
    with client.with_options(default_headers={"X-Api-Key": None, "Authorization": None}) as nobody:
        _see(nobody, answers, "no credential", 401)


def _walk(client: Client, answers: Answers) -> Iterator[Any]:
    params, cursors = {"limit": "1000"}, set[str]()
    while True:
        page = _see(client, answers, "a page of models", 200, params=params)
        yield page
        match page:
            case {"has_more": True, "last_id": str(cursor)} if cursor not in cursors:
                cursors.add(cursor)
                params = {"limit": "1000", "after_id": cursor}
            case _:
                return


def _see(
    client: Client,
    answers: Answers,
    request: str,
    expected: int,
    *,
    params: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    version = answers.document["components"]["parameters"]["AnthropicVersion"]
    everywhere = {version["name"]: version["schema"]["default"]}
    http = client.generated.get_httpx_client()
    try:
        response = http.get(PATH, params=params, headers={**everywhere, **(headers or {})})
    except httpx.HTTPError as error:
        raise CannotTellError(str(error) or type(error).__name__) from error
    if response.status_code == 429 or response.status_code >= 500:
        raise CannotTellError(f"{request}: answered {response.status_code}; try again later")
    if response.status_code in (401, 403) and expected == 200:
        raise CannotTellError(f"{request}: answered {response.status_code}; is the key right?")
    body = answers.see(request, response.status_code, response.headers, response.content)
    answers.expect(request, response.status_code, expected)
    return body


if __name__ == "__main__":
    sys.exit(main())
