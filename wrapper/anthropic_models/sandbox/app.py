"""Decides the response to each request, without I/O."""

import itertools
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from attrs import define, field, frozen

from .catalogue import Model
from .faults import DropFault, ErrorFault, Fault, Faults
from .openapi import Operation, as_object, openapi_document
from .paging import Pages, UnknownCursorError
from .parameters import Headers, HTTPError, Parameter
from .references import Json
from .security import has_credentials

_LIMIT = 20  # items in a page, where openapi.yaml has no default
_log = logging.getLogger("anthropic_models.sandbox")


@define
class SeenRequest:
    """A request that the sandbox has received."""

    method: str
    """The HTTP method, e.g. `GET`."""
    path: str
    """The path, percent-decoded, without the query."""
    query: Mapping[str, str]
    """The query parameters; the values of a repeated one are joined by commas."""
    headers: Mapping[str, str] = field(repr=False)
    """The headers, names in lower case; the values of a repeated one are joined by commas."""
    status_code: int | None = None
    """The status of the response; None before the response, and when the connection was reset."""


@frozen
class Response:
    """A response with all its headers."""

    status_code: int
    headers: Headers
    body: bytes


@frozen
class Exchange:
    """A request that has not been responded to yet."""

    seen: SeenRequest
    query: Headers
    raw_path: str
    request_id: str
    fault: Fault | None


