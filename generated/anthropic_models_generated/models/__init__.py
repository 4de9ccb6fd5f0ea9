"""Contains all the data models used in inputs/outputs"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .beta_model_info import BetaModelInfo
    from .beta_model_list import BetaModelList
    from .error_detail import ErrorDetail
    from .error_response import ErrorResponse
    from .known_anthropic_beta import KnownAnthropicBeta
    from .known_error_type import KnownErrorType
else:
    _MODULES = {
        "BetaModelInfo": ".beta_model_info",
        "BetaModelList": ".beta_model_list",
        "ErrorDetail": ".error_detail",
        "ErrorResponse": ".error_response",
        "KnownAnthropicBeta": ".known_anthropic_beta",
        "KnownErrorType": ".known_error_type",
    }

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[name], __name__), name)


__all__ = (
    "BetaModelInfo",
    "BetaModelList",
    "ErrorDetail",
    "ErrorResponse",
    "KnownAnthropicBeta",
    "KnownErrorType",
)
