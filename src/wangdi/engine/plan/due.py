"""Schedules as plain expressions, so that the columnar evaluator needs to know nothing of their shapes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from wangdi.engine.model.calendar import CalendarUnit, Duration, Unit
from wangdi.engine.model.expressions import (
    Branch,
    Call,
    Case,
    Comparator,
    Compare,
    Connective,
    Day,
    Expression,
    Instant,
    IsNull,
    Literal,
    Logic,
    Not,
    Shift,
)
from wangdi.engine.model.facts import FactField
from wangdi.engine.model.lengths import Length
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.schedules import Deadline, Every, OncePer, Schedule
from wangdi.engine.model.series import AT_ONCE, Series, SeriesStep
from wangdi.engine.model.types import DATE
from wangdi.engine.plan.lowering import all_of, concerned_by

_ONE_DAY = Literal(Duration(1, Unit.DAYS))
_AS_OF = Day(Instant.AS_OF)


@dataclass(frozen=True, slots=True)
class DueExpressions:
    """One step of a schedule: who may have an item; for them, whether it exists, and its days."""

    step: str
    members: Expression
    applies: Expression
    due_from: Expression
    due_on: Expression
    overdue_from: Expression
    missed_from: Expression | None = None
    holder: Expression | None = None
    """The code of the institution that has to act; None: nothing is said."""

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The condition and the days, in the order of a planned schedule's slots."""
        parts = (self.applies, self.due_from, self.due_on, self.overdue_from)
        return parts if self.missed_from is None else (*parts, self.missed_from)


def lower(schedule: Schedule, rulebook: Rulebook) -> Iterator[DueExpressions]:
    """The schedule's due items, by step, as expressions over its group's entity."""
    for due in _lower(schedule, rulebook):
        yield replace(due, holder=schedule.holder)


def _lower(schedule: Schedule, rulebook: Rulebook) -> Iterator[DueExpressions]:
    concerned = concerned_by(schedule.pack, schedule.group.entity, rulebook)
    member = all_of(*concerned, schedule.group.as_expression())
    match schedule.shape:
        case Every() as every:
            yield _lower_every(every, schedule.lead, member)
        case OncePer() as once:
            yield _lower_once_per(once, member)
        case Deadline() as deadline:
            yield _lower_deadline(deadline, member)
        case Series() as series:
            yield from (_lower_step(series, step, member) for step in series.steps)


def overdue(schedule: Schedule, rulebook: Rulebook) -> Expression:
    """Whether one of the schedule's items is overdue on the day; false where there is none."""
    found = tuple(_is_overdue(due) for due in lower(schedule, rulebook))
    either = found[0] if len(found) == 1 else Logic(Connective.OR, found)
    return Case((Branch(either, Literal(True)),), Literal(False))


def _is_overdue(due: DueExpressions) -> Expression:
    begun = Compare(Comparator.LE, due.overdue_from, _AS_OF)
    missed = Compare(Comparator.LE, due.missed_from, _AS_OF) if due.missed_from is not None else None
    return all_of(due.members, due.applies, begun, *_unless(missed))


def _unless(*conditions: Expression | None) -> tuple[Expression, ...]:
    """For each condition there is, that it is not true (null counts as false)."""
    return tuple(
        Case((Branch(condition, Literal(False)),), Literal(True))
        for condition in conditions
        if condition is not None
    )


def _known(*days: Expression) -> tuple[Expression, ...]:
    return tuple(Not(IsNull(day)) for day in days)


def _moved(day: Expression, length: Length, sign: int = 1) -> Expression:
    return day if length == AT_ONCE else Shift(day, length, sign)


def _latest(days: tuple[Expression, ...]) -> Expression:
    return Call("greatest", days) if len(days) > 1 else days[0]


def _lower_every(shape: Every, lead: Duration, member: Expression) -> DueExpressions:
    last = FactField(shape.after, "occurred_on", DATE)
    conditional = tuple(Branch(i.when, Shift(last, i.length)) for i in shape.intervals if i.when is not None)
    otherwise = Shift(last, shape.intervals[-1].length)
    again = Case(conditional, otherwise) if conditional else otherwise
    due_on = Case((Branch(IsNull(last), Shift(shape.start, shape.first.length)),), again)
    due_from, overdue_from = Shift(due_on, Literal(lead), -1), Shift(due_on, _ONE_DAY)
    applies = all_of(*_known(due_from, overdue_from), *_unless(shape.stop, _is_over(shape.until, due_on)))
    return DueExpressions("", member, applies, due_from, due_on, overdue_from)


