"""Schedules, indicators and presence: from author's shapes to the model."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.calendar import Duration
from wangdi.engine.model.expressions import Expression, Literal, ParameterValue
from wangdi.engine.model.facts import Fact, Operation
from wangdi.engine.model.indicators import Better, Indicator, Span
from wangdi.engine.model.named import Group
from wangdi.engine.model.parameters import Parameter
from wangdi.engine.model.schedules import Every, Interval, OncePerYear, Schedule
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import NUMBER, Base
from wangdi.engine.packs.durations import parse_duration
from wangdi.engine.packs.library import PackFile, optional_text, text_of
from wangdi.engine.packs.names import EntityScope, Names, entity_of
from wangdi.engine.packs.shapes import (
    EveryShape,
    IndicatorShape,
    IntervalShape,
    OncePerYearShape,
    ScheduleShape,
    TextShape,
)
from wangdi.engine.packs.syntax import Broken
from wangdi.engine.packs.yaml_tree import Path_

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_DOTTED_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")


@dataclass(frozen=True)
class RuleReader:
    """Reads the rules of one pack. A method returns None when it reported what is wrong."""

    names: Names
    file: PackFile

    def _report(self, code: str, path: Path_, message: str, hint: str = "", *, key: bool = False) -> None:
        self.names.library.report(self.file, code, path, message, hint, key=key)

    def _expression(self, path: Path_, text: str, entity: str, base: Base) -> Expression | None:
        """The expression at a path, which is of the given base."""
        scope = EntityScope(self.names, self.file, entity)
        found = self.names.library.expression(self.file, path, text, scope)
        if found is not None and found.type.base is not base:
            self._report("W2005", path, f"{path[-1]} needs a {base.value}, but this is a {found.type}")
            return None
        return found

    # -- groups and values ------------------------------------------------------------------------

    def groups(self) -> tuple[Group, ...]:
        """The pack's groups that could be read."""
        for name in [*self.file.shape.facts, *self.file.shape.values, *self.file.shape.groups]:
            self._try_local(name)
        return tuple(self.names.groups[name] for name in self.file.shape.groups if name in self.names.groups)

    def local(self, names: Iterable[str]) -> tuple[Expression, ...]:
        """Those of the pack's own names that could be read."""
        found = (self._try_local(name) for name in names)
        return tuple(expression for expression in found if expression is not None)

    def _try_local(self, name: str) -> Expression | None:
        try:
            return self.names.local(self.file, name)
        except Broken:
            return None

    # -- schedules --------------------------------------------------------------------------------

    def schedule(self, name: str, shape: ScheduleShape) -> Schedule | None:
        path: Path_ = ("schedules", name)
        library = self.names.library
        group, lead = self._group(shape.group, (*path, "group")), self._lead(shape.lead, (*path, "lead"))
        if shape.service not in library.kinds:
            at = (*path, "service")
            library.report_unknown(self.file, "W2104", at, "record kind", shape.service, library.kinds)
        if (shape.every is None) == (shape.once_per_year is None):
            message = "a schedule has exactly one shape: every, or once_per_year"
            hint = "add one of the two" if shape.every is None else "keep one of the two"
            self._report("W1005", path, message, hint, key=True)
            return None
        # What is written inside is checked even when the group is unknown.
        entity = group.entity if group is not None else self.file.shape.entity
        found = self._shape(shape, path, entity)
        if group is None or lead is None or found is None:
            return None
        return library.build(
            self.file,
            "W3003",
            (*path, "lead"),
            lambda: Schedule(self.file.name, name, text_of(shape.title), group, shape.service, found, lead),
        )

    def _shape(self, shape: ScheduleShape, path: Path_, entity: str) -> Every | OncePerYear | None:
        try:
            self.names.entity(self.file, entity, ("entity",))
        except Broken:
            return None
        if shape.every is not None:
            return self._every(shape.every, (*path, "every"), entity)
        if shape.once_per_year is not None:
            return self._once_per_year(shape.once_per_year, (*path, "once_per_year"), entity)
        return None

    def _group(self, name: str, path: Path_) -> Group | None:
        owner = self.names.group_file(name)
        if owner is None:
            known = {group for file in self.names.library.files.values() for group in file.shape.groups}
            self.names.library.report_unknown(self.file, "W2105", path, "group", name, known)
            return None
        try:
            self.names.local(owner, name)
        except Broken:
            return None
        return self.names.groups.get(name)

    def _lead(self, text: str, path: Path_) -> Duration | None:
        duration = parse_duration(text)
        if duration is None:
            self._report("W1005", path, f"'{text}' is no duration", "write for example 7 days")
        return duration

    def _length(self, text: str, path: Path_) -> Literal | ParameterValue | None:
        """An interval's length: a parameter's name, or a duration."""
        duration = parse_duration(text)
        if duration is not None:
            return Literal(duration)
        parameter = self._parameter(text, path, "neither a duration nor a parameter of this pack")
        if parameter is not None and parameter.type == NUMBER:
            hint = "write its value as a duration, such as 3 months"
            self._report("W2005", path, f"an interval is a duration, but '{text}' is a number", hint)
            return None
        return ParameterValue(parameter) if parameter is not None else None

    def _parameter(self, name: str, path: Path_, otherwise: str) -> Parameter | None:
        library = self.names.library
        parameter = library.parameters.get((self.file.name, name))
        if parameter is None and not library.excuses(name):
            known = {parameter for pack, parameter in library.parameters if pack == self.file.name}
            self._report("W2003", path, f"'{name}' is {otherwise}", suggest(name, known))
        return parameter

    def _every(self, shape: EveryShape, path: Path_, entity: str) -> Every | None:
        after = self._latest(shape.after, (*path, "after"), entity)
        start = self._expression((*path, "start"), shape.start, entity, Base.DATE)
        first_length = self._length(shape.first, (*path, "first"))
        first_because = self._sentence(shape.first_because, (*path, "first_because"), entity)
        intervals = [
            self._interval(item, (*path, "intervals", index), entity)
            for index, item in enumerate(shape.intervals)
        ]
        complete = tuple(interval for interval in intervals if interval is not None)
        if after is None or start is None or first_length is None or len(complete) < len(intervals):
            return None
        first = Interval(first_length, None, first_because)
        at = (*path, "intervals")
        return self.names.library.build(self.file, "W3003", at, lambda: Every(after, complete, start, first))

    def _latest(self, name: str, path: Path_, entity: str) -> Fact | None:
        """The fact that finds the last service."""
        facts = self.file.shape.facts
        if name not in facts:
            self.names.library.report_unknown(self.file, "W2003", path, "fact", name, facts)
            return None
        found = self._try_local(name)
        if not isinstance(found, Fact):
            return None
        about = entity_of(found, self.names.library)
        if about != entity:
            message = f"'{name}' is about entity '{about}', but this schedule is about entity '{entity}'"
            self._report("W2110", path, message, f"use a fact about entity '{entity}'")
            return None
        if found.operation is not Operation.LATEST:
            message = f"'{name}' takes the {found.operation.value}; after needs the latest record"
            self._report("W3003", path, message, f"define a fact {{latest: {found.selection.kind}}}")
            return None
        return found

    def _interval(self, shape: IntervalShape, path: Path_, entity: str) -> Interval | None:
        length = self._length(shape.then, (*path, "then"))
        because = self._sentence(shape.because, (*path, "because"), entity)
        if shape.when is None:
            return Interval(length, None, because) if length is not None else None
        condition = self._expression((*path, "when"), shape.when, entity, Base.BOOLEAN)
        return Interval(length, condition, because) if length is not None and condition is not None else None

    def _once_per_year(self, shape: OncePerYearShape, path: Path_, entity: str) -> OncePerYear | None:
        satisfied = self._expression((*path, "satisfied"), shape.satisfied, entity, Base.BOOLEAN)
        because = self._sentence(shape.because, (*path, "because"), entity)
        if shape.not_before is None:
            return OncePerYear(satisfied, None, because) if satisfied is not None else None
        not_before = self._expression((*path, "not_before"), shape.not_before, entity, Base.DATE)
        if satisfied is None or not_before is None:
            return None
        return OncePerYear(satisfied, not_before, because)

    def _sentence(self, shape: TextShape | None, path: Path_, entity: str) -> Text | None:
        """The wording of a reason; each {name} in it is a value or a field of a fact of this pack."""
        if shape is None:
            return None
        for language, wording in (("zh", shape.zh), ("en", shape.en)):
            for name in _PLACEHOLDER.findall(wording):
                self._check_placeholder(name, (*path, language), entity)
        return text_of(shape)

    def _check_placeholder(self, name: str, path: Path_, entity: str) -> None:
        known = [*self.file.shape.facts, *self.file.shape.values]
        if not _DOTTED_NAME.fullmatch(name):
            hint = "write a name in the braces, such as {last_visit.occurred_on}"
            self._report("W2001", path, f"'{{{name}}}' is no name", hint)
        elif name.split(".")[0] not in known:
            self.names.library.report_unknown(self.file, "W2003", path, "fact or value", name, known)
        else:
            scope = EntityScope(self.names, self.file, entity)
            self.names.library.expression(self.file, path, name, scope)

    # -- indicators -------------------------------------------------------------------------------

    def indicator(self, name: str, shape: IndicatorShape) -> Indicator | None:
        path: Path_ = ("indicators", name)
        try:
            entity = self.names.entity(self.file, shape.entity, (*path, "entity"))
        except Broken:
            return None
        numerator = self._expression((*path, "numerator"), shape.numerator, entity, Base.BOOLEAN)
        denominator = self._expression((*path, "denominator"), shape.denominator, entity, Base.BOOLEAN)
        target, fine = self._target(shape.target, (*path, "target"))
        if numerator is None or denominator is None or not fine:
            return None
        return Indicator(
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
        )

    def _target(self, name: str | None, path: Path_) -> tuple[Parameter | None, bool]:
        """The parameter (None when there is no target) and whether it could be found."""
        if name is None:
            return None, True
        target = self._parameter(name, path, "no parameter of this pack, as a target has to be")
        if target is not None and target.type != NUMBER:
            self._report("W2005", path, f"a target is a share from 0 to 1, but '{name}' is a {target.type}")
            return None, False
        return target, target is not None

    # -- presence ---------------------------------------------------------------------------------

    def presence(self) -> tuple[tuple[str, Expression], ...]:
        """Per entity, the condition under which one is there on the day."""
        found = []
        for entity, shape in self.file.shape.entities.items():
            path: Path_ = ("entities", entity)
            try:
                self.names.entity(self.file, entity, path, key=True)
            except Broken:
                continue
            expression = self._expression((*path, "present"), shape.present, entity, Base.BOOLEAN)
            if expression is not None:
                found.append((entity, expression))
        return tuple(found)
