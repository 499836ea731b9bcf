"""From an author's schedule to the model's."""

from dataclasses import dataclass, replace

from wangdi.engine.model.calendar import CalendarUnit, Duration
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.facts import Fact, Operation
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.schedules import Deadline, EntityShape, Every, Interval, OncePer, Schedule, Urgency
from wangdi.engine.model.types import Base
from wangdi.engine.packs.durations import parse_duration
from wangdi.engine.packs.each import EachReader
from wangdi.engine.packs.lengths import LengthReader
from wangdi.engine.packs.library import PackFile, text_of
from wangdi.engine.packs.names import Names
from wangdi.engine.packs.scopes import entity_of
from wangdi.engine.packs.series import SeriesReader
from wangdi.engine.packs.shapes import (
    DeadlineShape,
    DutyShape,
    EveryShape,
    IntervalShape,
    OncePerShape,
    OncePerYearShape,
    ScheduleShape,
)
from wangdi.engine.packs.syntax import Broken
from wangdi.engine.packs.yaml_tree import Path_

SHAPES = ("every", "once_per", "once_per_year", "series", "deadline", "each")


def read_schedule(names: Names, file: PackFile, name: str) -> Schedule | None:
    """A pack's schedule; None when what is wrong was reported."""
    return ScheduleReader(names, file).schedule(name, file.shape.schedules[name])


