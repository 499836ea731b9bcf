"""From an author's fact to the model's."""

from collections.abc import Collection
from dataclasses import dataclass

from wangdi.engine.diagnostics.messages import did_you_mean
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.facts import (
    EVER,
    OPERATIONS_OF,
    Calendar,
    Fact,
    Operation,
    Relation,
    Selection,
    Window,
)
from wangdi.engine.model.kinds import Kind
from wangdi.engine.packs.durations import parse_duration
from wangdi.engine.packs.library import PackFile
from wangdi.engine.packs.scopes import EntityScope, LocalNames, RowScope, fact_entity
from wangdi.engine.packs.shapes import FactShape
from wangdi.engine.packs.syntax import Scope
from wangdi.engine.packs.yaml_tree import Path_

_OPERATIONS = tuple(operation.value for operation in Operation)
_CALENDARS = tuple(calendar.value for calendar in Calendar)
_SINCE = "since "


@dataclass(frozen=True)
class FactReader:
    """Builds one fact from its author's shape. A method returns None when it reported what is wrong."""

    names: LocalNames
    file: PackFile
    name: str
    shape: FactShape

    @property
    def path(self) -> Path_:
        return ("facts", self.name)

    def _report(self, code: str, path: Path_, message: str, hint: str = "", *, key: bool = False) -> None:
        self.names.library.report(self.file, code, path, message, hint, key=key)

    def read(self) -> Fact | None:
        operation = self._operation()
        kind = self._kind(operation) if operation is not None else None
        if operation is None or kind is None:
            return None
        relation = Relation(self.shape.relation)
        window = self._window(EntityScope(self.names, self.file, fact_entity(kind, relation)))
        rows = RowScope(self.names, self.file, kind, relation)
        where, of = self._expression("where", rows), self._expression("of", rows)
        if window is None or (self.shape.where and where is None) or (self.shape.of and of is None):
            return None
        selection = self.names.library.build(
            self.file, "W2005", (*self.path, "where"), lambda: Selection(kind.name, relation, window, where)
        )
        return self._fact(operation, selection, of) if selection is not None else None

    def _fact(self, operation: Operation, selection: Selection, of: Expression | None) -> Fact | None:
        at = "n" if operation is Operation.NTH else "of"
        return self.names.library.build(
            self.file,
            "W2005",
            (*self.path, at),
            lambda: Fact(operation, selection, self.file.name, self.name, of, self.shape.n),
        )

    def _operation(self) -> Operation | None:
        """The one operation that is given, with the keys that belong to it."""
        given = [operation for operation in _OPERATIONS if getattr(self.shape, operation) is not None]
        if len(given) != 1:
            message = f"a fact takes exactly one of {', '.join(_OPERATIONS)}"
            hint = f"this one has {', '.join(given)}" if given else "write for example {latest: htn_followup}"
            self._report("W1005", self.path, message, hint, key=True)
            return None
        operation = Operation(given[0])
        with_of = self._goes_with(operation, "of", OPERATIONS_OF, "of: sbp")
        with_n = self._goes_with(operation, "n", {Operation.NTH}, "n: 2")
        return operation if with_of and with_n else None

    def _goes_with(
        self, operation: Operation, key: str, needed_by: Collection[Operation], example: str
    ) -> bool:
        """Whether a key is there exactly when the operation needs it; reported when not."""
        given = getattr(self.shape, key) is not None
        if given and operation not in needed_by:
            users = ", ".join(o.value for o in Operation if o in needed_by)
            self._report(
                "W1005", (*self.path, key), f"{operation.value} takes no '{key}'", f"it belongs to {users}"
            )
        elif not given and operation in needed_by:
            message, hint = f"{operation.value} needs the key '{key}'", f"add for example '{example}'"
            self._report("W1005", self.path, message, hint, key=True)
        return given == (operation in needed_by)

    def _kind(self, operation: Operation) -> Kind | None:
        written = getattr(self.shape, operation.value)
        kind = self.names.library.kinds.get(written)
        if kind is None:
            path, library = (*self.path, operation.value), self.names.library
            library.report_unknown(self.file, "W2104", path, "record kind", written, library.kinds)
        return kind

    def _window(self, entity: Scope) -> Window | None:
        written, path = self.shape.during or "ever", (*self.path, "during")
        if written == "ever":
            return EVER
        if written in _CALENDARS:
            return Window(calendar=Calendar(written))
        if written.startswith(_SINCE):
            return self._since(written.removeprefix(_SINCE), path, entity)
        length = parse_duration(written)
        if length is None or length.amount == 0:
            allowed = f"write {', '.join(_CALENDARS)}, ever, a length such as 6 months, or since and a date"
            meant = did_you_mean(written, (*_CALENDARS, "ever")) if written.isidentifier() else ""
            hint = f"{meant} {allowed}".strip()
            self._report("W1005", path, f"'{written}' is no window", hint)
            return None
        return Window(length=length)

    def _since(self, text: str, path: Path_, entity: Scope) -> Window | None:
        """A window that begins with a date of the entity's own."""
        day = self.names.library.expression(self.file, path, text, entity)
        if day is None:
            return None
        return self.names.library.build(self.file, "W2005", path, lambda: Window(since=day))

    def _expression(self, key: str, rows: Scope) -> Expression | None:
        """The expression over a record that stands at a key; None also where there is none."""
        written = getattr(self.shape, key)
        if written is None:
            return None
        return self.names.library.expression(self.file, (*self.path, key), written, rows)
