"""Facts: one value per entity, drawn from its records."""

from dataclasses import dataclass, field
from enum import Enum

from wangdi.engine.model.calendar import Duration
from wangdi.engine.model.expressions import Expression, TypeMismatch
from wangdi.engine.model.nodes import Hashed, node
from wangdi.engine.model.types import BOOLEAN, NUMBER, RECORD, Base, Type, is_exact


class Relation(Enum):
    """How a record belongs to an entity: it is about it, was done at it, or was done by it."""

    ABOUT = "about"
    AT = "at"
    BY = "by"


class Operation(Enum):
    LATEST = "latest"
    FIRST = "first"
    NTH = "nth"
    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    ANY = "any"
    MOST_PER_DAY = "most_per_day"


class Calendar(Enum):
    """Windows with edges in the calendar or in the period of the evaluation."""

    YEAR = "year"
    HALF_YEAR = "half_year"
    QUARTER = "quarter"
    MONTH = "month"
    PERIOD = "period"
    PREVIOUS_PERIOD = "previous_period"


@dataclass(frozen=True, slots=True)
class Window:
    """Which days count; at most one of the three is set, none means ever. Both edges are inside.

    ``calendar``: the calendar year, half-year, quarter or month of the day of evaluation, or the period, each through that
    day, or the whole period before it.
    ``length``: the last so many, from the day after ``as_of − length`` through ``as_of``; one that reaches before the
    year 1 has no beginning. ``since``: from a day of the entity's own through ``as_of``; null: no day counts.
    """

    calendar: Calendar | None = None
    length: Duration | None = None
    since: Expression | None = None

    def __post_init__(self) -> None:
        if sum(part is not None for part in (self.calendar, self.length, self.since)) > 1:
            raise ValueError(
                "a window is a stretch of the calendar, the period, a length, since a day, or everything"
            )
        if self.length is not None and self.length.amount <= 0:
            raise ValueError("a window's length is positive")
        if self.since is not None and self.since.type.base not in (Base.DATE, Base.NULL):
            raise TypeMismatch(f"since needs a date, but this is a {self.since.type}")


EVER = Window()


@node
class Selection(Hashed):
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


_OF: dict[Operation, tuple[Base, ...]] = {
    Operation.COUNT_DISTINCT: (Base.TEXT, Base.NUMBER, Base.DATE, Base.BOOLEAN),
    Operation.SUM: (Base.NUMBER,),
    Operation.MEAN: (Base.NUMBER,),
    Operation.MIN: (Base.NUMBER, Base.DATE),
    Operation.MAX: (Base.NUMBER, Base.DATE),
}
"""The operations that look at one value of each record, with what it may be."""

OPERATIONS_OF = frozenset(_OF)
RECORD_OPERATIONS = frozenset({Operation.LATEST, Operation.FIRST, Operation.NTH})
"""The operations that find a record, whose fields can then be named."""


@node
class Fact(Expression):
    """What is drawn from the selected records.

    ``latest``, ``first``, ``nth``: a record, by date, then id; the ``number``-th from the beginning, or from the end
    when it is negative. ``count``, ``any``: how many, whether any. ``most_per_day``: how many on the fullest day.
    The others look at ``of``, an expression over the record, passing over nulls: ``count_distinct`` how many
    different values, ``sum`` and ``mean`` on doubles added in record order, ``min``, ``max``. Of no value at all
    these four are null; counts are 0. They keep the unit of ``of``. The name and pack are for people: facts that differ
    only in them are the same fact.
    """

    operation: Operation
    selection: Selection
    pack: str = field(compare=False)
    name: str = field(compare=False)
    of: Expression | None = None
    number: int | None = None

    def __post_init__(self) -> None:
        if (self.of is not None) != (self.operation in _OF):
            raise ValueError(f"a {self.operation.value} {'needs' if self.of is None else 'takes no'} 'of'")
        if (self.number is not None) != (self.operation is Operation.NTH):
            raise ValueError(f"a {self.operation.value} {'needs' if self.number is None else 'takes no'} 'n'")
        if self.number is not None and (self.number == 0 or not is_exact(self.number)):
            raise ValueError("records are numbered 1, 2, …, or from the last one: -1, -2, …")
        if self.of is not None and self.of.type.base not in (*_OF[self.operation], Base.NULL):
            allowed = " or ".join(f"a {base.value}" for base in _OF[self.operation])
            raise TypeMismatch(f"{self.operation.value} needs {allowed}, but this is a {self.of.type}")

    @property
    def type(self) -> Type:
        if self.operation in RECORD_OPERATIONS:
            return RECORD
        if self.operation is Operation.ANY:
            return BOOLEAN
        if self.of is None or self.operation is Operation.COUNT_DISTINCT:
            return NUMBER
        return self.of.type

    @property
    def children(self) -> tuple[Expression, ...]:
        parts = (self.selection.window.since, self.selection.where, self.of)
        return tuple(part for part in parts if part is not None)


@node
class FactField(Expression):
    """A field of the record that a fact found; null when it found none."""

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


@node
class OwnerValue(Expression):
    """A value of the entity whose fact it is, inside the fact's ``where`` or ``of``: the same at each of its records."""

    expression: Expression

    @property
    def type(self) -> Type:
        return self.expression.type

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.expression,)


@node
class PreviousValue(Expression):
    """A field of the record before the one at hand, inside a fact's ``where`` or ``of``; null when there is none.

    Before: by date, then id, among the records of the same kind about the same subject, whosever fact it is.
    """

    kind: str
    name: str
    field_type: Type = field(compare=False)

    @property
    def type(self) -> Type:
        return self.field_type
