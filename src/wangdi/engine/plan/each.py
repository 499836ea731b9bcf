"""Schedules with one item per record as expressions about the records."""

from dataclasses import dataclass

from wangdi.engine.model.calendar import Duration, Unit
from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Expression, Literal, Shift
from wangdi.engine.model.facts import Selection
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.plan.lowering import all_of, concerned_by

_ONE_DAY = Literal(Duration(1, Unit.DAYS))


@dataclass(frozen=True, slots=True)
class EachExpressions:
    """Whose records count, which of them, and for each of these its days and who has to act (None: nobody special)."""

    members: Expression
    selection: Selection
    due_from: Expression
    due_on: Expression
    overdue_from: Expression
    holder: Expression | None


def lower_each(schedule: Schedule, shape: Each, rulebook: Rulebook) -> EachExpressions:
    """The schedule's items as expressions over the records of its kind."""
    concerned = concerned_by(schedule.pack, schedule.group.entity, rulebook)
    member = all_of(*concerned, schedule.group.as_expression())
    due_on = Shift(shape.start, shape.within)
    return EachExpressions(
        member, shape.selection, shape.start, due_on, Shift(due_on, _ONE_DAY), shape.holder
    )
