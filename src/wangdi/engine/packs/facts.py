"""From an author's fact to the model's."""

from dataclasses import dataclass

from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.facts import EVER, Fact, Operation, Relation, Selection, Window
from wangdi.engine.model.kinds import Kind
from wangdi.engine.packs.durations import parse_duration
from wangdi.engine.packs.library import PackFile
from wangdi.engine.packs.scopes import LocalNames, RowScope
from wangdi.engine.packs.shapes import FactShape
from wangdi.engine.packs.yaml_tree import Path_

_OPERATIONS = ("latest", "first", "count", "any")


@dataclass(frozen=True)
class FactReader:
    """Builds one fact from its author's shape."""

    names: LocalNames
    file: PackFile
    name: str
    shape: FactShape

    @property
    def path(self) -> Path_:
        return ("facts", self.name)

    def read(self) -> Fact | None:
        given = [operation for operation in _OPERATIONS if getattr(self.shape, operation) is not None]
        if len(given) != 1:
            message = "a fact takes exactly one of latest, first, count, any"
            hint = f"this one has {', '.join(given)}" if given else "write for example {latest: htn_followup}"
            self.names.library.report(self.file, "W1005", self.path, message, hint, key=True)
            return None
        kind, window = self._kind(given[0]), self._window()
        if kind is None or window is None:
            return None
        where, fine = self._where(kind)
        if not fine:
            return None
        selection = self.names.library.build(
            self.file,
            "W2005",
            (*self.path, "where"),
            lambda: Selection(kind.name, Relation(self.shape.relation), window, where),
        )
        return Fact(Operation(given[0]), selection, self.file.name, self.name) if selection else None

    def _kind(self, operation: str) -> Kind | None:
        written = getattr(self.shape, operation)
        kind = self.names.library.kinds.get(written)
        if kind is None:
            path, library = (*self.path, operation), self.names.library
            library.report_unknown(self.file, "W2104", path, "record kind", written, library.kinds)
        return kind

    def _window(self) -> Window | None:
        written = self.shape.during
        if written in (None, "ever"):
            return EVER
        if written in ("year", "period"):
            return Window(calendar=written)
        length = parse_duration(written)
        if length is None or length.amount == 0:
            hint = "write year, period, ever, or a length such as 6 months"
            path, message = (*self.path, "during"), f"'{written}' is no window"
            self.names.library.report(self.file, "W1005", path, message, hint)
            return None
        return Window(length=length)

    def _where(self, kind: Kind) -> tuple[Expression | None, bool]:
        """The condition (None when there is none) and whether it could be read."""
        if self.shape.where is None:
            return None, True
        scope = RowScope(self.names, self.file, kind)
        where = self.names.library.expression(self.file, (*self.path, "where"), self.shape.where, scope)
        return where, where is not None
