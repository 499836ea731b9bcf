"""Loading whole registers: new rows, amendments with their history, and the paths of the trees.

A table may lack columns: only those present are changed. References are codes, resolved inside the database.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.registers import REGISTERS, Register
from wangdi.engine.model.text import Text
from wangdi.server.common.bulk import BulkWriter, indexes_aside, literal, quoted
from wangdi.server.common.loading import Counts, LoadProblem, distinct_rows
from wangdi.server.common.paths import SEPARATOR
from wangdi.server.common.secrecy import vault
from wangdi.server.network.spelling import spelled_all

SPELLINGS = ("pinyin", "initials")
"""Columns of the store that follow from the name."""

_LARGEST_INTEGER = 2**31 - 1


def store_table(entity: str) -> str:
    """The name of a register's table in the store."""
    return f"network_{entity}"


@dataclass(frozen=True, slots=True)
class StagedRegister:
    """Rows for a register, in a temporary table: all that can be done before anybody has to wait."""

    register: Register
    fields: list[Field]
    """Those that the rows tell."""


def stage_register(
    writer: BulkWriter, register: Register, table: Any, others: Collection[str] = ()
) -> tuple[StagedRegister, list[LoadProblem]]:
    """Check the rows and bring them beside the store; with problems they must not be written.

    ``others`` are the registers staged before, whose codes may be referred to, too.
    """
    table, problems = distinct_rows(register.table, "code", table)
    staged = StagedRegister(register, [f for f in register.fields if f.name in table.column_names])
    problems += [*_wrong_values(register, staged.fields, table)]
    writer.stage(staged_name(register.entity), _prepare(register, staged.fields, table))
    problems += [*_missing_references(writer, staged, others)]
    problems += _incomplete_new_rows(writer, staged)
    return staged, problems


def write_register(
    writer: BulkWriter, staged: StagedRegister, change_id: int
) -> tuple[Counts, list[LoadProblem]]:
    """Bring the store's register to what the staged rows say. With problems, the transaction must be given up."""
    register, fields = staged.register, staged.fields
    _match(writer, register, fields)
    _keep_history(writer, register, change_id)
    _amend(writer, register, fields, change_id)
    with indexes_aside(writer, store_table(register.entity)):
        _create(writer, register, fields, change_id)
    _place_in_tree(writer, register, fields)
    return _count(writer), [*_settle_paths(writer, register)]


def staged_name(entity: str) -> str:
    """The temporary table of the rows that come for a register."""
    return f"incoming_{entity}"


def also_staged(entity: str, staged: Collection[str]) -> str:
    """The end of a query of codes that are missing: those that come with the same bundle are not."""
    return f"EXCEPT SELECT code FROM temp.{staged_name(entity)}" if entity in staged else ""


def _own_fields(fields: list[Field], register: Register) -> list[Field]:
    """All but the code and the reference to the own register, which needs the new rows first."""
    return [field for field in fields if field.name != "code" and field.refers_to != register.entity]


def _prepare(register: Register, fields: list[Field], table: Any) -> Any:
    """The staging table: dates as text, names also in letters, what is sensitive sealed and indexed."""
    columns: dict[str, Any] = {}
    for field in fields:
        column = table.column(field.name)
        if field.sensitive:
            values = column.to_pylist()
            columns[f"{field.name}_sealed"] = pa.array(vault().seal_all(field.name, values), pa.binary())
            columns[f"{field.name}_index"] = pa.array(vault().blind_indexes(field.name, values), pa.binary())
        elif field.type is FieldType.DATE:
            columns[field.name] = pc.cast(column, pa.string())
        else:
            columns[field.name] = column
    if "name" in columns:
        is_person = any(field.name == "sex" for field in register.fields)
        spelled = spelled_all(table.column("name").to_pylist(), is_person=is_person)
        columns |= {
            name: pa.array(texts, pa.string()) for name, texts in zip(SPELLINGS, spelled, strict=True)
        }
    return pa.table(columns)


