"""Translates what httpx raises into failures that say what happened."""

import ssl
from collections.abc import Iterator

import httpx

from ..errors import (
    AnthropicModelsError,
    APIConnectionError,
    APITimeoutError,
    ClientClosedError,
)
from .answer import Failure, Received

# Neither of these can go better at a second attempt.
_HOPELESS = (httpx.UnsupportedProtocol, httpx.TooManyRedirects)

_WAITED_FOR: dict[type[httpx.TimeoutException], str] = {
    httpx.ConnectTimeout: "connection",
    httpx.PoolTimeout: "free connection in the pool",
    httpx.WriteTimeout: "progress in sending",
}


def outcome_of(error: Exception) -> Received | Failure | None:
    """Return what an exception of httpx stands for; None for one that is not from httpx.

    The exception itself must not be chained: it holds the request, and with it the credential.
    """
    if isinstance(error, httpx.HTTPStatusError):  # only a hook of the caller's raises this
        unread = APIConnectionError("the body was not read")
        return Received(error.response.status_code, error.response.headers, unread, 0.0)
    if isinstance(error, httpx.TimeoutException):
        what = _WAITED_FOR.get(type(error), "answer")
        return Failure(APITimeoutError(f"timed out: no {what} in time"), retryable=True)
    if isinstance(error, httpx.LocalProtocolError):
        # Its text may quote a header, so it is not passed on.
        text = "the request cannot be sent: a header has characters that no header may hold"
        return Failure(APIConnectionError(text), retryable=False)
    if isinstance(error, RuntimeError) and str(error) == "Event loop is closed":
        # A connection kept from an earlier event loop; the next attempt opens another.
        return Failure(APIConnectionError(f"{_doing(error)}: {error}"), retryable=True)
    if isinstance(error, httpx.InvalidURL | UnicodeError):
        return Failure(APIConnectionError("the URL cannot be requested"), retryable=False)
    if isinstance(error, httpx.HTTPError | httpx.StreamError):
        text = f"{_doing(error)}: {_reason(error)}".encode(errors="replace").decode()
        retryable = not isinstance(error, _HOPELESS) and not _is_bad_certificate(error)
        return Failure(APIConnectionError(text), retryable=retryable)
    return None


def body_error_of(error: Exception) -> AnthropicModelsError | None:
    """Return what an exception while reading a body stands for; None for one not from httpx."""
    if isinstance(error, AnthropicModelsError):
        return error
    outcome = outcome_of(error)
    return outcome.error if isinstance(outcome, Failure) else None


def closed() -> Failure:
    """Return the failure of a call on a client that is closed."""
    return Failure(ClientClosedError("the client is closed; make a new one"), retryable=False)


def too_slow(limit: float | None) -> APITimeoutError:
    """Return the error for a body that did not end in time; `limit` is in seconds."""
    return APITimeoutError(f"timed out: the body of the answer did not end within {limit} s")


def _doing(error: Exception) -> str:
    if isinstance(error, httpx.ConnectError | httpx.ProxyError | httpx.UnsupportedProtocol):
        return "could not connect"
    return "the connection broke off"


def _is_bad_certificate(error: Exception) -> bool:
    return any(isinstance(link, ssl.SSLCertVerificationError) for link in _chain(error))


def _reason(error: Exception) -> str:
    # On trio the outer exceptions have no text.
    texts = (str(link) for link in _chain(error))
    return next((text for text in texts if text), type(error).__name__)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
