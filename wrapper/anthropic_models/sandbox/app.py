"""The sandbox as an ASGI application."""

import itertools
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from email.utils import formatdate
from typing import cast

from attrs import define, field
from openapi_core.datatypes import Parameters
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from .catalogue import Model
from .connection import goes_away, reset
from .document import Operation, document
from .paging import Pages, UnknownCursorError
from .rules import RefusedError, rules
from .trouble import Drop, Failure, Trouble


@define
class SeenRequest:
    """A request that has come to the sandbox.

    Of a parameter that came several times, `query` has all values, joined by commas.
    `status_code` is what was answered; None before that, and for ever when the connection was cut.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    status_code: int | None = None


class App:
    """Answers like the API, from a list of models that may change at any time."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.pages = Pages(models)
        self.requests: list[SeenRequest] = []
        self.trouble = Trouble()
        self.delay = 0.0
        self._document = document()
        self._rules = rules()
        self._request_ids = (f"req_sandbox_{number:06}" for number in itertools.count(1))
        answers = {"list_models": self._list_models}
        self._routes = Starlette(
            routes=[
                self._route(operation, answers.get(name, _not_played(name)))
                for name, operation in self._document.operations.items()
            ],
            exception_handlers={HTTPException: self._no_route},
        )
        self._routes.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or be the trouble that is planned for it."""
        request = Request(scope)
        request.state.request_id = next(self._request_ids)
        seen = _seen(request)
        self.requests.append(seen)

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status_code = message["status"]
            await send(message)

        trouble = self.trouble.next()
        if self.delay and await goes_away(receive, within=self.delay):
            return
        if isinstance(trouble, Drop):
            await reset(scope, receive)
        elif isinstance(trouble, Failure):
            await self._failed(request, trouble)(scope, receive, noting)
        else:
            await self._routes(scope, receive, noting)

    def _list_models(self, parameters: Parameters) -> bytes:
        query = parameters.query
        after_id, before_id = query.get("after_id"), query.get("before_id")
        if after_id is not None and before_id is not None:
            raise RefusedError(400, "only one of after_id and before_id may be given")
        try:
            return _json(
                self.pages.page(after_id=after_id, before_id=before_id, limit=query["limit"])
            )
        except UnknownCursorError as error:
            raise RefusedError(404, f"{error}: no such model") from None
        except (LookupError, TypeError, ValueError) as error:
            # The list is the user's, who may put anything into it.
            raise RefusedError(500, f"sandbox.models cannot be sent: {error!r}") from None

    def _route(self, operation: Operation, answer: Callable[[Parameters], bytes]) -> Route:
        route = Route(operation.path, self._endpoint(operation, answer))
        route.methods = {operation.method.upper()}  # Starlette adds HEAD to GET
        return route

    def _endpoint(
        self, operation: Operation, answer: Callable[[Parameters], bytes]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            path: str = request.scope["path"]
            query = tuple(request.query_params.multi_items())
            headers = tuple(request.headers.items())
            try:
                parameters = self._rules.checked(operation, path, query, headers)
                return _answer(request, 200, answer(parameters))
            except RefusedError as error:
                return self._error(request, error.status_code, error.message)

        return endpoint

    async def _no_route(self, request: Request, error: Exception) -> Response:
        error = cast(HTTPException, error)
        message = f"{request.method} {request.scope['path']}: {error.detail}"
        return self._error(request, error.status_code, message, error.headers)

    def _failed(self, request: Request, failure: Failure) -> Response:
        after = failure.retry_after
        headers = {} if after is None else {"retry-after": f"{after}"}
        return self._error(request, failure.status_code, None, headers)

    def _error(
        self,
        request: Request,
        status: int,
        message: str | None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        type_, usual = self._document.error(status)
        body = {
            "type": "error",
            "error": {"type": type_, "message": usual if message is None else message},
            "request_id": request.state.request_id,
        }
        return _answer(request, status, _json(body), headers)


def _not_played(name: str) -> Callable[[Parameters], bytes]:
    def answer(_parameters: Parameters) -> bytes:
        raise RefusedError(501, f"the sandbox does not play the operation {name} yet")

    return answer


def _seen(request: Request) -> SeenRequest:
    # What comes twice is one list (of headers: RFC 9110, 5.3).
    headers = _joined(request.headers.items(), ", ")
    query = _joined(request.query_params.multi_items(), ",")
    return SeenRequest(request.method, request.scope["path"], query, headers)


def _joined(pairs: Iterable[tuple[str, str]], separator: str) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]}{separator}{value}" if name in joined else value
    return joined


def _answer(
    request: Request, status: int, content: bytes, headers: Mapping[str, str] | None = None
) -> Response:
    always = {"request-id": request.state.request_id, "date": formatdate(usegmt=True)}
    return Response(content, status, {**always, **(headers or {})}, "application/json")


def _json(body: object) -> bytes:
    return json.dumps(body, allow_nan=False, separators=(",", ":")).encode()
