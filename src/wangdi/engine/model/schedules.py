"""Schedules: which service the members of a group should get, and when."""

from dataclasses import dataclass
from enum import Enum

from wangdi.engine.model.calendar import CalendarUnit, Duration
from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Expression, TypeMismatch
from wangdi.engine.model.facts import Fact, Operation
from wangdi.engine.model.lengths import Length, require
from wangdi.engine.model.named import Group
from wangdi.engine.model.series import Series, SeriesStep
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import Base


@dataclass(frozen=True, slots=True)
class Interval:
    """How long until the next time, if ``when`` is true (always, when None). ``because`` is shown to the worker."""

    length: Length
    when: Expression | None = None
    because: Text | None = None

    def __post_init__(self) -> None:
        require(self.length, Base.DURATION, "then")
        require(self.when, Base.BOOLEAN, "when")


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again: due one interval after the last service; the first time, one interval after ``start``.

    ``after`` is a ``latest`` fact. The first interval whose condition holds is taken; ``first`` counts from
    ``start`` while there was no service yet. Without last service and start nothing is due; nor while ``stop`` is
    true, nor after the day ``until`` (null: no such day), nor when it would be due on a later day than that.
    """

    after: Fact
    intervals: tuple[Interval, ...]
    start: Expression
    first: Interval
    stop: Expression | None = None
    until: Expression | None = None

    def __post_init__(self) -> None:
        if self.after.operation is not Operation.LATEST:
            raise TypeMismatch("after needs a fact that takes the latest record")
        if not self.intervals or self.intervals[-1].when is not None:
            raise TypeMismatch("the last interval stands without a 'when', so that one always applies")
        require(self.start, Base.DATE, "start")
        require(self.stop, Base.BOOLEAN, "stop")
        require(self.until, Base.DATE, "until")


@dataclass(frozen=True, slots=True)
class OncePer:
    """Once in each calendar unit: from its first day, or from ``not_before`` if that is later, until its last."""

    calendar: CalendarUnit
    satisfied: Expression
    not_before: Expression | None = None
    because: Text | None = None

    def __post_init__(self) -> None:
        require(self.satisfied, Base.BOOLEAN, "satisfied")
        require(self.not_before, Base.DATE, "not_before")


@dataclass(frozen=True, slots=True)
class Deadline:
    """Once: due from the day ``start`` until ``within`` after it, unless ``done`` or ``stop`` is true."""

    start: Expression
    within: Length
    done: Expression
    stop: Expression | None = None
    because: Text | None = None

    def __post_init__(self) -> None:
        require(self.start, Base.DATE, "from")
        require(self.within, Base.DURATION, "within")
        require(self.done, Base.BOOLEAN, "done")
        require(self.stop, Base.BOOLEAN, "stop")


EntityShape = Every | OncePer | Series | Deadline
"""The shapes whose items are about the entity itself."""

Shape = EntityShape | Each


class Urgency(Enum):
    """Where items of a schedule stand in a list of what is due; within each, the longest overdue come first."""

    FIRST = "first"
    USUAL = "usual"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A service that is due. Members of ``group`` who are present on the day get due items of the given shape.

    An item is upcoming before ``due_from`` (of ``every``: ``lead`` before ``due_on``), then due, overdue from the day
    after ``due_on``, and missed from ``missed_from`` where it has one. There is none when one of these days lies
    outside the years 1–9999, or is counted with a parameter that has no value.
    ``service`` is the kind of record that settles it. ``holder`` is the code of the institution that has to act; where
    there is none, or it is empty or unknown, that is the institution of the member. `Each` has a holder by record.
    ``urgency`` and ``fades`` order lists and decide nothing: an item that has been overdue for as long as ``fades`` says
    stands with those that come later.
    """

    pack: str
    name: str
    title: Text
    group: Group
    service: str
    shape: Shape
    lead: Duration
    holder: Expression | None = None
    urgency: Urgency = Urgency.USUAL
    fades: Duration | None = None

    def __post_init__(self) -> None:
        require(self.holder, Base.TEXT, "responsible")
        if self.holder is not None and isinstance(self.shape, Each):
            raise TypeMismatch("an item of a record is for the institution that 'each' names")
        if self.lead.in_days is None:
            raise TypeMismatch("the lead is given in days or weeks")

    @property
    def has_steps(self) -> bool:
        return isinstance(self.shape, Series)

    def step(self, name: str) -> SeriesStep | None:
        """The step of that name; None for shapes without steps, and when there is none of that name."""
        steps = self.shape.steps if isinstance(self.shape, Series) else ()
        return next((step for step in steps if step.name == name), None)