class App:
    """Responds as openapi.yaml describes, with a list of models that may change at any time."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.pages = Pages(models)
        self.requests: list[SeenRequest] = []
        self.faults = Faults()
        self.delay = 0.0
        self._openapi = openapi_document()
        self._request_ids = (f"req_sandbox_{number:06}" for number in itertools.count(1))

    def begin(self, method: str, target: str, headers: Headers) -> Exchange:
        """Record a request whose headers have been received."""
        raw_path, _, query_string = target.partition("?")
        query = parse_qsl(query_string, keep_blank_values=True)
        # A repeated header is a list (RFC 9110, 5.3).
        seen = SeenRequest(
            method,
            unquote(raw_path),
            _joined(query, ","),
            _joined(((name.lower(), value) for name, value in headers), ", "),
        )
        self.requests.append(seen)
        return Exchange(seen, query, raw_path, next(self._request_ids), self.faults.next())

    def respond(self, exchange: Exchange) -> Response | None:
        """Return the response to a request; None when the connection is to be reset."""
        if isinstance(exchange.fault, DropFault):
            self.log(exchange)
            return None
        try:
            response = self._success(exchange)
        except HTTPError as error:
            response = self._error(exchange.request_id, error)
        exchange.seen.status_code = response.status_code
        self.log(exchange)
        return response

    def reject(self, status_code: int, message: str) -> Response:
        """Return the response to malformed HTTP."""
        error = HTTPError(status_code, message, [("connection", "close")])
        return self._error(next(self._request_ids), error)

    @staticmethod
    def log(exchange: Exchange) -> None:
        """Log a request with its response, or without one when the connection is closed."""
        seen = exchange.seen
        query = "?" + urlencode(seen.query, safe=",") if seen.query else ""
        _log.info("%s %s%s %s", seen.method, seen.path, query, seen.status_code or "no response")

    def _success(self, exchange: Exchange) -> Response:
        if isinstance(exchange.fault, ErrorFault):
            seconds = exchange.fault.retry_after
            headers = [] if seconds is None else [("retry-after", f"{seconds}")]
            raise HTTPError(exchange.fault.status_code, None, headers)
        operation, path = self._operation(exchange)
        if not has_credentials(operation.security, exchange.seen.headers, exchange.seen.query):
            raise HTTPError(401, "an API key or a bearer token is required")
        values = {
            parameter.name: parameter.parse(_sent(parameter, exchange, path))
            for parameter in operation.parameters
        }
        if operation.name == "list_models":
            page = _page(self._openapi.page, self.pages, values)
            return _response(exchange.request_id, 200, page, "application/json")
        return _example(operation, values, exchange.request_id)

    def _operation(self, exchange: Exchange) -> tuple[Operation, Mapping[str, str]]:
        """Return the requested operation, and the values of its path parameters."""
        allowed: list[str] = []
        for operation in self._openapi.operations:
            found = operation.path.fullmatch(exchange.raw_path)
            if found and operation.method == exchange.seen.method:
                values = map(unquote, found.groups())
                return operation, dict(zip(operation.path_names, values, strict=True))
            allowed += [operation.method] if found else []
        status = HTTPStatus.METHOD_NOT_ALLOWED if allowed else HTTPStatus.NOT_FOUND
        message = f"{exchange.seen.method} {exchange.seen.path}: {status.phrase}"
        headers = [("allow", ", ".join(allowed))] if allowed else []
        raise HTTPError(status, message, headers)

    def _error(self, request_id: str, error: HTTPError) -> Response:
        body = self._openapi.error(error.status_code)
        message = {} if error.message is None else {"message": error.message}
        content = _json(body | {"error": body["error"] | message, "request_id": request_id})
        return _response(request_id, error.status_code, content, "application/json", error.headers)


def _sent(parameter: Parameter, exchange: Exchange, path: Mapping[str, str]) -> list[str]:
    """Return the values that were sent for a parameter, in order."""
    if parameter.where == "query":
        return [value for name, value in exchange.query if name == parameter.name]
    values = path if parameter.where == "path" else exchange.seen.headers
    name = parameter.name if parameter.where == "path" else parameter.name.lower()
    return [values[name]] if values.get(name) else []


def _example(operation: Operation, values: Mapping[str, Any], request_id: str) -> Response:
    """Return the first example of a success response."""
    success = operation.success()
    if success is None or (success.content_type and not success.examples):
        raise HTTPError(501, f"openapi.yaml has no example of a success of {operation.name}")
    status = int(success.status.replace("XX", "00"))
    if success.content_type is None:
        return _response(request_id, status, b"", None)
    example = success.examples[0]
    if isinstance(example, str) and "json" not in success.content_type:
        return _response(request_id, status, example.encode(), success.content_type)
    body = as_object(example)
    if "data" not in body:
        content = _json(example)
    elif values.get("page") is not None:  # the example is the only page
        end: Json = {"data": [], "next_page": None}
        content = _json(body | end)
    elif {"after_id", "before_id", "limit"} <= values.keys():
        content = _page(body, Pages(body["data"]), values)
    else:
        content = _json(example)
    return _response(request_id, status, content, success.content_type)


def _page(example: Json, pages: Pages, values: Mapping[str, Any]) -> bytes:
    """Return the page for the cursors in `values`, with further fields as in the example."""
    after_id, before_id = values.get("after_id"), values.get("before_id")
    if after_id is not None and before_id is not None:
        raise HTTPError(400, "only one of after_id and before_id may be given")
    limit = values.get("limit") or _LIMIT
    try:
        return _json(example | pages.page(after_id=after_id, before_id=before_id, limit=limit))
    except UnknownCursorError as error:
        raise HTTPError(404, f"{error}: no such id") from None
    except (LookupError, TypeError, ValueError) as error:
        # The program that uses the sandbox may have put anything into the list.
        raise HTTPError(500, f"sandbox.models cannot be sent: {error!r}") from None


def _joined(pairs: Iterable[tuple[str, str]], separator: str) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]}{separator}{value}" if name in joined else value
    return joined


def _response(
    request_id: str,
    status: int,
    content: bytes,
    content_type: str | None,
    headers: Headers = (),
) -> Response:
    always = [("request-id", request_id), ("date", formatdate(usegmt=True))]
    body = [("content-length", f"{len(content)}"), ("content-type", f"{content_type}")]
    return Response(status, [*always, *(body if content_type else []), *headers], content)


def _json(body: object) -> bytes:
    return json.dumps(body, allow_nan=False, separators=(",", ":")).encode()
