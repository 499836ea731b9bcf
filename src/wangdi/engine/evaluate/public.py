"""Figures for the public: small numbers hidden, so that nobody can be recognised in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from wangdi.engine.evaluate.columnar.results import Amounts
from wangdi.engine.evaluate.columnar.vectors import Array, Flags
from wangdi.engine.evaluate.gathering import FigureRow, Figures
from wangdi.engine.model.indicators import Indicator, Ratio
from wangdi.engine.model.measures import Counted, Mean, Rate, Sum
from wangdi.engine.model.types import Base


def public(figures: Figures, day: date) -> Figures:
    """The figures without small numbers, by the threshold of each indicator (``suppress_below``) on a day.

    A cell is hidden (numerator and denominator NaN) where it counts more than nobody, but fewer than the threshold: in
    the numerator or in the denominator. Where that hides one category of a breakdown at a unit, the next smallest that
    counts anybody is hidden as well, since the total would tell the one. A ratio is hidden where a part of it is.
    Not prevented: working a hidden cell out from places under one another, or from several indicators.
    """
    tables = []
    for tree in ("place", "institution"):
        numerators, denominators = figures.at(tree)
        hidden = _Suppression(figures.rows, numerators, denominators, day).hidden()
        tables += [np.where(hidden, np.nan, numerators), np.where(hidden, np.nan, denominators)]
    return Figures(figures.rows, *tables)


@dataclass(frozen=True)
class _Suppression:
    """What is hidden of the figures (rows × units) of one tree."""

    rows: Sequence[FigureRow]
    numerators: Amounts
    denominators: Amounts
    day: date

    def hidden(self) -> Flags:
        """Rows × units."""
        found = np.zeros(self.numerators.shape, np.bool_)
        for number, row in enumerate(self.rows):
            found[number] = self._small(row.indicator, number)
        for numbers in self._breakdowns().values():
            found[numbers] |= self._second(numbers, found[numbers])
        totals = {row.indicator: found[number] for number, row in enumerate(self.rows) if row.is_total}
        for number, row in enumerate(self.rows):
            found[number] |= _through_parts(row.indicator, totals)
        return found

    def _small(self, indicator: Indicator, number: int) -> Flags:
        threshold = indicator.suppress_below.on(self.day) if indicator.suppress_below is not None else None
        small = np.zeros(self.numerators.shape[1], np.bool_)
        if threshold is not None:
            for count in self._counts(indicator, number):
                small |= (count > 0) & (count < threshold)
        return small

    def _counts(self, indicator: Indicator, number: int) -> list[Array]:
        """Those parts of a figure that count somebody, the one that counts most people last."""
        numerator, denominator = self.numerators[number], self.denominators[number]
        return [
            part
            for part, counts in zip((numerator, denominator), _counting(indicator), strict=True)
            if counts
        ]

    def _breakdowns(self) -> Mapping[tuple[str, str], list[int]]:
        """The rows of each breakdown."""
        found: dict[tuple[str, str], list[int]] = {}
        for number, row in enumerate(self.rows):
            if not row.is_total and self._counts(row.indicator, number):
                found.setdefault((row.indicator.name, row.dimension), []).append(number)
        return found

    def _second(self, numbers: list[int], hidden: Flags) -> Flags:
        """The next smallest category where just one is hidden."""
        size = np.array([self._counts(self.rows[n].indicator, n)[-1] for n in numbers])
        size = np.where(hidden | (size == 0), np.inf, size)
        smallest = np.arange(len(numbers))[:, None] == np.argmin(size, axis=0)
        alone = hidden.sum(axis=0) == 1
        flags: Flags = smallest & alone & np.isfinite(size)
        return flags


def is_small(indicator: Indicator, numerator: float, denominator: float | None, day: date) -> bool:
    """Whether a single cell is hidden from the public on a day because it counts too few."""
    limit = indicator.suppress_below.on(day) if indicator.suppress_below is not None else None
    if limit is None:
        return False
    parts = zip((numerator, denominator), _counting(indicator), strict=True)
    return any(counts and part is not None and 0 < part < limit for part, counts in parts)


def hidden_parts(indicator: Indicator, parts: Sequence[tuple[float, float | None]], day: date) -> list[bool]:
    """Which categories of one breakdown (numerators and denominators) are hidden: small ones, and never just one."""
    hidden = [is_small(indicator, *part, day) for part in parts]
    if sum(hidden) == 1:
        counts = _counting(indicator)
        sizes = [below if counts[1] and below is not None else above for above, below in parts]
        others = [n for n, size in enumerate(sizes) if size and not hidden[n]]
        if others:
            hidden[min(others, key=lambda n: sizes[n])] = True
    return hidden


def _counting(indicator: Indicator) -> tuple[bool, bool]:
    """Whether the numerator and the denominator count entities, rather than add up numbers."""
    measure = indicator.measure
    if not isinstance(measure, Counted) or isinstance(measure, Sum):
        return False, False
    if isinstance(measure, Mean):
        return False, True
    by_condition = not isinstance(measure, Rate) or measure.denominator.type.base is Base.BOOLEAN
    return measure.above.type.base is Base.BOOLEAN, measure.has_denominator and by_condition


def _through_parts(indicator: Indicator, totals: Mapping[Indicator, Flags]) -> Flags | bool:
    """Where a part of a ratio is hidden, of which the ratio would tell."""
    if not isinstance(indicator.measure, Ratio):
        return False
    hidden: Flags | bool = False
    for part in indicator.measure.parts:
        hidden = hidden | totals.get(part, False) | _through_parts(part, totals)
    return hidden
