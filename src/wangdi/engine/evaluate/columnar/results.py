"""What an evaluation yields: due items as columns, and counts per unit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wangdi.engine.evaluate.columnar.vectors import Array, Flags

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class DueColumns:
    """Due items of one plan; days since 1970-01-01. ``subject`` is the entity's position, ``schedule`` the plan's."""

    subject: NDArray[np.int64]
    schedule: NDArray[np.int16]
    due_from: NDArray[np.int32]
    due_on: NDArray[np.int32]
    overdue_from: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.subject)


def concatenate(parts: Sequence[DueColumns]) -> DueColumns:
    """The parts one after another."""
    if not parts:
        day = np.empty(0, np.int32)
        return DueColumns(np.empty(0, np.int64), np.empty(0, np.int16), day, day, day)
    return DueColumns(
        np.concatenate([part.subject for part in parts]),
        np.concatenate([part.schedule for part in parts]),
        np.concatenate([part.due_from for part in parts]),
        np.concatenate([part.due_on for part in parts]),
        np.concatenate([part.overdue_from for part in parts]),
    )


_BITS = 8
_BIT_TABLE = (np.arange(1 << _BITS)[:, None] >> np.arange(_BITS)[None, :]) & 1
"""Row b: which of the eight conditions are true in the byte b."""


def count_true(conditions: Sequence[Flags], unit: Array, units: int) -> Counts:
    """How often each condition is true in each unit; shape (conditions, units).

    Eight conditions are packed into a byte and counted together: one pass over the entities per eight of them.
    ``unit`` gives each entity's unit, 0 … units − 1.
    """
    totals = np.zeros((len(conditions), units), dtype=np.int64)
    if not len(unit):
        return totals
    low = int(unit.min())
    used = int(unit.max()) - low + 1
    base = (unit - low).astype(np.int64) << _BITS
    for start in range(0, len(conditions), _BITS):
        group = conditions[start : start + _BITS]
        packed = np.zeros(len(unit), dtype=np.uint8)
        for bit, condition in enumerate(group):
            packed |= condition.view(np.uint8) << np.uint8(bit)
        histogram = np.bincount(base + packed, minlength=used << _BITS).reshape(used, 1 << _BITS)
        totals[start : start + len(group), low : low + used] = (histogram @ _BIT_TABLE).T[: len(group)]
    return totals


def roll_up(counts: Counts, parent: Array) -> Counts:
    """Counts per unit made to include everything under it. ``parent`` is the position above, −1 at the top."""
    totals = counts.copy()
    level = depth(parent)
    for deep in range(int(level.max(initial=0)), 0, -1):
        here = np.flatnonzero(level == deep)
        np.add.at(totals.T, parent[here], totals.T[here])
    return totals


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