def _wrong_values(register: Register, fields: list[Field], table: Any) -> Iterator[LoadProblem]:
    for field in fields:
        column = table.column(field.name)
        if field.required and column.null_count:
            yield LoadProblem(
                register.table, field.name, Text("此列不能有空值", "this column may not be empty")
            )
        if field.type is FieldType.INTEGER and _has_large(column):
            message = Text("数值过大，请检查单位", "the number is too large; check its unit")
            yield LoadProblem(register.table, field.name, message)
    codes = table.column("code")
    with_separator = codes.filter(pc.match_substring(codes, SEPARATOR))
    if len(with_separator):
        message = Text(f"编码不能含“{SEPARATOR}”", f"a code may not contain {SEPARATOR!r}")
        yield LoadProblem(register.table, "code", message, tuple(with_separator.to_pylist()))


def _has_large(column: Any) -> bool:
    return bool((pc.max(pc.abs(column)).as_py() or 0) > _LARGEST_INTEGER)


def _missing_references(
    writer: BulkWriter, staged: StagedRegister, others: Collection[str]
) -> Iterator[LoadProblem]:
    register, known = staged.register, {*others, staged.register.entity}
    for field in staged.fields:
        if field.refers_to is None:
            continue
        missing = writer.rows(
            f"SELECT {quoted(field.name)} FROM temp.{staged_name(register.entity)} "
            f"WHERE {quoted(field.name)} IS NOT NULL EXCEPT SELECT code FROM {store_table(field.refers_to)} "
            f"{also_staged(field.refers_to, known)} ORDER BY 1"
        )
        if missing:
            yield LoadProblem(
                register.table, field.name, unknown_code(field.refers_to), tuple(code for (code,) in missing)
            )


def unknown_code(entity: str) -> Text:
    """The message for a reference that resolves neither in the bundle nor in the store."""
    title, table = REGISTERS[entity].title, REGISTERS[entity].table
    return Text(
        f"编码不在本次文件中，也不在已有的“{title.zh}”中；请更正编码，或把缺少的行加入 {table}",
        f"no such code here or among the {table} already stored; correct it, or add the row to {table}",
    )


def _incomplete_new_rows(writer: BulkWriter, staged: StagedRegister) -> list[LoadProblem]:
    register = staged.register
    lacking = [field for field in register.fields if field.required and field not in staged.fields]
    if not lacking:
        return []
    new = writer.rows(
        f"SELECT code FROM temp.{staged_name(register.entity)} "
        f"EXCEPT SELECT code FROM {store_table(register.entity)} ORDER BY 1"
    )
    message = Text("新编码需要此列，但文件中没有", "new codes need this column, which the file lacks")
    codes = tuple(code for (code,) in new)
    return [LoadProblem(register.table, field.name, message, codes) for field in lacking] if new else []


def _match(writer: BulkWriter, register: Register, fields: list[Field]) -> None:
    """``temp.matched``: for each incoming row the key of the stored one, if any, and whether it differs."""
    differences = " OR ".join(
        f"{_stored_value(field)} IS NOT s.{quoted(_compared_column(field))}"
        for field in fields
        if field.name != "code"
    )
    writer.make(
        "matched",
        f"SELECT s.rowid AS incoming, e.id AS id, e.id IS NOT NULL AND ({differences or 'FALSE'}) AS amended "
        f"FROM temp.{staged_name(register.entity)} s LEFT JOIN {store_table(register.entity)} e ON e.code = s.code "
        + _reference_joins(fields),
    )


def _compared_column(field: Field) -> str:
    return f"{field.name}_index" if field.sensitive else field.name


def _stored_value(field: Field) -> str:
    if field.refers_to:
        return f"{quoted('to_' + field.name)}.code"
    return f"e.{quoted(_compared_column(field))}"


def _reference_joins(fields: list[Field] | tuple[Field, ...]) -> str:
    return " ".join(
        f"LEFT JOIN {store_table(field.refers_to)} {quoted('to_' + field.name)} "
        f"ON {quoted('to_' + field.name)}.id = e.{quoted(field.name + '_id')}"
        for field in fields
        if field.refers_to
    )


def _keep_history(writer: BulkWriter, register: Register, change_id: int) -> None:
    pairs = ", ".join(
        f"{literal(field.name + '_sealed')}, hex(e.{quoted(field.name + '_sealed')})"
        if field.sensitive
        else f"{literal(field.name)}, {_stored_value(field)}"
        for field in register.fields
        if field.name != "code"
    )
    writer.execute(
        "INSERT INTO network_registerversion (entity, code, change_id, previous) "
        f"SELECT {literal(register.entity)}, e.code, {change_id}, json_object({pairs}) "
        f"FROM temp.matched m JOIN {store_table(register.entity)} e ON e.id = m.id "
        f"{_reference_joins(register.fields)} WHERE m.amended ORDER BY m.incoming"
    )


