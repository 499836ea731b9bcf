"""Result sheets: what a record tells the person it is about, in plain words, to be printed and kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from wangdi.engine.model.expressions import Expression, TypeMismatch
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import Base

UNSPEAKABLE = (Base.RECORD,)
"""What no sentence can tell."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text whose names in braces stand for expressions about the record (``slots``, by what stands in the braces)."""

    text: Text
    slots: tuple[tuple[str, Expression], ...] = ()

    def __post_init__(self) -> None:
        for name, expression in self.slots:
            if expression.type.base in UNSPEAKABLE:
                raise TypeMismatch(f"{{{name}}} is a {expression.type}, which no sentence can tell")


class Judgement(Enum):
    """How a result lies to what is usual. `USUAL`: none of the declared conditions is true, and all are known."""

    HIGH = "high"
    LOW = "low"
    NOTABLE = "notable"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Row:
    """One result. It is left out where all that it shows is unknown.

    ``limits`` says what is usual. The first true one of ``high``, ``low`` and ``notable`` judges the result; where none is
    declared it is shown without a judgement. ``unit`` is that of the field it shows alone.
    """

    title: Text
    shows: Wording
    unit: str | None = None
    limits: Wording | None = None
    high: Expression | None = None
    low: Expression | None = None
    notable: Expression | None = None

    def __post_init__(self) -> None:
        for condition in (self.high, self.low, self.notable):
            require_condition(condition)

    @property
    def judges(self) -> tuple[tuple[Judgement, Expression], ...]:
        """The declared conditions, in the order in which they are asked."""
        declared = (Judgement.HIGH, self.high), (Judgement.LOW, self.low), (Judgement.NOTABLE, self.notable)
        return tuple((judgement, condition) for judgement, condition in declared if condition is not None)


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence that stands on the sheet where ``when`` is true of the record; None: always."""

    says: Wording
    when: Expression | None = None

    def __post_init__(self) -> None:
        require_condition(self.when)


@dataclass(frozen=True, slots=True)
class SheetSection:
    """A heading with results and sentences. It is left out where ``when`` is not true, or nothing stands in it."""

    title: Text
    rows: tuple[Row, ...] = ()
    lines: tuple[Line, ...] = ()
    when: Expression | None = None

    def __post_init__(self) -> None:
        require_condition(self.when)


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the person is asked to do while an item of the schedule of that name is open or comes next."""

    schedule: str
    says: Text


@dataclass(frozen=True, slots=True)
class Sheet:
    """The result sheet of a kind of record (``name``). While a ``withheld`` line is true of a record, it has none.

    Its expressions are about the record, as in a fact's ``where``, on the day of the record: a sheet printed again says
    the same, unless the record was amended.
    """

    pack: str
    name: str
    title: Text
    sections: tuple[SheetSection, ...]
    next_steps: tuple[NextStep, ...] = ()
    withheld: tuple[Line, ...] = ()

    @property
    def rows(self) -> Iterator[Row]:
        for section in self.sections:
            yield from section.rows

    @property
    def lines(self) -> Iterator[Line]:
        yield from self.withheld
        for section in self.sections:
            yield from section.lines

    @property
    def conditions(self) -> Iterator[Expression]:
        """Everything that decides what stands on the sheet."""
        for row in self.rows:
            yield from (condition for _, condition in row.judges)
        whens = (*(section.when for section in self.sections), *(line.when for line in self.lines))
        yield from (when for when in whens if when is not None)

    @property
    def wordings(self) -> Iterator[Wording]:
        for row in self.rows:
            yield row.shows
            if row.limits is not None:
                yield row.limits
        for line in self.lines:
            yield line.says


def require_condition(expression: Expression | None) -> None:
    if expression is not None and expression.type.base is not Base.BOOLEAN:
        raise TypeMismatch(f"a condition is true or false, but this is a {expression.type}")
