"""Roll-ups and figures in plain Python: everybody below, one after another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.rollups import SCALE, Gathering, Rollup
from wangdi.engine.model.types import LARGEST_WHOLE


class Evaluator(Protocol):
    """An evaluator of one entity that knows those below it."""

    @property
    def code(self) -> str: ...

    def value(self, node: Expression) -> Any: ...

    def is_true(self, condition: Expression) -> bool: ...

    def is_concerned(self, pack: str) -> bool: ...

    def present_below(self, entity: str, tree: str, code: str) -> Iterator["Evaluator"]: ...


@dataclass(frozen=True, slots=True)
class Counted:
    """What an indicator counts at a place or institution, everything under it included."""

    indicator: Indicator
    numerator: float
    denominator: float | None

    @property
    def value(self) -> float | None:
        return self.indicator.value(self.numerator, self.denominator)


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


def figure_at(evaluator: Evaluator, indicator: Indicator, tree: str, code: str) -> Counted:
    """An indicator at a place or institution."""
    concerned = [
        one
        for one in evaluator.present_below(indicator.entity, tree, code)
        if one.is_concerned(indicator.pack) and one.is_true(indicator.denominator)
    ]
    reached = sum(one.is_true(indicator.numerator) for one in concerned)
    return Counted(indicator, reached, len(concerned))
