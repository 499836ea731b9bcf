"""From an author's result sheet to the model's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.facts import Relation
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.sheets import Line, NextStep, Row, Sheet, SheetSection, Wording
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import Base
from wangdi.engine.packs.each import RecordReader, row_value
from wangdi.engine.packs.library import text_of
from wangdi.engine.packs.reading import placeholders
from wangdi.engine.packs.scopes import RowScope, row_types
from wangdi.engine.packs.shapes import TextShape
from wangdi.engine.packs.sheet_shapes import (
    SheetLineShape,
    SheetRowShape,
    SheetSectionShape,
    SheetShape,
    WithheldShape,
)
from wangdi.engine.packs.yaml_tree import Path_

_DOTTED_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_JUDGES = ("high", "low", "notable")


@dataclass(frozen=True)
class SheetReader(RecordReader):
    """Reads the sheets of one pack. Methods return None when they reported what is wrong."""

    def sheet(self, name: str, shape: SheetShape) -> Sheet | None:
        path: Path_ = ("sheets", name)
        kind = self.names.library.kinds.get(name)
        if kind is None:
            kinds = self.names.library.kinds
            self.names.library.report_unknown(self.file, "W2104", path, "record kind", name, kinds)
            return None
        if kind.about != "resident":
            message = f"'{name}' is about entity '{kind.about}', but a sheet is for a resident to read"
            hint = "leave it out: workers and institutions read the record itself"
            self.report("W2110", path, message, hint, key=True)
            return None
        sections = [
            self._section(one, (*path, "sections", number), kind) for number, one in enumerate(shape.sections)
        ]
        withheld = [
            self._line(one, (*path, "withheld", number), kind) for number, one in enumerate(shape.withheld)
        ]
        steps = self._next_steps(shape.next_steps, (*path, "next_steps"))
        return Sheet(
            self.file.name,
            name,
            text_of(shape.title),
            tuple(section for section in sections if section is not None),
            steps,
            tuple(line for line in withheld if line is not None),
        )

    def _next_steps(self, written: Mapping[str, TextShape], path: Path_) -> tuple[NextStep, ...]:
        """Those of schedules about residents."""
        known = {
            name: schedule
            for file in self.names.library.files.values()
            for name, schedule in file.shape.schedules.items()
        }
        for name in written:
            if name not in known and not self.names.library.excuses(name):
                message = f"unknown schedule '{name}'"
                self.report("W2003", (*path, name), message, suggest(name, known), key=True)
        return tuple(NextStep(name, text_of(says)) for name, says in written.items() if name in known)

    def _section(self, shape: SheetSectionShape, path: Path_, kind: Kind) -> SheetSection | None:
        if not shape.rows and not shape.lines:
            self.report("W1005", path, "nothing stands in this section", "add rows, lines, or both")
            return None
        when, fine = self._condition(shape.when, (*path, "when"), kind)
        rows = [self._row(row, (*path, "rows", number), kind) for number, row in enumerate(shape.rows)]
        lines = [self._line(line, (*path, "lines", number), kind) for number, line in enumerate(shape.lines)]
        if not fine:
            return None
        return SheetSection(
            text_of(shape.title),
            tuple(row for row in rows if row is not None),
            tuple(line for line in lines if line is not None),
            when,
        )

    def _line(self, shape: SheetLineShape | WithheldShape, path: Path_, kind: Kind) -> Line | None:
        when, fine = self._condition(shape.when, (*path, "when"), kind)
        says = self._wording(shape.says, (*path, "says"), kind)
        return Line(says, when) if fine and says is not None else None

    def _row(self, shape: SheetRowShape, path: Path_, kind: Kind) -> Row | None:
        judges = {}
        for name in _JUDGES:
            judges[name], fine = self._condition(getattr(shape, name), (*path, name), kind)
            if not fine:
                return None
        limits = self._wording(shape.limits, (*path, "limits"), kind) if shape.limits is not None else None
        shown = self._shown(shape, path, kind)
        if shown is None or (limits is None and shape.limits is not None):
            return None
        title, shows, unit = shown
        return Row(title, shows, unit, limits, **judges)

    def _shown(
        self, shape: SheetRowShape, path: Path_, kind: Kind
    ) -> tuple[Text, Wording, str | None] | None:
        """The title of a row, what it shows, and in which unit."""
        if (shape.field is None) == (shape.shows is None):
            message = "a row has either a field or what it shows"
            self.report("W1005", path, message, "write field: …, or title: … and shows: …")
            return None
        if shape.shows is not None:
            if shape.title is None:
                self.report("W1005", path, "this row has no title", "add title: {zh: …, en: …}")
                return None
            shows = self._wording(shape.shows, (*path, "shows"), kind)
            return (text_of(shape.title), shows, None) if shows is not None else None
        return self._field(shape, path, kind)

    def _field(
        self, shape: SheetRowShape, path: Path_, kind: Kind
    ) -> tuple[Text, Wording, str | None] | None:
        name, types = shape.field or "", row_types(kind)
        if name not in types:
            at = (*path, "field") if (*path, "field") in self.file.document.values else path
            if not self.names.library.excuses(name):
                self.report("W2003", at, f"'{kind.name}' has no field '{name}'", suggest(name, types))
            return None
        braces = "{" + name + "}"
        shows = Wording(Text(braces, braces), ((name, row_value(kind, name)),))
        if name == "occurred_on":
            return text_of(shape.title) if shape.title else Text("日期", "Date"), shows, None
        field = kind.field(name)
        return text_of(shape.title) if shape.title else field.title, shows, field.unit

    def _condition(self, text: str | None, path: Path_, kind: Kind) -> tuple[Expression | None, bool]:
        """The condition (None where none is written) and whether it is in order."""
        if text is None:
            return None, True
        found = self.row_expression(path, text, kind, Base.BOOLEAN)
        return found, found is not None

    def _wording(self, shape: TextShape, path: Path_, kind: Kind) -> Wording | None:
        slots: dict[str, Expression] = {}
        fine = True
        for language, wording in (("zh", shape.zh), ("en", shape.en)):
            for name in placeholders(wording):
                found = slots.get(name) or self._slot(name, (*path, language), kind)
                fine = fine and found is not None
                if found is not None:
                    slots[name] = found
        if not fine:
            return None
        return self.names.library.build(
            self.file, "W2005", path, lambda: Wording(text_of(shape), tuple(slots.items()))
        )

    def _slot(self, name: str, path: Path_, kind: Kind) -> Expression | None:
        if not _DOTTED_NAME.fullmatch(name):
            hint = "write a name in the braces, such as {occurred_on}"
            self.report("W2001", path, f"'{{{name}}}' is no name", hint)
            return None
        scope = RowScope(self.names, self.file, kind, Relation.ABOUT)
        return self.names.library.expression(self.file, path, name, scope)
