"""A lake made straight from simulated pieces, without a store: for sizes whose store would not fit on the disk.

The files are those of a lake built from the store: the same layout, order, partitions and writer.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from wangdi.demo.network import Network, Piece
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS, Register
from wangdi.interchange.tables import RECORDS_PREFIX
from wangdi.server.common.bulk import quoted
from wangdi.server.evaluation.lake.builder import workspace
from wangdi.server.evaluation.lake.files import create_table, write_file
from wangdi.server.evaluation.lake.layout import COUNTY, Layout, kind_layout, lake_fields, register_layout
from wangdi.server.evaluation.lake.state import LakeState, TableState, write_state

COUNTY_DIGITS = 6
"""The code of a place begins with that of its county."""


def build_lake(folder: Path, network: Network, kinds: Mapping[str, Kind]) -> int:
    """Makes the lake; the number of records. Every kind needs at least one record."""
    folder.mkdir(parents=True, exist_ok=True)
    with workspace(folder) as quack:
        _stage_registers(quack, network.registers())
        _stage_records(quack, network.record_batches(), kinds)
        tables = {
            layout.table: _write(quack, folder / layout.table, layout)
            for layout in (*map(register_layout, REGISTERS.values()), *map(kind_layout, kinds.values()))
        }
    write_state(folder, LakeState(seq=1, change=1, change_hash="simulated", tables=tables))
    return sum(table.rows for name, table in tables.items() if name.startswith("records_"))


def _stage_registers(quack: duckdb.DuckDBPyConnection, registers: Mapping[str, Any]) -> None:
    """The registers as the lake has them; the position of a row is its key."""
    for register in REGISTERS.values():
        quack.register("incoming", registers[register.table])
        quack.execute(
            f"CREATE TABLE given_{register.table} AS SELECT (row_number() OVER ())::INTEGER AS id, * FROM incoming"
        )
        quack.unregister("incoming")
    for register in REGISTERS.values():
        quack.execute(f"CREATE TABLE {register.table} AS {_register_query(register)}")
    for register in REGISTERS.values():
        quack.execute(f"DROP TABLE given_{register.table}")


def _register_query(register: Register) -> str:
    layout = register_layout(register)
    types = {column.name: column.type for column in layout.columns}
    references = [field for field in lake_fields(register) if field.type is FieldType.REFERENCE]
    columns = ["r.id", *(_register_column(field, types[field.name]) for field in lake_fields(register))]
    if "path" in types:
        columns.append("'/' || r.code || '/' AS path")  # only the store's own queries climb by it
    if layout.by_county:
        columns.append(f"left(r.place, {COUNTY_DIGITS}) AS county")
    joins = "".join(
        f" LEFT JOIN given_{REGISTERS[field.refers_to or ''].table} {field.name}_ ON {field.name}_.code = r.{field.name}"
        for field in references
    )
    return f"SELECT {', '.join(columns)} FROM given_{register.table} r{joins} ORDER BY r.id"


def _register_column(field: Field, type_: str) -> str:
    source = f"{field.name}_.id" if field.type is FieldType.REFERENCE else f"r.{field.name}"
    return f"{source}::{type_} AS {field.name}"


def _stage_records(
    quack: duckdb.DuckDBPyConnection, pieces: Iterable[Piece], kinds: Mapping[str, Kind]
) -> None:
    """A table per kind, with those columns of its layout that the simulation fills."""
    staged: set[str] = set()
    quack.execute("BEGIN")
    for name, piece in pieces:
        kind = kinds[name.removeprefix(RECORDS_PREFIX)]
        table = kind_layout(kind).table
        quack.register("incoming", piece)
        into = f"INSERT INTO {table}" if table in staged else f"CREATE TABLE {table} AS"
        quack.execute(f"{into} {_records_query(kind, piece.column_names)}")
        quack.unregister("incoming")
        staged.add(table)
    quack.execute("COMMIT")


def _records_query(kind: Kind, given: Collection[str]) -> str:
    values = "".join(
        f", {_value(field)} AS {quoted(field.name)}" for field in kind.fields if field.name in given
    )
    county = f"s.{COUNTY}" if kind_layout(kind).by_county else f"NULL::VARCHAR AS {COUNTY}"
    return (
        "SELECT p.id, s.id AS subject, i.id AS institution, w.id AS worker, p.occurred_on, 1::BIGINT AS seq"
        f"{values}, {county} FROM incoming p JOIN {REGISTERS[kind.about].table} s ON s.code = p.subject "
        "LEFT JOIN institutions i ON i.code = p.institution LEFT JOIN workers w ON w.code = p.worker "
        "WHERE p.status IS DISTINCT FROM 'void'"
    )


def _value(field: Field) -> str:
    """Choices are kept as the text of their list."""
    column = f"p.{quoted(field.name)}"
    return f"to_json({column})::VARCHAR" if field.type is FieldType.CHOICES else column


def _write(quack: duckdb.DuckDBPyConnection, folder: Path, layout: Layout) -> TableState:
    """Writes and commits a table; what was not staged is null."""
    staged = {
        name for (name,) in quack.execute(f"SELECT column_name FROM (DESCRIBE {layout.table})").fetchall()
    }
    missing = [column for column in layout.columns if column.name not in staged]
    nulls = "".join(f", NULL::{column.type} AS {quoted(column.name)}" for column in missing)
    files = [
        write_file(quack, folder, layout, f"SELECT *{nulls} FROM {layout.table}{_only(county)}", county)
        for county in _counties(quack, layout)
    ]
    written = [file for file in files if file is not None]
    return TableState(
        create_table(folder, layout, written), sum(file.rows for file in written), layout.signature
    )


def _counties(quack: duckdb.DuckDBPyConnection, layout: Layout) -> list[str | None]:
    if not layout.by_county:
        return [None]
    return [
        county
        for (county,) in quack.execute(f"SELECT DISTINCT {COUNTY} FROM {layout.table} ORDER BY 1").fetchall()
    ]


def _only(county: str | None) -> str:
    return f" WHERE {COUNTY} = '{county}'" if county is not None else ""
