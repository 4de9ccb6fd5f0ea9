"""Turns exceptions of httpx into failures, whose messages name the problem and the host."""

import ssl
from collections.abc import Iterator

import httpx

from ..errors import (
    AnthropicModelsError,
    APIConnectionError,
    APITimeoutError,
    ClientClosedError,
)
from .attempt_outcome import Failure, RawResponse

# A retry would fail in the same way.
_NOT_RETRYABLE = (httpx.UnsupportedProtocol, httpx.TooManyRedirects)

# The part of httpx.Timeout that expired, and what for. Before sending, a retry is always safe.
_BEFORE_SENDING: dict[type[httpx.TransportError], tuple[str, str]] = {
    httpx.ConnectTimeout: ("connect", "connecting to"),
    httpx.PoolTimeout: ("pool", "waiting for a free connection to"),
}
_WHILE_SENDING: dict[type[httpx.TransportError], tuple[str, str]] = {
    httpx.WriteTimeout: ("write", "writing to"),
    httpx.ReadTimeout: ("read", "reading from"),
}


def outcome_of(error: Exception, request: httpx.Request) -> RawResponse | Failure | None:
    """Return the outcome of an attempt that raised an exception of httpx; None for any other.

    Callers must not chain the exception: it holds the request, and with it the credential.
    """
    if isinstance(error, AnthropicModelsError):
        return Failure(error, retryable=False)
    if isinstance(error, httpx.HTTPStatusError):  # raised by an event hook only
        unread = APIConnectionError("the body was not read")
        return RawResponse(error.response.status_code, error.response.headers, unread, 0.0)
    if isinstance(error, httpx.TimeoutException):
        return _timeout(error, request)
    if isinstance(error, httpx.LocalProtocolError):
        # Its message may quote a header, so it is not shown.
        text = "the request cannot be sent: a header has invalid characters"
        return Failure(APIConnectionError(text), retryable=False)
    if isinstance(error, RuntimeError) and str(error) == "Event loop is closed":
        # The httpx client has kept a connection of an earlier event loop; a retry opens a new one.
        return _connection_lost(error, request, may_have_acted=False)
    if isinstance(error, httpx.InvalidURL | UnicodeError):
        return Failure(APIConnectionError("the URL is not valid"), retryable=False)
    if isinstance(error, httpx.ConnectError | httpx.ProxyError | httpx.UnsupportedProtocol):
        text = f"could not connect to {_host(request)}: {_reason(error)}"
        retryable = not isinstance(error, _NOT_RETRYABLE) and not _is_certificate_error(error)
        return Failure(APIConnectionError(_encodable(text)), retryable, may_have_acted=False)
    if isinstance(error, httpx.HTTPError | httpx.StreamError):
        return _connection_lost(error, request, may_have_acted=True)
    return None


def httpx_error(error: Exception) -> httpx.TransportError | None:
    """Return the httpx exception for an exception of httpcore; None for any other."""
    if type(error).__module__.startswith("socksio"):  # httpcore does not map it
        return httpx.ProxyError("the proxy does not speak SOCKS 5")
    kind = getattr(httpx, type(error).__name__, None)
    if kind is None or not type(error).__module__.startswith("httpcore"):
        return None
    mapped: httpx.TransportError = kind(str(error))
    mapped.__cause__ = error
    return mapped


def closed_failure() -> Failure:
    """Return the failure of a call on a closed client."""
    return Failure(ClientClosedError("the client is closed; make a new one"), retryable=False)


def forked_failure() -> Failure:
    """Return the failure of a call over an httpx client that was used before a fork."""
    text = (
        "the httpx client was used before this process was forked, so both processes would share "
        "its connections and read each other's responses; make an httpx client in each process"
    )
    return Failure(APIConnectionError(text), retryable=False, may_have_acted=False)


def body_timeout(seconds: float | None, request: httpx.Request) -> APITimeoutError:
    """Return the error for a body that was not complete in time."""
    return APITimeoutError(f"reading from {_host(request)} timed out after {seconds:g} s")


def body_error(outcome: RawResponse | Failure) -> AnthropicModelsError:
    """Return the error of an attempt that failed while the body was read."""
    if isinstance(outcome, Failure):
        return outcome.error
    return APIConnectionError("the body was not read")


def _timeout(error: httpx.TimeoutException, request: httpx.Request) -> Failure:
    may_have_acted = type(error) not in _BEFORE_SENDING
    parts = _BEFORE_SENDING | _WHILE_SENDING
    part, doing = parts.get(type(error), ("read", "reading from"))
    seconds = request.extensions.get("timeout", {}).get(part)
    text = f"{doing} {_host(request)} timed out"
    if seconds is not None:
        text += f" after {seconds:g} s"
    if type(error) not in parts and str(error):  # a subclass of another library, with its own text
        text += f": {_encodable(str(error))}"
    return Failure(APITimeoutError(text), retryable=True, may_have_acted=may_have_acted)


def _connection_lost(error: Exception, request: httpx.Request, *, may_have_acted: bool) -> Failure:
    text = f"connection to {_host(request)} lost: {_reason(error)}"
    retryable = not isinstance(error, _NOT_RETRYABLE) and not _is_certificate_error(error)
    return Failure(APIConnectionError(_encodable(text)), retryable, may_have_acted)


def _host(request: httpx.Request) -> str:
    url = request.url
    host = f"[{url.host}]" if ":" in url.host else url.host
    return host if url.port is None else f"{host}:{url.port}"


def _is_certificate_error(error: Exception) -> bool:
    return any(isinstance(link, ssl.SSLCertVerificationError) for link in _chain(error))


def _reason(error: Exception) -> str:
    # On trio the outer exceptions have no message.
    texts = (str(link) for link in _chain(error))
    return next((text for text in texts if text), type(error).__name__)


def _encodable(text: str) -> str:
    return text.encode(errors="replace").decode()


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
