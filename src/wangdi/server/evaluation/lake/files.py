"""The files of one Delta table: writing sorted Parquet files, committing them, reading them back.

Each partition is one file, sorted throughout. DuckDB writes the files and `deltalake` commits them, so the
order is ours: the Delta writer itself cuts and orders files as it likes. Snappy: half as large again as zstd,
twice as fast to open.
"""

import json
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, Schema
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions
from uuid6 import uuid7

from wangdi.server.common.bulk import literal, quoted
from wangdi.server.evaluation.lake.layout import COUNTY, Layout

_ARROW_TYPES = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
}
KEPT_HOURS = 1
"""How long replaced files stay for whoever is reading them."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file of a table, and the county whose rows it holds (None in tables without counties)."""

    path: Path
    county: str | None
    rows: int


def arrow_schema(signature: str) -> Any:
    """The columns inside the files of a layout with that signature."""
    pairs = (part.rsplit(":", 1) for part in signature.split(" "))
    return pa.schema([(name, _ARROW_TYPES[type_]) for name, type_ in pairs])


def write_file(
    quack: duckdb.DuckDBPyConnection, folder: Path, layout: Layout, query: str, county: str | None
) -> DataFile | None:
    """One sorted file with the rows of ``query``; None when there are none."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"part-{uuid7()}.parquet"
    columns = ", ".join(quoted(column.name) for column in layout.columns)
    order = ", ".join(quoted(column) for column in layout.order)
    ((rows,),) = quack.execute(
        f"COPY (SELECT {columns} FROM ({query}) ORDER BY {order}) TO {literal(str(path))} "
        "(FORMAT parquet, COMPRESSION snappy)"
    ).fetchall()
    if rows:
        return DataFile(path, county, rows)
    path.unlink()
    return None


def list_files(folder: Path, version: int) -> list[DataFile]:
    """The files of a version of the table, by county."""
    actions = pa.table(DeltaTable(folder, version=version).get_add_actions(flatten=True))
    counties = (
        actions.column(f"partition.{COUNTY}").to_pylist()
        if f"partition.{COUNTY}" in actions.column_names
        else [None] * actions.num_rows
    )
    paths, rows = actions.column("path").to_pylist(), actions.column("num_records").to_pylist()
    files = [
        DataFile(folder / path, county, n) for path, county, n in zip(paths, counties, rows, strict=True)
    ]
    return sorted(files, key=lambda file: file.county or "")


def create_table(folder: Path, layout: Layout, files: Iterable[DataFile]) -> int:
    """Make the table, or replace it and its columns altogether; the new version."""
    schema = arrow_schema(layout.signature)
    if layout.by_county:
        schema = schema.append(pa.field(COUNTY, pa.string()))
    folder.mkdir(parents=True, exist_ok=True)
    create_table_with_add_actions(
        str(folder),
        Schema.from_arrow(schema),
        [_added(file) for file in files],
        mode="overwrite",
        partition_by=[COUNTY] if layout.by_county else None,
    )
    return DeltaTable(folder).version()


def replace_files(folder: Path, gone: Iterable[DataFile], new: Iterable[DataFile]) -> int:
    """Commit ``new`` files in place of ``gone`` ones; the new version."""
    table = DeltaTable(folder)
    now = int(time.time() * 1000)
    removed = [RemoveAction(file.path.name, True, now, partition_values=_values(file)) for file in gone]
    table.create_write_transaction(
        [*removed, *(_added(file) for file in new)],
        mode="append",
        schema=table.schema(),
        partition_by=table.metadata().partition_columns or None,
    )
    return DeltaTable(folder).version()


def settle(folder: Path, version: int) -> int:
    """Undo commits later than ``version``: those of a builder that did not live to write the state.

    The version that now says what ``version`` said.
    """
    table = DeltaTable(folder)
    if table.version() == version:
        return version
    table.restore(version)
    return DeltaTable(folder).version()


def exists(folder: Path) -> bool:
    return bool(DeltaTable.is_deltatable(str(folder)))


def sweep(folder: Path) -> None:
    """Delete files that no version younger than ``KEPT_HOURS`` refers to."""
    DeltaTable(folder).vacuum(retention_hours=KEPT_HOURS, dry_run=False, enforce_retention_duration=False)


def read_files(files: Sequence[DataFile], signature: str, columns: Collection[str] | None) -> Any:
    """The rows of the files one after another, each sorted; ``county`` is added from the log."""
    schema = arrow_schema(signature)
    wanted = [name for name in columns if name != COUNTY] if columns is not None else schema.names
    part = pa.schema([schema.field(name) for name in wanted])
    tables = [
        pq.read_table(file.path, columns=wanted, partitioning=None).select(wanted).cast(part)
        for file in files
    ]
    table = pa.concat_tables(tables) if tables else part.empty_table()
    if not any(file.county for file in files) or (columns is not None and COUNTY not in columns):
        return table
    return table.append_column(COUNTY, _county_column(files))


def _county_column(files: Sequence[DataFile]) -> Any:
    names = pa.array([file.county for file in files], pa.string())
    chunks = [
        pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(number, pa.int32()), file.rows), names)
        for number, file in enumerate(files)
    ]
    return pa.chunked_array(chunks)


def _values(file: DataFile) -> dict[str, str | None]:
    return {COUNTY: file.county} if file.county is not None else {}


def _added(file: DataFile) -> AddAction:
    status = file.path.stat()
    return AddAction(
        file.path.name,
        status.st_size,
        _values(file),
        int(status.st_mtime * 1000),
        True,
        json.dumps({"numRecords": file.rows}),
    )
