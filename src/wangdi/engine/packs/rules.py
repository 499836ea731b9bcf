"""Schedules and indicators: from author's shapes to the model."""

from dataclasses import dataclass

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.calendar import Duration
from wangdi.engine.model.expressions import Expression, Literal, ParameterValue
from wangdi.engine.model.facts import Fact
from wangdi.engine.model.indicators import Better, Indicator, Span
from wangdi.engine.model.named import Group
from wangdi.engine.model.parameters import Parameter
from wangdi.engine.model.schedules import Every, Interval, OncePerYear, Schedule
from wangdi.engine.model.text import Text
from wangdi.engine.packs.durations import parse_duration
from wangdi.engine.packs.library import PackFile, optional_text, text_of
from wangdi.engine.packs.names import EntityScope, Names
from wangdi.engine.packs.shapes import EveryShape, IndicatorShape, OncePerYearShape, ScheduleShape
from wangdi.engine.packs.syntax import Broken
from wangdi.engine.packs.yaml_tree import Path_


@dataclass(frozen=True)
class RuleReader:
    """Reads the rules of one pack. A method returns None when it reported what is wrong."""

    names: Names
    file: PackFile

    def _report(self, code: str, path: Path_, message: str, hint: str = "", *, key: bool = False) -> None:
        self.names.library.report(self.file, code, path, message, hint, key=key)

    def expression(self, path: Path_, text: str, entity: str) -> Expression | None:
        scope = EntityScope(self.names, self.file, entity)
        return self.names.library.expression(self.file, path, text, scope)

    # -- groups -----------------------------------------------------------------------------------

    def groups(self) -> tuple[Group, ...]:
        """The pack's groups that could be read."""
        for name in [*self.file.shape.facts, *self.file.shape.values, *self.file.shape.groups]:
            self._try_local(name)
        return tuple(self.names.groups[name] for name in self.file.shape.groups if name in self.names.groups)

    def _try_local(self, name: str) -> Expression | None:
        try:
            return self.names.local(self.file, name)
        except Broken:
            return None

    def values(self) -> tuple[Expression, ...]:
        found = (self._try_local(name) for name in self.file.shape.values)
        return tuple(value for value in found if value is not None)

    # -- schedules --------------------------------------------------------------------------------

    def schedule(self, name: str, shape: ScheduleShape) -> Schedule | None:
        path: Path_ = ("schedules", name)
        group, lead = self._group(shape.group, (*path, "group")), self._duration(shape.lead, (*path, "lead"))
        if shape.service not in self.names.library.kinds:
            hint = suggest(shape.service, self.names.library.kinds)
            self._report("W2104", (*path, "service"), f"unknown record kind '{shape.service}'", hint)
        if (shape.every is None) == (shape.once_per_year is None):
            message = "a schedule has exactly one shape: every, or once_per_year"
            self._report("W1005", path, message, key=True)
            return None
        if group is None or lead is None:
            return None
        found = (
            self._every(shape.every, (*path, "every"), group.entity)
            if shape.every is not None
            else self._once_per_year(shape.once_per_year, (*path, "once_per_year"), group.entity)
        )
        if found is None:
            return None
        title = text_of(shape.title)
        return self.names.library.build(
            self.file,
            "W3003",
            (*path, "lead"),
            lambda: Schedule(self.file.name, name, title, group, shape.service, found, lead),
        )

    def _group(self, name: str, path: Path_) -> Group | None:
        owner = self.names.group_file(name)
        if owner is None:
            known = {group for file in self.names.library.files.values() for group in file.shape.groups}
            self._report("W2105", path, f"unknown group '{name}'", suggest(name, known))
            return None
        try:
            self.names.local(owner, name)
        except Broken:
            return None
        return self.names.groups.get(name)

    def _duration(self, text: str, path: Path_) -> Duration | None:
        duration = parse_duration(text)
        if duration is None:
            self._report("W1005", path, f"'{text}' is no duration", "write for example 7 days")
        return duration

    def _length(self, text: str, path: Path_) -> Literal | ParameterValue | None:
        """An interval's length: a parameter's name, or a duration."""
        duration = parse_duration(text)
        if duration is not None:
            return Literal(duration)
        parameter = self.names.library.parameters.get((self.file.name, text))
        if parameter is None:
            known = {name for pack, name in self.names.library.parameters if pack == self.file.name}
            message = f"'{text}' is neither a duration nor a parameter of this pack"
            self._report("W2003", path, message, suggest(text, known))
            return None
        return ParameterValue(parameter)

    def _every(self, shape: EveryShape, path: Path_, entity: str) -> Every | None:
        after = self._fact(shape.after, (*path, "after"))
        start = self.expression((*path, "start"), shape.start, entity)
        first = self._interval(None, shape.first, optional_text(shape.first_because), (*path, "first"), entity)
        intervals = [
            self._interval(item.when, item.then, optional_text(item.because), (*path, "intervals", index), entity)
            for index, item in enumerate(shape.intervals)
        ]
        complete = tuple(interval for interval in intervals if interval is not None)
        if after is None or start is None or first is None or len(complete) < len(intervals):
            return None
        return self.names.library.build(
            self.file, "W3003", path, lambda: Every(after, complete, start, first)
        )

    def _fact(self, name: str, path: Path_) -> Fact | None:
        if name not in self.file.shape.facts:
            self._report("W2003", path, f"unknown fact '{name}'", suggest(name, self.file.shape.facts))
            return None
        found = self._try_local(name)
        return found if isinstance(found, Fact) else None

    def _interval(
        self, when: str | None, then: str, because: Text | None, path: Path_, entity: str
    ) -> Interval | None:
        length_path = (*path, "then") if (*path, "then") in self.file.document.values else path
        length = self._length(then, length_path)
        condition = self.expression((*path, "when"), when, entity) if when is not None else None
        if length is None or (when is not None and condition is None):
            return None
        return self.names.library.build(
            self.file, "W3003", path, lambda: Interval(length, condition, because)
        )

    def _once_per_year(self, shape: OncePerYearShape | None, path: Path_, entity: str) -> OncePerYear | None:
        if shape is None:
            return None
        satisfied = self.expression((*path, "satisfied"), shape.satisfied, entity)
        not_before = (
            self.expression((*path, "not_before"), shape.not_before, entity) if shape.not_before is not None else None
        )
        if satisfied is None or (shape.not_before is not None and not_before is None):
            return None
        because = optional_text(shape.because)
        return self.names.library.build(
            self.file, "W3003", path, lambda: OncePerYear(satisfied, not_before, because)
        )

    # -- indicators -------------------------------------------------------------------------------

    def indicator(self, name: str, shape: IndicatorShape) -> Indicator | None:
        path: Path_ = ("indicators", name)
        try:
            entity = self.names.entity(self.file, shape.entity, (*path, "entity"))
        except Broken:
            return None
        numerator = self.expression((*path, "numerator"), shape.numerator, entity)
        denominator = self.expression((*path, "denominator"), shape.denominator, entity)
        target, fine = self._target(shape.target, (*path, "target"))
        if numerator is None or denominator is None or not fine:
            return None
        return self.names.library.build(
            self.file,
            "W2005",
            path,
            lambda: Indicator(
                self.file.name,
                name,
                text_of(shape.title),
                entity,
                numerator,
                denominator,
                Span(shape.span),
                Better(shape.better),
                target,
                optional_text(shape.definition),
            ),
        )

    def _target(self, name: str | None, path: Path_) -> tuple[Parameter | None, bool]:
        """The parameter (None when there is no target) and whether it could be found."""
        if name is None:
            return None, True
        target = self.names.library.parameters.get((self.file.name, name))
        if target is None:
            known = {n for pack, n in self.names.library.parameters if pack == self.file.name}
            self._report("W2003", path, f"the target '{name}' is no parameter of this pack", suggest(name, known))
        return target, target is not None

    # -- presence ---------------------------------------------------------------------------------

    def presence(self) -> tuple[tuple[str, Expression], ...]:
        found = []
        for entity, shape in self.file.shape.entities.items():
            path: Path_ = ("entities", entity, "present")
            try:
                self.names.entity(self.file, entity, ("entities", entity))
            except Broken:
                continue
            expression = self.expression(path, shape.present, entity)
            if expression is not None:
                found.append((entity, expression))
        return tuple(found)


