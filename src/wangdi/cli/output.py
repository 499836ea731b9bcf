"""Writing listings: a table for people, csv and json for programs."""

import csv
import json
import sys
from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.table import Table

from wangdi.cli.wording import t

PIPE_WIDTH = 240
"""Columns of a listing that goes to a file or another program, where no terminal sets a width."""

console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
errors = Console(stderr=True, width=None if sys.stderr.isatty() else PIPE_WIDTH)

SHOWN_ROWS = 50
"""How many rows a table shows in the terminal; csv and json always hold all."""

_BATCH_ROWS = 50_000
_NUMBERS = ("int", "uint", "float", "double")
"""How Arrow's types of numbers are called; Arrow itself is not imported, for those who only ask for help."""


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def write_rows(rows: Any, form: Format, *, counts: Collection[str] = ()) -> None:
    """Writes an Arrow table to standard output. Columns of ``counts`` hold fractions only where they have to."""
    if form is Format.CSV:
        _write_csv(rows, counts)
    elif form is Format.JSON:
        _write_json(rows, counts)
    else:
        _write_table(rows, counts)


def _cells(batch: Any, counts: Collection[str]) -> Iterator[tuple[object, ...]]:
    """The rows of a batch as Python objects."""
    columns = (
        map(_whole, column.to_pylist()) if name in counts else column.to_pylist()
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    )
    return zip(*columns, strict=True)


def _whole(count: float | None) -> float | None:
    return int(count) if count is not None and count == int(count) else count


def _write_csv(rows: Any, counts: Collection[str]) -> None:
    """Quoted only where needed, empty for null. Rows become Python objects a piece at a time."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(rows.column_names)
    for batch in rows.to_batches(max_chunksize=_BATCH_ROWS):
        writer.writerows(_cells(batch, counts))


def _write_json(rows: Any, counts: Collection[str]) -> None:
    """One array of objects, written piece by piece."""
    separator = "["
    for batch in rows.to_batches(max_chunksize=_BATCH_ROWS):
        for cells in _cells(batch, counts):
            row = dict(zip(rows.column_names, cells, strict=True))
            sys.stdout.write(separator + json.dumps(row, ensure_ascii=False, default=str))
            separator = ",\n"
    sys.stdout.write("]\n" if separator != "[" else "[]\n")


def _write_table(rows: Any, counts: Collection[str]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in rows.column_names:
        right = str(rows[name].type).startswith(_NUMBERS)
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for batch in rows.slice(0, SHOWN_ROWS).to_batches():
        for cells in _cells(batch, counts):
            table.add_row(*("" if value is None else _shown(value) for value in cells))
    console.print(table)
    if len(rows) > SHOWN_ROWS:
        hidden = len(rows) - SHOWN_ROWS
        note = t(
            f"共 {len(rows):,} 行，另有 {hidden:,} 行未显示；--format csv 输出全部",
            f"{len(rows):,} rows in all, {hidden:,} not shown here; --format csv writes all of them",
        )
        errors.print(note)


def _shown(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def fail(message: str, code: int = 1) -> "SystemExit":
    """Prints an error; raise what it returns."""
    errors.print(message, style="red", markup=False, highlight=False)
    return SystemExit(code)
