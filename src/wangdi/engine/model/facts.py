"""Facts: one value per entity, drawn from its records."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from wangdi.engine.model.calendar import Duration, shift
from wangdi.engine.model.expressions import Expression, TypeMismatch
from wangdi.engine.model.types import BOOLEAN, NUMBER, RECORD, Base, Type


class Relation(Enum):
    """How a record belongs to an entity: it is about it, was done at it, or was done by it."""

    ABOUT = "about"
    AT = "at"
    BY = "by"


class Operation(Enum):
    LATEST = "latest"
    FIRST = "first"
    COUNT = "count"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Window:
    """Which days count. All windows end on the day of evaluation, that day included.

    Ever: neither set. Calendar year: ``calendar`` is "year". Period: "period" (from the period's first day).
    Otherwise the last ``length``, from the day after ``as_of − length``; one that reaches before the year 1 has no
    beginning.
    """

    calendar: str | None = None
    length: Duration | None = None

    def __post_init__(self) -> None:
        if self.calendar not in (None, "year", "period") or (self.calendar and self.length):
            raise ValueError("a window is a calendar year, the period, a length, or everything")
        if self.length is not None and self.length.amount <= 0:
            raise ValueError("a window's length is positive")

    def first_day(self, as_of: date, period_start: date) -> date | None:
        """The first day inside; None when there is no beginning."""
        if self.calendar == "year":
            return date(as_of.year, 1, 1)
        if self.calendar == "period":
            return period_start
        if self.length is None:
            return None
        try:
            return shift(as_of, self.length, -1) + timedelta(days=1)
        except (OverflowError, ValueError):
            return None

    def __str__(self) -> str:
        return self.calendar or (str(self.length) if self.length else "ever")


EVER = Window()


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records a fact looks at: of one kind, belonging in one way, inside a window, for which ``where`` is true.

    Only current versions that are not void and happened on or before the day of evaluation are ever seen.
    """

    kind: str
    relation: Relation
    window: Window
    where: Expression | None

    def __post_init__(self) -> None:
        if self.where is not None and self.where.type.base not in (Base.BOOLEAN, Base.NULL):
            raise TypeMismatch(f"where needs a true/false, but this is a {self.where.type}")


_RESULTS = {
    Operation.LATEST: RECORD,
    Operation.FIRST: RECORD,
    Operation.COUNT: NUMBER,
    Operation.ANY: BOOLEAN,
}


@dataclass(frozen=True, slots=True)
class Fact(Expression):
    """What is drawn from the selected records: the latest or first one (by date, then record id), how many, whether any.

    The name and pack are for people: facts that differ only in them are the same fact.
    """

    operation: Operation
    selection: Selection
    pack: str = field(compare=False)
    name: str = field(compare=False)

    @property
    def type(self) -> Type:
        return _RESULTS[self.operation]

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.selection.where,) if self.selection.where is not None else ()


@dataclass(frozen=True, slots=True)
class FactField(Expression):
    """A field of the record that a ``latest`` or ``first`` fact found; null when it found none."""

    fact: Fact
    field_name: str
    field_type: Type = field(compare=False)

    def __post_init__(self) -> None:
        if self.fact.type.base is not Base.RECORD:
            raise TypeMismatch(f"'{self.fact.name}' is a {self.fact.type}, not a record, so it has no fields")

    @property
    def type(self) -> Type:
        return self.field_type

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.fact,)
