"""The table that people look at."""

import os
import shutil
import sys
from collections.abc import Sequence

from anthropic_models_generated.models import BetaModelInfo
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .ages import age, release_date, today
from .output import emit, is_for_a_terminal
from .printable import printable

_GAP = 2  # blanks between columns
_SHORTEST_NAME = 12  # characters; a name that is cut shorter says nothing
_STYLES = {"id": "bold cyan", "name": "", "released": "", "age": "dim"}

Columns = dict[str, list[str]]


def print_table(models: Sequence[BetaModelInfo]) -> None:
    """Print a table of models, as wide as the terminal at most."""
    terminal = is_for_a_terminal()
    columns = _columns(models)
    width = shutil.get_terminal_size().columns if terminal else sys.maxsize
    widths = fitting({name: _width(name, cells) for name, cells in columns.items()}, width)
    # A line may be longer than the terminal rather than an id be cut.
    console = Console(
        width=sum(widths.values()) + _GAP * len(widths),
        force_terminal=terminal,
        color_system="auto" if terminal and not os.environ.get("NO_COLOR") else None,
    )
    with console.capture() as captured:
        console.print(_table(columns, widths))
    emit("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


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


def _columns(models: Sequence[BetaModelInfo]) -> Columns:
    rows = [row(model) for model in models]
    return {name: [cells[i] for cells in rows] for i, name in enumerate(_STYLES)}


def _width(name: str, cells: list[str]) -> int:
    return max(map(cell_len, [name, *cells]))


def _table(columns: Columns, widths: dict[str, int]) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0), header_style="bold underline")
    for name, width in widths.items():
        heading = "" if name == "age" else name
        table.add_column(heading, width=width, no_wrap=True, overflow="ellipsis")
    for i in range(len(columns["id"])):
        table.add_row(*(Text(columns[name][i], style=_STYLES[name]) for name in widths))
    return table
