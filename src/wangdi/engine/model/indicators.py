"""Indicators: figures over a group, at every place and institution."""

from dataclasses import dataclass
from enum import Enum

from wangdi.engine.model.expressions import Expression, TypeMismatch
from wangdi.engine.model.parameters import Parameter
from wangdi.engine.model.seats import TREES, has_seat
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import NUMBER, Base, Type


class Better(Enum):
    HIGHER = "higher"
    LOWER = "lower"


class Span(Enum):
    """What period a figure tells about."""

    YEAR_TO_DATE = "year_to_date"
    ON_THE_DAY = "on_the_day"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A proportion: of the entities in ``denominator``, how many are also in ``numerator``.

    Both are conditions on ``entity``; who is not present on the day counts in neither. ``target`` is in the unit of
    the value: for a proportion a share from 0 to 1.
    """

    pack: str
    name: str
    title: Text
    entity: str
    numerator: Expression
    denominator: Expression
    span: Span
    better: Better
    target: Parameter | None
    definition: Text | None
    cumulative: Text | None = None
    """Why the figure adds up over all years, where it does."""
    per: int = 1
    """For how many of the denominator the value is told."""

    def __post_init__(self) -> None:
        for part, expression in (("numerator", self.numerator), ("denominator", self.denominator)):
            if expression.type.base is not Base.BOOLEAN:
                raise TypeMismatch(f"the {part} needs a true/false, but this is a {expression.type}")
        if self.target is not None and self.target.type != NUMBER:
            raise TypeMismatch("a target is a number")
        if self.per < 1:
            raise ValueError("a value is told for one or more of the denominator")

    def value(self, numerator: float, denominator: float | None) -> float | None:
        """What a figure comes to: the numerator where the measure has no denominator; None where that is 0."""
        if denominator is None:
            return numerator
        return numerator / denominator * self.per if denominator else None


@dataclass(frozen=True, slots=True)
class FigureValue(Expression):
    """The value of an indicator at the institution or place that a rule is about (``owner``), as it is published.

    Null where the indicator has no value, as with nobody in the denominator.
    """

    owner: str
    indicator: Indicator

    def __post_init__(self) -> None:
        if self.owner not in TREES:
            raise TypeMismatch(f"figures belong to institutions and places, not to a {self.owner}")
        if not has_seat(self.indicator.entity, self.owner):
            raise TypeMismatch(f"entity '{self.indicator.entity}' is not counted at entity '{self.owner}'")

    @property
    def type(self) -> Type:
        return NUMBER

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.indicator.numerator, self.indicator.denominator)
