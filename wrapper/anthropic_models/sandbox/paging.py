"""Cuts one page out of a catalogue, as the API does."""

from collections.abc import Sequence
from typing import Any

from .catalogue import Model


class UnknownCursorError(Exception):
    """The cursor is no model's id; `args[0]` is the name of the parameter."""


def page(
    models: Sequence[Model], *, after_id: str | None, before_id: str | None, limit: int
) -> dict[str, Any]:
    """Return a page body; raises UnknownCursorError."""
    if before_id is not None:
        end = _position(models, before_id, "before_id")
        start = max(0, end - limit)
        has_more = start > 0
    else:
        start = 0 if after_id is None else _position(models, after_id, "after_id") + 1
        end = start + limit
        has_more = end < len(models)
    data = list(models[start:end])
    return {
        "data": data,
        "has_more": has_more,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
    }


def _position(models: Sequence[Model], cursor: str, parameter: str) -> int:
    for position, model in enumerate(models):
        if model["id"] == cursor:
            return position
    raise UnknownCursorError(parameter)
