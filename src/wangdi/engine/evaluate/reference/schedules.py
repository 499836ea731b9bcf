"""Schedules for one entity, in plain Python: what is due, and when."""

from datetime import date, timedelta

from wangdi.engine.evaluate.due import DueItem
from wangdi.engine.evaluate.reference.each import each_items
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.model.calendar import shift
from wangdi.engine.model.each import Each
from wangdi.engine.model.schedules import Every, Interval, OncePerYear, Schedule

Days = tuple[date, date, date]
"""From when it is due, on which day at the latest, and from when overdue."""


def due_items(evaluator: ReferenceEvaluator, schedule: Schedule) -> tuple[DueItem, ...]:
    """What a schedule asks for, by step; nothing when the entity is no member, or nothing is to be done."""
    if not (evaluator.is_concerned(schedule.pack) and evaluator.is_member(schedule.group)):
        return ()
    if isinstance(schedule.shape, Each):
        return tuple(each_items(evaluator, schedule, schedule.shape))
    try:
        days = _days(evaluator, schedule)
    except (OverflowError, ValueError):
        return ()  # one of its days lies outside the years 1–9999
    return (DueItem(evaluator.code, schedule.name, *days),) if days is not None else ()


def _days(evaluator: ReferenceEvaluator, schedule: Schedule) -> Days | None:
    """OverflowError or ValueError when they are no dates."""
    if isinstance(schedule.shape, Every):
        return _every(evaluator, schedule, schedule.shape)
    return _once_per_year(evaluator, schedule.shape) if isinstance(schedule.shape, OncePerYear) else None


def interval_now(evaluator: ReferenceEvaluator, shape: Every) -> Interval | None:
    """The interval that counts now: the first whose condition holds, or ``first`` while there was no service."""
    if evaluator.value(shape.after) is None:
        return shape.first
    return next((i for i in shape.intervals if i.when is None or evaluator.is_true(i.when)), None)


def _every(evaluator: ReferenceEvaluator, schedule: Schedule, shape: Every) -> Days | None:
    last: Record | None = evaluator.value(shape.after)
    start = last.occurred_on if last is not None else evaluator.value(shape.start)
    interval = interval_now(evaluator, shape)
    length = evaluator.value(interval.length) if interval is not None else None
    if start is None or length is None:
        return None
    due_on = shift(start, length)
    return shift(due_on, schedule.lead, -1), due_on, due_on + timedelta(days=1)


def _once_per_year(evaluator: ReferenceEvaluator, shape: OncePerYear) -> Days | None:
    if evaluator.is_true(shape.satisfied):
        return None
    year = evaluator.moment.as_of.year
    not_before = evaluator.value(shape.not_before) if shape.not_before is not None else None
    due_from = max(date(year, 1, 1), not_before or date(year, 1, 1))
    due_on = date(year, 12, 31)
    return (due_from, due_on, date(year + 1, 1, 1)) if due_from <= due_on else None