@dataclass(frozen=True)
class ScheduleReader(LengthReader):
    """Reads the schedules of one pack."""

    def schedule(self, name: str, shape: ScheduleShape) -> Schedule | None:
        found = self._schedule(name, shape)
        fades = None
        if shape.fades is not None:
            fades = self._duration(shape.fades, ("schedules", name, "fades"))
        if found is None or (fades is None and shape.fades is not None):
            return None
        return replace(found, urgency=Urgency(shape.urgency), fades=fades)

    def _schedule(self, name: str, shape: ScheduleShape) -> Schedule | None:
        path: Path_ = ("schedules", name)
        library = self.names.library
        given = [key for key in SHAPES if getattr(shape, key) is not None]
        if len(given) != 1:
            message = f"a schedule has exactly one shape: {', '.join(SHAPES[:-1])} or {SHAPES[-1]}"
            hint = f"keep one of {' and '.join(given)}" if given else "add one of them"
            self.report("W1005", path, message, hint, key=True)
            return None
        if shape.each is not None:
            return EachReader(self.names, self.file).schedule(name, shape, shape.each)
        if shape.group is None or shape.service is None:
            self._report_missing(shape, path)
            return None
        group, lead = self.group(shape.group, (*path, "group")), self._duration(shape.lead, (*path, "lead"))
        service = shape.service
        if service not in library.kinds:
            at = (*path, "service")
            library.report_unknown(self.file, "W2104", at, "record kind", service, library.kinds)
        # What is written inside is checked even when the group is unknown.
        entity = group.entity if group is not None else self._declared_entity(shape.group)
        found = self._shape(shape, (*path, given[0]), entity)
        holder, fine = self._holder(getattr(shape, given[0]), (*path, given[0], "responsible"), entity)
        if group is None or lead is None or found is None or not fine:
            return None
        return library.build(
            self.file,
            "W3003",
            (*path, "lead"),
            lambda: Schedule(self.file.name, name, text_of(shape.title), group, service, found, lead, holder),
        )

    def _declared_entity(self, group: str) -> str:
        """Whom a group of this pack, which cannot be read, says it is about; else whom the pack is."""
        declared = self.file.shape.groups.get(group)
        return (declared.entity if declared is not None else None) or self.file.shape.entity

    def _holder(self, shape: DutyShape, path: Path_, entity: str) -> tuple[Expression | None, bool]:
        """Which institution has to act (None: nothing is said), and whether that is fine."""
        if shape.responsible is None or entity not in REGISTERS:
            return None, True
        holder = self.expression(path, shape.responsible, entity, Base.TEXT)
        return holder, holder is not None

    def _report_missing(self, shape: ScheduleShape, path: Path_) -> None:
        for key in ("group", "service"):
            if getattr(shape, key) is None:
                message = f"the key '{key}' is missing here"
                self.report("W1004", path, message, f"add '{key}: …'", key=True)

    def _shape(self, shape: ScheduleShape, path: Path_, entity: str) -> EntityShape | None:
        try:
            self.names.entity(self.file, entity, ("entity",))
        except Broken:
            return None
        if shape.every is not None:
            return self._every(shape.every, path, entity)
        if shape.series is not None:
            return SeriesReader(self.names, self.file).series(shape.series, path, entity)
        if shape.deadline is not None:
            return self._deadline(shape.deadline, path, entity)
        once = shape.once_per or shape.once_per_year
        return self._once_per(once, path, entity) if once is not None else None

    def _duration(self, text: str, path: Path_) -> Duration | None:
        duration = parse_duration(text)
        if duration is None:
            self.report("W1005", path, f"'{text}' is no duration", "write for example 7 days")
        return duration

    def _every(self, shape: EveryShape, path: Path_, entity: str) -> Every | None:
        after = self._latest(shape.after, (*path, "after"), entity)
        bases = {"start": Base.DATE, "stop": Base.BOOLEAN, "until": Base.DATE}
        parts = self.given_expressions(shape, bases, path, entity)
        first_length = self.length(shape.first, (*path, "first"), entity)
        first_because = self.sentence(shape.first_because, (*path, "first_because"), entity)
        intervals = [
            self._interval(item, (*path, "intervals", index), entity)
            for index, item in enumerate(shape.intervals)
        ]
        complete = tuple(interval for interval in intervals if interval is not None)
        broken = None in parts.values() or len(complete) < len(intervals)
        if after is None or first_length is None or broken:
            return None
        first = Interval(first_length, None, first_because)
        at = (*path, "intervals")
        return self.names.library.build(
            self.file, "W3003", at, lambda: Every(after, complete, first=first, **parts)
        )

    def _latest(self, name: str, path: Path_, entity: str) -> Fact | None:
        """The fact that finds the last service."""
        facts = self.file.shape.facts
        if name not in facts:
            self.names.library.report_unknown(self.file, "W2003", path, "fact", name, facts)
            return None
        found = self.try_local(name)
        if not isinstance(found, Fact):
            return None
        about = entity_of(found, self.names.library)
        if about != entity:
            message = f"'{name}' is about entity '{about}', but this schedule is about entity '{entity}'"
            self.report("W2110", path, message, f"use a fact about entity '{entity}'")
            return None
        if found.operation is not Operation.LATEST:
            message = f"'{name}' takes the {found.operation.value}; after needs the latest record"
            self.report("W3003", path, message, f"define a fact {{latest: {found.selection.kind}}}")
            return None
        return found

    def _interval(self, shape: IntervalShape, path: Path_, entity: str) -> Interval | None:
        length = self.length(shape.then, (*path, "then"), entity)
        because = self.sentence(shape.because, (*path, "because"), entity)
        if shape.when is None:
            return Interval(length, None, because) if length is not None else None
        condition = self.expression((*path, "when"), shape.when, entity, Base.BOOLEAN)
        return Interval(length, condition, because) if length is not None and condition is not None else None

    def _once_per(self, shape: OncePerShape | OncePerYearShape, path: Path_, entity: str) -> OncePer | None:
        unit = CalendarUnit(shape.calendar) if isinstance(shape, OncePerShape) else CalendarUnit.YEAR
        bases = {"satisfied": Base.BOOLEAN, "not_before": Base.DATE}
        parts = self.given_expressions(shape, bases, path, entity)
        because = self.sentence(shape.because, (*path, "because"), entity)
        return OncePer(unit, because=because, **parts) if None not in parts.values() else None

    def _deadline(self, shape: DeadlineShape, path: Path_, entity: str) -> Deadline | None:
        start = self.expression((*path, "from"), shape.from_, entity, Base.DATE)
        within = self.length(shape.within, (*path, "within"), entity)
        parts = self.given_expressions(shape, {"done": Base.BOOLEAN, "stop": Base.BOOLEAN}, path, entity)
        because = self.sentence(shape.because, (*path, "because"), entity)
        if start is None or within is None or None in parts.values():
            return None
        return Deadline(start, within, because=because, **parts)
