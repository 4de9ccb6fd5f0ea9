"""Lists the models of the Anthropic API, sync or async, and sends its other requests.

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

# Where each public name is defined; a module is imported when one of its names is first used.
_NAMES = {
    "anthropic_models_generated.models": "BetaModelInfo BetaModelList KnownAnthropicBeta",
    "anthropic_models_generated.request": "Request SuccessResponse",
    "anthropic_models._core.call": "CallOptions",
    "anthropic_models._core.headers": "AnthropicBeta",
    "anthropic_models._core.settings": "ClientOptions",
    "anthropic_models._openapi_path": "openapi_path",
    "anthropic_models._version": "__version__",
    "anthropic_models.async_client": "AsyncClient",
    "anthropic_models.async_pages": "AsyncPage AsyncPaginator",
    "anthropic_models.client": "Client",
    "anthropic_models.errors": (
        "APIConnectionError APIResponseValidationError APIStatusError APITimeoutError "
        "AnthropicModelsError ArgumentError AuthenticationError BadRequestError ClientClosedError "
        "InternalServerError MissingCredentialsError NotFoundError OverloadedError "
        "PaginationError PermissionDeniedError RateLimitError RequestTooLargeError Resume "
        "TokenResume"
    ),
    "anthropic_models.pages": "Page",
    "anthropic_models.responses": "APIResponse ResponseInfo",
}

# The application decides whether and where to log.
logging.getLogger(__name__).addHandler(logging.NullHandler())

if TYPE_CHECKING:
    from anthropic_models_generated.models import BetaModelInfo as BetaModelInfo
    from anthropic_models_generated.models import BetaModelList as BetaModelList
    from anthropic_models_generated.models import KnownAnthropicBeta as KnownAnthropicBeta
    from anthropic_models_generated.request import Request as Request
    from anthropic_models_generated.request import SuccessResponse as SuccessResponse

    from ._core.call import CallOptions as CallOptions
    from ._core.headers import AnthropicBeta as AnthropicBeta
    from ._core.settings import ClientOptions as ClientOptions
    from ._openapi_path import openapi_path as openapi_path
    from ._version import __version__ as __version__
    from .async_client import AsyncClient as AsyncClient
    from .async_pages import AsyncPage as AsyncPage
    from .async_pages import AsyncPaginator as AsyncPaginator
    from .client import Client as Client
    from .errors import *  # noqa: F403 - all of them are public
    from .pages import Page as Page
    from .responses import APIResponse as APIResponse
    from .responses import ResponseInfo as ResponseInfo
else:
    _MODULES = {name: module for module, names in _NAMES.items() for name in names.split()}
    __all__ = sorted(_MODULES)

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_MODULES[name]), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
