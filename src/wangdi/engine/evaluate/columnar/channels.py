"""Channels of surveillance: how much was recorded in each unit on each day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from wangdi.engine.evaluate.columnar.each import members_of
from wangdi.engine.evaluate.columnar.executor import Computed
from wangdi.engine.evaluate.columnar.records import RecordRange
from wangdi.engine.evaluate.columnar.vectors import Array, Flags, spread, to_days
from wangdi.engine.model.channels import first_seen
from wangdi.engine.model.rollups import SCALE
from wangdi.engine.model.types import LARGEST_WHOLE
from wangdi.engine.plan.plan import PlannedChannel


@dataclass(frozen=True)
class DayCounts:
    """How much was recorded; days since 1970-01-01. ``channel`` is the position among the plan's channels.

    ``amount`` is in millionths, so that a sum is the same in whatever order it is made.
    """

    channel: NDArray[np.int16]
    unit: NDArray[np.int32]
    day: NDArray[np.int32]
    amount: NDArray[np.int64]

    @classmethod
    def joined(cls, parts: Sequence["DayCounts"]) -> "DayCounts":
        """The parts one after another."""
        return cls(
            np.concatenate([np.empty(0, np.int16), *(part.channel for part in parts)]),
            np.concatenate([np.empty(0, np.int32), *(part.unit for part in parts)]),
            np.concatenate([np.empty(0, np.int32), *(part.day for part in parts)]),
            np.concatenate([np.empty(0, np.int64), *(part.amount for part in parts)]),
        )


def counts_by_day(
    number: int, planned: PlannedChannel, computed: Computed, records: RecordRange, unit: Array, as_of: date
) -> DayCounts:
    """One channel in a range of entities, each unit and day once; no days before `first_seen` and after ``as_of``."""
    first, last = to_days(first_seen(as_of)), to_days(as_of)
    size = len(records)
    rows = computed.selected(planned.selection).rows
    rows = np.arange(size) if rows is None else rows
    owners, day = records.owners_of(rows), computed.rows(planned.day)
    days = spread(day.data, size)[rows].astype(np.int64)
    keep: Flags = members_of(computed, planned.members)[owners] & spread(day.validity, size)[rows]
    keep &= (days >= first) & (days <= last)
    amounts, known = _amounts(planned, computed, rows, size)
    chosen = np.flatnonzero(keep & known)
    found, at = np.unique(
        (unit[owners[chosen]].astype(np.int64) << 32) + days[chosen] - first, return_inverse=True
    )
    sums = np.zeros(len(found), np.int64)
    np.add.at(sums, at, amounts[chosen])
    return DayCounts(
        np.full(len(found), number, np.int16),
        (found >> 32).astype(np.int32),
        ((found & 0xFFFFFFFF) + first).astype(np.int32),
        sums,
    )


def _amounts(planned: PlannedChannel, computed: Computed, rows: Array, size: int) -> tuple[Array, Flags]:
    """How much each row counts, in millionths, and whether that is known and can be added exactly."""
    if planned.amount is None:
        return np.full(len(rows), SCALE, np.int64), np.ones(len(rows), np.bool_)
    vector = computed.rows(planned.amount)
    values = spread(vector.data, size)[rows].astype(np.float64)
    fine = spread(vector.validity, size)[rows] & (np.abs(values) <= LARGEST_WHOLE // SCALE)
    return np.rint(np.where(fine, values, 0) * SCALE).astype(np.int64), fine
