"""Whether a service is overdue, as a condition in rules: ``overdue.htn_followup``."""

from dataclasses import dataclass

from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Expression, TypeMismatch
from wangdi.engine.model.schedules import Deadline, Every, OncePer, Schedule
from wangdi.engine.model.series import Series
from wangdi.engine.model.types import BOOLEAN, Type


@dataclass(frozen=True, slots=True)
class Overdue(Expression):
    """Whether an item of a schedule about the entity is overdue on the day of evaluation; missed ones are not."""

    schedule: Schedule

    def __post_init__(self) -> None:
        if isinstance(self.schedule.shape, Each):
            raise TypeMismatch(f"'{self.schedule.name}' has one item per record, not one about somebody")

    @property
    def type(self) -> Type:
        return BOOLEAN

    @property
    def children(self) -> tuple[Expression, ...]:
        group, shape = self.schedule.group.as_expression(), self.schedule.shape
        return (group, *(part for part in _parts(shape) if part is not None))


def _parts(shape: object) -> tuple[Expression | None, ...]:
    """The expressions that the items of a shape rest on."""
    match shape:
        case Every(after, intervals, start, first, stop, until):
            every = tuple(part for i in (*intervals, first) for part in (i.length, i.when))
            return (after, start, stop, until, *every)
        case OncePer(_, satisfied, not_before):
            return satisfied, not_before
        case Deadline(start, within, done, stop):
            return start, within, done, stop
        case Series(anchor=anchor, steps=steps, stop=stop):
            own = tuple(part for s in steps for part in (s.given, s.not_before, s.when))
            return (anchor, stop, *own, *(length for s in steps for _, length in s.lengths()))
        case _:
            return ()
