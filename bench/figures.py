"""Figures in one shape for all contenders, and their comparison."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.setting import INDICATORS

SCHEMA = pa.schema(
    [
        ("indicator", pa.string()),
        ("place", pa.int64()),
        ("numerator", pa.int64()),
        ("denominator", pa.int64()),
    ]
)
SHOWN = 5
"""How many differences are named."""


def write_figures(table: Any, path: Path) -> None:
    """Keeps figures of any column order and width, those with an empty denominator left out."""
    table = table.select(SCHEMA.names).cast(SCHEMA)
    table = table.filter(pc.greater(table["denominator"], 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.sort_by([("indicator", "ascending"), ("place", "ascending")]), path)


def differences(ours: Path, theirs: Path) -> list[str]:
    """Where two files of figures differ in the indicators that all compute, in words; empty when nowhere."""
    left, right = (_rows(path) for path in (ours, theirs))
    keys = sorted(
        key for key in left.keys() | right.keys() if key[0] in INDICATORS and left.get(key) != right.get(key)
    )
    lines = [
        f"{name} at place {place}: {left.get((name, place))} ≠ {right.get((name, place))}"
        for name, place in keys
    ]
    return lines if len(lines) <= SHOWN else [*lines[:SHOWN], f"… and {len(lines) - SHOWN} more"]


def count_figures(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)


def _rows(path: Path) -> dict[tuple[str, int], tuple[int, int]]:
    columns = (column.to_pylist() for column in pq.read_table(path).columns)
    return {(name, place): (n, d) for name, place, n, d in zip(*columns, strict=True)}
