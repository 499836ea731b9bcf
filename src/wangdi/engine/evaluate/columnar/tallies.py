"""Counts, sums and extremes per unit: one row each, put together over chunks and partitions, then rolled up trees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from wangdi.engine.evaluate.columnar.executor import Computed
from wangdi.engine.evaluate.columnar.results import Counts, count_true
from wangdi.engine.evaluate.columnar.vectors import Array, Vector, spread
from wangdi.engine.model.rollups import SCALE
from wangdi.engine.model.types import LARGEST_WHOLE
from wangdi.engine.plan.plan import Plan, Tally, Tallying

Lows = NDArray[np.float64]
LIMB = 2**36
"""A sum is kept as two whole numbers, high × LIMB + low: neither overflows below a hundred million entities."""


@dataclass(frozen=True)
class Layout:
    """Which rows hold what. A sum takes two rows of `Totals.sums`; highest values are kept as lowest of −value."""

    tallies: tuple[Tally, ...]

    @cached_property
    def row(self) -> Mapping[Tally, int]:
        """The first row of each tally."""
        found, used = {}, {True: 0, False: 0}
        for tally in self.tallies:
            extreme = _is_extreme(tally)
            found[tally] = used[extreme]
            used[extreme] += 2 if tally.operation is Tallying.SUM else 1
        return found

    @cached_property
    def _sizes(self) -> tuple[int, int]:
        """The rows of sums, and those of lowest values."""
        extremes = sum(_is_extreme(tally) for tally in self.tallies)
        sums = sum(tally.operation is Tallying.SUM for tally in self.tallies)
        return len(self.tallies) - extremes + sums, extremes

    def empty(self, units: int) -> "Totals":
        """Nothing counted yet."""
        rows, extremes = self._sizes
        return Totals(np.zeros((rows, units), np.int64), np.full((extremes, units), np.inf))


@lru_cache(maxsize=64)
def layout_of(tallies: tuple[Tally, ...]) -> Layout:
    """The layout of what a plan counts, made once: every figure asks for it."""
    return Layout(tallies)


@dataclass(frozen=True)
class Totals:
    """``sums`` (int64) and ``lows`` (float64, infinite where there is nothing), both rows × units."""

    sums: Counts
    lows: Lows

    def add(self, other: "Totals") -> None:
        """Takes in what was counted elsewhere, in place."""
        np.add(self.sums, other.sums, out=self.sums)
        np.minimum(self.lows, other.lows, out=self.lows)


Category = tuple[int, str | None]
"""A dimension's slot and one of its categories; None: of those of whom it is not known."""


@dataclass(frozen=True)
class Tallied:
    """Everything a plan counts: of all, and of those in each category of its breakdowns."""

    totals: Totals
    parts: dict[Category, Totals]

    @classmethod
    def of(cls, plan: Plan, units: int) -> "Tallied":
        """Nothing counted yet."""
        return cls(layout_of(plan.tallies).empty(units), {})

    def add(self, other: "Tallied") -> None:
        """Takes in what was counted elsewhere, in place."""
        self.totals.add(other.totals)
        for category, totals in other.parts.items():
            if category in self.parts:
                self.parts[category].add(totals)
            else:
                self.parts[category] = totals


def tally_plan(plan: Plan, computed: Computed, unit: Array, units: int) -> Tallied:
    """Everything a plan counts in a range of entities; ``unit`` gives each one's unit, 0 … units − 1."""
    parts: dict[Category, Totals] = {}
    for dimension, tallies in plan.breakdowns.items():
        parts |= _by_category(dimension, layout_of(tallies), computed, unit, units)
    return Tallied(tally_range(layout_of(plan.tallies), computed, unit, units), parts)


def _by_category(
    dimension: int, layout: Layout, computed: Computed, unit: Array, units: int
) -> dict[Category, Totals]:
    """One pass over units × categories."""
    vector = computed[dimension]
    texts = vector.categories or ()
    position = np.where(vector.validity, vector.data, len(texts)).astype(np.int64)
    occurs = np.bincount(position, minlength=len(texts) + 1) > 0
    used, here = np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[position]
    cell = spread(here, computed.size) * units + unit
    totals = tally_range(layout, computed, cell, len(used) * units)
    sums = totals.sums.reshape(len(totals.sums), len(used), units)
    return {
        (dimension, texts[at] if at < len(texts) else None): Totals(sums[:, number], np.empty((0, units)))
        for number, at in enumerate(used)
    }


