"""Due items of single records: the rows for which a schedule has one, with their days."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wangdi.engine.evaluate.columnar.executor import Computed
from wangdi.engine.evaluate.columnar.records import RecordRange
from wangdi.engine.evaluate.columnar.vectors import Array, Flags, Vector, spread
from wangdi.engine.plan.plan import PlannedEach


@dataclass(frozen=True)
class EachColumns:
    """Due items of records; days since 1970-01-01. ``subject`` is the position of whom the record is about, ``schedule``
    that of the plan's schedules with an item per record.

    ``record`` are the ids and ``holder`` the codes of the institutions named to act (Arrow texts); ``institution`` is the
    position of the record's own institution in the register, −1 for none.
    """

    subject: NDArray[np.int64]
    schedule: NDArray[np.int16]
    due_from: NDArray[np.int32]
    due_on: NDArray[np.int32]
    overdue_from: NDArray[np.int32]
    record: Any
    holder: Any
    institution: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.subject)


def concatenate_each(parts: Sequence[EachColumns]) -> EachColumns:
    """The parts one after another."""
    day, text = np.empty(0, np.int32), pa.array([], pa.string())
    nothing = EachColumns(np.empty(0, np.int64), np.empty(0, np.int16), day, day, day, text, text, day)
    parts = parts or [nothing]
    return EachColumns(
        np.concatenate([part.subject for part in parts]),
        np.concatenate([part.schedule for part in parts]),
        np.concatenate([part.due_from for part in parts]),
        np.concatenate([part.due_on for part in parts]),
        np.concatenate([part.overdue_from for part in parts]),
        pa.concat_arrays([part.record for part in parts]),
        pa.concat_arrays([part.holder for part in parts]),
        np.concatenate([part.institution for part in parts]),
    )


def items_of_each(
    number: int, planned: PlannedEach, computed: Computed, records: RecordRange, until: int | None = None
) -> EachColumns:
    """The items of one schedule in a range; with ``until``, only those due from that day or earlier."""
    size = len(records)
    days = [computed.rows(slot) for slot in (planned.due_from, planned.due_on, planned.overdue_from)]
    rows = computed.selected(planned.selection).rows
    rows = np.arange(size) if rows is None else rows
    owners = records.owners_of(rows)
    keep = members_of(computed, planned.members)[owners]
    for day in days:
        keep &= spread(day.validity, size)[rows]
    due_from, due_on, overdue_from = (spread(day.data, size)[rows] for day in days)
    if until is not None:
        keep &= due_from <= until
    chosen = np.flatnonzero(keep)
    rows = rows[chosen]
    return EachColumns(
        owners[chosen].astype(np.int64) + records.low,
        np.full(len(rows), number, np.int16),
        due_from[chosen].astype(np.int32, copy=False),
        due_on[chosen].astype(np.int32, copy=False),
        overdue_from[chosen].astype(np.int32, copy=False),
        records.ids(rows),
        texts_at(computed.rows(planned.holder) if planned.holder is not None else None, rows, size),
        _positions(records.column("institution"), rows),
    )


def members_of(computed: Computed, slot: int) -> Flags:
    """For each entity of the range whether it is a member."""
    positions = computed.members(slot)
    if positions is None:
        return np.ones(computed.size, dtype=np.bool_)
    flags = np.zeros(computed.size, dtype=np.bool_)
    flags[positions] = True
    return flags


def texts_at(vector: Vector | None, rows: Array, size: int) -> Any:
    """The texts at some rows of ``size``, as Arrow texts; null where there is none."""
    if vector is None or not vector.categories:
        return pa.nulls(len(rows), pa.string())
    valid = spread(vector.validity, size)[rows]
    position = pa.array(spread(vector.data, size)[rows], mask=~valid)
    return pa.array(vector.categories, pa.string()).take(position)


def _positions(vector: Vector, rows: Array) -> NDArray[np.int32]:
    """Positions in a register at the rows, −1 where there is none."""
    known = spread(vector.validity, len(vector.data))
    return np.where(known, vector.data, -1).astype(np.int32)[rows]
