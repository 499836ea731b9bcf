"""Loading whole tables of decisions, inside the transaction of an import."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.text import Text
from wangdi.interchange.decisions import ADOPTIONS, DecisionTable
from wangdi.interchange.tables import arrow_type
from wangdi.server.adoption.checks import Problem, problems_of_adoption, problems_of_target
from wangdi.server.common.bulk import BulkWriter, quoted
from wangdi.server.common.loading import Counts, LoadProblem
from wangdi.server.network.bulk import also_staged, store_table, unknown_code

_STORE_TABLES = {"adoptions": "adoption_adoption", "targets": "adoption_target"}


def stage_decisions(
    writer: BulkWriter, decided: DecisionTable, table: Any, rulebook: Rulebook, registers: Collection[str]
) -> list[LoadProblem]:
    """Check the rows and bring them beside the store, before anybody has to wait; with problems they must not be
    written. ``registers`` are those staged in the same bundle."""
    problems = list(_wrong_rows(decided, table, rulebook))
    writer.stage(_staged(decided), _completed(decided, table))
    return [*problems, *_missing_references(writer, decided, registers), *_twice(writer, decided)]


def write_decisions(writer: BulkWriter, decided: DecisionTable, change_id: int) -> Counts:
    """Bring the store's decisions to what the staged rows say of them; others stay."""
    _resolve(writer, decided)
    return _write(writer, decided, change_id)


def _staged(decided: DecisionTable) -> str:
    """The temporary table of the rows that come, one that repeats others included."""
    return f"incoming_{decided.table}"


def _once(decided: DecisionTable) -> str:
    return f"once_{decided.table}"


def _wrong_rows(decided: DecisionTable, table: Any, rulebook: Rulebook) -> Iterator[LoadProblem]:
    for row in table.to_pylist():
        for column, message in _problems(decided, row, rulebook):
            yield LoadProblem(decided.table, column, message, (str(row.get(column)),))


def _problems(decided: DecisionTable, row: Mapping[str, Any], rulebook: Rulebook) -> Iterator[Problem]:
    if any(field.required and row.get(field.name) is None for field in decided.fields):
        lacking = next(f.name for f in decided.fields if f.required and row.get(f.name) is None)
        yield lacking, Text("此列不能有空值", "this column may not be empty")
    elif decided is ADOPTIONS:
        yield from problems_of_adoption(
            rulebook, row["pack"], row["since"], row.get("until"), row.get("edition")
        )
    else:
        areas = sum(row.get(name) is not None for name in ("place", "institution"))
        yield from problems_of_target(rulebook, row["indicator"], row["period_start"], areas)


def _completed(decided: DecisionTable, table: Any) -> Any:
    """All columns, in order; dates as text, ``in_force`` as 1 unless it says otherwise."""
    columns: dict[str, Any] = {}
    for field in decided.fields:
        absent = field.name not in table.column_names
        column = pa.nulls(len(table), arrow_type(field)) if absent else table[field.name]
        if field.type is FieldType.DATE:
            column = pc.cast(column, pa.string())
        elif field.type is FieldType.BOOLEAN:
            column = pc.cast(pc.fill_null(column, True), pa.int64())
        columns[field.name] = column
    return pa.table(columns)


def _missing_references(
    writer: BulkWriter, decided: DecisionTable, registers: Collection[str]
) -> Iterator[LoadProblem]:
    for field in decided.fields:
        if field.refers_to is None:
            continue
        missing = writer.rows(
            f"SELECT {quoted(field.name)} FROM temp.{_staged(decided)} WHERE {quoted(field.name)} IS NOT NULL "
            f"EXCEPT SELECT code FROM {store_table(field.refers_to)} "
            f"{also_staged(field.refers_to, registers)} ORDER BY 1"
        )
        if missing:
            codes = tuple(code for (code,) in missing)
            yield LoadProblem(decided.table, field.name, unknown_code(field.refers_to), codes)


def _twice(writer: BulkWriter, decided: DecisionTable) -> Iterator[LoadProblem]:
    """Keys that stand twice with different content; rows that are the same throughout are taken once."""
    keys = ", ".join(map(quoted, decided.keys))
    writer.make(_once(decided), f"SELECT DISTINCT * FROM temp.{_staged(decided)}")
    found = writer.rows(
        f"SELECT {keys} FROM temp.{_once(decided)} GROUP BY {keys} HAVING count(*) > 1 ORDER BY {keys}"
    )
    if found:
        message = Text("同一决定出现多次且内容不同", "the same decision stands twice with different content")
        values = tuple(" ".join(str(part) for part in row if part is not None) for row in found)
        yield LoadProblem(decided.table, decided.keys[0], message, values)


def _resolve(writer: BulkWriter, decided: DecisionTable) -> None:
    """``temp.decided``: the rows with keys for codes, and the current decision they replace, if any."""
    joins = " ".join(
        f"LEFT JOIN {store_table(field.refers_to)} {_joined(field)} ON {_joined(field)}.code = s.{quoted(field.name)}"
        for field in decided.fields
        if field.refers_to
    )
    pairs = {f.name: (_column(f), _value(f)) for f in decided.fields}
    same_key = " AND ".join(f"e.{pairs[name][0]} IS {pairs[name][1]}" for name in decided.keys)
    others = [pair for name, pair in pairs.items() if name not in decided.keys]
    writer.make(
        "decided",
        f"SELECT {', '.join(f'{value} AS {column}' for column, value in pairs.values())}, e.id AS old, "
        f"e.id IS NOT NULL AND ({' OR '.join(f'e.{column} IS NOT {value}' for column, value in others)}) AS amended "
        f"FROM temp.{_once(decided)} s {joins} "
        f"LEFT JOIN {_STORE_TABLES[decided.table]} e ON e.withdrawn_id IS NULL AND {same_key}",
    )


def _column(field: Field) -> str:
    return quoted(f"{field.name}_id" if field.refers_to else field.name)


def _joined(field: Field) -> str:
    return quoted(f"to_{field.name}")


def _value(field: Field) -> str:
    return f"{_joined(field)}.id" if field.refers_to else f"s.{quoted(field.name)}"


def _write(writer: BulkWriter, decided: DecisionTable, change_id: int) -> Counts:
    name = _STORE_TABLES[decided.table]
    ((created, amended, unchanged),) = writer.rows(
        "SELECT coalesce(sum(old IS NULL), 0), coalesce(sum(amended), 0), "
        "coalesce(sum(old IS NOT NULL AND NOT amended), 0) FROM temp.decided"
    )
    writer.execute(
        f"UPDATE {name} SET withdrawn_id = {change_id} WHERE id IN (SELECT old FROM temp.decided WHERE amended)"
    )
    columns = ", ".join(map(_column, decided.fields))
    writer.execute(
        f"INSERT INTO {name} ({columns}, change_id) SELECT {columns}, {change_id} FROM temp.decided "
        "WHERE old IS NULL OR amended"
    )
    return Counts(created, amended, unchanged)
