"""A lake made straight from simulated pieces, without a store: for sizes whose store would not fit on the disk.

Layout, order and partitions are those of a lake built from the store. The simulation goes through the residents in
their order, so that every file can be written from beginning to end, one row group per piece.
"""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wangdi.demo.network import Network, Piece
from wangdi.demo.setting import RESIDENTS_A_PART
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS, Register
from wangdi.interchange.tables import RECORDS_PREFIX
from wangdi.server.evaluation.lake.builder import BATCH_ROWS, sorted_rows
from wangdi.server.evaluation.lake.files import DataFile, arrow_schema, create_table, write_sorted
from wangdi.server.evaluation.lake.layout import Layout, kind_layout, lake_fields, register_layout
from wangdi.server.evaluation.lake.state import LakeState, TableState, write_state

COUNTY_DIGITS = 6
"""The code of a place begins with that of its county."""

Files = dict[str, list[DataFile]]


def build_lake(folder: Path, network: Network, kinds: Mapping[str, Kind]) -> int:
    """Makes the lake; the number of records."""
    registers = network.registers()
    layouts = [*map(register_layout, REGISTERS.values()), *map(kind_layout, kinds.values())]
    files = _write_registers(folder, registers)
    keys = Keys(
        {name: table["code"].combine_chunks() for name, table in registers.items()}, _counties(registers)
    )
    del registers
    files |= _write_records(folder, network.record_batches(), kinds, keys)
    tables = {layout.table: _commit(folder, layout, files.get(layout.table, [])) for layout in layouts}
    write_state(folder, LakeState(seq=1, change=1, change_hash="simulated", tables=tables))
    return sum(table.rows for name, table in tables.items() if name.startswith("records_"))


def _commit(folder: Path, layout: Layout, files: list[DataFile]) -> TableState:
    version = create_table(folder / layout.table, layout, files)
    return TableState(version, sum(file.rows for file in files), layout.signature)


# -- registers: the position of a row is its key ------------------------------------------------------------


def _counties(registers: Mapping[str, Any]) -> Any:
    """The county each resident lives in."""
    places = registers["residents"]["place"].combine_chunks()
    return pc.utf8_slice_codeunits(places, 0, COUNTY_DIGITS).dictionary_encode()


def _write_registers(folder: Path, registers: Mapping[str, Any]) -> Files:
    files: Files = {}
    with duckdb.connect() as quack:
        for register in REGISTERS.values():
            given = registers[register.table].select([item.name for item in lake_fields(register)])
            keys = pa.array(np.arange(1, len(given) + 1, dtype=np.int32))
            quack.register(f"given_{register.table}", given.append_column("id", keys))
        for register in REGISTERS.values():
            layout = register_layout(register)
            rows = quack.sql(sorted_rows(layout, _register_query(register)))
            files[layout.table] = write_sorted(
                folder / layout.table, layout, rows.to_arrow_reader(BATCH_ROWS)
            )
    return files


def _register_query(register: Register) -> str:
    types = {column.name: column.type for column in register_layout(register).columns}
    columns = ["r.id", *(_register_column(item, types[item.name]) for item in lake_fields(register))]
    if "path" in types:
        columns.append("'/' || r.code || '/' AS path")  # only the store's own queries climb by it
    if register_layout(register).by_county:
        columns.append(f"left(r.place, {COUNTY_DIGITS}) AS county")
    joins = "".join(
        f" LEFT JOIN given_{REGISTERS[item.refers_to or ''].table} {item.name}_ ON {item.name}_.code = r.{item.name}"
        for item in lake_fields(register)
        if item.type is FieldType.REFERENCE
    )
    return f"SELECT {', '.join(columns)} FROM given_{register.table} r{joins}"


def _register_column(item: Field, type_: str) -> str:
    source = f"{item.name}_.id" if item.type is FieldType.REFERENCE else f"r.{item.name}"
    return f"{source}::{type_} AS {item.name}"