def _targets(fields: list[Field]) -> Iterator[tuple[str, str]]:
    """Column of the store and the expression over the staged rows ``s`` it is set to."""
    for field in fields:
        if field.refers_to:
            resolved = f"(SELECT id FROM {store_table(field.refers_to)} WHERE code = s.{quoted(field.name)})"
            yield quoted(f"{field.name}_id"), resolved
        elif field.sensitive:
            for part in ("sealed", "index"):
                yield quoted(f"{field.name}_{part}"), "s." + quoted(f"{field.name}_{part}")
        else:
            for column in (field.name, *(SPELLINGS if field.name == "name" else ())):
                yield quoted(column), "s." + quoted(column)


def _amend(writer: BulkWriter, register: Register, fields: list[Field], change_id: int) -> None:
    settings = [f"{column} = {value}" for column, value in _targets(_own_fields(fields, register))]
    settings.append(f"change_id = {change_id}")
    writer.execute(
        f"UPDATE {store_table(register.entity)} AS e SET {', '.join(settings)} "
        f"FROM temp.matched m JOIN temp.{staged_name(register.entity)} s ON s.rowid = m.incoming "
        "WHERE m.amended AND e.id = m.id"
    )


def _create(writer: BulkWriter, register: Register, fields: list[Field], change_id: int) -> None:
    targets = [("code", "s.code"), ("change_id", str(change_id)), *_targets(_own_fields(fields, register))]
    if register.is_tree:
        targets.append(("path", "''"))
    writer.execute(
        f"INSERT INTO {store_table(register.entity)} ({', '.join(column for column, _ in targets)}) "
        f"SELECT {', '.join(value for _, value in targets)} "
        f"FROM temp.matched m JOIN temp.{staged_name(register.entity)} s ON s.rowid = m.incoming "
        "WHERE m.id IS NULL ORDER BY s.code"
    )


def _place_in_tree(writer: BulkWriter, register: Register, fields: list[Field]) -> None:
    """Set the references to the own register, now that all rows exist."""
    name = store_table(register.entity)
    for column, value in _targets([field for field in fields if field.refers_to == register.entity]):
        writer.execute(
            f"UPDATE {name} AS e SET {column} = {value} FROM temp.{staged_name(register.entity)} s "
            f"WHERE e.code = s.code AND e.{column} IS NOT {value}"
        )


def _settle_paths(writer: BulkWriter, register: Register) -> Iterator[LoadProblem]:
    """Compute the paths below every root; rows no root leads to are in a circle."""
    if not register.is_tree:
        return
    name = store_table(register.entity)
    writer.make(
        "paths",
        f"WITH RECURSIVE tree(id, path) AS (SELECT id, '{SEPARATOR}' || code || '{SEPARATOR}' FROM {name} "
        f"WHERE parent_id IS NULL UNION ALL SELECT c.id, t.path || c.code || '{SEPARATOR}' "
        f"FROM tree t JOIN {name} c ON c.parent_id = t.id) SELECT id, path FROM tree",
    )
    writer.execute(
        f"UPDATE {name} AS e SET path = p.path FROM temp.paths p WHERE p.id = e.id AND e.path <> p.path"
    )
    circle = writer.rows(f"SELECT code FROM {name} WHERE id NOT IN (SELECT id FROM temp.paths) ORDER BY code")
    if circle:
        message = Text(
            "上级关系成环，请更正其中一个上级", "these are their own superiors; correct one parent"
        )
        yield LoadProblem(register.table, "parent", message, tuple(code for (code,) in circle))


def _count(writer: BulkWriter) -> Counts:
    ((created, amended, unchanged),) = writer.rows(
        "SELECT coalesce(sum(id IS NULL), 0), coalesce(sum(amended), 0), "
        "coalesce(sum(id IS NOT NULL AND NOT amended), 0) FROM temp.matched"
    )
    return Counts(created, amended, unchanged)
