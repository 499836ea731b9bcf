"""Measures: what an indicator counts or adds up, over entities that are present."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from wangdi.engine.model.expressions import Expression, IsNull, Literal, Not, TypeMismatch
from wangdi.engine.model.types import Base

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