def _is_extreme(tally: Tally) -> bool:
    return tally.operation in (Tallying.LOWEST, Tallying.HIGHEST)


def tally_range(layout: Layout, computed: Computed, unit: Array, units: int) -> Totals:
    """Tallies of a range of entities; ``unit`` gives each one's unit, 0 … units − 1."""
    totals = layout.empty(units)
    for members in dict.fromkeys(tally.members for tally in layout.tallies):
        positions = computed.members(members)
        here = unit if positions is None else unit[positions]
        of_these = [tally for tally in layout.tallies if tally.members == members]
        _count(totals.sums, layout, [t for t in of_these if t.operation is Tallying.TRUE], computed, here)
        for tally in of_these:
            if tally.value is None:
                totals.sums[layout.row[tally]] = np.bincount(here, minlength=units)
        _add_values(totals, layout, [t for t in of_these if t.value is not None], computed, here)
    return totals


def _count(sums: Counts, layout: Layout, tallies: Sequence[Tally], computed: Computed, unit: Array) -> None:
    """How often conditions are true."""
    slots = [(tally, tally.value) for tally in tallies if tally.value is not None]
    conditions = [
        np.ascontiguousarray(computed.among(slot, tally.members), np.bool_) for tally, slot in slots
    ]
    if conditions:
        rows = [layout.row[tally] for tally, _ in slots]
        sums[rows] = count_true(conditions, unit, sums.shape[1])


def _add_values(
    totals: Totals, layout: Layout, tallies: Sequence[Tally], computed: Computed, unit: Array
) -> None:
    for tally in tallies:
        if tally.value is None or tally.operation is Tallying.TRUE:
            continue
        row, vector = layout.row[tally], computed.within(tally.value)
        if _is_extreme(tally):
            sign = -1.0 if tally.operation is Tallying.HIGHEST else 1.0
            values, where = _known(vector, unit)
            np.minimum.at(totals.lows[row], where, sign * values)
        elif tally.operation is Tallying.KNOWN:
            _, where = _exact(vector, unit)
            totals.sums[row] = np.bincount(where, minlength=totals.sums.shape[1])
        else:
            values, where = _exact(vector, unit)
            totals.sums[row : row + 2] = _sum(values, where, totals.sums.shape[1])


def _known(vector: Vector, unit: Array) -> tuple[Array, Array]:
    """The values that are not null, and their units."""
    values = spread(vector.data, len(unit)).astype(np.float64)
    if vector.valid is None:
        return values, unit
    known = spread(vector.valid, len(unit))
    return values[known], unit[known]


def _exact(vector: Vector, unit: Array) -> tuple[Array, Array]:
    """The known numbers that can be added exactly, and their units."""
    values, where = _known(vector, unit)
    fine = np.abs(values) <= LARGEST_WHOLE
    return (values, where) if fine.all() else (values[fine], where[fine])


def _sum(values: Array, unit: Array, units: int) -> Counts:
    """Exact sums of numbers rounded to millionths, as high and low limbs; shape (2, units)."""
    scaled = np.rint(values * SCALE)
    high = np.floor(scaled / LIMB)
    return np.stack([_add_whole(limb, unit, units) for limb in (high, scaled - high * LIMB)])


def _add_whole(numbers: Array, unit: Array, units: int) -> Counts:
    """Sums of whole numbers held as float64, without error."""
    if np.abs(numbers).sum() <= LARGEST_WHOLE:
        return np.bincount(unit, weights=numbers, minlength=units).astype(np.int64)
    total = np.zeros(units, np.int64)
    np.add.at(total, unit, numbers.astype(np.int64))
    return total


def total_of(high: Array, low: Array, parts: Array) -> Array:
    """The sums divided by ``parts`` (whole numbers above 0), each rounded once, as Python's division of integers is."""
    small = np.abs(high) < LARGEST_WHOLE // LIMB - 1
    whole, below = high * LIMB + low, parts * SCALE
    exact = small & (below <= LARGEST_WHOLE) & (np.abs(whole) <= LARGEST_WHOLE)
    result: Array = whole / below
    for at in np.flatnonzero(~exact):
        result[at] = (int(high[at]) * LIMB + int(low[at])) / (int(parts[at]) * SCALE)
    return result
