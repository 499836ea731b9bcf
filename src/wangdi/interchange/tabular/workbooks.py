"""Reading workbooks: every cell as text; the heading row may stand below a title row."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
from openpyxl.utils import column_index_from_string
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from wangdi.interchange.tabular.sheets import (
    ERROR_MARK,
    IsHeading,
    Sheet,
    UnreadableError,
    cell_text,
    heading_row,
)

_ERROR_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*\bt="e"')
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"

Cell = tuple[int, int]
"""Row and column, counted from 0."""


def read_workbook(data: memoryview, file: str, is_heading: IsHeading) -> Iterator[Sheet]:
    """Every sheet, hidden ones without content. UnreadableError when the file is broken or locked."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        errors = _error_cells(data)
        for meta in book.sheets_metadata:
            if meta.visible != SheetVisibleEnum.Visible:
                yield Sheet(file, meta.name, (), (), np.empty(0, np.int64), hidden=True)
                continue
            cells = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
            _mark_errors(cells, errors.get(meta.name, ()))
            yield _sheet(cells, file, meta.name, is_heading)
    except (CalamineError, zipfile.BadZipFile, ElementTree.ParseError, KeyError) as error:
        raise UnreadableError(
            "它不是完好的工作簿，或有打开密码", "it is no whole workbook, or needs a password"
        ) from error


def _sheet(cells: list[list[Any]], file: str, name: str, is_heading: IsHeading) -> Sheet:
    top = heading_row((list(map(cell_text, row)) for row in cells), is_heading)
    if top is None:
        return Sheet(file, name, (), (), np.empty(0, np.int64))
    headings = [cell_text(cell) for cell in cells[top]]
    body = cells[top + 1 :]
    columns = list(zip(*body, strict=True)) if body else [() for _ in headings]
    while headings and not headings[-1].strip():
        headings.pop()
    arrays = tuple(_text_array(column) for column in columns[: len(headings)])
    first = top + 2
    return Sheet(file, name, tuple(headings), arrays, np.arange(first, first + len(body)))


def _text_array(column: Sequence[Any]) -> Any:
    texts = [cell if type(cell) is str else cell_text(cell) for cell in column]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _mark_errors(cells: list[list[Any]], errors: Sequence[Cell]) -> None:
    for row, column in errors:
        if row < len(cells) and column < len(cells[row]):
            cells[row][column] = ERROR_MARK


def _error_cells(data: memoryview) -> dict[str, list[Cell]]:
    """The cells with formula errors by sheet: the fast reader shows them as empty."""
    stream = io.BytesIO(data)
    if not zipfile.is_zipfile(stream):
        return {}
    with zipfile.ZipFile(stream) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return {}
        found = {}
        for name, part in _sheet_parts(archive):
            matches = _ERROR_CELL.finditer(archive.read(part))
            found[name] = [
                (int(match[2]) - 1, column_index_from_string(match[1].decode()) - 1) for match in matches
            ]
        return found


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Sheet name and the archive member that holds it; chart sheets are left out."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {node.get("Id"): node.get("Target", "") for node in relations.iter(f"{_PACKAGE}Relationship")}
    for node in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):
        target = targets.get(node.get(_RELATION), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in part and part in archive.namelist():
            yield node.get("name", ""), part
