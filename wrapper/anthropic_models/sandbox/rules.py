"""Checks requests against openapi.yaml: there is no second copy of its rules here."""

from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from openapi_core import OpenAPI
from openapi_core.datatypes import Parameters, RequestParameters
from openapi_core.templating.security.exceptions import SecurityNotFound
from openapi_core.validation.request.exceptions import SecurityValidationError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from .document import Document, Operation, document

Pairs = tuple[tuple[str, str], ...]


class RefusedError(Exception):
    """The request is not as openapi.yaml says; has the status and the text of the answer."""

    def __init__(self, status_code: int, message: str) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.message = message


class Rules:
    """The rules of openapi.yaml for requests."""

    def __init__(self, document: Document) -> None:
        self._openapi = OpenAPI.from_dict(document.content)
        self._server: str = document.content["servers"][0]["url"]
        # A check takes milliseconds, and the same requests come again and again.
        self._checked = lru_cache(maxsize=4096)(self._check)

    def checked(self, operation: Operation, path: str, query: Pairs, headers: Pairs) -> Parameters:
        """Return the parameters with their types and defaults; raises RefusedError."""
        present = tuple((name, value) for name, value in headers if value)
        return self._checked(operation, path, query, present)

    def _check(self, operation: Operation, path: str, query: Pairs, headers: Pairs) -> Parameters:
        request = _Request(self._server, path, operation.method, query, headers)
        result = self._openapi.unmarshal_request(request)
        for error in result.errors:
            if isinstance(error, SecurityValidationError | SecurityNotFound):
                raise RefusedError(401, "an API key or a bearer token is required")
        for error in result.errors:
            raise RefusedError(400, _explained(error))
        _refuse_what_is_missing(operation, query, headers)
        _refuse_what_is_written_wrong(result.parameters.query, query)
        return result.parameters


@cache
def rules() -> Rules:
    """Return the rules; preparing them takes long enough to do it once."""
    return Rules(document())


def _refuse_what_is_missing(operation: Operation, query: Pairs, headers: Pairs) -> None:
    # openapi-core fills in what is required and has a default.
    missing = operation.required_query - {name for name, _ in query}
    missing |= operation.required_headers - {name for name, _ in headers}
    if missing:
        raise RefusedError(400, f"{min(missing)}: is required, but was not sent")


def _refuse_what_is_written_wrong(typed: Mapping[str, object], query: Pairs) -> None:
    # openapi-core takes the first of several values, and what int() takes: " 5", "1_000", "٣".
    times = Counter(name for name, _ in query)
    for name, text in query:
        value = typed.get(name)
        if times[name] > 1 and isinstance(value, int | float | str):
            raise RefusedError(400, f"{name}: may be given only once")
        if type(value) is int and str(value) != text:
            raise RefusedError(400, f"{name}: {text!r} is not a whole number")


class _Request:
    """A request as openapi-core wants to see it."""

    body = None
    content_type = ""

    def __init__(self, server: str, path: str, method: str, query: Pairs, headers: Pairs) -> None:
        self.host_url = server
        self.path = path
        self.method = method
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(query), header=Headers(list(headers))
        )


def _explained(error: BaseException) -> str:
    """Return the parameter and the innermost reason of an error of openapi-core."""
    name = getattr(error, "name", "request")
    reason = error
    while reason.__cause__ is not None and not isinstance(reason.__cause__, ValueError):
        reason = reason.__cause__
    details: tuple[Any, ...] = getattr(reason, "schema_errors", None) or (reason,)
    return f"{name}: {getattr(details[0], 'message', details[0])}"
