"""Ids for records that came without one, from their content: importing them again changes nothing."""

import re
from typing import Any

import pyarrow as pa

from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.interchange.quack import connect

_SAFE_NAME = re.compile(r"\A\w+\Z")


def make_record_ids(kind: Kind, columns: dict[str, Any]) -> Any:
    """One id for each record, as a string array of UUIDs (RFC 9562 version 8: 118 bits of SHA-256).

    The content is the kind's name and every field that has a value, in declared order, each as name, length
    and canonical text. So neither the order of a file's columns, nor its type, nor an empty optional column
    matters, and a kind that gains a field keeps the ids of its old records.
    """
    fields = [field for field in kind.columns if field.name in columns and field.name != "id"]
    table = pa.table({field.name: columns[field.name] for field in fields})
    with connect() as connection:
        connection.register("records", table)
        made: Any = connection.sql(_query(kind, fields)).to_arrow_table()
    return made["id"].combine_chunks()


def _query(kind: Kind, fields: list[Field]) -> str:
    _check_name(kind.name)
    parts = ", ".join(_part(field) for field in fields)
    return f"""
        with hashed as (select sha256(concat('{kind.name}', {parts})) as h from records)
        select substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-8' || substr(h, 14, 3)
            || '-a' || substr(h, 18, 3) || '-' || substr(h, 21, 12) as id
        from hashed
    """


def _check_name(name: str) -> None:
    """Names become part of SQL: anything but a word is refused."""
    if not _SAFE_NAME.match(name):
        raise ValueError(f"{name!r}: a name has letters, digits and _ only")


def _part(field: Field) -> str:
    """SQL for one field's share of the content; an empty field has none."""
    _check_name(field.name)
    text = _canonical(field)
    return f"""coalesce(';{field.name}:' || length({text}) || ':' || {text}, '')"""


def _canonical(field: Field) -> str:
    column = f'"{field.name}"'
    if field.type is FieldType.DECIMAL:
        # Pinned here, because how a number is cast to text may change from one DuckDB to the next.
        return f"format('{{:.15g}}', {column})"
    if field.type is FieldType.CHOICES:
        return f"array_to_string({column}, ',')"
    return f"cast({column} as varchar)"
