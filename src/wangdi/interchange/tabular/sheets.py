"""What a reader hands over: one sheet, every cell as text, with the row numbers Excel shows."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wangdi.engine.model.text import Text

ROUNDED_MARK = "\ufdd0"
"""Stands before the digits of a number too long for a spreadsheet to hold exactly.

U+FDD0 and U+FDD1 are Unicode noncharacters: no typed text holds them, so the mark can travel inside the text.
"""

ERROR_MARK = "\ufdd1"
"""Stands for a cell that holds a formula error such as #N/A."""

EXACT_LIMIT = 1e15
"""Excel keeps 15 significant digits; from here on the last ones of a number are no longer the typed ones."""

_HEADING_SEARCH_ROWS = 10
"""How far below the first text a heading row may stand: below a title, a unit, a date of print."""

IsHeading = Callable[[str], bool]
"""Tells whether a text is a heading of some table."""


class UnreadableError(Exception):
    """A file that cannot be read at all; the reason is for its owner."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason = Text(zh, en)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as typed. ``columns`` are string arrays, one for each heading, "" or null where a cell is
    empty.

    ``rows`` (NumPy) gives each row's number in Excel. ``overlong`` lists (row, cells) of rows with more cells
    than headings. ``sheet`` is None for a csv file.
    """

    file: str
    sheet: str | None
    headings: tuple[str, ...]
    columns: tuple[Any, ...]
    rows: Any
    hidden: bool = False
    overlong: tuple[tuple[int, int], ...] = ()


def cell_text(value: object) -> str:
    """A spreadsheet cell's value as the text a person would type; numbers that lost digits carry the mark."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds") if value.time() != dt.time() else value.date().isoformat()
    return "" if value is None else str(value)


def _number_text(value: float) -> str:
    if abs(value) >= EXACT_LIMIT:
        return f"{ROUNDED_MARK}{value:.0f}"
    return str(int(value)) if value.is_integer() else format(value, ".15g")


def shown(text: str) -> str:
    """The text without marks."""
    return text.lstrip(ROUNDED_MARK + ERROR_MARK)


def heading_row(rows: Iterable[Sequence[str]], is_heading: IsHeading) -> int | None:
    """Which row has the headings: one with two known ones near the top, else the first with any text."""
    first = None
    for position, row in enumerate(rows):
        if sum(map(is_heading, row)) > 1:
            return position
        if first is None and any(cell.strip() for cell in row):
            first = position
        if first is not None and position - first >= _HEADING_SEARCH_ROWS:
            break
    return first
