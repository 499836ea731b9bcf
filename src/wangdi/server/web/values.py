"""How the value of an indicator is written and drawn: in percent, for every so many, in points, or as it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import isfinite

from wangdi.engine.handbook.vocabulary import ENGLISH_UNITS
from wangdi.engine.model.indicators import Indicator, Ratio, Scorecard
from wangdi.engine.model.measures import PERCENT, Count, Mean, Proportion, Rate, Sum
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import Base
from wangdi.server.web.charts import SHARES, Axis
from wangdi.server.web.words import NOTHING, say, wording


@dataclass(frozen=True, slots=True)
class Scale:
    """A value is shown times ``factor`` with its ``unit`` after it. ``step`` is the unit of a difference.

    ``decimals`` None: as many as the number needs. ``axis``: how charts draw it.
    """

    factor: float
    unit: Text | None
    step: Text | None
    axis: Axis
    decimals: int | None = 1

    def written(self, value: float | None) -> str:
        """With its unit; ``—`` for none."""
        return NOTHING if value is None else f"{self._number(value)}{_said(self.unit)}"

    def difference(self, one: float, other: float) -> str:
        """How far two values are apart, with the unit of differences; what rounds to nothing is below the least shown."""
        apart = abs(one - other)
        return f"{self._least(apart) or self._number(apart)}{_said(self.step)}"

    def _number(self, value: float) -> str:
        shown = value * self.factor
        return amount(shown) if self.decimals is None else f"{shown:,.{self.decimals}f}"

    def _least(self, apart: float) -> str:
        """``不到 0.1`` for a difference that is there and would read 0.0."""
        decimals = self.decimals or 2
        least = 10**-decimals
        return (
            say("不到 {least}", "under {least}", least=f"{least:.{decimals}f}")
            if 0 < apart * self.factor < least / 2
            else ""
        )


def _said(unit: Text | None) -> str:
    return wording(unit) if unit else ""


def amount(number: float) -> str:
    """Whole numbers whole, others with as many decimals as tell them apart: ``1,204``, ``128.5``, ``0.83``."""
    if number == int(number):
        return f"{number:,.0f}"
    return f"{number:,.1f}" if abs(number) >= 10 else f"{number:,.2f}"


SHARE = Scale(100, Text("%", "%"), Text(" 个百分点", " points"), SHARES)
PERCENTAGE = replace(SHARE, axis=Axis(".1~%"))
"""Of one number by another, which may be more than all of it."""
POINTS = Scale(100, Text(" 分", " points"), Text(" 分", " points"), Axis(",~f", 6, 100, 100))
PLAIN = Scale(1, None, None, Axis(), decimals=None)
_PEOPLE: Mapping[int, Text] = {
    1_000: Text(" / 千人", " per 1,000"),
    10_000: Text(" / 万人", " per 10,000"),
    100_000: Text(" / 10 万人", " per 100,000"),
}
_THINGS: Mapping[int, Text] = {
    1_000: Text(" / 千", " per 1,000"),
    10_000: Text(" / 万", " per 10,000"),
    100_000: Text(" / 10 万", " per 100,000"),
}
_PERSON = "人"


def rate(per: int, *, of_people: bool = True) -> Scale:
    """Of a rate for every 1,000, 10,000 or 100,000."""
    unit = (_PEOPLE if of_people else _THINGS)[per]
    return Scale(1, unit, unit, Axis())


def plain(unit: str | None) -> Scale:
    """Of a number with its unit, if it has one that is known."""
    if unit is None:
        return PLAIN
    words = Text(f" {unit}", f" {ENGLISH_UNITS.get(unit, unit)}")
    return Scale(1, words, words, Axis(), decimals=None)


def scale_of(indicator: Indicator) -> Scale:
    """The scale an indicator's values and targets are written in."""
    match indicator.measure:
        case Proportion():
            return SHARE
        case Rate(above, below, per=per) if per == PERCENT:
            return SHARE if {above.type.base, below.type.base} == {Base.BOOLEAN} else PERCENTAGE
        case Ratio(per=per) if per == PERCENT:
            return PERCENTAGE
        case Scorecard():
            return POINTS
        case Rate(per=per, denominator=below):
            counts_people = below.type.base is Base.BOOLEAN and indicator.entity == "resident"
            return rate(per, of_people=counts_people or below.type.unit == _PERSON)
        case Sum(number=number) | Mean(number=number):
            return plain(number.type.unit)
        case Ratio(below=below, per=per) if per > 1:
            return rate(per, of_people=_counts_people(below))
        case _:
            return PLAIN


def _counts_people(indicator: Indicator) -> bool:
    """Whether a figure is a number of people: residents counted, or something measured in them."""
    match indicator.measure:
        case Sum(number=number):
            return number.type.unit == _PERSON
        case Count():
            return indicator.entity == "resident"
        case _:
            return False


def bar_top(indicator: Indicator, values: Iterable[float | None]) -> float:
    """The value of a full bar: the highest there can be, or else the highest there is."""
    axis = scale_of(indicator).axis
    if isfinite(axis.top):
        return axis.top / axis.factor
    return max((value for value in values if value is not None), default=0) or 1
