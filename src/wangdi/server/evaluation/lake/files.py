"""The files of one Delta table: writing sorted Parquet files, committing them, reading them back.

A county's rows are cut, in order, into files of about ``FILE_ROWS`` rows; rows of one key (resident, or whomever
records are about) stay together. So a change rewrites little however large the county is, and one file after
another is still in order. `deltalake` commits the files we write; its own writer cuts and orders them as it
likes. Snappy: half as large again as zstd, twice as fast to open.
"""

import json
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable, Schema
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions
from uuid6 import uuid7

from wangdi.server.evaluation.lake.layout import COUNTY, Layout, key_of
from wangdi.server.evaluation.lake.state import NOT_MADE, stamp_of
from wangdi.server.evaluation.lake.threads import map_ahead

_ARROW_TYPES = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
}
FILE_ROWS = 262_144
"""Half as many make a saved record cheaper (0.4 instead of 0.7 s) and opening the lake a tenth dearer."""

KEPT_HOURS = 1
"""How long replaced files stay for whoever is reading them."""

_UNLIKE = {"id", "seq"}
"""Columns whose values hardly repeat: a dictionary would only cost."""

_SOUGHT = {"occurred_on"}
"""Columns with statistics besides the key, for readers that skip; on all they would double the time of writing."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file of a table, the county whose rows it holds (None in tables without counties), its first key."""

    path: Path
    county: str | None
    first: int
    rows: int


@cache
def arrow_schema(signature: str) -> Any:
    """The columns inside the files of a layout with that signature."""
    pairs = (part.rsplit(":", 1) for part in signature.split(" "))
    return pa.schema([(name, _ARROW_TYPES[type_]) for name, type_ in pairs])


def write_sorted(folder: Path, layout: Layout, batches: Iterable[Any]) -> list[DataFile]:
    """Write rows that come in order, by county first; each batch has the layout's columns and ``county``."""

    def write(piece: Any) -> DataFile:
        return write_file(folder, layout, piece)

    return list(map_ahead(write, cut(batches, layout)))


def cut(batches: Iterable[Any], layout: Layout) -> Iterator[Any]:
    """The rows of sorted batches as tables of one county and, if keys allow, at most twice ``FILE_ROWS`` rows."""
    held: list[Any] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        if rows > 2 * FILE_ROWS:
            *pieces, rest = _pieces(pa.Table.from_batches(held), layout)
            yield from pieces
            held, rows = rest.to_batches(), rest.num_rows
    if rows:
        yield from _pieces(pa.Table.from_batches(held), layout)


def _pieces(table: Any, layout: Layout) -> Iterator[Any]:
    """The table cut up; the last piece may go on in the next batch."""
    start = 0
    while start < table.num_rows:
        size = _piece_rows(table.slice(start), layout)
        yield table.slice(start, size)
        start += size


def _piece_rows(table: Any, layout: Layout) -> int:
    """How many rows from the start on make one file."""
    if layout.by_county:
        ends = pc.index(pc.not_equal(table[COUNTY], table[COUNTY][0]), True).as_py()
        table = table.slice(0, ends) if ends >= 0 else table
    if table.num_rows <= 2 * FILE_ROWS:
        return int(table.num_rows)
    keys = table[layout.key].to_numpy()
    before = int(keys.searchsorted(keys[FILE_ROWS]))
    return before or int(keys.searchsorted(keys[0], "right"))


