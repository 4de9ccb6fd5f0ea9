"""Contains all the data models used in inputs/outputs"""

from .beta_model_info import BetaModelInfo
from .beta_model_list import BetaModelList
from .error_detail import ErrorDetail
from .error_response import ErrorResponse
from .known_anthropic_beta import KnownAnthropicBeta
from .known_error_type import KnownErrorType

__all__ = (
    "BetaModelInfo",
    "BetaModelList",
    "ErrorDetail",
    "ErrorResponse",
    "KnownAnthropicBeta",
    "KnownErrorType",
)
