"""Reading the store for the lake: one consistent snapshot, copied into DuckDB.

Two drivers say the same: Python's for few rows; ADBC, Arrow batches straight into DuckDB, for many. ADBC
needs a process of its own (`common.alone`) and takes a column's type from its first batch: those that may be
empty carry a mark instead of null.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa
from adbc_driver_sqlite import dbapi

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS, Register
from wangdi.server.common.bulk import quoted
from wangdi.server.evaluation.lake.layout import lake_fields, register_layout

_BATCH_ROWS = "65536"
_NO_INTEGER = "-2147483648"
_NO_DECIMAL = "-1e300"
_NO_TEXT = "''"
_MARKS = {
    FieldType.INTEGER: _NO_INTEGER,
    FieldType.REFERENCE: _NO_INTEGER,
    FieldType.DECIMAL: _NO_DECIMAL,
}


@dataclass(frozen=True, slots=True)
class Position:
    """How far a store has come: newest record version and change, last change of a register, residents."""

    seq: int
    change: int
    change_hash: str
    register_change: int
    residents: int


class Driver(Protocol):
    """A connection inside a read transaction."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """A small result."""

    def batches(self, query: str) -> Any:
        """A result as an Arrow table or reader, valid until the next query."""


class Source:
    """Queries on one snapshot of the store; what is copied becomes a table of ``quack``."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def position(self) -> Position:
        registers = " UNION ALL ".join(
            f"SELECT coalesce(max(change_id), 0) AS change_id FROM network_{entity}" for entity in REGISTERS
        )
        seq, register_change, residents = self._row(
            "SELECT (SELECT coalesce(max(seq), 0) FROM records_recordversion), "
            f"(SELECT max(change_id) FROM ({registers})), "
            "(SELECT coalesce(max(id), 0) FROM network_resident)"
        )
        change = self._row("SELECT id, hash FROM audit_change ORDER BY id DESC LIMIT 1") or (0, "")
        return Position(seq, change[0], change[1], register_change, residents)

    def change_hash(self, change: int) -> str | None:
        """The hash of a change; None when this store has no such change."""
        row = self._row(f"SELECT hash FROM audit_change WHERE id = {change}")
        return row[0] if row else None

    def kind_ids(self, kinds: Sequence[Kind]) -> dict[str, int]:
        """The store's number of each kind it holds records of."""
        rows = self._rows("SELECT id, name FROM records_kindrow")
        names = {kind.name for kind in kinds}
        return {name: number for number, name in rows if name in names}

    def copy_register(self, quack: duckdb.DuckDBPyConnection, register: Register) -> None:
        """DuckDB table named as the register, typed, with the keys of referenced entities."""
        layout = register_layout(register)
        fields = {field.name: field for field in lake_fields(register)}
        selected = [_marked(fields.get(column.name), column.name) for column in layout.columns]
        typed = [
            f"{_unmarked(fields.get(column.name), column.name)}::{column.type} AS {quoted(column.name)}"
            for column in layout.columns
        ]
        # Whoever has several files is one person: those that were merged are left out.
        once = " WHERE merged_into_id IS NULL" if register.entity == "resident" else ""
        self._copy(
            quack,
            register.table,
            f"SELECT {', '.join(selected)} FROM network_{register.entity}{once}",
            f"SELECT {', '.join(typed)} FROM batches",
        )

    def copy_records(self, quack: duckdb.DuckDBPyConnection, name: str, where: str) -> None:
        """DuckDB table ``name``: all record versions that fulfil ``where``, values still as JSON."""
        self._copy(
            quack,
            name,
            f"SELECT seq, kind_id, record_id, subject, coalesce(institution_id, 0) AS institution, "
            f"coalesce(worker_id, 0) AS worker, occurred_on, is_current AND status = 'final' AS valid, "
            f'"values" FROM records_recordversion NOT INDEXED WHERE {where}',
            "SELECT seq::BIGINT AS seq, kind_id::SMALLINT AS kind_id, record_id::VARCHAR AS id, "
            "subject::INTEGER AS subject, "
            "nullif(institution, 0)::INTEGER AS institution, nullif(worker, 0)::INTEGER AS worker, "
            "occurred_on::DATE AS occurred_on, valid::BOOLEAN AS valid, "
            '"values"::VARCHAR AS "values" FROM batches',
        )

    def copy_earlier(self, quack: duckdb.DuckDBPyConnection, name: str, where: str, since: int) -> None:
        """DuckDB table ``name`` (kind_id, id, subject): the records changed after ``since`` as they were before."""
        self._copy(
            quack,
            name,
            "SELECT old.kind_id, old.record_id, old.subject FROM "
            # By seq: the planner prefers the index of current records by kind, reading all of them.
            f"(SELECT * FROM records_recordversion NOT INDEXED WHERE seq > {since} AND {where}) new "
            "CROSS JOIN records_recordversion old WHERE old.kind_id = new.kind_id "
            "AND old.record_id = new.record_id AND NOT old.is_current AND new.is_current "
            f"AND old.version < new.version AND old.seq <= {since}",
            "SELECT kind_id::SMALLINT AS kind_id, record_id::VARCHAR AS id, subject::INTEGER AS subject "
            "FROM batches",
        )

    def _copy(self, quack: duckdb.DuckDBPyConnection, name: str, query: str, shape: str) -> None:
        quack.register("batches", self._driver.batches(query))
        quack.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS {shape}")
        quack.unregister("batches")

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._driver.rows(query)

    def _row(self, query: str) -> tuple[Any, ...]:
        rows = self._rows(query)
        return rows[0] if rows else ()


class _Python:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()

    def batches(self, query: str) -> Any:
        cursor = self._connection.execute(query)
        names = [column for column, *_ in cursor.description]
        columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(names)
        return pa.table([pa.array(column) for column in columns], names)


class _Adbc:
    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        self._cursor.execute(query)
        return list(self._cursor.fetchall())

    def batches(self, query: str) -> Any:
        self._cursor.execute(query)
        return self._cursor.fetch_record_batch()


@contextmanager
def snapshot(store: Path) -> Iterator[Source]:
    """The store as it is now, whatever is written meanwhile; for up to some ten thousand rows."""
    with closing(sqlite3.connect(store, timeout=30, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        yield Source(_Python(connection))


@contextmanager
def bulk_snapshot(store: Path) -> Iterator[Source]:
    """``snapshot`` for any number of rows, about 0.75 million a second; in a process of its own."""
    batches = {"adbc.sqlite.query.batch_rows": _BATCH_ROWS}
    with (
        dbapi.connect(str(store), autocommit=True) as connection,
        connection.cursor(adbc_stmt_kwargs=batches) as cursor,
    ):
        for statement in ("PRAGMA mmap_size=0", "PRAGMA query_only=ON", "BEGIN"):
            cursor.execute(statement)
            cursor.fetchall()
        yield Source(_Adbc(cursor))


def _marked(field: Field | None, name: str) -> str:
    if field is None:
        return quoted(name)
    column = quoted(f"{name}_id") if field.refers_to else quoted(name)
    return f"coalesce({column}, {_MARKS.get(field.type, _NO_TEXT)}) AS {quoted(name)}"


def _unmarked(field: Field | None, name: str) -> str:
    return f"nullif({quoted(name)}, {_MARKS.get(field.type, _NO_TEXT)})" if field else quoted(name)
