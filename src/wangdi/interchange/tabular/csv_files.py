"""Reading csv as people save it: UTF-8 or Chinese Excel's GB18030, comma, tab or semicolon."""

import codecs
import csv
import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from wangdi.interchange.tabular.sheets import (
    IsHeading,
    Sheet,
    UnreadableError,
    heading_row,
)

_DELIMITERS = ",\t;"
_DECODE_STEP = 1 << 20
_SNIFFED_LINES = 10
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_csv(data: memoryview, file: str, is_heading: IsHeading) -> Sheet:
    """The whole file as one sheet of texts.

    Clean files are parsed in parallel by Arrow; a file with rows of unequal length is read again row
    by row, because only then are row numbers known. UnreadableError when the bytes are in no known
    encoding or a quotation mark is never closed.
    """
    utf8 = _as_utf8(data)
    delimiter = _delimiter(utf8)
    top = _top_records(utf8, delimiter)
    heading = heading_row(top, is_heading)
    if heading is None:
        return Sheet(file, None, (), (), np.empty(0, np.int64))
    headings = _without_trailing_blanks(top[heading])
    columns = _columns_at_once(utf8, delimiter, len(headings), heading + 1)
    if columns is None:
        return _row_by_row(utf8, delimiter, file, headings, heading)
    _refuse_open_quote(utf8, [column[-1].as_py() for column in columns if len(column)])
    rows = np.arange(heading + 2, heading + 2 + len(columns[0]))
    return Sheet(file, None, headings, columns, rows)


def _as_utf8(data: memoryview) -> memoryview:
    encoding = _encoding(data)
    if encoding == "utf-8":
        return data
    if encoding == "utf-8-sig":
        return data[len(codecs.BOM_UTF8) :]
    return memoryview(bytes(data).decode(encoding).encode())


def _encoding(data: memoryview) -> str:
    for bom, encoding in _BOMS:
        if data[: len(bom)] == bom:
            return encoding
    for encoding in ("utf-8", "gb18030"):
        if _decodes(data, encoding):
            return encoding
    raise UnreadableError("文字编码既不是 UTF-8 也不是 GB18030", "its text is neither UTF-8 nor GB18030")


def _decodes(data: memoryview, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), _DECODE_STEP):
            decoder.decode(data[start : start + _DECODE_STEP])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(data: memoryview) -> str:
    """The separator that occurs most in the first lines; a comma when there is none."""
    lines = bytes(data[:_DECODE_STEP]).splitlines()[:_SNIFFED_LINES]
    return max(_DELIMITERS, key=b"\n".join(lines).decode("utf-8", "ignore").count)


def _records(data: memoryview, delimiter: str) -> Any:
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="replace", newline="")
    return csv.reader(text, delimiter=delimiter)


def _top_records(data: memoryview, delimiter: str) -> list[list[str]]:
    try:
        return list(_records(data[:_DECODE_STEP], delimiter))
    except csv.Error as error:
        raise _open_quote() from error


def _without_trailing_blanks(headings: list[str]) -> tuple[str, ...]:
    width = max(position for position, heading in enumerate(headings, 1) if heading.strip())
    return tuple(headings[:width])


def _refuse_open_quote(data: memoryview, last_row: list[str]) -> None:
    """An opening quotation mark without its end swallows all rows below it into one cell of the last row."""
    if not any("\n" in (cell or "") for cell in last_row):
        return
    if np.count_nonzero(np.frombuffer(data, np.uint8) == ord('"')) % 2:
        raise _open_quote()


def _open_quote() -> UnreadableError:
    return UnreadableError("有一个英文引号没有成对", "a quotation mark is opened and never closed")


def _columns_at_once(data: memoryview, delimiter: str, width: int, skipped: int) -> tuple[Any, ...] | None:
    """The columns below the heading, or None when some row has another number of cells."""
    ragged: list[bool] = []

    def note_ragged(_row: Any) -> str:
        ragged.append(True)
        return "skip"

    names = [str(position) for position in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(data)),
            read_options=arrow_csv.ReadOptions(
                column_names=names, skip_rows_after_names=skipped, block_size=4 * _DECODE_STEP
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=note_ragged,
            ),
            convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
    except pa.ArrowInvalid:
        return None
    return None if ragged else tuple(table.columns)


def _row_by_row(
    data: memoryview, delimiter: str, file: str, headings: tuple[str, ...], heading: int
) -> Sheet:
    try:
        records = list(_records(data, delimiter))[heading + 1 :]
    except csv.Error as error:
        raise _open_quote() from error
    _refuse_open_quote(data, records[-1] if records else [])
    width, overlong = len(headings), []
    for number, record in enumerate(records, heading + 2):
        if any(cell.strip() for cell in record[width:]):
            overlong.append((number, len(record)))
        record[:] = record[:width] + [""] * (width - len(record))
    columns = zip(*records, strict=True) if records else ((),) * width
    arrays = tuple(pa.chunked_array([pa.array(column, pa.string())]) for column in columns)
    rows = np.arange(heading + 2, heading + 2 + len(records))
    return Sheet(file, None, headings, arrays, rows, overlong=tuple(overlong))
