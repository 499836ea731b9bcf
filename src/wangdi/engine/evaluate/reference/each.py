"""Due items of single records, in plain Python: one for every record that a schedule asks about."""

from collections.abc import Iterator
from datetime import date, timedelta

from wangdi.engine.evaluate.due import DueItem
from wangdi.engine.evaluate.reference.asked import Evaluator
from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.model.calendar import shift
from wangdi.engine.model.each import Each
from wangdi.engine.model.schedules import Schedule


def each_items(evaluator: Evaluator, schedule: Schedule, shape: Each) -> Iterator[DueItem]:
    """The items of a member of the schedule's group, in the order of the records."""
    for record in evaluator.selected(shape.selection):
        days = _days(evaluator, shape, record)
        if days is not None:
            yield DueItem(
                evaluator.code, schedule.name, *days, record.id, responsible(evaluator, shape, record)
            )


def _days(evaluator: Evaluator, shape: Each, record: Record) -> tuple[date, date, date] | None:
    """From when it is due, on which day at the latest, and from when overdue; None when one of them is no date."""
    start, length = evaluator.value(shape.start, record), evaluator.value(shape.within, record)
    if start is None or length is None:
        return None
    try:
        due_on = shift(start, length)
        return start, due_on, due_on + timedelta(days=1)
    except (OverflowError, ValueError):
        return None


def responsible(evaluator: Evaluator, shape: Each, record: Record) -> str | None:
    """The code of the institution that has to act on a record; None when no known one has to."""
    named = evaluator.value(shape.holder, record) if shape.holder is not None else None
    holder = first_known(evaluator, named, record.institution)
    if holder is None or not shape.escalated:
        return holder
    above: str | None = evaluator.world.attributes("institution", holder).get("parent")
    return above if _is_known(evaluator, above) else holder


def first_known(evaluator: Evaluator, *named: str | None) -> str | None:
    """The first of the institutions named that there is, or else that of whom the rules are asked about."""
    candidates = (*named, _institution_of(evaluator))
    return next((code for code in candidates if _is_known(evaluator, code)), None)


def _institution_of(evaluator: Evaluator) -> str | None:
    """The institution of whom the rules are asked about; an institution's own is itself."""
    if evaluator.entity == "institution":
        return evaluator.code
    found: str | None = evaluator.world.attributes(evaluator.entity, evaluator.code).get("institution")
    return found


def _is_known(evaluator: Evaluator, code: str | None) -> bool:
    return code is not None and bool(evaluator.world.attributes("institution", code))