def _is_over(until: Expression | None, due_on: Expression) -> Expression | None:
    """Whether the last day lies before the day of evaluation or before the next time; null when there is none."""
    if until is None:
        return None
    return Compare(Comparator.LT, until, Call("greatest", (due_on, _AS_OF)))


def _lower_once_per(shape: OncePer, member: Expression) -> DueExpressions:
    first = _first_day(shape.calendar)
    overdue_from = Shift(first, Literal(Duration(shape.calendar.months, Unit.MONTHS)))
    due_on = Shift(overdue_from, _ONE_DAY, -1)
    due_from = _latest((first, shape.not_before)) if shape.not_before is not None else first
    open_at_all = Compare(Comparator.LE, due_from, due_on)
    applies = all_of(*_unless(shape.satisfied), open_at_all, *_known(overdue_from))
    return DueExpressions("", member, applies, due_from, due_on, overdue_from)


def _first_day(unit: CalendarUnit) -> Expression:
    """The first day of the calendar unit that the day of evaluation lies in."""
    year, month = Call("start_of_year", (_AS_OF,)), Call("month", (_AS_OF,))
    later = tuple(
        Branch(
            Compare(Comparator.GT, month, Literal(before)),
            Shift(year, Literal(Duration(before, Unit.MONTHS))),
        )
        for before in range(12 - unit.months, 0, -unit.months)
    )
    return Case(later, year) if later else year


def _lower_deadline(shape: Deadline, member: Expression) -> DueExpressions:
    due_on = Shift(shape.start, shape.within)
    overdue_from = Shift(due_on, _ONE_DAY)
    applies = all_of(*_known(overdue_from), *_unless(shape.done, shape.stop))
    return DueExpressions("", member, applies, shape.start, due_on, overdue_from)


def _lower_step(series: Series, step: SeriesStep, member: Expression) -> DueExpressions:
    earliest = _moved(series.anchor, step.earliest)
    previous = series.previous(step)
    waits = (_moved(previous.given, step.min_interval),) if previous is not None else ()
    not_before = (step.not_before,) if step.not_before is not None else ()
    due_from = _latest((earliest, *waits, *not_before))
    grace_over, by_age = _moved(due_from, step.grace), _last_by_age(series.anchor, step)
    due_on = _latest((*by_age, grace_over))
    missed_from = _moved(series.anchor, step.until) if step.until is not None else None
    if missed_from is not None:
        due_on = Call("least", (due_on, Shift(missed_from, _ONE_DAY, -1)))
    overdue_from = Shift(due_on, _ONE_DAY)
    applies = all_of(
        *_unless(series.stop),
        IsNull(step.given),
        *((step.when,) if step.when is not None else ()),
        *_known(earliest, *waits, grace_over, *by_age, overdue_from),
        *_still_possible(step, due_from, missed_from),
    )
    return DueExpressions(step.name, member, applies, due_from, due_on, overdue_from, missed_from)


def _last_by_age(anchor: Expression, step: SeriesStep) -> tuple[Expression, ...]:
    """The last day that the age allows, if the step has one."""
    if step.by is not None:
        return (_moved(anchor, step.by),)
    if step.before is not None:
        return (Shift(_moved(anchor, step.before), _ONE_DAY, -1),)
    return ()


def _still_possible(
    step: SeriesStep, due_from: Expression, missed_from: Expression | None
) -> tuple[Expression, ...]:
    """That there is a day on which it can be done; and, unless missed ones are reported, that it can be today."""
    if missed_from is None:
        return ()
    possible = (*_known(Shift(missed_from, _ONE_DAY, -1)), Compare(Comparator.LT, due_from, missed_from))
    return possible if step.report_missed else (*possible, Compare(Comparator.LT, _AS_OF, missed_from))
