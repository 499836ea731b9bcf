"""Writing listings: a table for people, csv and json for programs."""

import csv
import json
import sys
from enum import StrEnum
from typing import Any

import pyarrow as pa
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


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def write_rows(rows: Any, form: Format) -> None:
    """Writes an Arrow table to standard output."""
    if form is Format.CSV:
        _write_csv(rows)
    elif form is Format.JSON:
        _write_json(rows)
    else:
        _write_table(rows)


def _write_csv(rows: Any) -> None:
    """Quoted only where needed, empty for null. Rows become Python objects a piece at a time."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(rows.column_names)
    for batch in rows.to_batches(max_chunksize=_BATCH_ROWS):
        writer.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _write_json(rows: Any) -> None:
    """One array of objects, written piece by piece."""
    separator = "["
    for batch in rows.to_batches(max_chunksize=_BATCH_ROWS):
        for row in batch.to_pylist():
            sys.stdout.write(separator + json.dumps(row, ensure_ascii=False, default=str))
            separator = ",\n"
    sys.stdout.write("]\n" if separator != "[" else "[]\n")


def _write_table(rows: Any) -> None:
    table = Table(box=None, pad_edge=False)
    for name in rows.column_names:
        right = pa.types.is_integer(rows[name].type) or pa.types.is_floating(rows[name].type)
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows.slice(0, SHOWN_ROWS).to_pylist():
        table.add_row(*("" if value is None else _shown(value) for value in row.values()))
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