def write_file(folder: Path, layout: Layout, piece: Any) -> DataFile:
    """Write a piece that ``cut`` made."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"part-{uuid7()}.parquet"
    names = [column.name for column in layout.columns]
    pq.write_table(
        piece.select(names),
        path,
        compression="snappy",
        use_dictionary=[name for name in names if name not in _UNLIKE],
        store_schema=False,
        write_statistics=[layout.key, *(_SOUGHT & {*names})],
    )
    county = piece[COUNTY][0].as_py() if layout.by_county else None
    return DataFile(path, county, piece[layout.key][0].as_py(), piece.num_rows)


def list_files(folder: Path, version: int) -> Sequence[DataFile]:
    """The files of a version of the table, by county and key; none of NOT_MADE. The folder is named as the table."""
    if version == NOT_MADE:
        return ()
    return _listed(folder, version, stamp_of(folder / "_delta_log" / f"{version:020}.json"))


@lru_cache(maxsize=4096)
def _listed(folder: Path, version: int, _written: tuple[int, ...]) -> Sequence[DataFile]:
    """What a version holds never changes; a table made anew begins to count again, but not in the same file."""
    actions = pa.table(DeltaTable(folder, version=version).get_add_actions(flatten=True))
    if not actions.num_rows:
        return ()
    partition = f"partition.{COUNTY}"
    counties = (
        actions[partition].to_pylist() if partition in actions.column_names else [None] * actions.num_rows
    )
    columns = (actions[name].to_pylist() for name in ("path", f"min.{key_of(folder.name)}", "num_records"))
    files = [
        DataFile(folder / path, county, first, rows)
        for county, path, first, rows in zip(counties, *columns, strict=True)
    ]
    return tuple(sorted(files, key=lambda file: (file.county or "", file.first)))


def create_table(folder: Path, layout: Layout, files: Iterable[DataFile]) -> int:
    """Make the table, or replace it and its columns altogether; the new version."""
    schema = arrow_schema(layout.signature)
    if layout.by_county:
        schema = schema.append(pa.field(COUNTY, pa.string()))
    folder.mkdir(parents=True, exist_ok=True)
    create_table_with_add_actions(
        str(folder),
        Schema.from_arrow(schema),
        [_added(file, layout.key) for file in files],
        mode="overwrite",
        partition_by=[COUNTY] if layout.by_county else None,
    )
    return DeltaTable(folder).version()


def replace_files(folder: Path, layout: Layout, gone: Iterable[DataFile], new: Iterable[DataFile]) -> int:
    """Commit ``new`` files in place of ``gone`` ones; the new version."""
    table = DeltaTable(folder)
    now = int(time.time() * 1000)
    removed = [RemoveAction(file.path.name, True, now, partition_values=_values(file)) for file in gone]
    table.create_write_transaction(
        [*removed, *(_added(file, layout.key) for file in new)],
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

    def read(file: DataFile) -> Any:
        opened = pq.ParquetFile(file.path, pre_buffer=True)
        return opened.read(columns=wanted, use_threads=False).select(wanted).cast(part)

    table = pa.concat_tables([part.empty_table(), *map_ahead(read, files)])
    if not any(file.county for file in files) or (columns is not None and COUNTY not in columns):
        return table
    return table.append_column(COUNTY, _county_column(files))


def read_to_rewrite(file: DataFile, layout: Layout) -> Any:
    """All rows of a file as cheaply as they can be written again: texts as dictionaries."""
    texts = [
        column.name for column in layout.columns if column.type == "VARCHAR" and column.name not in _UNLIKE
    ]
    names = [column.name for column in layout.columns]
    return pq.ParquetFile(file.path, read_dictionary=texts).read(use_threads=False).select(names)


def _county_column(files: Sequence[DataFile]) -> Any:
    names = pa.array([file.county for file in files], pa.string())
    chunks = [
        pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(number, pa.int32()), file.rows), names)
        for number, file in enumerate(files)
    ]
    return pa.chunked_array(chunks)


def _values(file: DataFile) -> dict[str, str | None]:
    return {COUNTY: file.county} if file.county is not None else {}


def _added(file: DataFile, key: str) -> AddAction:
    status = file.path.stat()
    return AddAction(
        file.path.name,
        status.st_size,
        _values(file),
        int(status.st_mtime * 1000),
        True,
        json.dumps({"numRecords": file.rows, "minValues": {key: file.first}}),
    )
