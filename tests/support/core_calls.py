"""Calls and settings as the core makes them, without a client that could send them."""

import json
from typing import Any

import httpx
from anthropic_models import AnthropicModelsError
from anthropic_models._core.attempt_outcome import Failure, RawResponse
from anthropic_models._core.attempts import Send, Sleep, attempts
from anthropic_models._core.call import Call, build_call
from anthropic_models._core.secret import Secret
from anthropic_models._core.settings import Settings, settings
from anthropic_models_generated.api.models import list_models
from anthropic_models_generated.request import Request

from tests.support.sync_and_async import KEY


def settings_of(
    environment: dict[str, str] | None = None,
    *,
    http_client_sends_credential: bool = False,
    **options: Any,
) -> Settings:
    """Return the settings of a client with these arguments, in an environment of these."""
    return settings(
        Secret(options),  # type: ignore[arg-type]  # some tests give wrong options
        Secret(environment or {}),
        http_client_sends_credential=http_client_sends_credential,
    )


def call_of(
    request: Request[Any] | None = None, client: dict[str, Any] | None = None, **options: Any
) -> Call[Any]:
    """Return a call with these options, of a client with these arguments."""
    arguments: dict[str, Any] = {"api_key": KEY} | (client or {})
    return build_call(
        settings_of(None, **arguments),
        request or list_models.request(),
        Secret(options),  # type: ignore[arg-type]  # some tests give wrong options
    )


def sent(
    request: Request[Any] | None = None, client: dict[str, Any] | None = None, **options: Any
) -> httpx.Headers:
    """Return the headers that such a call sends."""
    return call_of(request, client, **options).build_request().headers


def raw_response(
    body: object = b"", *, status: int = 200, headers: dict[str, str] | None = None
) -> RawResponse:
    """Return a response as it is before it is parsed: with JSON, with bytes, or with an error."""
    content = body if isinstance(body, bytes | AnthropicModelsError) else json.dumps(body).encode()
    return RawResponse(status, httpx.Headers(headers or {}), content, elapsed=0.5)


def played(call: Call[Any], *outcomes: RawResponse | Failure) -> tuple[Any, list[float]]:
    """Return how a call ends whose attempts end like this, and the seconds slept between them.

    Every outcome must be asked for.
    """
    steps = attempts(call, None, clock=lambda: 0.0, jitter=lambda: 0.5)
    left, slept = list(outcomes), list[float]()
    outcome: RawResponse | Failure | None = None
    try:
        while True:
            step = steps.send(outcome)
            outcome = left.pop(0) if isinstance(step, Send) else None
            if isinstance(step, Sleep):
                slept.append(step.seconds)
    except StopIteration as end:
        result = end.value
    except Exception as error:  # it is returned
        result = error
    assert not left
    return result, slept
