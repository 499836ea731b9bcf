"""Schedules for one entity, in plain Python: what is due, and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from wangdi.engine.evaluate.due import DueItem
from wangdi.engine.evaluate.reference.asked import Evaluator
from wangdi.engine.evaluate.reference.each import each_items, first_known
from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.model.calendar import Duration, Unit, shift
from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.lengths import Length
from wangdi.engine.model.schedules import Deadline, Every, Interval, OncePer, Schedule
from wangdi.engine.model.series import Series, SeriesStep

ONE_DAY = timedelta(days=1)


class NoSuchDay(ValueError):
    """There is nothing to count from, or the length to count with has no value."""


@dataclass(frozen=True, slots=True)
class Days:
    """From when it is due, on which day at the latest, and from when it is missed."""

    due_from: date
    due_on: date
    missed_from: date | None = None


def due_items(evaluator: Evaluator, schedule: Schedule) -> tuple[DueItem, ...]:
    """What a schedule asks for, by step; nothing when the entity is no member, or nothing is to be done."""
    if not (evaluator.is_concerned(schedule.pack) and evaluator.is_member(schedule.group)):
        return ()
    if isinstance(schedule.shape, Each):
        return tuple(each_items(evaluator, schedule, schedule.shape))
    return tuple(_items(evaluator, schedule))


def _items(evaluator: Evaluator, schedule: Schedule) -> Iterator[DueItem]:
    responsible = None
    if schedule.holder is not None:
        responsible = first_known(evaluator, evaluator.value(schedule.holder))
    for step in schedule.shape.steps if isinstance(schedule.shape, Series) else (None,):
        try:
            days = _days(evaluator, schedule, step)
            if days is not None:
                overdue_from, name = days.due_on + ONE_DAY, step.name if step is not None else ""
                yield DueItem(
                    evaluator.code,
                    schedule.name,
                    days.due_from,
                    days.due_on,
                    overdue_from,
                    name,
                    responsible,
                    days.missed_from,
                )
        except (OverflowError, ValueError):
            continue  # one of its days lies outside the years 1–9999, or does not exist


def _days(evaluator: Evaluator, schedule: Schedule, step: SeriesStep | None) -> Days | None:
    """OverflowError or ValueError when they are no dates."""
    match schedule.shape:
        case Every() as every:
            return _every(evaluator, schedule.lead, every)
        case OncePer() as once:
            return _once_per(evaluator, once)
        case Deadline() as deadline:
            return _deadline(evaluator, deadline)
        case Series() as series if step is not None:
            return _step(evaluator, series, step)
        case _:
            raise TypeError(f"no such schedule: {schedule.shape!r}")


def _holds(evaluator: Evaluator, condition: Expression | None) -> bool:
    return condition is not None and evaluator.is_true(condition)


def _later(evaluator: Evaluator, day: date | None, length: Length) -> date:
    """The day moved by a length. OverflowError or ValueError when that is no date."""
    duration = evaluator.value(length)
    if day is None or duration is None:
        raise NoSuchDay
    return shift(day, duration)


# -- every ----------------------------------------------------------------------------------------


def interval_now(evaluator: Evaluator, shape: Every) -> Interval | None:
    """The interval that counts now: the first whose condition holds, or ``first`` while there was no service."""
    if evaluator.value(shape.after) is None:
        return shape.first
    return next((i for i in shape.intervals if i.when is None or evaluator.is_true(i.when)), None)


def _every(evaluator: Evaluator, lead: Duration, shape: Every) -> Days | None:
    last: Record | None = evaluator.value(shape.after)
    start = last.occurred_on if last is not None else evaluator.value(shape.start)
    interval = interval_now(evaluator, shape)
    if interval is None or _holds(evaluator, shape.stop):
        return None
    due_on = _later(evaluator, start, interval.length)
    due_from = shift(due_on, lead, -1)
    until = evaluator.value(shape.until) if shape.until is not None else None
    if until is not None and until < max(due_on, evaluator.moment.as_of):
        return None
    return Days(due_from, due_on)


# -- once per calendar unit, deadlines ------------------------------------------------------------


def _once_per(evaluator: Evaluator, shape: OncePer) -> Days | None:
    if evaluator.is_true(shape.satisfied):
        return None
    first = shape.calendar.first_day(evaluator.moment.as_of)
    last = shift(first, Duration(shape.calendar.months, Unit.MONTHS)) - ONE_DAY
    not_before = evaluator.value(shape.not_before) if shape.not_before is not None else None
    due_from = max(first, not_before or first)
    return Days(due_from, last) if due_from <= last else None


def _deadline(evaluator: Evaluator, shape: Deadline) -> Days | None:
    if _holds(evaluator, shape.done) or _holds(evaluator, shape.stop):
        return None
    start = evaluator.value(shape.start)
    due_on = _later(evaluator, start, shape.within)
    return Days(start, due_on)


# -- series ---------------------------------------------------------------------------------------


def _step(evaluator: Evaluator, series: Series, step: SeriesStep) -> Days | None:
    if _holds(evaluator, series.stop) or evaluator.value(step.given) is not None:
        return None
    if step.when is not None and not evaluator.is_true(step.when):
        return None
    anchor = evaluator.value(series.anchor)
    due_from = _first_day(evaluator, series, step, anchor)
    due_on = _last_day(evaluator, step, anchor, due_from)
    if step.until is None:
        return Days(due_from, due_on)
    missed_from = _later(evaluator, anchor, step.until)
    due_on = min(due_on, missed_from - ONE_DAY)
    gone = evaluator.moment.as_of >= missed_from and not step.report_missed
    return None if gone or due_from >= missed_from else Days(due_from, due_on, missed_from)


def _first_day(evaluator: Evaluator, series: Series, step: SeriesStep, anchor: date | None) -> date:
    """The first day on which age, interval and other reasons all allow it."""
    days = [_later(evaluator, anchor, step.earliest)]
    previous = series.previous(step)
    if previous is not None:
        days.append(_later(evaluator, evaluator.value(previous.given), step.min_interval))
    not_before = evaluator.value(step.not_before) if step.not_before is not None else None
    return max(days if not_before is None else [*days, not_before])


def _last_day(evaluator: Evaluator, step: SeriesStep, anchor: date | None, due_from: date) -> date:
    """The day on which it should be done at the latest: by age, but not before the grace is over."""
    last = _later(evaluator, due_from, step.grace)
    if step.by is not None:
        return max(last, _later(evaluator, anchor, step.by))
    if step.before is not None:
        return max(last, _later(evaluator, anchor, step.before) - ONE_DAY)
    return last
