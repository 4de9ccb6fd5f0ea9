"""The table that people look at."""

import os
import shutil
import sys
from collections.abc import Sequence

from anthropic_models_generated.models import BetaModelInfo
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from .ages import age, release_date, today
from .output import emit, is_for_a_terminal
from .printable import printable

_GAP = 2  # blanks between columns
_SHORTEST_NAME = 12  # characters; a name that is cut shorter says nothing
_STYLES = {"id": "bold cyan", "name": "", "released": "", "age": "dim"}
HEADING = ("id", "name", "released", "")


def print_table(models: Sequence[BetaModelInfo]) -> None:
    """Print a table of models, as wide as the terminal at most, unless an id is wider."""
    terminal = is_for_a_terminal()
    rows = [HEADING, *map(row, models)]
    natural = {name: max(cell_len(cells[i]) for cells in rows) for i, name in enumerate(_STYLES)}
    width = shutil.get_terminal_size().columns if terminal else sys.maxsize
    widths = fitting(natural, width)
    console = Console(
        force_terminal=terminal,
        color_system="auto" if terminal and not os.environ.get("NO_COLOR") else None,
    )
    with console.capture() as captured:
        for number, cells in enumerate(rows):
            line = _line(dict(zip(_STYLES, cells, strict=True)), widths, heading=number == 0)
            console.print(line, soft_wrap=True)
    emit(captured.get())


def row(model: BetaModelInfo) -> tuple[str, str, str, str]:
    """Return id, name, release date and age of a model, safe to show."""
    released = release_date(model.created_at)
    date, ago = ("unknown", "") if released is None else (str(released), age(released, today()))
    return printable(model.id), printable(model.display_name), date, ago


def fitting(widths: dict[str, int], available: int) -> dict[str, int]:
    """Return the columns that fit, with their widths.

    The age goes first, then the name is cut and goes, then the date. Ids are never cut.
    """
    kept = dict(widths)
    for name in ("age", "name", "released"):
        excess = sum(kept.values()) + _GAP * (len(kept) - 1) - available
        if excess <= 0:
            break
        if name == "name" and kept[name] - excess >= _SHORTEST_NAME:
            kept[name] -= excess
            break
        del kept[name]
    return kept


def _line(cells: dict[str, str], widths: dict[str, int], *, heading: bool) -> Text:
    parts: list[Text] = []
    for name, width in widths.items():
        part = Text(cells[name], style="bold" if heading else _STYLES[name], end="")
        part.truncate(width, overflow="ellipsis")
        parts += [part, Text(" " * (width - part.cell_len + _GAP))]
    line = Text().join(parts)
    line.rstrip()
    return line
