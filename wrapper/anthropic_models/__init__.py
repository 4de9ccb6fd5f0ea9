"""Lists the models of the Anthropic API, sync or async.

```python
from anthropic_models import Client

with Client() as client:  # reads ANTHROPIC_API_KEY
    for model in client.models.list():
        print(model.id, model.created_at, model.display_name)
```
"""

import logging
from importlib import import_module
from typing import TYPE_CHECKING

from anthropic_models_generated.models import BetaModelInfo, BetaModelList, KnownAnthropicBeta

from ._core.answer import ResponseInfo
from ._core.headers import AnthropicBeta
from ._spec import openapi_path
from ._sync.client import Client
from ._sync.listing import Page
from ._version import __version__
from .errors import (
    AnthropicModelsError,
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ClientClosedError,
    InternalServerError,
    MissingCredentialsError,
    NotFoundError,
    OverloadedError,
    PaginationError,
    PermissionDeniedError,
    RateLimitError,
    RequestTooLargeError,
    Resume,
)

if TYPE_CHECKING:
    from ._async.client import AsyncClient
    from ._async.listing import AsyncPage, AsyncPaginator

__all__ = [
    "APIConnectionError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "AnthropicBeta",
    "AnthropicModelsError",
    "AsyncClient",
    "AsyncPage",
    "AsyncPaginator",
    "AuthenticationError",
    "BadRequestError",
    "BetaModelInfo",
    "BetaModelList",
    "Client",
    "ClientClosedError",
    "InternalServerError",
    "KnownAnthropicBeta",
    "MissingCredentialsError",
    "NotFoundError",
    "OverloadedError",
    "Page",
    "PaginationError",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestTooLargeError",
    "ResponseInfo",
    "Resume",
    "__version__",
    "openapi_path",
]

# The application decides whether and where to log.
logging.getLogger(__name__).addHandler(logging.NullHandler())

# Loaded when asked for: together with anyio they take a fifth of the time of an import.
_ASYNC = {
    "AsyncClient": "._async.client",
    "AsyncPage": "._async.listing",
    "AsyncPaginator": "._async.listing",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _ASYNC:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_ASYNC[name], __name__), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
