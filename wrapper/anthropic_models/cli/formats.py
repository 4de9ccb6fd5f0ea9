"""The formats that machines read: text for each page of models, as soon as it is there."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs
from anthropic_models_generated.models import BetaModelInfo

from .._core.annotations import EXTRA, json_key
from .printable import printable

Batches = Iterable[list[BetaModelInfo]]
Format = Callable[[Batches, bool], Iterator[str]]
"""Takes pages of models, and whether a terminal shows the text."""


def jsonl(batches: Batches, _terminal: bool) -> Iterator[str]:
    """Write an object a line."""
    for models in batches:
        yield "".join(f"{as_json(model)}\n" for model in models)


def json_array(batches: Batches, _terminal: bool) -> Iterator[str]:
    """Write one array; it stays open, and thereby invalid, when the listing breaks off."""
    before = "[\n"
    for models in batches:
        if models:
            yield before + ",\n".join(map(as_json, models))
            before = ",\n"
    yield "\n]\n" if before != "[\n" else "[]\n"


def ids(batches: Batches, _terminal: bool) -> Iterator[str]:
    """Write an id a line."""
    for models in batches:
        yield "".join(f"{printable(model.id)}\n" for model in models)


def csv_rows(batches: Batches, terminal: bool) -> Iterator[str]:
    """Write a heading and a row a model, with the fields that the specification has."""
    names = [field.name for field in attrs.fields(BetaModelInfo) if field.name != EXTRA]
    heading = [name.rstrip("_") for name in names]
    for models in batches:
        rows = [[_cell(model.to_dict(), name) for name in names] for model in models]
        yield _as_csv([*([heading] if heading else []), *rows], terminal)
        heading = []


FORMATS: dict[str, Format] = {"json": json_array, "jsonl": jsonl, "csv": csv_rows, "id": ids}


def as_json(model: BetaModelInfo) -> str:
    """Return a model as JSON on one line, in ASCII, with all that the API said about it."""
    return json.dumps(model.to_dict())


def _cell(model: dict[str, Any], name: str) -> str:
    key = json_key(name, model)
    value = None if key is None else model[key]
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value)


def _as_csv(rows: list[list[str]], terminal: bool) -> str:
    text = io.StringIO()
    shown = ([printable(cell) for cell in row] if terminal else row for row in rows)
    csv.writer(text, lineterminator="\n").writerows(shown)
    return text.getvalue()
