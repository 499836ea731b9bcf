"""Roll-ups and figures in plain Python: everybody below, one after another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wangdi.engine.evaluate.reference.asked import Evaluator
from wangdi.engine.evaluate.reference.scoring import score
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.indicators import UNKNOWN, Indicator, Measure, Ratio, Scorecard
from wangdi.engine.model.measures import Count, Counted, Mean, Proportion, Rate, Sum
from wangdi.engine.model.rollups import SCALE, Gathering, Rollup
from wangdi.engine.model.types import LARGEST_WHOLE, Base


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator at a place or institution, everything under it included."""

    indicator: Indicator
    numerator: float
    denominator: float | None

    @property
    def value(self) -> float | None:
        return self.indicator.value(self.numerator, self.denominator)


class Below(Protocol):
    """Roll-ups and figures that were gathered by other means, with the same meaning."""

    def knows(self, tree: str, code: str) -> bool:
        """Whether a place or institution was there when they were."""

    def ahead(self, expressions: Iterable[Expression]) -> None:
        """These are about to be asked for."""

    def rollup(self, rollup: Rollup, code: str) -> Any:
        """The value of a roll-up at a place or institution."""

    def figure(self, indicator: Indicator, tree: str, code: str) -> Figure:
        """An indicator at a place or institution."""


def rollup_value(evaluator: Evaluator, rollup: Rollup) -> Any:
    """What a roll-up comes to for the evaluator's entity."""
    below = [
        other
        for other in evaluator.present_below(rollup.over, rollup.owner, evaluator.code)
        if rollup.over != rollup.owner or other.code != evaluator.code
    ]
    if rollup.operation is Gathering.COUNT:
        return sum(other.is_true(rollup.of) for other in below)
    if rollup.operation is Gathering.ANY:
        return any(other.is_true(rollup.of) for other in below)
    values = [value for other in below if (value := other.value(rollup.of)) is not None]
    if rollup.operation is Gathering.MIN:
        return min(values, default=None)
    if rollup.operation is Gathering.MAX:
        return max(values, default=None)
    return _added(values, mean=rollup.operation is Gathering.MEAN)


def _added(values: Sequence[float], *, mean: bool) -> float | None:
    """The sum (or mean), exact for numbers of six decimals; those too large to be added exactly are skipped."""
    fine = [value for value in values if abs(value) <= LARGEST_WHOLE]
    if not fine:
        return None
    millionths = sum(round(float(value) * SCALE) for value in fine)
    return millionths / ((len(fine) if mean else 1) * SCALE)


# -- figures ----------------------------------------------------------------------------------------


def figure_at(evaluator: Evaluator, indicator: Indicator, tree: str, code: str) -> Figure:
    """An indicator at a place or institution."""
    measure = indicator.measure
    if isinstance(measure, Ratio):
        above, below = (
            figure_at(evaluator, part, tree, code).value for part in (measure.above, measure.below)
        )
        if above is None or below is None:
            return Figure(indicator, 0, 0)
        return Figure(indicator, above, below)
    if isinstance(measure, Scorecard):
        values = [figure_at(evaluator, line.indicator, tree, code).value for line in measure.lines]
        return Figure(indicator, *score(measure, values, evaluator.moment.as_of))
    return figure_of(indicator, evaluator.present_below(indicator.entity, tree, code))


def figure_of(indicator: Indicator, present: Iterable[Evaluator]) -> Figure:
    """What an indicator counts among some of those who are present."""
    measure = indicator.measure
    concerned = [one for one in present if one.is_concerned(indicator.pack)]
    match measure:
        case Proportion(numerator, denominator):
            among = _those(denominator, concerned)
            return Figure(indicator, len(_those(numerator, among)), len(among))
        case Count(of):
            return Figure(indicator, len(_those(of, concerned)), None)
        case Sum(number, of):
            return Figure(indicator, _sum(number, _those(of, concerned)), None)
        case Mean(number, of):
            among = _those(of, concerned)
            return Figure(indicator, _sum(number, among), len(_numbers(number, among)))
        case Rate(numerator, denominator):
            by_number = denominator.type.base is Base.NUMBER
            among = concerned if by_number else _those(denominator, concerned)
            return Figure(indicator, _amount(numerator, among), _amount(denominator, among))
        case _:
            raise TypeError(f"{indicator.name!r} counts nobody itself")


def breakdown_at(
    evaluator: Evaluator, indicator: Indicator, tree: str, code: str
) -> dict[tuple[str, str], Figure]:
    """By dimension and category: those parts of an indicator in which anybody is counted at a place or institution."""
    found = {}
    for dimension in indicator.by:
        parts: dict[str, list[Evaluator]] = {}
        for one in evaluator.present_below(indicator.entity, tree, code):
            if one.is_concerned(indicator.pack) and one.is_true(_members(indicator.measure)):
                category = one.value(dimension.category) or UNKNOWN
                parts.setdefault(category, []).append(one)
        for category, members in parts.items():
            found[dimension.name, category] = figure_of(indicator, members)
    return found


def _members(measure: Measure) -> Expression:
    if not isinstance(measure, Counted):
        raise TypeError("a measure put together from others counts nobody itself")
    return measure.members


def _those(condition: Expression, among: Sequence[Evaluator]) -> list[Evaluator]:
    return [one for one in among if one.is_true(condition)]


def _amount(part: Expression, among: Sequence[Evaluator]) -> float:
    """How many a condition is true for, or the sum of a number."""
    return len(_those(part, among)) if part.type.base is Base.BOOLEAN else _sum(part, among)


def _numbers(number: Expression, among: Sequence[Evaluator]) -> list[float]:
    """The numbers that are known and can be added exactly."""
    values = (one.value(number) for one in among)
    return [value for value in values if value is not None and abs(value) <= LARGEST_WHOLE]


def _sum(number: Expression, among: Sequence[Evaluator]) -> float:
    return _added(_numbers(number, among), mean=False) or 0.0
