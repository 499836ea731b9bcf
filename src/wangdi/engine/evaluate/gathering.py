"""What a network's plans count, put together: figures at places and institutions, and what rules take from below."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from wangdi.engine.evaluate.columnar.results import Amounts, strictly_under
from wangdi.engine.evaluate.columnar.scoring import score
from wangdi.engine.evaluate.columnar.tallies import Category, Layout, Tallied, Totals, layout_of, total_of
from wangdi.engine.evaluate.columnar.units import Tree, Units
from wangdi.engine.evaluate.columnar.vectors import Array, Flags, Vector
from wangdi.engine.model.indicators import UNKNOWN, FigureValue, Indicator, Ratio, Scorecard
from wangdi.engine.model.rollups import Gathering, Rollup
from wangdi.engine.model.seats import TREES
from wangdi.engine.model.types import Base
from wangdi.engine.plan.plan import FromBelow, Plan, PlannedIndicator, PlannedRollup, Tally, Tallying


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
    return _nullable(np.where(has_none, numerator, quotient * indicator.factor), some)


@dataclass
class Gathered:
    """What the plans so far have counted at one moment, in both trees."""

    trees: Mapping[str, Tree]
    day: date
    _counted: dict[tuple[str, int], Tallied] = field(default_factory=dict)
    """By tree and identity of the plan; everything under a unit is included."""
    _indicators: dict[str, tuple[Plan, PlannedIndicator]] = field(default_factory=dict)
    """By name, which plan counts an indicator, and how."""
    _layouts: dict[int, Layout] = field(default_factory=dict)
    """By identity of the plan."""
    _rollups: dict[Rollup, tuple[Plan, PlannedRollup]] = field(default_factory=dict)

    def take_in(self, plan: Plan, units: Units, tallied: Tallied) -> None:
        """Adds what was counted in a partition of a plan."""
        for name, tree in self.trees.items():
            rolled = Tallied(
                _rolled(units, tree, name, tallied.totals),
                {category: _rolled(units, tree, name, part) for category, part in tallied.parts.items()},
            )
            before = self._counted.setdefault((name, id(plan)), rolled)
            if before is not rolled:
                before.add(rolled)
        self._indicators |= {planned.indicator.name: (plan, planned) for planned in plan.indicators}
        self._rollups |= {planned.rollup: (plan, planned) for planned in plan.rollups}

    def columns(self, wanted: Iterable[FromBelow]) -> dict[FromBelow, Vector]:
        """The values of roll-ups and figures for every institution or place."""
        return {one: self._value(one) for one in wanted}

    def _value(self, one: FromBelow) -> Vector:
        if isinstance(one, FigureValue):
            return self.value(one.owner, one.indicator)
        plan, planned = self._rollups[one]
        totals = self._counted[one.owner, id(plan)].totals
        return _rollup_value(planned, self._layout(plan), totals, self.trees[one.owner])

    def value(self, tree: str, indicator: Indicator) -> Vector:
        """The value of an indicator at each unit of a tree."""
        share = self.share(tree, indicator)
        return values_of(indicator, share.numerator, share.denominator)

    # -- figures ----------------------------------------------------------------------------------

    def share(self, tree: str, indicator: Indicator) -> Share:
        """An indicator at each unit of a tree."""
        measure = indicator.measure
        if isinstance(measure, Ratio):
            return _ratio(self.value(tree, measure.above), self.value(tree, measure.below))
        if isinstance(measure, Scorecard):
            values = {part: self.value(tree, part) for part in measure.parts}
            return Share(*score(measure, values, self.day))
        plan, planned = self._indicators[indicator.name]
        return share_of(planned, self._layout(plan), self._counted[tree, id(plan)].totals)

    def _layout(self, plan: Plan) -> Layout:
        """Found by the plan itself: hashing its hundreds of tallies for each figure was a fifth of a small evaluation."""
        if id(plan) not in self._layouts:
            self._layouts[id(plan)] = layout_of(plan.tallies)
        return self._layouts[id(plan)]

    def figures(self, indicators: Iterable[Indicator]) -> Figures:
        """The figures of indicators that were counted, each total followed by its breakdowns."""
        rows, shares = [], []
        for indicator in indicators:
            if all(one.name in self._indicators for one in indicator.counted):
                rows.append(FigureRow(indicator))
                shares.append({tree: self.share(tree, indicator) for tree in TREES})
                for row, parts in self._breakdown(indicator):
                    rows.append(row)
                    shares.append(parts)
        tables = []
        for tree in ("place", "institution"):
            shape = len(rows), self.trees[tree].size
            for part in ("numerator", "denominator"):
                found = [getattr(share[tree], part) for share in shares]
                tables.append(np.array(found, np.float64).reshape(shape))
        return Figures(tuple(rows), *tables)

    def _breakdown(self, indicator: Indicator) -> Iterator[tuple[FigureRow, dict[str, Share]]]:
        """A row for each category in which anybody is counted anywhere."""
        if not indicator.by:
            return
        plan, planned = self._indicators[indicator.name]
        found = {tree: self._counted[tree, id(plan)].parts for tree in self.trees}
        for dimension, slot in zip(indicator.by, planned.dimensions, strict=True):
            layout = layout_of(plan.breakdowns[slot])
            row = layout.row[planned.members]
            categories = {
                category or UNKNOWN
                for parts in found.values()
                for (at, category), part in parts.items()
                if at == slot and part.sums[row].any()
            }
            for category in sorted(categories, key=dimension.rank):
                shares = {
                    tree: share_of(planned, layout, self._part(parts, layout, slot, category, tree))
                    for tree, parts in found.items()
                }
                yield FigureRow(indicator, dimension.name, category), shares

    def _part(
        self, parts: Mapping[Category, Totals], layout: Layout, slot: int, category: str, tree: str
    ) -> Totals:
        """What was counted of a category; nulls, empty texts and a choice of that very word are one."""
        totals = layout.empty(self.trees[tree].size)
        for key in {category, "", None} if category == UNKNOWN else {category}:
            if (slot, key) in parts:
                totals.add(parts[slot, key])
        return totals


def _rolled(units: Units, tree: Tree, name: str, totals: Totals) -> Totals:
    """Totals of units as totals of places or institutions, everything under each included."""
    roll = units.by_place if name == "place" else units.by_institution
    return Totals(roll(totals.sums, tree), roll(totals.lows, tree, np.minimum))


def share_of(planned: PlannedIndicator, layout: Layout, totals: Totals) -> Share:
    """An indicator from what was counted for it, at each unit."""
    numerator = _amounts(planned.numerator, layout, totals)
    if planned.denominator is None:
        return Share(numerator, np.full(len(numerator), np.nan))
    return Share(numerator, _amounts(planned.denominator, layout, totals))


def _amounts(tally: Tally, layout: Layout, totals: Totals) -> Amounts:
    row = layout.row[tally]
    if tally.operation is not Tallying.SUM:
        amounts: Amounts = totals.sums[row].astype(np.float64)
        return amounts
    high, low = totals.sums[row], totals.sums[row + 1]
    return total_of(high, low, np.ones_like(high))


def _ratio(above: Vector, below: Vector) -> Share:
    """0 of 0 where either value is null."""
    both = above.validity & below.validity
    return Share(np.where(both, above.data, 0.0), np.where(both, below.data, 0.0))


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
