"""The sandbox as an ASGI application."""

import itertools
from collections.abc import Mapping

from attrs import field, frozen
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from .catalogue import Model
from .paging import UnknownCursorError, page
from .rules import RefusedError, rules_of

PATH = "/v1/models"


@frozen
class SeenRequest:
    """A request that the sandbox has answered, with the status that it answered."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    status_code: int


class App:
    """Answers like the API, from a list of models that may change at any time."""

    def __init__(self, models: list[Model]) -> None:
        self.models = models
        self.requests: list[SeenRequest] = []
        self._rules = rules_of(PATH, "get")
        self._request_ids = (f"req_sandbox_{number:06}" for number in itertools.count(1))
        self.asgi = Starlette(
            routes=[Route(PATH, self._list_models, methods=["GET"])],
            exception_handlers={HTTPException: self._refuse_route},
        )

    async def _list_models(self, request: Request) -> JSONResponse:
        try:
            query = self._rules.checked(request.query_params, request.headers)
            after_id, before_id = query.get("after_id"), query.get("before_id")
            if after_id is not None and before_id is not None:
                raise RefusedError(
                    400, "invalid_request_error", "only one of after_id and before_id may be given"
                )
            body = page(self.models, after_id=after_id, before_id=before_id, limit=query["limit"])
        except UnknownCursorError as error:
            return self._error(request, 404, "not_found_error", f"{error}: no such model")
        except RefusedError as error:
            return self._error(request, error.status_code, error.type, error.message)
        return self._answer(request, 200, body, next(self._request_ids))

    async def _refuse_route(self, request: Request, error: Exception) -> JSONResponse:
        status = error.status_code if isinstance(error, HTTPException) else 500
        type_ = "not_found_error" if status == 404 else "invalid_request_error"
        return self._error(request, status, type_, f"{request.method} {request.url.path}: no such")

    def _error(self, request: Request, status: int, type_: str, message: str) -> JSONResponse:
        request_id = next(self._request_ids)
        error = {"type": type_, "message": message}
        body = {"type": "error", "error": error, "request_id": request_id}
        return self._answer(request, status, body, request_id)

    def _answer(
        self, request: Request, status: int, body: object, request_id: str
    ) -> JSONResponse:
        seen = SeenRequest(
            request.method,
            request.url.path,
            dict(request.query_params),
            dict(request.headers),
            status,
        )
        self.requests.append(seen)
        return JSONResponse(body, status, headers={"request-id": request_id})
