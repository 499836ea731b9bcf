"""Schedules and indicators as plain expressions, so that the columnar evaluator needs to know nothing else."""

from dataclasses import dataclass

from wangdi.engine.model.calendar import Duration, Unit
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
from wangdi.engine.model.indicators import Indicator
from wangdi.engine.model.pack import PRESENT, Rulebook
from wangdi.engine.model.schedules import Every, OncePerYear, Schedule
from wangdi.engine.model.types import DATE

_ONE_DAY = Literal(Duration(1, Unit.DAYS))


@dataclass(frozen=True, slots=True)
class DueExpressions:
    """One step of a schedule: who may have an item; for them, whether it exists, and its days."""

    step: str
    members: Expression
    applies: Expression
    due_from: Expression
    due_on: Expression
    overdue_from: Expression


def all_of(*conditions: Expression) -> Expression:
    """The conditions joined by AND; ones that are always true are left out."""
    needed = tuple(condition for condition in conditions if condition != PRESENT)
    if not needed:
        return PRESENT
    return needed[0] if len(needed) == 1 else Logic(Connective.AND, needed)


def counted(indicator: Indicator, rulebook: Rulebook) -> tuple[Expression, Expression]:
    """Who counts in the denominator; and who of them in the numerator."""
    concerned = concerned_by(indicator.pack, indicator.entity, rulebook)
    return all_of(*concerned, indicator.denominator), indicator.numerator


def concerned_by(pack: str, entity: str, rulebook: Rulebook) -> tuple[Expression, Expression]:
    """The conditions under which a pack says anything of an entity: it is present, the pack in force there."""
    return rulebook.presence(entity), rulebook.adoption(pack, entity)


def lower(schedule: Schedule, rulebook: Rulebook) -> tuple[DueExpressions, ...]:
    """The schedule's due items, by step, as expressions over its group's entity."""
    concerned = concerned_by(schedule.pack, schedule.group.entity, rulebook)
    member = all_of(*concerned, schedule.group.as_expression())
    if isinstance(schedule.shape, Every):
        return (_lower_every(schedule, schedule.shape, member),)
    if isinstance(schedule.shape, OncePerYear):
        return (_lower_once_per_year(schedule.shape, member),)
    raise TypeError(f"{schedule.name!r} has an item per record: no expressions about its entity say so")


def _lower_every(schedule: Schedule, shape: Every, member: Expression) -> DueExpressions:
    last = FactField(shape.after, "occurred_on", DATE)
    conditional = tuple(Branch(i.when, Shift(last, i.length)) for i in shape.intervals if i.when is not None)
    otherwise = Shift(last, shape.intervals[-1].length)
    again = Case(conditional, otherwise) if conditional else otherwise
    due_on = Case((Branch(IsNull(last), Shift(shape.start, shape.first.length)),), again)
    due_from, overdue_from = Shift(due_on, Literal(schedule.lead), -1), Shift(due_on, _ONE_DAY)
    applies = all_of(Not(IsNull(due_from)), Not(IsNull(overdue_from)))
    return DueExpressions("", member, applies, due_from, due_on, overdue_from)


def _lower_once_per_year(shape: OncePerYear, member: Expression) -> DueExpressions:
    start, end = (Call(name, (Day(Instant.AS_OF),)) for name in ("start_of_year", "end_of_year"))
    due_from = Call("greatest", (start, shape.not_before)) if shape.not_before is not None else start
    unsatisfied = Case((Branch(shape.satisfied, Literal(False)),), Literal(True))
    overdue_from = Shift(end, _ONE_DAY)
    open_at_all = Compare(Comparator.LE, due_from, end)
    applies = all_of(unsatisfied, open_at_all, Not(IsNull(overdue_from)))
    return DueExpressions("", member, applies, due_from, end, overdue_from)
