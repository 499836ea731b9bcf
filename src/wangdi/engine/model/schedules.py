"""Schedules: which service the members of a group should get, and when."""

from dataclasses import dataclass

from wangdi.engine.model.calendar import Duration
from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Expression, Literal, ParameterValue, TypeMismatch
from wangdi.engine.model.facts import Fact, Operation
from wangdi.engine.model.named import Group
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import Base


def _require(expression: Expression | None, base: Base, where: str) -> None:
    if expression is not None and expression.type.base is not base:
        raise TypeMismatch(f"{where} needs a {base.value}, but this is a {expression.type}")


@dataclass(frozen=True, slots=True)
class Interval:
    """How long until the next time, if ``when`` is true (always, when None). ``because`` is shown to the worker."""

    length: Literal | ParameterValue
    when: Expression | None = None
    because: Text | None = None

    def __post_init__(self) -> None:
        _require(self.length, Base.DURATION, "then")
        _require(self.when, Base.BOOLEAN, "when")


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again: due one interval after the last service; the first time, one interval after ``start``.

    ``after`` is a ``latest`` fact. The first interval whose condition holds is taken; ``first`` counts from
    ``start`` while there was no service yet. Without last service and start nothing is due.
    """

    after: Fact
    intervals: tuple[Interval, ...]
    start: Expression
    first: Interval

    def __post_init__(self) -> None:
        if self.after.operation is not Operation.LATEST:
            raise TypeMismatch("after needs a fact that takes the latest record")
        if not self.intervals or self.intervals[-1].when is not None:
            raise TypeMismatch("the last interval stands without a 'when', so that one always applies")
        _require(self.start, Base.DATE, "start")


@dataclass(frozen=True, slots=True)
class OncePerYear:
    """Once in each calendar year: from 1 January, or from ``not_before`` if that is later, until 31 December."""

    satisfied: Expression
    not_before: Expression | None = None
    because: Text | None = None

    def __post_init__(self) -> None:
        _require(self.satisfied, Base.BOOLEAN, "satisfied")
        _require(self.not_before, Base.DATE, "not_before")


@dataclass(frozen=True, slots=True)
class Schedule:
    """A service that is due. Members of ``group`` who are present on the day get due items of the given shape.

    An item is upcoming before ``due_from`` (``lead`` before ``due_on``; once per year: when the window opens), then due,
    and overdue from the day after ``due_on``; there is none when one of these days lies outside the years 1–9999.
    ``service`` is the kind of record that settles it.
    """

    pack: str
    name: str
    title: Text
    group: Group
    service: str
    shape: Every | OncePerYear | Each
    lead: Duration

    def __post_init__(self) -> None:
        if self.lead.in_days is None:
            raise TypeMismatch("the lead is given in days or weeks")
