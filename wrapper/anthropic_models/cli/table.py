"""The format `table`, for terminals."""

import os
import shutil
import sys
from collections.abc import Callable, Sequence

from attrs import frozen
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from .. import BetaModelInfo
from .dates import age, release_date, today
from .printable import printable
from .stdio import stdout_is_terminal, write

_GAP = 2  # spaces between columns
_MIN_NAME = 12  # characters; a shorter name would be of no use


@frozen
class Column:
    """A column of the table.

    A narrow terminal omits columns, the one with the highest `omit_order` first. One with a
    `min_width` is truncated to that before it is omitted; the id is never omitted.
    """

    heading: str
    style: str
    text: Callable[[BetaModelInfo], str]
    omit_order: int
    min_width: int | None = None


def _released(model: BetaModelInfo) -> str:
    return str(release_date(model.created_at) or "unknown")


def _age(model: BetaModelInfo) -> str:
    released = release_date(model.created_at)
    return "" if released is None else age(released, today())


ID = Column("id", "bold cyan", lambda model: printable(model.id), 0)
NAME = Column("name", "", lambda model: printable(model.display_name), 2, _MIN_NAME)
RELEASED = Column("released", "", _released, 1)
AGE = Column("", "dim", _age, 3)
COLUMNS = (ID, NAME, RELEASED, AGE)


def print_table(models: Sequence[BetaModelInfo]) -> None:
    """Print a table of models, at most as wide as the terminal unless an id is wider."""
    terminal = stdout_is_terminal()
    cells = {column: [column.heading, *map(column.text, models)] for column in COLUMNS}
    widths = {column: max(map(cell_len, texts)) for column, texts in cells.items()}
    available = shutil.get_terminal_size().columns if terminal else sys.maxsize
    fitted = fit_columns(widths, available)
    console = Console(
        force_terminal=terminal,
        color_system="auto" if terminal and not os.environ.get("NO_COLOR") else None,
    )
    with console.capture() as captured:
        for number in range(len(models) + 1):
            line = Text(" " * _GAP).join(
                _padded(cells[column][number], width, column.style if number else "bold")
                for column, width in fitted.items()
            )
            line.rstrip()
            console.print(line, soft_wrap=True)
    write(captured.get())


def fit_columns(widths: dict[Column, int], available: int) -> dict[Column, int]:
    """Return the columns that fit into the available width, with their widths."""
    kept = dict(widths)
    for column in sorted(widths.keys() - {ID}, key=lambda column: -column.omit_order):
        excess = sum(kept.values()) + _GAP * (len(kept) - 1) - available
        if excess <= 0:
            break
        if column.min_width is not None and kept[column] - excess >= column.min_width:
            kept[column] -= excess
            break
        del kept[column]
    return kept


def _padded(text: str, width: int, style: str) -> Text:
    cell = Text(text, style=style, end="")
    cell.truncate(width, overflow="ellipsis")
    cell.pad_right(width - cell.cell_len)
    return cell
