"""The formats for programs: json, jsonl, csv and id."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from anthropic_models_generated.document import document

from .. import BetaModelInfo
from .printable import printable

ModelPages = Iterable[list[BetaModelInfo]]
Format = Callable[[ModelPages, bool], Iterator[str]]
"""Takes pages of models and whether the output is a terminal; yields text for each page."""


def jsonl(pages: ModelPages, _terminal: bool) -> Iterator[str]:
    """Format models as JSON Lines."""
    for models in pages:
        yield "".join(f"{as_json(model)}\n" for model in models)


def json_array(pages: ModelPages, _terminal: bool) -> Iterator[str]:
    """Format models as one JSON array, which is closed only when the listing is complete."""
    before = "[\n"
    for models in pages:
        if models:
            yield before + ",\n".join(map(as_json, models))
            before = ",\n"
    yield "\n]\n" if before != "[\n" else "[]\n"


def ids(pages: ModelPages, _terminal: bool) -> Iterator[str]:
    """Format models as their ids, one on each line."""
    for models in pages:
        yield "".join(f"{printable(model.id)}\n" for model in models)


def csv_rows(pages: ModelPages, terminal: bool) -> Iterator[str]:
    """Format models as CSV with a header row; the columns are the fields in openapi.yaml."""
    names = list(document()["schemas"]["BetaModelInfo"]["properties"])
    yield _as_csv([names], terminal)
    for models in pages:
        fields = [model.to_dict() for model in models]
        yield _as_csv([[_cell(field.get(name)) for name in names] for field in fields], terminal)


FORMATS: dict[str, Format] = {"json": json_array, "jsonl": jsonl, "csv": csv_rows, "id": ids}


def as_json(model: BetaModelInfo) -> str:
    """Return a model as JSON on one line, in ASCII, with every field that the API sent."""
    return json.dumps(model.to_dict())


def _cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value)


def _as_csv(rows: list[list[str]], terminal: bool) -> str:
    text = io.StringIO()
    shown = ([printable(cell) for cell in row] if terminal else row for row in rows)
    csv.writer(text, lineterminator="\n").writerows(shown)
    return text.getvalue()
