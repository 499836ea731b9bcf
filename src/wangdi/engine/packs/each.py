"""From an author's schedule with one item per record to the model's."""

from dataclasses import dataclass

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.calendar import Duration, Unit
from wangdi.engine.model.each import Each
from wangdi.engine.model.expressions import Expression, RowValue
from wangdi.engine.model.facts import EVER, Relation, Selection
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.lengths import Length
from wangdi.engine.model.named import Group
from wangdi.engine.model.pack import PRESENT
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.text import Text
from wangdi.engine.model.types import Base
from wangdi.engine.model.workflows import ASSIGNED_INSTITUTION
from wangdi.engine.packs.lengths import LengthReader
from wangdi.engine.packs.library import text_of
from wangdi.engine.packs.reading import placeholders
from wangdi.engine.packs.scopes import RowScope, row_types
from wangdi.engine.packs.shapes import EachShape, ScheduleShape, TextShape
from wangdi.engine.packs.yaml_tree import Path_


def row_value(kind: Kind, name: str) -> RowValue:
    """A field of the record at hand; KeyError when rules cannot use it."""
    return RowValue(kind.name, name, row_types(kind)[name])


@dataclass(frozen=True)
class RecordReader(LengthReader):
    """What rules about single records share. A method returns None when it reported what is wrong."""

    def row_expression(self, path: Path_, text: str, kind: Kind, base: Base) -> Expression | None:
        """The expression about a record at a path, which is of the given base."""
        scope = RowScope(self.names, self.file, kind, Relation.ABOUT)
        found = self.names.library.expression(self.file, path, text, scope)
        if found is not None and found.type.base is not base:
            self.report("W2005", path, f"{path[-1]} needs a {base.value}, but this is a {found.type}")
            return None
        return found

    def row_length(self, text: str, path: Path_, kind: Kind) -> Length | None:
        """A parameter's name, or a duration; by birth date, it is that of the record's subject."""
        scope = RowScope(self.names, self.file, kind, Relation.ABOUT)
        return self.length_for(text, path, scope.birth_date)

    def record_sentence(self, shape: TextShape | None, path: Path_, kind: Kind) -> Text | None:
        """The wording of a reason; each {name} in it is a field of the record."""
        if shape is None:
            return None
        known = {"occurred_on", *(field.name for field in kind.fields)}
        for language, wording in (("zh", shape.zh), ("en", shape.en)):
            for name in placeholders(wording):
                if name not in known and not self.names.library.excuses(name):
                    message = f"'{kind.name}' has no field '{name}'"
                    self.report("W2003", (*path, language), message, suggest(name, known))
        return text_of(shape)

    def schedule_of(
        self, name: str, title: Text, kind: Kind, each: Each, group: Group | None = None
    ) -> Schedule:
        """A schedule of that shape; without a group it is for everybody who is present."""
        everybody = Group(self.file.name, name, title, kind.about, PRESENT)
        no_lead = Duration(0, Unit.DAYS)
        return Schedule(self.file.name, name, title, group or everybody, kind.name, each, no_lead)


@dataclass(frozen=True)
class EachReader(RecordReader):
    """Reads schedules that have one item per record."""

    def schedule(self, name: str, written: ScheduleShape, shape: EachShape) -> Schedule | None:
        path: Path_ = ("schedules", name, "each")
        kinds = self.names.library.kinds
        kind = kinds.get(shape.record)
        if kind is None:
            self.names.library.report_unknown(
                self.file, "W2104", (*path, "record"), "record kind", shape.record, kinds
            )
            return None
        group, fine = self._group(written, ("schedules", name, "group"), kind)
        each = self._each(shape, path, kind)
        if each is None or not fine:
            return None
        return self.schedule_of(name, text_of(written.title), kind, each, group)

    def _group(self, written: ScheduleShape, path: Path_, kind: Kind) -> tuple[Group | None, bool]:
        """The group (None when there is none) and whether it fits."""
        if written.group is None:
            return None, True
        group = self.group(written.group, path)
        if group is not None and group.entity != kind.about:
            message = (
                f"'{group.name}' is about entity '{group.entity}', but '{kind.name}' is about '{kind.about}'"
            )
            self.report("W2110", path, message, f"use a group of entity '{kind.about}', or none")
            return None, False
        return group, group is not None

    def _each(self, shape: EachShape, path: Path_, kind: Kind) -> Each | None:
        start = self.row_expression((*path, "from"), shape.from_, kind, Base.DATE)
        within = self.row_length(shape.within, (*path, "within"), kind)
        because = self.record_sentence(shape.because, (*path, "because"), kind)
        where = holder = None
        fine = start is not None and within is not None
        if shape.where is not None:
            where = self.row_expression((*path, "where"), shape.where, kind, Base.BOOLEAN)
            fine = fine and where is not None
        if shape.responsible is not None:
            holder = self.row_expression((*path, "responsible"), shape.responsible, kind, Base.TEXT)
            fine = fine and holder is not None
        elif kind.workflow is not None:
            holder = row_value(kind, ASSIGNED_INSTITUTION)
        if start is None or within is None or not fine:
            return None
        selection = Selection(kind.name, Relation.ABOUT, EVER, where)
        return Each(selection, start, within, holder, because=because)
