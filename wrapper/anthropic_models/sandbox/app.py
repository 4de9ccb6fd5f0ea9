"""Responds to requests like the API."""

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
from .credentials import has_credentials
from .document import Operation, as_object, document
from .faults import Drop, Failure, Faults
from .paging import Pages, UnknownCursorError
from .parameters import Headers, Parameter, RefusedError
from .references import Json

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
    """The query parameters; one sent several times has all its values, joined by commas."""
    headers: Mapping[str, str] = field(repr=False)
    """The headers, names in lower case; one that was sent several times is one list."""
    status_code: int | None = None
    """The status of the response; None until it is sent, and where the connection was cut."""


@frozen
class Response:
    """A response with all its headers."""

    status_code: int
    headers: Headers
    body: bytes


@frozen
class Exchange:
    """A request that is to be responded to."""

    seen: SeenRequest
    query: Headers
    raw_path: str
    request_id: str
    fault: Drop | Failure | None


class App:
    """Responds from openapi.yaml and a list of models that may change at any time."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.pages = Pages(models)
        self.requests: list[SeenRequest] = []
        self.faults = Faults()
        self.delay = 0.0
        self._document = document()
        self._request_ids = (f"req_sandbox_{number:06}" for number in itertools.count(1))

    def begin(self, method: str, target: str, headers: Headers) -> Exchange:
        """Note a request whose head has arrived."""
        raw_path, _, query_string = target.partition("?")
        query = parse_qsl(query_string, keep_blank_values=True)
        # A header that was sent several times is one list (RFC 9110, 5.3).
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
        if isinstance(exchange.fault, Drop):
            self.end(exchange)
            return None
        try:
            response = self._success(exchange)
        except RefusedError as error:
            response = self._error(exchange.request_id, error)
        exchange.seen.status_code = response.status_code
        self.end(exchange)
        return response

    def refuse(self, status_code: int, message: str) -> Response:
        """Return the response to what is no HTTP request."""
        error = RefusedError(status_code, message, [("connection", "close")])
        return self._error(next(self._request_ids), error)

    @staticmethod
    def end(exchange: Exchange) -> None:
        """Log a request to which there is a response, or will never be one."""
        seen = exchange.seen
        query = "?" + urlencode(seen.query, safe=",") if seen.query else ""
        _log.info("%s %s%s %s", seen.method, seen.path, query, seen.status_code or "no response")

    def _success(self, exchange: Exchange) -> Response:
        if isinstance(exchange.fault, Failure):
            after = exchange.fault.retry_after
            headers = [] if after is None else [("retry-after", f"{after}")]
            raise RefusedError(exchange.fault.status_code, None, headers)
        operation, path = self._operation(exchange)
        if not has_credentials(operation.security, exchange.seen.headers, exchange.seen.query):
            raise RefusedError(401, "an API key or a bearer token is required")
        values = {
            parameter.name: parameter.read(_sent(parameter, exchange, path))
            for parameter in operation.parameters
        }
        if operation.name == "list_models":
            page = _page(self._document.page, self.pages, values)
            return _response(exchange.request_id, 200, page, "application/json")
        return _documented(operation, values, exchange.request_id)

    def _operation(self, exchange: Exchange) -> tuple[Operation, Mapping[str, str]]:
        """Return the operation that is requested, and the values in its path."""
        allowed: list[str] = []
        for operation in self._document.operations:
            found = operation.path.fullmatch(exchange.raw_path)
            if found and operation.method == exchange.seen.method:
                values = map(unquote, found.groups())
                return operation, dict(zip(operation.path_names, values, strict=True))
            allowed += [operation.method] if found else []
        status = HTTPStatus.METHOD_NOT_ALLOWED if allowed else HTTPStatus.NOT_FOUND
        message = f"{exchange.seen.method} {exchange.seen.path}: {status.phrase}"
        headers = [("allow", ", ".join(allowed))] if allowed else []
        raise RefusedError(status, message, headers)

    def _error(self, request_id: str, error: RefusedError) -> Response:
        body = self._document.error(error.status_code)
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


def _documented(operation: Operation, values: Mapping[str, Any], request_id: str) -> Response:
    """Return the first example of an operation's success."""
    success = operation.success()
    if success is None or (success.content_type and not success.examples):
        raise RefusedError(501, f"openapi.yaml has no example of a success of {operation.name}")
    status = int(success.status.replace("XX", "00"))
    if success.content_type is None:
        return _response(request_id, status, b"", None)
    example = success.examples[0]
    if isinstance(example, str) and "json" not in success.content_type:
        return _response(request_id, status, example.encode(), success.content_type)
    body = as_object(example)
    if "data" not in body:
        content = _json(example)
    elif values.get("page") is not None:  # there is but one page, which is not this
        end: Json = {"data": [], "next_page": None}
        content = _json(body | end)
    elif {"after_id", "before_id", "limit"} <= values.keys():
        content = _page(body, Pages(body["data"]), values)
    else:
        content = _json(example)
    return _response(request_id, status, content, success.content_type)


def _page(example: Json, pages: Pages, values: Mapping[str, Any]) -> bytes:
    """Return the page that the cursors in `values` ask for, like the example of one."""
    after_id, before_id = values.get("after_id"), values.get("before_id")
    if after_id is not None and before_id is not None:
        raise RefusedError(400, "only one of after_id and before_id may be given")
    limit = values.get("limit") or _LIMIT
    try:
        return _json(example | pages.page(after_id=after_id, before_id=before_id, limit=limit))
    except UnknownCursorError as error:
        raise RefusedError(404, f"{error}: no such id") from None
    except (LookupError, TypeError, ValueError) as error:
        # The list is the user's, who may put anything into it.
        raise RefusedError(500, f"sandbox.models cannot be sent: {error!r}") from None


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