# -- records --------------------------------------------------------------------------------------------------


class OutOfOrder(Exception):
    """The simulation did not go through its residents in order."""


@dataclass
class Keys:
    """Keys for codes. ``codes`` of each register by table, in order; ``counties`` of the residents."""

    codes: Mapping[str, Any]
    counties: Any
    _reached: dict[str, int] = field(default_factory=dict)

    def subjects(self, kind: Kind, column: Any) -> Any:
        """Keys of subjects. Residents are looked for in the part of the register the kind has reached."""
        if kind.about != "resident":
            return self.find(REGISTERS[kind.about].table, column)
        start = pc.index(self.codes["residents"], column[0], start=self._reached.get(kind.name, 0)).as_py()
        self._reached[kind.name] = start
        found = pc.index_in(column, value_set=self.codes["residents"].slice(start, RESIDENTS_A_PART))
        if start < 0 or found.null_count:
            raise OutOfOrder(
                f"{kind.name}: subjects beyond the {RESIDENTS_A_PART} residents from row {start}"
            )
        return pc.add(found, start + 1).cast(pa.int32())

    def find(self, table: str, column: Any) -> Any:
        return pc.add(pc.index_in(column, value_set=self.codes[table]), 1).cast(pa.int32())


def _write_records(folder: Path, pieces: Iterable[Piece], kinds: Mapping[str, Kind], keys: Keys) -> Files:
    files: dict[tuple[str, str | None], DataFile] = {}
    with ExitStack() as stack:
        writers: dict[tuple[str, str | None], Any] = {}
        for name, piece in pieces:
            kind = kinds[name.removeprefix(RECORDS_PREFIX)]
            layout = kind_layout(kind)
            for county, rows in _by_county(layout, _lake_rows(kind, piece, keys), keys):
                key = (layout.table, county)
                if key not in writers:
                    files[key] = DataFile(
                        folder / layout.table / f"part-{county or 'all'}.parquet", county, 1, 0
                    )
                    files[key].path.parent.mkdir(parents=True, exist_ok=True)
                    writers[key] = stack.enter_context(pq.ParquetWriter(files[key].path, rows.schema))
                writers[key].write_table(rows)
                files[key] = DataFile(files[key].path, county, 1, files[key].rows + len(rows))
    found: Files = {}
    for (table, _), file in sorted(files.items(), key=str):
        found.setdefault(table, []).append(file)
    return found


def _lake_rows(kind: Kind, piece: Any, keys: Keys) -> Any:
    """A piece with the columns of the lake, in its order; columns the simulation does not fill are null."""
    piece = piece.combine_chunks().filter(pc.not_equal(pc.fill_null(piece["status"], "final"), "void"))
    schema = arrow_schema(kind_layout(kind).signature)
    given = {
        "id": piece["id"],
        "subject": keys.subjects(kind, piece["subject"]),
        "institution": keys.find("institutions", piece["institution"]),
        "worker": keys.find("workers", piece["worker"]),
        "occurred_on": piece["occurred_on"],
        "seq": pa.repeat(pa.scalar(1, pa.int64()), len(piece)),
    }
    given |= {
        item.name: _value(item, piece[item.name]) for item in kind.fields if item.name in piece.column_names
    }
    columns = [
        given[f.name].cast(f.type) if f.name in given else pa.nulls(len(piece), f.type) for f in schema
    ]
    return pa.table(columns, schema=schema).sort_by(
        [(name, "ascending") for name in ("subject", "occurred_on", "id")]
    )


def _value(item: Field, column: Any) -> Any:
    return pc.binary_join(column, ";") if item.type is FieldType.CHOICES else column


def _by_county(layout: Layout, rows: Any, keys: Keys) -> Iterable[tuple[str | None, Any]]:
    if not layout.by_county:
        return [(None, rows)]
    county = keys.counties.take(pc.subtract(rows["subject"], 1))
    return [(str(code), rows.filter(pc.equal(county, code))) for code in pc.unique(county)]
