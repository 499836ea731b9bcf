"""What an evaluation yields: due items as columns, and counts per unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wangdi.engine.evaluate.columnar.vectors import Array, Flags

Counts = NDArray[np.int64]
Amounts = NDArray[np.float64]

NEVER = int(np.iinfo(np.int32).max)
"""In place of a day that does not come; later than any day."""


@dataclass(frozen=True)
class DueColumns:
    """Due items of one plan; days since 1970-01-01. ``subject`` is the entity's position, ``schedule`` that of the
    plan's steps of schedules. ``missed_from`` is NEVER where an item can always be done. ``holder`` are the codes of the
    institutions named to act (Arrow texts); None where no schedule names any."""

    subject: NDArray[np.int64]
    schedule: NDArray[np.int16]
    due_from: NDArray[np.int32]
    due_on: NDArray[np.int32]
    overdue_from: NDArray[np.int32]
    missed_from: NDArray[np.int32]
    holder: Any | None = None

    def __len__(self) -> int:
        return len(self.subject)


def concatenate(parts: Sequence[DueColumns]) -> DueColumns:
    """The parts one after another."""
    if not parts:
        day = np.empty(0, np.int32)
        return DueColumns(np.empty(0, np.int64), np.empty(0, np.int16), day, day, day, day)
    return DueColumns(
        np.concatenate([part.subject for part in parts]),
        np.concatenate([part.schedule for part in parts]),
        np.concatenate([part.due_from for part in parts]),
        np.concatenate([part.due_on for part in parts]),
        np.concatenate([part.overdue_from for part in parts]),
        np.concatenate([part.missed_from for part in parts]),
        _holders(parts),
    )


def _holders(parts: Sequence[DueColumns]) -> Any | None:
    if all(part.holder is None for part in parts):
        return None
    nobody = (pa.nulls(len(part), pa.string()) if part.holder is None else part.holder for part in parts)
    return pa.concat_arrays(list(nobody))


_LONG_ENOUGH = 8
"""How many neighbours share a unit, on average, from where on summing runs is the faster way (measured)."""


def count_true(conditions: Sequence[Flags], unit: Array, units: int) -> Counts:
    """How often each condition is true in each unit; shape (conditions, units).

    ``unit`` gives each entity's unit, 0 … units − 1. Neighbours mostly share theirs, since registers are kept by
    place: each condition is summed over the runs of equal units, then the few runs over the units. NumPy sums
    runs of flags ten times faster than it counts them by unit.
    """
    totals = np.zeros((len(conditions), units), dtype=np.int64)
    if not len(unit):
        return totals
    low, used = int(unit.min()), int(np.ptp(unit)) + 1
    here = unit - low
    starts = np.flatnonzero(np.diff(here, prepend=-1))
    runs = here[starts] if len(starts) * _LONG_ENOUGH <= len(unit) else None
    for row, condition in enumerate(conditions):
        if runs is None:
            found = np.bincount(here[condition], minlength=used)
        else:
            sums = np.add.reduceat(condition, starts, dtype=np.int32)
            found = np.bincount(runs, weights=sums, minlength=used)
        totals[row, low : low + used] = found
    return totals


def roll_up(counts: Array, parent: Array, combine: np.ufunc = np.add) -> Array:
    """Rows per unit made to include everything under it. ``parent`` is the position above, −1 at the top.

    Counts are added; other rows are combined otherwise, as lowest values by ``np.minimum``.
    """
    totals = counts.copy()
    level = depth(parent)
    for deep in range(int(level.max(initial=0)), 0, -1):
        here = np.flatnonzero(level == deep)
        combine.at(totals.T, parent[here], totals.T[here])
    return totals


def strictly_under(totals: Array, parent: Array, nothing: float, combine: np.ufunc = np.add) -> Array:
    """Of rows that include everything under each unit: those under it, without the unit itself."""
    found = np.full_like(totals, nothing)
    here = np.flatnonzero(parent >= 0)
    combine.at(found.T, parent[here], totals.T[here])
    return found


def depth(parent: Array) -> NDArray[np.int64]:
    """How many units are above each one. ValueError when units are above themselves."""
    result = np.zeros(len(parent), dtype=np.int64)
    above = parent.copy()
    for _ in range(len(parent) + 1):
        inside = above >= 0
        if not inside.any():
            return result
        result += inside
        above = np.where(inside, parent[np.maximum(above, 0)], -1)
    raise ValueError("the tree has a circle")
