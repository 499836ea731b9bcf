"""A plan as a document: what was assumed and found, its tables, its map. The same for the command, the page and files.

Plain values and texts in both languages, so that a kept plan is read in either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from wangdi.engine.model.text import Text
from wangdi.interchange.tabular.spreadsheet import put_text, sheet_title

Cell: TypeAlias = str | int | float | bool | Text | None

ABOUT = Text("说明", "About")
_YES, _NO = Text("是", "yes"), Text("否", "no")
_WIDEST, _NARROWEST = 44, 9


@dataclass(frozen=True, slots=True)
class Note:
    """One line of what was assumed or found: ``key`` and ``value`` for programs, ``label`` and ``text`` for people."""

    key: str
    label: Text
    text: Text
    value: Any = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the plan: titles of columns by name, and rows by the same names."""

    key: str
    title: Text
    columns: Mapping[str, Text]
    rows: Sequence[Mapping[str, Cell]]

    def cells(self, language: str) -> list[list[Any]]:
        """Rows in the order of the columns, texts in one language."""
        return [[told(row[name], language) for name in self.columns] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Document:
    """``sheets``: the main one first. ``map``: what is drawn, see `wangdi.server.web.place_maps`."""

    title: Text
    notes: Sequence[Note]
    sheets: Sequence[Sheet]
    map: Mapping[str, Any] = field(default_factory=dict)

    def note(self, key: str) -> Any:
        """The value of a note; None where there is no such note."""
        return next((note.value for note in self.notes if note.key == key), None)

    def sheet(self, key: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.key == key), None)

    def kept(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "title": _packed(self.title),
            "notes": [
                {
                    "key": note.key,
                    "label": _packed(note.label),
                    "text": _packed(note.text),
                    "value": note.value,
                }
                for note in self.notes
            ],
            "sheets": [
                {
                    "key": sheet.key,
                    "title": _packed(sheet.title),
                    "columns": {name: _packed(title) for name, title in sheet.columns.items()},
                    "rows": [[_packed(row[name]) for name in sheet.columns] for row in sheet.rows],
                }
                for sheet in self.sheets
            ],
            "map": dict(self.map),
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Document":
        """What `kept` gave."""
        notes = [
            Note(one["key"], _text(one["label"]), _text(one["text"]), one["value"]) for one in kept["notes"]
        ]
        sheets = [
            Sheet(
                one["key"],
                _text(one["title"]),
                {name: _text(title) for name, title in one["columns"].items()},
                [dict(zip(one["columns"], map(_unpacked, row), strict=True)) for row in one["rows"]],
            )
            for one in kept["sheets"]
        ]
        return cls(_text(kept["title"]), notes, sheets, kept["map"])


def told(value: Cell, language: str) -> Any:
    """A cell in one language."""
    return value.in_language(language) if isinstance(value, Text) else value


def _packed(value: Cell) -> Any:
    return value.as_json() if isinstance(value, Text) else value


def _unpacked(value: Any) -> Cell:
    return _text(value) if isinstance(value, dict) else value


def _text(kept: Mapping[str, str]) -> Text:
    return Text(kept["zh"], kept["en"])


def workbook_of(document: Document, language: str) -> bytes:
    """An xlsx file: what it rests on, then a sheet for each table, headings in bold, frozen."""
    book = Workbook(write_only=True)
    about = book.create_sheet(sheet_title(ABOUT.in_language(language), []))
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 22, 100
    about.append([_heading(about, document.title.in_language(language))])
    for note in document.notes:
        about.append([_plain(about, one.in_language(language)) for one in (note.label, note.text)])
    for sheet in document.sheets:
        _write_sheet(book, sheet, language)
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def _write_sheet(book: Workbook, sheet: Sheet, language: str) -> None:
    to = book.create_sheet(sheet_title(sheet.title.in_language(language), book.sheetnames))
    to.freeze_panes = "A2"
    titles = [title.in_language(language) for title in sheet.columns.values()]
    for number, title in enumerate(titles, start=1):
        width = min(_WIDEST, max(_NARROWEST, 2 * len(title) + 2))
        to.column_dimensions[get_column_letter(number)].width = width
    to.append([_heading(to, title) for title in titles])
    for row in sheet.cells(language):
        to.append([_plain(to, _worded(value, language)) for value in row])


def _worded(value: Any, language: str) -> Any:
    return (_YES if value else _NO).in_language(language) if isinstance(value, bool) else value


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet)
    put_text(cell, text)
    cell.font = Font(bold=True)
    return cell


def _plain(sheet: Any, value: Any) -> Any:
    """What looks like a formula must not become one."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet)
    put_text(cell, value)
    return cell
