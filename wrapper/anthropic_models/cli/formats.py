"""The formats for programs: text for each page of models."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from anthropic_models_generated.document import document

from .. import BetaModelInfo
from .printable import printable

Pages = Iterable[list[BetaModelInfo]]
Format = Callable[[Pages, bool], Iterator[str]]
"""Takes pages of models, and whether the text goes to a terminal."""


def jsonl(pages: Pages, _terminal: bool) -> Iterator[str]:
    """Write an object a line."""
    for models in pages:
        yield "".join(f"{as_json(model)}\n" for model in models)


def json_array(pages: Pages, _terminal: bool) -> Iterator[str]:
    """Write one array, which is closed only when the listing is complete."""
    before = "[\n"
    for models in pages:
        if models:
            yield before + ",\n".join(map(as_json, models))
            before = ",\n"
    yield "\n]\n" if before != "[\n" else "[]\n"


def ids(pages: Pages, _terminal: bool) -> Iterator[str]:
    """Write an id a line."""
    for models in pages:
        yield "".join(f"{printable(model.id)}\n" for model in models)


def csv_rows(pages: Pages, terminal: bool) -> Iterator[str]:
    """Write a heading and a row for each model, with the fields of the document."""
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
