"""A list as a file for spreadsheets: xlsx with a sheet that says what it is, or csv of any length."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from wangdi.interchange.tabular.spreadsheet import put_text, sheet_title
from wangdi.server.web.lists.columns import Column
from wangdi.server.web.lists.listings import Listing
from wangdi.server.web.words import say, unit, wording

Cell = str | int | float | date | None

MOST_IN_WORKBOOK = 100_000
"""Rows: about twenty seconds and 10 MB; longer lists are written as csv."""

_BATCH = 2_000
_WIDEST, _NARROWEST = 40, 10
_LIKE_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def headings(columns: Iterable[Column]) -> list[str]:
    """Titles, with units."""
    return [_heading(column) for column in columns]


def _heading(column: Column) -> str:
    title, measured_in = wording(column.field.title), unit(column.field.unit)
    return (
        say("{title}（{unit}）", "{title} ({unit})", title=title, unit=measured_in) if measured_in else title
    )


def cells(listing: Listing, rows: QuerySet[Any], columns: Sequence[Column]) -> Iterator[list[Cell]]:
    """Row by row; names are looked up for some thousand rows at once."""
    found = rows.iterator(chunk_size=_BATCH)
    while batch := list(islice(found, _BATCH)):
        names = listing.names(batch)
        for row in batch:
            yield [column.plain(row, names) for column in columns]


def workbook(
    title: str, columns: Sequence[Column], lines: Iterable[Sequence[Cell]], about: Sequence[str]
) -> bytes:
    """An xlsx file: the list, and a sheet with what it is (``about``, line by line)."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_title(title, []))
    sheet.freeze_panes = "B2"
    titles = headings(columns)
    for number, text in enumerate(titles, start=1):
        width = min(_WIDEST, max(_NARROWEST, 2 * len(text) + 2))
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_bold(sheet, text) for text in titles])
    for line in lines:
        sheet.append([_written(sheet, value) for value in line])
    note = book.create_sheet(sheet_title(say("说明", "About"), [sheet.title]))
    note.column_dimensions["A"].width = 90
    for text in about:
        note.append([_written(note, text)])
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet)
    put_text(cell, text)
    cell.font = Font(bold=True)
    return cell


def _written(sheet: Any, value: Cell) -> Any:
    cell = WriteOnlyCell(sheet)
    if isinstance(value, str):
        put_text(cell, value)
    else:
        cell.value = value
    return cell


def csv_lines(columns: Sequence[Column], lines: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The file of a list, line by line."""
    return csv_of(headings(columns), lines)


def csv_of(titles: Sequence[str], lines: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Begins with the mark by which Excel knows UTF-8; what looks like a formula is marked as text."""
    line = _Line()
    writer = csv.writer(line)
    writer.writerow(titles)
    yield "\ufeff" + line.text
    for values in lines:
        writer.writerow([_harmless(value) for value in values])
        yield line.text


def _harmless(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and value.startswith(_LIKE_FORMULAS) else value


class _Line:
    """Where the csv writer puts a line."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text
