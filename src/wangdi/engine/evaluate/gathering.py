"""What a network's plans count, put together: figures at places and institutions, and what rules take from below."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from wangdi.engine.evaluate.columnar.results import Amounts, strictly_under
from wangdi.engine.evaluate.columnar.tallies import Layout, Totals, total_of
from wangdi.engine.evaluate.columnar.units import Tree, Units
from wangdi.engine.evaluate.columnar.vectors import Array, Flags, Vector
from wangdi.engine.model.indicators import FigureValue, Indicator
from wangdi.engine.model.rollups import Gathering, Rollup
from wangdi.engine.model.types import Base
from wangdi.engine.plan.plan import FromBelow, Plan, PlannedRollup


@dataclass(frozen=True, slots=True)
class FigureRow:
    """An indicator; or, with a category of one of its dimensions, that part of it."""

    indicator: Indicator
    dimension: str = ""
    category: str = ""

    @property
    def is_total(self) -> bool:
        return not self.dimension


@dataclass(frozen=True)
class Figures:
    """Figures of places and institutions (columns), in the order of the registers; float64.

    A denominator is NaN where the measure has none. A value is `Indicator.value` of both; for arrays `values_of`.
    """

    rows: tuple[FigureRow, ...]
    place_numerators: Amounts
    place_denominators: Amounts
    institution_numerators: Amounts
    institution_denominators: Amounts

    def at(self, tree: str) -> tuple[Amounts, Amounts]:
        """Numerators and denominators at the units of a tree: ``place`` or ``institution``."""
        if tree == "place":
            return self.place_numerators, self.place_denominators
        return self.institution_numerators, self.institution_denominators


@dataclass(frozen=True)
class Share:
    """An indicator's numerators and denominators at each unit of a tree; NaN where it has no denominator."""

    numerator: Amounts
    denominator: Amounts


def told(numerator: Amounts, denominator: Amounts) -> Flags:
    """Where there is anything to tell: anybody in the denominator, or anything counted where there is none."""
    found: Flags = np.where(np.isnan(denominator), numerator, denominator) != 0
    return found


def values_of(indicator: Indicator, numerator: Amounts, denominator: Amounts) -> Vector:
    """`Indicator.value` for whole arrays: null where the denominator is 0."""
    has_none = np.isnan(denominator)
    some = has_none | (denominator != 0)
    quotient = np.divide(numerator, denominator, out=np.zeros(some.shape), where=some & ~has_none)
    return _nullable(np.where(has_none, numerator, quotient * indicator.per), some)


@dataclass
class Gathered:
    """What the plans so far have counted at one moment, in both trees."""

    trees: Mapping[str, Tree]
    _counted: dict[tuple[str, int], tuple[Plan, Totals]] = field(default_factory=dict)
    """By tree and identity of the plan; everything under a unit is included."""
    _plans: dict[str | Rollup, Plan] = field(default_factory=dict)
    """Which plan counts an indicator (by name) or a roll-up."""

    def take_in(self, plan: Plan, units: Units, totals: Totals) -> None:
        """Adds what was counted in a partition of a plan."""
        for name, tree in self.trees.items():
            roll = units.by_place if name == "place" else units.by_institution
            rolled = Totals(roll(totals.sums, tree), roll(totals.lows, tree, np.minimum))
            _, before = self._counted.setdefault((name, id(plan)), (plan, rolled))
            if before is not rolled:
                before.add(rolled)
        self._plans |= {planned.indicator.name: plan for planned in plan.indicators}
        self._plans |= {planned.rollup: plan for planned in plan.rollups}

    def columns(self, wanted: Iterable[FromBelow]) -> dict[FromBelow, Vector]:
        """The values of roll-ups and figures for every institution or place."""
        return {one: self._value(one) for one in wanted}

    def _value(self, one: FromBelow) -> Vector:
        if isinstance(one, FigureValue):
            share = self.share(one.owner, one.indicator.name)
            return values_of(one.indicator, share.numerator, share.denominator)
        plan = self._plans[one]
        _, totals = self._counted[one.owner, id(plan)]
        planned = next(p for p in plan.rollups if p.rollup == one)
        return _rollup_value(planned, Layout(plan.tallies), totals, self.trees[one.owner])

    def share(self, tree: str, name: str) -> Share:
        """What an indicator counts at each unit of a tree."""
        plan = self._plans[name]
        _, totals = self._counted[tree, id(plan)]
        planned = next(p for p in plan.indicators if p.indicator.name == name)
        row = Layout(plan.tallies).row
        parts = (totals.sums[row[tally]] for tally in (planned.numerator, planned.denominator))
        return Share(*(part.astype(np.float64) for part in parts))

    def figures(self, indicators: Iterable[Indicator]) -> Figures:
        """The figures of indicators that were counted."""
        counted = tuple(indicator for indicator in indicators if indicator.name in self._plans)
        parts = []
        for tree in ("place", "institution"):
            shares = [self.share(tree, indicator.name) for indicator in counted]
            shape = len(counted), self.trees[tree].size
            parts.append(np.array([share.numerator for share in shares], np.float64).reshape(shape))
            parts.append(np.array([share.denominator for share in shares], np.float64).reshape(shape))
        return Figures(tuple(map(FigureRow, counted)), *parts)


def _rollup_value(planned: PlannedRollup, layout: Layout, totals: Totals, tree: Tree) -> Vector:
    rollup = planned.rollup
    if rollup.over == rollup.owner:
        totals = Totals(
            strictly_under(totals.sums, tree.parent, 0),
            strictly_under(totals.lows, tree.parent, np.inf, np.minimum),
        )
    row = layout.row[planned.tallies[0]]
    match rollup.operation:
        case Gathering.COUNT:
            return Vector(totals.sums[row].astype(np.float64))
        case Gathering.ANY:
            return Vector(totals.sums[row] > 0)
        case Gathering.SUM | Gathering.MEAN:
            known = totals.sums[layout.row[planned.tallies[1]]]
            parts = np.maximum(known, 1) if rollup.operation is Gathering.MEAN else np.ones_like(known)
            return _nullable(total_of(totals.sums[row], totals.sums[row + 1], parts), known > 0)
        case Gathering.MIN | Gathering.MAX:
            return _extreme(rollup, totals.lows[row])


def _extreme(rollup: Rollup, lows: Array) -> Vector:
    some = np.isfinite(lows)
    values = np.where(some, lows if rollup.operation is Gathering.MIN else -lows, 0)
    return _nullable(values.astype(np.int32) if rollup.type.base is Base.DATE else values, some)


def _nullable(values: Array, valid: Array) -> Vector:
    return Vector(values, None if valid.all() else valid)
