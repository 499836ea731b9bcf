"""From exchange tables of a kind to rows of the record store, with DuckDB: values as JSON, all checked."""

from collections.abc import Collection, Iterator
from typing import Any

import duckdb

from wangdi.engine.model.clocks import DAY
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.text import Text
from wangdi.engine.model.workflows import ASSIGNED_INSTITUTION, STATE, STATE_SINCE
from wangdi.interchange.tables import record_table_name
from wangdi.server.common.bulk import literal, quoted
from wangdi.server.common.loading import LoadProblem

SMALLEST_INTEGER, LARGEST_INTEGER = -(2**31) + 1, 2**31 - 1
"""Whole numbers are 32 bits wide in the lake; the smallest one is its mark for nothing."""

_NULL_COLUMNS = {"institution": "VARCHAR", "worker": "VARCHAR", "status": "VARCHAR"}


def shape_records(quack: duckdb.DuckDBPyConnection, kind: Kind, table: Any) -> Any:
    """Columns id, subject, institution, worker, occurred_on, status, values; sorted by subject and date.

    Values are the JSON text ``CompactJSON`` would write: only what is not null, in declared order.
    """
    quack.register("incoming", begun(quack, kind, table))
    return quack.sql(f"{shaped(kind, quack.table('incoming').columns)} {ORDERED}").to_arrow_table()


ORDERED = "ORDER BY subject, occurred_on, id"
"""How a kind's records are written: those about one subject lie together."""


def shaped(kind: Kind, given: Collection[str], more: str = "") -> str:
    """A query of the columns of `shape_records`, and ``more``, over ``incoming``, which has the columns ``given``."""
    fields = [field for field in kind.fields if field.name in given]
    return (
        f"SELECT id, subject, {_or_null(given, 'institution')} AS institution, {_or_null(given, 'worker')} AS worker, "
        "strftime(occurred_on, '%Y-%m-%d') AS occurred_on, "
        f"coalesce({_or_null(given, 'status')}, 'final') AS status, {_json(fields)} AS \"values\"{more} FROM incoming"
    )


def begun(quack: duckdb.DuckDBPyConnection, kind: Kind, table: Any) -> Any:
    """The table with the built-in fields of its workflow: a record without a state is in the initial one."""
    if kind.workflow is None:
        return table
    given = table.column_names
    initial = literal(kind.workflow.initial.name)
    added = {
        STATE: initial,
        STATE_SINCE: "occurred_on",
        ASSIGNED_INSTITUTION: _or_null(given, "institution"),
        kind.workflow.initial.entered.name: f"CASE WHEN {_state(given)} IS NULL THEN occurred_on END",
    }
    columns = ", ".join(
        f"{_coalesced(given, name, value)} AS {quoted(name)}" for name, value in added.items()
    )
    others = ", ".join(quoted(name) for name in given if name not in added)
    quack.register("incoming", table)
    return quack.sql(f"SELECT {others}, {columns} FROM incoming").to_arrow_table()


def _state(given: Collection[str]) -> str:
    return STATE if STATE in given else "NULL"


def _coalesced(given: Collection[str], name: str, otherwise: str) -> str:
    return f"coalesce({quoted(name)}, {otherwise})" if name in given else otherwise


def _or_null(given: Collection[str], column: str) -> str:
    return column if column in given else f"NULL::{_NULL_COLUMNS[column]}"


def _json(fields: list[Field]) -> str:
    pairs = [f"{literal(f'{chr(34)}{field.name}{chr(34)}:')} || {_json_value(field)}" for field in fields]
    return f"'{{' || concat_ws(',', {', '.join(pairs)}) || '}}'" if pairs else "'{}'"


def _json_value(field: Field) -> str:
    column = quoted(field.name)
    if field.type is FieldType.DATE:
        return f"strftime({column}, '\"%Y-%m-%d\"')"
    if field.type is FieldType.TIME:
        return f"format('\"{{:02d}}:{{:02d}}\"', {column} // 60, {column} % 60)"
    if field.type in (FieldType.INTEGER, FieldType.DECIMAL, FieldType.BOOLEAN):
        return f"{column}::VARCHAR"
    return f"to_json({column})::VARCHAR"


def check_records(quack: duckdb.DuckDBPyConnection, kind: Kind, table: Any) -> Iterator[LoadProblem]:
    """What a careful reader has already refused, caught before it is stored."""
    name = record_table_name(kind.name)
    for column in ("id", "subject", "occurred_on"):
        if column not in table.column_names:
            yield LoadProblem(name, column, Text("缺少此列", "this column is missing"))
        elif table.column(column).null_count:
            yield LoadProblem(name, column, Text("此列不能有空值", "this column may not be empty"))
    conditions = {
        field.name: condition
        for field in kind.fields
        if field.name in table.column_names and (condition := _impossible(field)) is not None
    }
    if not conditions:
        return
    quack.register("incoming", table)
    counts = quack.sql(f"SELECT {', '.join(f'count_if({one})' for one in conditions.values())} FROM incoming")
    for column, condition, wrong in zip(conditions, conditions.values(), counts.fetchall()[0], strict=True):
        if wrong:
            rows = quack.sql(f"SELECT id FROM incoming WHERE {condition} ORDER BY id").fetchall()
            message = Text(
                "数值不可存储（过大或不是数），记录编号如下",
                "numbers too large to store, or not numbers, in the records with these ids",
            )
            yield LoadProblem(name, column, message, tuple(str(row) for (row,) in rows))


def _impossible(field: Field) -> str | None:
    column = quoted(field.name)
    if field.type is FieldType.INTEGER:
        return f"{column} NOT BETWEEN {SMALLEST_INTEGER} AND {LARGEST_INTEGER}"
    if field.type is FieldType.DECIMAL:
        return f"NOT isfinite({column})"
    if field.type is FieldType.TIME:
        return f"{column} NOT BETWEEN 0 AND {DAY - 1}"
    return None
