"""What lies below, for an evaluator that looks at one place or institution: gathered by columns, as for the figures.

One after another, the residents of a county take the reference evaluator hours. So it explains the top, and what a rule
takes from below is the very number that the columnar evaluator makes the figures of; a spec test compares both ways.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any

from wangdi.engine.evaluate.columnar.values import value_at
from wangdi.engine.evaluate.gathering import Gathered, Share
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network
from wangdi.engine.evaluate.reference.drawing import number
from wangdi.engine.evaluate.reference.gathering import Figure
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.indicators import FigureValue, Indicator, Ratio, Scorecard
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.plan.plan import FromBelow
from wangdi.engine.plan.stages import from_below


@dataclass
class GatheredBelow:
    """Roll-ups and figures of a network at a moment; each is gathered once, when it is first asked for, and kept."""

    network: Network
    moment: Moment
    _rollups: dict[Rollup, Gathered] = field(default_factory=dict)
    _figures: dict[str, Gathered] = field(default_factory=dict)
    _gathering: Lock = field(default_factory=Lock)

    def knows(self, tree: str, code: str) -> bool:
        """Whether the place or institution is in the network."""
        return code in self._positions[tree]

    def ahead(self, expressions: Iterable[Expression]) -> None:
        """Gathers what all of them take from below in one pass over the records, instead of one for each."""
        self._gather(list(dict.fromkeys(from_below(expressions))))

    def rollup(self, rollup: Rollup, code: str) -> Any:
        """Its value at one place or institution."""
        self._gather([rollup])
        column = self._rollups[rollup].columns([rollup])[rollup]
        value = value_at(column, rollup.type.base, self._positions[rollup.owner][code])
        return number(value) if isinstance(value, float) else value

    def figure(self, indicator: Indicator, tree: str, code: str) -> Figure:
        """An indicator at one place or institution."""
        self._gather([FigureValue(tree, indicator)])
        share: Share = self._figures[indicator.name].share(tree, indicator)
        at = self._positions[tree][code]
        numerator, denominator = float(share.numerator[at]), float(share.denominator[at])
        return Figure(indicator, numerator, None if denominator != denominator else denominator)

    @cached_property
    def _positions(self) -> dict[str, dict[str, int]]:
        tables = {"place": self.network.places, "institution": self.network.institutions}
        return {
            tree: {code: at for at, code in enumerate(table["code"].to_pylist())}
            for tree, table in tables.items()
        }

    def _gather(self, wanted: list[FromBelow]) -> None:
        with self._gathering:
            lacking = [one for one in wanted if not self._has(one)]
            if not lacking:
                return
            gathered = self.network.gathered(lacking, self.moment)
            for one in lacking:
                if isinstance(one, Rollup):
                    self._rollups[one] = gathered
                else:
                    self._figures |= dict.fromkeys(_names(one.indicator), gathered)

    def _has(self, one: FromBelow) -> bool:
        return one in self._rollups if isinstance(one, Rollup) else one.indicator.name in self._figures


def _names(indicator: Indicator) -> Iterable[str]:
    """The indicator and all that it is put together from."""
    yield indicator.name
    measure = indicator.measure
    for part in measure.parts if isinstance(measure, Ratio | Scorecard) else ():
        yield from _names(part)
