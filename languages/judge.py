"""Says what is wrong with a client: what the wrapper does is what it should have done."""

from collections.abc import Sequence

from anthropic_models import AuthenticationError, Client
from anthropic_models.sandbox import Sandbox, SeenRequest
from attrs import frozen

KEY = "sandbox-key"
MODELS = 57
BETAS = ["context-1m-2025-08-07", "not-yet-known-2027-01-01"]
HEADERS = ("x-api-key", "anthropic-version", "anthropic-beta")


@frozen
class Expected:
    """What a right program prints and sends."""

    ids: Sequence[str]
    requests: Sequence[SeenRequest]
    error: tuple[str, str, str]
    """Type, message and request id of the answer to a request without a key."""


def expected() -> Expected:
    """Let the wrapper do what each program should do: list all pages of 10, then fail."""
    with (
        Sandbox(MODELS) as sandbox,
        Client(base_url=sandbox.base_url, api_key=KEY, betas=BETAS) as client,
    ):
        ids = [model.id for model in client.models.list(limit=10)]
        try:
            client.models.list(limit=10, extra_headers={"X-Api-Key": None})
        except AuthenticationError as error:
            told = (str(error.type), error.message, str(error.request_id))
            return Expected(ids, list(sandbox.requests), told)
    raise AssertionError("the sandbox has answered a request without a key")


def complaints(
    expected: Expected, printed: str, told: str, requests: Sequence[SeenRequest]
) -> list[str]:
    """Return what is wrong, in sentences; nothing when all is right.

    Args:
        expected: What is right.
        printed: The standard output: the ids, one a line.
        told: The standard error: in one of its lines type, message and request id of the error.
        requests: What has arrived at the sandbox.

    """
    found = [
        *_differences("id", expected.ids, printed.split()),
        *_differences("request", _told(expected.requests), _told(requests)),
    ]
    if not any(all(part in line for part in expected.error) for line in told.splitlines()):
        found.append(f"no line on stderr has {', '.join(map(repr, expected.error))}")
    return found


def _told(requests: Sequence[SeenRequest]) -> list[str]:
    """Return a line for each request, of all that matters; an empty header counts as none."""
    return [
        f"{request.method} {request.path} {dict(sorted(request.query.items()))} "
        f"{ {name: request.headers[name] for name in HEADERS if request.headers.get(name)} } "
        f"→ {request.status_code}"
        for request in requests
    ]


def _differences(what: str, right: Sequence[str], actual: Sequence[str]) -> list[str]:
    """Tell how many there are, when that is wrong, and the first one that is not right."""
    found: list[str] = []
    if len(actual) != len(right):
        found.append(f"{len(actual)} {what}s instead of {len(right)}")
    for number, (wanted, got) in enumerate(zip(right, actual, strict=False), start=1):
        if wanted != got:
            found.append(f"{what} {number} is {got}\n  instead of {wanted}")
            break
    return found
