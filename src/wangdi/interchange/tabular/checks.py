"""Checks within one table: its cells, and the cells of one row against each other."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.model.fields import FieldType
from wangdi.interchange.tabular.asking import check_asking
from wangdi.interchange.tabular.findings import Findings
from wangdi.interchange.tabular.identity import ID_NUMBER, IdentityNumbers, read_identity_numbers
from wangdi.interchange.tabular.others import note_others
from wangdi.interchange.tabular.parsed import Fault, Mask, Parsed
from wangdi.interchange.tabular.typed import Column, Rows, TypedTable
from wangdi.interchange.tabular.unusual import note_unusual
from wangdi.interchange.tabular.values import parse

_NEVER_IN_FUTURE = frozenset({"occurred_on", "birth_date", "death_date"})
_DATES_IN_ORDER = (
    ("birth_date", "death_date"),
    ("opened_on", "closed_on"),
    ("valid_from", "valid_to"),
    ("since", "until"),
)
_SEX_TITLES = {"1": ("男", "male"), "2": ("女", "female")}
_NO_DATE = np.iinfo(np.int32).min


def check_table(table: TypedTable, today: dt.date, findings: Findings) -> None:
    """Type every cell of a table and report what is wrong within it."""
    numbers = None
    for column in table.columns.values():
        if column.field.name == ID_NUMBER:
            numbers = _type_identity_numbers(table, column, today, findings)
        else:
            parsed = parse(column.field, column.clean)
            column.take_values(parsed)
            _report_faults(table, column, parsed.faults, findings)
        _report_empty(table, column, findings)
    note_others(table, findings)
    if table.shape.kind is not None:
        check_asking(table, table.shape.kind, _is_void(table), findings)
        note_unusual(table, ~_is_void(table), findings)
    _report_future_dates(table, today, findings)
    _report_reversed_dates(table, findings)
    if numbers is not None:
        _compare_sex(table, numbers, findings)
        _compare_birth(table, numbers, findings)


def days_since_1970(dates: Any) -> Any:
    """A date column as int32 days; empty dates are the smallest number there is."""
    return pc.fill_null(dates.cast(pa.int32()), int(_NO_DATE)).to_numpy(zero_copy_only=False)


def is_dated(days: Any) -> Mask:
    dated: Mask = days != _NO_DATE
    return dated


def _report_faults(table: TypedTable, column: Column, faults: tuple[Fault, ...], findings: Findings) -> None:
    for fault in faults:
        rows = column.where(fault.mask)
        if len(rows):
            findings.cells(table, column.field.name, fault.code, rows, fault.parameters)


def _report_empty(table: TypedTable, column: Column, findings: Findings) -> None:
    if not column.field.required or column.field.asked_if is not None or not column.indices.null_count:
        return
    empty = pc.is_null(column.indices).to_numpy(zero_copy_only=False)
    if table.shape.kind is not None and column.field in table.shape.kind.fields:
        empty = empty & ~_is_void(table)
    findings.cells(table, column.field.name, "I301", np.flatnonzero(empty))


def _is_void(table: TypedTable) -> Mask:
    """Rows that void a record: what the form asks need not be repeated there."""
    void = np.zeros(len(table), np.bool_)
    if "status" in table.columns:
        void[_rows(pc.equal(table.columns["status"].values, "void"))] = True
    return void


def _type_identity_numbers(
    table: TypedTable, column: Column, today: dt.date, findings: Findings
) -> IdentityNumbers:
    parsed = parse(column.field, column.clean)
    numbers = read_identity_numbers(parsed.values, today)
    column.take_values(Parsed(numbers.values))
    _report_faults(table, column, (*parsed.faults, *numbers.faults), findings)
    return numbers


def _report_future_dates(table: TypedTable, today: dt.date, findings: Findings) -> None:
    limit = (today - dt.date(1970, 1, 1)).days
    for name in _NEVER_IN_FUTURE & table.columns.keys():
        late = np.flatnonzero(days_since_1970(table.columns[name].values) > limit)
        findings.cells(table, name, "I312", late, {"today": today.isoformat()})


def _report_reversed_dates(table: TypedTable, findings: Findings) -> None:
    for earlier, later in _DATES_IN_ORDER:
        if not {earlier, later} <= table.columns.keys():
            continue
        first, last = table.columns[earlier], table.columns[later]
        ends = days_since_1970(last.values)
        reversed_rows = np.flatnonzero(is_dated(ends) & (ends < days_since_1970(first.values)) & ~first.bad)
        findings.cells(table, later, "I502", reversed_rows, of_row=partial(_earlier_date, first))


def _earlier_date(column: Column, row: int) -> Mapping[str, object]:
    title = column.field.title
    return {"other_title_zh": title.zh, "other_title_en": title.en, "other": column.values[row].as_py()}


def _compare_sex(table: TypedTable, numbers: IdentityNumbers, findings: Findings) -> None:
    sex = table.columns.get("sex")
    if sex is None or sex.field.type is not FieldType.CHOICE:
        return
    said = _spread(table.columns[ID_NUMBER], numbers, pa.array(numbers.sex).cast(pa.string()))
    differs = _rows(pc.not_equal(said, sex.values))

    def both(row: int) -> Mapping[str, object]:
        from_number, typed = _SEX_TITLES[said[row].as_py()], _SEX_TITLES[sex.values[row].as_py()]
        return {
            "id_sex_zh": from_number[0],
            "id_sex_en": from_number[1],
            "sex_zh": typed[0],
            "sex_en": typed[1],
        }

    findings.cells(table, ID_NUMBER, "I405", differs, of_row=both)


def _compare_birth(table: TypedTable, numbers: IdentityNumbers, findings: Findings) -> None:
    birth = table.columns.get("birth_date")
    if birth is None:
        return
    said = _spread(table.columns[ID_NUMBER], numbers, pa.array(numbers.birth).cast(pa.date32()))
    differs = _rows(pc.not_equal(said, birth.values))
    findings.cells(
        table,
        ID_NUMBER,
        "I406",
        differs,
        of_row=lambda row: {"id_birth": said[row].as_py(), "birth": birth.values[row].as_py()},
    )


def _spread(column: Column, numbers: IdentityNumbers, distinct: Any) -> Any:
    """What the sound numbers say, over rows."""
    return column.spread(pc.if_else(pa.array(numbers.sound), distinct, None))


def _rows(mask: Any) -> Rows:
    return np.flatnonzero(pc.fill_null(mask, False).to_numpy(zero_copy_only=False))
