"""Indicators: figures at every place and institution, counted or put together from other figures."""

from dataclasses import dataclass
from enum import Enum

from wangdi.engine.model.expressions import Expression, TypeMismatch
from wangdi.engine.model.measures import PER, PERCENT, Count, Counted, Sum
from wangdi.engine.model.nodes import node
from wangdi.engine.model.parameters import Parameter
from wangdi.engine.model.scoring import Amount, Bands, ScoringRule
from wangdi.engine.model.seats import TREES, has_seat
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import NUMBER, Base, Type

UNKNOWN = "unknown"
"""The category of those of whom a dimension is not known."""


class Better(Enum):
    HIGHER = "higher"
    LOWER = "lower"


class Span(Enum):
    """What period a figure tells about."""

    YEAR_TO_DATE = "year_to_date"
    ON_THE_DAY = "on_the_day"


@dataclass(frozen=True, slots=True)
class Dimension:
    """By what a figure is broken down: ``category``, a text about the entity, says to which part somebody belongs.

    ``order`` holds the categories that are known beforehand, as screens list them.
    """

    name: str
    category: Expression
    order: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.category.type.base is not Base.TEXT:
            raise TypeMismatch(
                f"a breakdown needs a text or a choice, but '{self.name}' is a {self.category.type}"
            )

    def rank(self, category: str) -> tuple[bool, int, str]:
        """Sorts categories: those known beforehand in their order, others by text, unknown last."""
        place = self.order.index(category) if category in self.order else len(self.order)
        return category == UNKNOWN, place, category


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure at every place and institution, everything under it included.

    Counted are entities of the register ``entity``: those present on the day to whom the pack applies. Indicators put
    together from others rest on what these count; their ``entity`` is that of the first. ``target`` is in the unit of
    the value: for a proportion, and for all that is told in percent, a share such as 0.77.
    """

    pack: str
    name: str
    title: Text
    entity: str
    measure: "Measure"
    span: Span
    better: Better
    target: Parameter | None
    definition: Text | None
    cumulative: Text | None = None
    """Why the figure adds up over all years, where it does."""
    by: tuple[Dimension, ...] = ()
    """Breakdowns, each by one dimension; the total is always there."""
    suppress_below: Amount | None = None
    """Cells of fewer are hidden from the public."""
    target_level: str | None = None
    """The level of places that the target is for; None: every place and institution."""

    def __post_init__(self) -> None:
        if self.target is not None and self.target.type != NUMBER:
            raise TypeMismatch("a target is a number")
        if self.target is not None and self.adds_up and self.target_level is None:
            raise ValueError(
                "what is counted is not as many in a village as in a province: name the level of places that the target is"
                " for with target_level"
            )
        if self.by and not isinstance(self.measure, Counted):
            raise ValueError("a figure put together from others has no breakdown: give it to those")
        counts = isinstance(self.measure, Counted) and not isinstance(self.measure, Sum)
        if self.suppress_below is not None and not counts:
            raise ValueError("the figure counts nobody, so that no small number can be hidden in it")

    @property
    def adds_up(self) -> bool:
        """Whether the figure of a place is that of its parts together, so that a target of one is none of another."""
        return isinstance(self.measure, Count | Sum)

    @property
    def factor(self) -> int:
        """By what the quotient is multiplied to be the value: 1 for a share, told in percent or not."""
        return 1 if self.measure.per == PERCENT else self.measure.per

    @property
    def counted(self) -> "tuple[Indicator, ...]":
        """The indicators that count something, on which this one rests: itself, or those it is put together from."""
        if isinstance(self.measure, Counted):
            return (self,)
        return tuple(dict.fromkeys(one for part in self.measure.parts for one in part.counted))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All that is looked at for the figure, without breakdowns."""
        if isinstance(self.measure, Counted):
            return self.measure.expressions
        return tuple(expression for one in self.counted for expression in one.expressions)

    def value(self, numerator: float, denominator: float | None) -> float | None:
        """What a figure comes to: the numerator where the measure has no denominator; None where that is 0."""
        if denominator is None:
            return numerator
        return numerator / denominator * self.factor if denominator else None


# -- put together from other figures ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ratio:
    """The value of one indicator by that of another, at the same place or institution; null where either is null."""

    above: "Indicator"
    below: "Indicator"
    per: int = 1

    def __post_init__(self) -> None:
        if self.per not in (1, *PER):
            raise ValueError(f"a ratio is told per {', '.join(map(str, PER))}, not per {self.per}")

    @property
    def parts(self) -> tuple["Indicator", ...]:
        return (self.above, self.below)

    @property
    def has_denominator(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """The points that an indicator's value is worth, at most ``weight``.

    A value reaches a threshold when it is as good or better, in the direction that is better for the indicator. A line
    is not applicable where the indicator has no value, or on days on which one of its amounts has none.
    """

    indicator: "Indicator"
    weight: Amount
    rule: ScoringRule

    def __post_init__(self) -> None:
        if any(weight <= 0 for weight in self.weight.ever):
            raise ValueError(f"the weight of '{self.indicator.name}' is above 0")
        if isinstance(self.rule, Bands) and isinstance(self.weight.given, int | float):
            points = [found for band in self.rule.bands for found in band.points.ever]
            if any(not 0 <= one <= self.weight.given for one in points):
                raise ValueError(f"the points of a band lie between 0 and the weight, {self.weight.given:g}")

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """All numbers it rests on, which must be in force."""
        return (self.weight, *self.rule.amounts)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Points for the values of other indicators, by the points that could be had: lines not applicable count in neither."""

    lines: tuple[ScoreLine, ...]

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError("a scorecard has one line or more")

    @property
    def parts(self) -> tuple["Indicator", ...]:
        return tuple(line.indicator for line in self.lines)

    @property
    def per(self) -> int:
        return 1

    @property
    def has_denominator(self) -> bool:
        return True


Composed = Ratio | Scorecard
Measure = Counted | Composed


@node
class FigureValue(Expression):
    """The value of an indicator at the institution or place that a rule is about (``owner``), as it is published.

    Null where the indicator has no value, as with nobody in the denominator.
    """

    owner: str
    indicator: Indicator

    def __post_init__(self) -> None:
        if self.owner not in TREES:
            raise TypeMismatch(f"figures belong to institutions and places, not to a {self.owner}")
        for one in self.indicator.counted:
            if not has_seat(one.entity, self.owner):
                raise TypeMismatch(f"entity '{one.entity}' is not counted at entity '{self.owner}'")

    @property
    def type(self) -> Type:
        return NUMBER

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.indicator.expressions
