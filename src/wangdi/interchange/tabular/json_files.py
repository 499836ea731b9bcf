"""Reading JSON as other systems send it: a list of rows, each an object from column to value."""

import json
from typing import Any

import numpy as np
import pyarrow as pa

from wangdi.interchange.tabular.sheets import Sheet, UnreadableError, cell_text

ROWS = "rows"
"""The list may stand under this name in an object of its own."""


def read_json(data: memoryview, file: str) -> Sheet:
    """The rows as a sheet of texts; columns in the order in which they first occur, rows numbered from 1.

    An answer of several options may be a list. UnreadableError when the text is no JSON, no list of objects, or a value
    holds more than one value.
    """
    rows = _rows(data)
    headings = tuple(dict.fromkeys(name for row in rows for name in row))
    columns = tuple(
        pa.chunked_array(
            [
                pa.array(
                    [_text(row.get(name), number, name) for number, row in enumerate(rows, 1)], pa.string()
                )
            ]
        )
        for name in headings
    )
    return Sheet(file, None, headings, columns, np.arange(1, len(rows) + 1))


def _rows(data: memoryview) -> list[dict[str, Any]]:
    try:
        found = json.loads(bytes(data).decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise UnreadableError("JSON 须用 UTF-8 编码", "JSON has to be in UTF-8") from error
    except json.JSONDecodeError as error:
        zh = f"不是 JSON：第 {error.lineno} 行第 {error.colno} 个字符处"
        raise UnreadableError(zh, f"it is no JSON: {error}") from error
    except RecursionError as error:
        raise UnreadableError("JSON 嵌套过深", "its JSON is nested too deeply") from error
    rows = found.get(ROWS) if isinstance(found, dict) else found
    if not isinstance(rows, list):
        raise UnreadableError(
            f"JSON 须是一列行，或含“{ROWS}”的对象", f"it has to be a list of rows, or an object with '{ROWS}'"
        )
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise UnreadableError(
                f"第 {number} 行不是“列名: 值”的对象", f"row {number} is no object from column to value"
            )
    return rows


def _refuse_constant(name: str) -> Any:
    raise UnreadableError(f"JSON 没有“{name}”这样的数", f"JSON has no number {name}")


def _text(value: object, row: int, column: str) -> str | None:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    if isinstance(value, list | dict):
        raise UnreadableError(
            f"第 {row} 行的“{column}”不是单个值", f"'{column}' of row {row} is not a single value"
        )
    return None if value is None else cell_text(value)
