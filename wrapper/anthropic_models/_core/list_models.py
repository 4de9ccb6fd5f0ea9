"""The request of `models.list`, with its arguments validated."""

from anthropic_models_generated.api.models import list_models
from anthropic_models_generated.models import BetaModelList
from anthropic_models_generated.request import Request
from anthropic_models_generated.types import UNSET

from .pagination import checked_cursor, checked_limit


def list_request(*, after_id: object, before_id: object, limit: object) -> Request[BetaModelList]:
    """Return the request for a page of models; raises ValueError or TypeError."""
    after, before = checked_cursor("after_id", after_id), checked_cursor("before_id", before_id)
    size = checked_limit("list_models", limit)
    return list_models.request(
        after_id=UNSET if after is None else after,
        before_id=UNSET if before is None else before,
        limit=UNSET if size is None else size,
    )
