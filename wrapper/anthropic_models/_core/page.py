"""A page of models, as far as it needs no I/O."""

from collections.abc import Sequence
from typing import Any, NoReturn

from anthropic_models_generated.models import BetaModelInfo, BetaModelList

from ..errors import PaginationError
from .answer import ResponseInfo
from .pagination import Step


class BasePage:
    """What sync and async pages have in common."""

    def __init__(self, generated: BetaModelList, response: ResponseInfo, step: Step) -> None:
        self.generated = generated
        self.response = response
        self._step = step
        self._following = step.following(generated)

    @property
    def data(self) -> list[BetaModelInfo]:
        """The models of this page as the API ordered them, more recently released ones first."""
        return self.generated.data

    @property
    def has_more(self) -> bool:
        """Whether the API has more in the direction of the listing."""
        return self.generated.has_more

    @property
    def first_id(self) -> str | None:
        """The id of the first model in `data`; None when it is empty."""
        return self.generated.first_id

    @property
    def last_id(self) -> str | None:
        """The id of the last model in `data`; None when it is empty."""
        return self.generated.last_id

    def has_next_page(self) -> bool:
        """Tell whether the listing goes on: there is more, and `max_items` is not reached."""
        return self._following is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the page as plain data that can be pickled, copied or written as JSON."""
        return self.generated.to_dict()

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} of {len(self.data)} models, has_more={self.has_more}, "
            f"first_id={self.first_id!r}, last_id={self.last_id!r}>"
        )

    def __reduce__(self) -> NoReturn:
        raise TypeError("a page holds a client, so it cannot be pickled or copied; use to_dict()")

    def _items(self) -> Sequence[BetaModelInfo]:
        return self._step.items(self.data)

    def _next_step(self) -> Step:
        if self._following is None:
            raise PaginationError("there is no next page; ask has_next_page() first")
        return self._following
