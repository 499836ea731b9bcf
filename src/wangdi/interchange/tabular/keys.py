"""Keys of a table: made where records have none, and found where two rows share one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.model.fields import FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.interchange.tabular.findings import Findings
from wangdi.interchange.tabular.identity import ID_NUMBER
from wangdi.interchange.tabular.parsed import Mask
from wangdi.interchange.tabular.record_ids import make_record_ids
from wangdi.interchange.tabular.typed import Column, Rows, TypedTable


def finished_columns(table: TypedTable, findings: Findings) -> dict[str, Any]:
    """The table's columns by field, rows that repeat an earlier one left out; records with id and status
    filled.

    Reports keys that stand twice with different content.
    """
    columns = {name: column.values for name, column in table.columns.items()}
    typed_keys = columns.get(table.shape.key)
    if table.shape.kind is not None:
        columns = _completed_records(table.shape.kind, columns, len(table), typed_keys)
        _note_void_without_id(table, columns, typed_keys, findings)
    _note_shared_identity_numbers(table, findings)
    declared = [field.name for field in table.shape.fields if field.name in columns]
    keep = _first_of_each(table, columns.get(table.shape.key), typed_keys, findings)
    if keep is None:
        return {name: columns[name] for name in declared}
    return {name: columns[name].filter(pa.array(keep)) for name in declared}


def _note_shared_identity_numbers(table: TypedTable, findings: Findings) -> None:
    number, code = table.columns.get(ID_NUMBER), table.columns.get("code")
    if number is None or code is None:
        return
    repeated, first = _repeats(number.values)
    codes = [code.values.take(pa.array(rows)) for rows in (repeated, first)]
    others = pc.fill_null(pc.not_equal(*codes), False).to_numpy(zero_copy_only=False)
    findings.note_rows(table, ID_NUMBER, "I909", repeated[others & ~number.bad[repeated]])


def _completed_records(kind: Kind, columns: dict[str, Any], length: int, ids: Any) -> dict[str, Any]:
    final = pa.scalar("final")
    status = columns.get("status")
    columns = columns | {
        "status": pa.repeat(final, length) if status is None else pc.fill_null(status, final)
    }
    if ids is not None and not ids.null_count:
        return columns
    made = make_record_ids(kind, columns)
    return columns | {"id": made if ids is None else pc.coalesce(ids, made)}


def _note_void_without_id(table: TypedTable, columns: dict[str, Any], ids: Any, findings: Findings) -> None:
    void = pc.equal(columns["status"], "void")
    unnamed = void if ids is None else pc.and_(void, pc.is_null(ids))
    rows = np.flatnonzero(unnamed.to_numpy(zero_copy_only=False))
    findings.note_rows(table, "status", "I908", rows)


def _first_of_each(table: TypedTable, keys: Any, typed_keys: Any, findings: Findings) -> Mask | None:
    """Which rows to keep, or None for all; the others say what an earlier row says, or are reported."""
    if keys is None:
        return None
    repeated, first = _repeats(keys)
    if not len(repeated):
        return None
    same = np.ones(len(repeated), np.bool_)
    for name, column in table.columns.items():
        if name != table.shape.key:
            same &= _same_cells(column, repeated, first)
    if typed_keys is not None:
        _report_conflicts(table, repeated[~same], first[~same], typed_keys, findings)
    findings.note_rows(table, table.shape.key, "I902", repeated[same])
    keep = np.ones(len(table), np.bool_)
    keep[repeated[same]] = False
    return keep


def _repeats(keys: Any) -> tuple[Rows, Rows]:
    """Rows whose key stood in an earlier row, and for each the first row with that key."""
    encoded = keys.dictionary_encode()
    count = len(encoded.dictionary)
    if count + keys.null_count == len(keys):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    codes = pc.fill_null(encoded.indices, count).to_numpy()
    first = np.full(count + 1, -1)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    repeated = np.flatnonzero((first[codes] != np.arange(len(codes))) & (codes != count))
    return repeated, first[codes[repeated]]


def _same_cells(column: Column, left: Rows, right: Rows) -> Mask:
    """Whether cells hold the same value, or the same text where there is no value."""
    texts = pc.fill_null(column.indices, -1).to_numpy()
    same_text: Mask = texts[left] == texts[right]
    if column.field.type is FieldType.CHOICES:
        return same_text
    values = [column.values.take(pa.array(rows)) for rows in (left, right)]
    equal = pc.fill_null(pc.equal(*values), False).to_numpy(zero_copy_only=False)
    same: Mask = same_text | (equal & ~column.bad[left] & ~column.bad[right])
    return same


def _report_conflicts(
    table: TypedTable, rows: Rows, first: Rows, typed_keys: Any, findings: Findings
) -> None:
    """Only keys that somebody typed: an id we made from a faulty row says nothing."""
    typed = pc.is_valid(typed_keys).to_numpy(zero_copy_only=False)[rows]
    others = dict(zip(rows[typed].tolist(), first[typed].tolist(), strict=True))

    def other_row(row: int) -> Mapping[str, object]:
        return {"other_row": table.row_number(others[row])}

    findings.cells(table, table.shape.key, "I501", rows[typed], of_row=other_row)
