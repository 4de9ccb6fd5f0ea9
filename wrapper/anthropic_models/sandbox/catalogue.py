"""The models that the sandbox lists, more recently released ones first."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast, overload

from anthropic_models_generated.models import BetaModelInfo

from .arguments import checked_int
from .openapi import openapi_document

Model = dict[str, Any]

MOST_MADE_UP = 1_000_000

_WELL_KNOWN = (
    ("claude-opus-4-5-20251101", "Claude Opus 4.5", "2025-11-24"),
    ("claude-haiku-4-5-20251001", "Claude Haiku 4.5", "2025-10-15"),
    ("claude-sonnet-4-5-20250929", "Claude Sonnet 4.5", "2025-09-29"),
    ("claude-opus-4-1-20250805", "Claude Opus 4.1", "2025-08-05"),
    ("claude-opus-4-20250514", "Claude Opus 4", "2025-05-22"),
    ("claude-sonnet-4-20250514", "Claude Sonnet 4", "2025-05-22"),
    ("claude-3-7-sonnet-20250219", "Claude Sonnet 3.7", "2025-02-24"),
    ("claude-3-5-sonnet-20241022", "Claude Sonnet 3.5 (New)", "2024-10-22"),
    ("claude-3-5-haiku-20241022", "Claude Haiku 3.5", "2024-10-22"),
    ("claude-3-5-sonnet-20240620", "Claude Sonnet 3.5 (Old)", "2024-06-20"),
    ("claude-3-haiku-20240307", "Claude Haiku 3", "2024-03-07"),
    ("claude-3-opus-20240229", "Claude Opus 3", "2024-02-29"),
)
_MADE_UP_ID = "made-up-model-"
_NEWEST_MADE_UP = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


class MadeUpModels(Sequence[Model]):
    """Models that do not exist, released a minute apart; each is created when it is accessed."""

    def __init__(self, count: int) -> None:
        self._positions = range(count)

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, index: int) -> Model: ...
    @overload
    def __getitem__(self, index: slice) -> list[Model]: ...
    def __getitem__(self, index: int | slice) -> Model | list[Model]:
        if isinstance(index, slice):
            return [self._made_up(position) for position in self._positions[index]]
        return self._made_up(self._positions[index])

    def position(self, id_: str) -> int | None:
        """Return the index of a model; None when there is none with this id."""
        number = id_.removeprefix(_MADE_UP_ID)
        if not (number.isdecimal() and len(number) < 10):
            return None
        position = len(self) - int(number)
        found = position in self._positions and self[position]["id"] == id_
        return position if found else None

    def _made_up(self, position: int) -> Model:
        number = len(self) - position
        released = _NEWEST_MADE_UP - datetime.timedelta(minutes=position)
        return _model(
            f"{_MADE_UP_ID}{number:06}",
            f"Made-up Model {number}",
            f"{released:%Y-%m-%dT%H:%M:%SZ}",
        )


def well_known_models() -> list[Model]:
    """Return some models that exist, or existed; this is not the list of the API of today."""
    return [_model(id_, name, f"{date}T00:00:00Z") for id_, name, date in _WELL_KNOWN]


def made_up_models(count: int) -> list[Model]:
    """Return `count` models that do not exist, released a minute apart.

    Raises:
        TypeError: `count` is not an int.
        ValueError: It is not within 0 to 1,000,000.

    """
    return list(_made_up(count))


def catalogue(models: object) -> Sequence[Model]:
    """Return the models to list; for a number, made-up models that are created lazily.

    Raises:
        TypeError, ValueError: `models` is not a number, not a list of models, and not None.

    """
    if models is None:
        return well_known_models()
    if isinstance(models, int | float):
        return _made_up(models)
    kind = type(models).__name__
    if isinstance(models, str | bytes | Mapping) or not isinstance(models, Iterable):
        raise TypeError(
            f"models must be a number of models to make up or a list of models, not a {kind}"
        )
    items = cast("Iterable[object]", models)
    return [_as_sent(position, item) for position, item in enumerate(items)]


def _made_up(count: object) -> MadeUpModels:
    number = checked_int("the number of models", count, 0, MOST_MADE_UP)
    return MadeUpModels(number)


def _as_sent(position: int, item: object) -> Model:
    if isinstance(item, BetaModelInfo):
        return item.to_dict()
    if not isinstance(item, dict):
        kind = type(item).__name__
        raise TypeError(f"models[{position}] must be a dict as the API sends it, not a {kind}")
    model = cast(Model, item)
    if not isinstance(model.get("id"), str):
        raise ValueError(f'models[{position}] has no "id" that is a string')
    return model


def _model(id_: str, display_name: str, created_at: str) -> Model:
    own = {"type": "model", "id": id_, "display_name": display_name, "created_at": created_at}
    return {**openapi_document().model, **own}
