"""Paginates a list of models, as the API does."""

from collections.abc import Sequence
from typing import Any

from .catalogue import MadeUpModels, Model


class UnknownCursorError(Exception):
    """No model has the id given as cursor; `args[0]` is the name of the parameter."""


class Pages:
    """The pages of a list of models, which may change at any time; every page is equally fast."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.models = models
        self._positions: dict[str, int] = {}

    def page(self, *, after_id: str | None, before_id: str | None, limit: int) -> dict[str, Any]:
        """Return a page body; raises UnknownCursorError."""
        models = self.models
        if before_id is not None:
            end = self._position(models, before_id, "before_id")
            start = max(0, end - limit)
            has_more = start > 0
        else:
            start = 0 if after_id is None else self._position(models, after_id, "after_id") + 1
            end = start + limit
            has_more = end < len(models)
        data = list(models[start:end])
        return {
            "data": data,
            "has_more": has_more,
            "first_id": data[0]["id"] if data else None,
            "last_id": data[-1]["id"] if data else None,
        }

    def _position(self, models: Sequence[Model], cursor: str, parameter: str) -> int:
        if isinstance(models, MadeUpModels):
            position = models.position(cursor)
        else:
            position = self._looked_up(models, cursor)
        if position is None:
            raise UnknownCursorError(parameter)
        return position

    def _looked_up(self, models: Sequence[Model], cursor: str) -> int | None:
        # The list may have changed since the positions were cached.
        position = self._positions.get(cursor)
        if position is None or not _is_at(models, position, cursor):
            copy = list(models)
            self._positions = {copy[at]["id"]: at for at in reversed(range(len(copy)))}
            position = self._positions.get(cursor)
        return position


def _is_at(models: Sequence[Model], position: int, id_: str) -> bool:
    return [model["id"] for model in models[position : position + 1]] == [id_]
