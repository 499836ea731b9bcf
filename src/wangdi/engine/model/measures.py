"""Measures: what an indicator counts, adds up, or puts together from the figures of other indicators."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from wangdi.engine.model.expressions import Expression, IsNull, Literal, Not, TypeMismatch
from wangdi.engine.model.parameters import Parameter
from wangdi.engine.model.types import NUMBER, Base, is_exact

if TYPE_CHECKING:
    from wangdi.engine.model.indicators import Indicator

EVERYBODY: Expression = Literal(True)
PERCENT = 100
"""Told in percent: only pages multiply by it, the value is the share itself."""
PER = (PERCENT, 1_000, 10_000, 100_000)
"""For how many a rate may be told."""


def _require(part: str, expression: Expression, *bases: Base) -> None:
    if expression.type.base not in bases:
        wanted = " or a ".join(base.value for base in bases)
        raise TypeMismatch(f"{part} needs a {wanted}, but this is a {expression.type}")


class Counted(ABC):
    """A measure over entities that are present: of the ``members``, those for whom ``above`` is true or its sum.

    Sums are exact: each number is rounded to six decimals, half to even, then added without error; numbers beyond 2^53
    in size are skipped, as nulls are. The sum of nothing is 0.
    """

    __slots__ = ()
    per = 1
    has_denominator = True

    @property
    @abstractmethod
    def members(self) -> Expression:
        """The condition of those who are looked at."""

    @property
    @abstractmethod
    def above(self) -> Expression:
        """What makes the numerator: a condition, or a number to add up."""

    @property
    def reached(self) -> Expression:
        """The condition of those who add to the numerator: a number that is not known adds nothing."""
        return self.above if self.above.type.base is Base.BOOLEAN else Not(IsNull(self.above))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All the measure is made from."""
        return (self.above, self.members)


@dataclass(frozen=True, slots=True)
class Proportion(Counted):
    """Of those in ``denominator``, how many are also in ``numerator``: a share from 0 to 1."""

    numerator: Expression
    denominator: Expression

    def __post_init__(self) -> None:
        _require("numerator", self.numerator, Base.BOOLEAN)
        _require("denominator", self.denominator, Base.BOOLEAN)

    @property
    def members(self) -> Expression:
        return self.denominator

    @property
    def above(self) -> Expression:
        return self.numerator


@dataclass(frozen=True, slots=True)
class Count(Counted):
    """How many a condition is true for."""

    of: Expression
    has_denominator = False

    def __post_init__(self) -> None:
        _require("count", self.of, Base.BOOLEAN)

    @property
    def members(self) -> Expression:
        return self.of

    @property
    def above(self) -> Expression:
        return EVERYBODY


@dataclass(frozen=True, slots=True)
class Sum(Counted):
    """A number added up over those for whom ``of`` is true."""

    number: Expression
    of: Expression
    has_denominator = False

    def __post_init__(self) -> None:
        _require("sum", self.number, Base.NUMBER)
        _require("of", self.of, Base.BOOLEAN)

    @property
    def members(self) -> Expression:
        return self.of

    @property
    def above(self) -> Expression:
        return self.number


@dataclass(frozen=True, slots=True)
class Mean(Counted):
    """The average of a number among those for whom ``of`` is true and the number is known: their sum by their count."""

    number: Expression
    of: Expression

    def __post_init__(self) -> None:
        _require("mean", self.number, Base.NUMBER)
        _require("of", self.of, Base.BOOLEAN)

    @property
    def members(self) -> Expression:
        return self.of

    @property
    def above(self) -> Expression:
        return self.number


@dataclass(frozen=True, slots=True)
class Rate(Counted):
    """As a proportion, told in percent, per 1,000 or more. Each part is a condition to count or a number to add up.

    A denominator that is a condition decides who is looked at; with a number as denominator, everybody is.
    """

    numerator: Expression
    denominator: Expression
    per: int

    def __post_init__(self) -> None:
        _require("numerator", self.numerator, Base.BOOLEAN, Base.NUMBER)
        _require("denominator", self.denominator, Base.BOOLEAN, Base.NUMBER)
        if self.per not in PER:
            raise ValueError(f"a rate is told per {', '.join(map(str, PER))}, not per {self.per}")

    @property
    def members(self) -> Expression:
        return self.denominator if self.denominator.type.base is Base.BOOLEAN else EVERYBODY

    @property
    def above(self) -> Expression:
        return self.numerator

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (self.numerator, self.denominator)


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
class Amount:
    """A number that policy sets: written down, or a dated parameter."""

    given: float | Parameter

    def __post_init__(self) -> None:
        if isinstance(self.given, Parameter):
            if self.given.type != NUMBER:
                raise TypeMismatch(f"a number is needed here, but '{self.given.name}' is a {self.given.type}")
        elif not is_exact(self.given):
            raise ValueError("the number is too large to be computed with exactly")

    def on(self, day: date) -> float | None:
        """The number in force on a day; None where the parameter has none."""
        if not isinstance(self.given, Parameter):
            return float(self.given)
        value = self.given.value_on(day)
        return float(value) if isinstance(value, int | float) else None

    @property
    def ever(self) -> tuple[float, ...]:
        """Every number it is or was."""
        if not isinstance(self.given, Parameter):
            return (float(self.given),)
        return tuple(
            float(dated.value) for dated in self.given.values if isinstance(dated.value, int | float)
        )


@dataclass(frozen=True, slots=True)
class Proportional:
    """No points at ``zero`` and beyond, the full weight from ``full`` on, in between in proportion."""

    zero: Amount
    full: Amount

    @property
    def amounts(self) -> tuple[Amount, ...]:
        return (self.zero, self.full)


@dataclass(frozen=True, slots=True)
class FullOrZero:
    """The full weight from ``full`` on, else nothing."""

    full: Amount

    @property
    def amounts(self) -> tuple[Amount, ...]:
        return (self.full,)


@dataclass(frozen=True, slots=True)
class Band:
    """The points for a value that reaches a threshold."""

    threshold: Amount
    points: Amount


@dataclass(frozen=True, slots=True)
class Bands:
    """The points of the first band whose threshold is reached; nothing when none is."""

    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        if not self.bands:
            raise ValueError("bands are one or more pairs of a threshold and points")

    @property
    def amounts(self) -> tuple[Amount, ...]:
        return tuple(amount for band in self.bands for amount in (band.threshold, band.points))


ScoringRule = Proportional | FullOrZero | Bands


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
