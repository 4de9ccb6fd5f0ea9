"""Checks requests against openapi.yaml: there is no second copy of its rules here."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.security.exceptions import SecurityNotFound
from openapi_core.validation.request.exceptions import SecurityValidationError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from .._spec import openapi_path


class RefusedError(Exception):
    """The request is not as openapi.yaml says; has the status, the type of error and the text."""

    def __init__(self, status_code: int, type_: str, message: str) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.type = type_
        self.message = message


class Rules:
    """The rules of openapi.yaml for requests to one operation."""

    def __init__(self, path: str, method: str) -> None:
        self._document: dict[str, Any] = yaml.safe_load(openapi_path().read_text("utf-8"))
        self._openapi = OpenAPI.from_dict(self._document)
        self._server: str = self._document["servers"][0]["url"]
        self._path = path
        self._method = method

    def checked(self, query: Mapping[str, str], headers: Mapping[str, str]) -> Mapping[str, Any]:
        """Return the query parameters with their types and defaults; raises RefusedError."""
        present = {name: value for name, value in headers.items() if value}
        request = _Request(self._server, self._path, self._method, query, present)
        result = self._openapi.unmarshal_request(request)
        for error in result.errors:
            if isinstance(error, SecurityValidationError | SecurityNotFound):
                raise RefusedError(401, "authentication_error", "x-api-key header is required")
        for error in result.errors:
            raise RefusedError(400, "invalid_request_error", _explained(error))
        for name in self._required_headers():
            # openapi-core fills in a required header that has a default.
            if name.lower() not in {header.lower() for header in present}:
                raise RefusedError(400, "invalid_request_error", f"{name}: header is required")
        return result.parameters.query

    def _required_headers(self) -> list[str]:
        shared = self._document["components"]["parameters"]
        operation = self._document["paths"][self._path][self._method]
        parameters = [shared[item["$ref"].rpartition("/")[2]] for item in operation["parameters"]]
        return [p["name"] for p in parameters if p["in"] == "header" and p.get("required")]


@cache
def rules_of(path: str, method: str) -> Rules:
    """Return the rules of an operation; reading them takes long enough to do it once."""
    return Rules(path, method)


class _Request:
    """A request as openapi-core wants to see it."""

    body = None
    content_type = ""

    def __init__(
        self,
        server: str,
        path: str,
        method: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
    ) -> None:
        self.host_url = server
        self.path = path
        self.method = method
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(query), header=Headers(list(headers.items()))
        )


def _explained(error: BaseException) -> str:
    """Return the parameter and the innermost reason of an error of openapi-core."""
    name = getattr(error, "name", "request")
    reason = error
    while reason.__cause__ is not None and not isinstance(reason.__cause__, ValueError):
        reason = reason.__cause__
    details: tuple[Any, ...] = getattr(reason, "schema_errors", None) or (reason,)
    return f"{name}: {getattr(details[0], 'message', details[0])}"
