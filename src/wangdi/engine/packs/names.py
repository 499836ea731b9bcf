"""What names mean in a pack, and in a fact's ``where``."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.expressions import (
    Attribute,
    Day,
    Expression,
    Instant,
    ParameterValue,
    RowRelated,
    RowValue,
)
from wangdi.engine.model.facts import EVER, Fact, FactField, Operation, Relation, Selection, Window
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.named import Group, Named
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.types import DATE, RECORD, Base, Type, type_of_field
from wangdi.engine.packs.durations import parse_duration
from wangdi.engine.packs.library import Library, PackFile, optional_text, text_of
from wangdi.engine.packs.shapes import FactShape
from wangdi.engine.packs.syntax import Broken, Unknown
from wangdi.engine.packs.yaml_tree import Path_

_DAYS = {
    ("as_of",): Instant.AS_OF,
    ("period", "start"): Instant.PERIOD_START,
    ("period", "end"): Instant.PERIOD_END,
}
_OPERATIONS = ("latest", "first", "count", "any")
_SECTIONS = ("facts", "values", "groups", "parameters")


def register_types(entity: str) -> dict[str, Type]:
    """The columns of a register that rules may use, with their types."""
    typed = ((f.name, type_of_field(f)) for f in REGISTERS[entity].fields)
    return {name: found for name, found in typed if found is not None}


def row_types(kind: Kind) -> dict[str, Type]:
    """The fields of a record that rules may use, with their types."""
    typed = ((f.name, type_of_field(f)) for f in kind.fields)
    return {"occurred_on": DATE} | {name: found for name, found in typed if found is not None}


@dataclass
class Names:
    """Resolves every named thing of a library once; finds circles."""

    library: Library
    _done: dict[tuple[str, str], Expression | None] = field(default_factory=dict)
    _open: list[tuple[str, str]] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)

    def group_file(self, name: str) -> PackFile | None:
        """The pack that declares a group."""
        return next((f for f in self.library.files.values() if name in f.shape.groups), None)

    def local(self, file: PackFile, name: str) -> Expression:
        """The fact, value, group or parameter of a pack. `Broken` when its definition is in error."""
        key = (file.name, name)
        if key not in self._done:
            if key in self._open:
                self._report_circle(file, name)
                raise Broken
            self._open.append(key)
            try:
                self._done[key] = self._build(file, name)
            finally:
                self._open.pop()
        found = self._done[key]
        if found is None:
            raise Broken
        return found

    def _report_circle(self, file: PackFile, name: str) -> None:
        start = self._open.index((file.name, name))
        way = " → ".join([step[1] for step in self._open[start:]] + [name])
        section = next(s for s in _SECTIONS if name in getattr(file.shape, s))
        message = f"'{name}' depends on itself: {way}"
        self.library.report(file, "W2006", (section, name), message, "break the circle", key=True)

    def _build(self, file: PackFile, name: str) -> Expression | None:
        shape = file.shape
        if name in shape.facts:
            return FactReader(self, file, name, shape.facts[name]).read()
        if name in shape.groups:
            return self._build_group(file, name)
        if name in shape.values:
            return self._build_value(file, name)
        parameter = self.library.parameters.get((file.name, name))
        return ParameterValue(parameter) if parameter is not None else None

    def _build_value(self, file: PackFile, name: str) -> Expression | None:
        shape = file.shape.values[name]
        entity = self.entity(file, shape.entity, ("values", name, "entity"))
        path: Path_ = ("values", name, "is")
        path = path if path in file.document.values else ("values", name)
        expression = self.library.expression(file, path, shape.is_, EntityScope(self, file, entity))
        if expression is None:
            return None
        if expression.type.base is Base.DURATION:
            message, hint = "a value cannot be a duration", "declare the duration as a parameter"
            self.library.report(file, "W2005", path, message, hint)
            return None
        return Named(entity, expression, file.name, name, optional_text(shape.title))

    def _build_group(self, file: PackFile, name: str) -> Expression | None:
        shape = file.shape.groups[name]
        entity = self.entity(file, shape.entity, ("groups", name, "entity"))
        path: Path_ = ("groups", name, "when")
        condition = self.library.expression(file, path, shape.when, EntityScope(self, file, entity))
        if condition is None:
            return None
        title = text_of(shape.title)
        group = self.library.build(
            file, "W2005", path, lambda: Group(file.name, name, title, entity, condition)
        )
        if group is None:
            return None
        self.groups[name] = group
        return group.as_expression()

    def entity(self, file: PackFile, written: str | None, path: Path_, *, key: bool = False) -> str:
        """The entity a definition is about: the one written, or the pack's. `Broken` when it is none."""
        entity = written or file.shape.entity
        if entity not in REGISTERS:
            at = path if written else ("entity",)
            message = f"'{entity}' is no entity"
            self.library.report(file, "W2003", at, message, suggest(entity, REGISTERS), key=key)
            raise Broken
        return entity


def local_names(file: PackFile) -> Iterator[str]:
    """All names a pack defines for its own use."""
    for section in _SECTIONS:
        yield from getattr(file.shape, section)


@dataclass(frozen=True)
class EntityScope:
    """Names in a rule about an entity: the pack's own, days, all groups, register columns, other packs'."""

    names: Names
    file: PackFile
    entity: str

    def resolve(self, parts: tuple[str, ...]) -> Expression | Unknown:
        if parts in _DAYS:
            return Day(_DAYS[parts])
        file, rest = self._pack_of(parts)
        if len(rest) == 2 and rest[0] in set(local_names(file)):
            return self._field_of(file, *rest)
        found = self._plain(file, rest[0]) if len(rest) == 1 else None
        if isinstance(found, Fact) and found.type == RECORD:
            message = f"'{rest[0]}' is a whole record, not one value"
            return Unknown("W2005", message, f"name one of its fields, such as {rest[0]}.occurred_on")
        return found or self._unknown(parts)

    def _pack_of(self, parts: tuple[str, ...]) -> tuple[PackFile, tuple[str, ...]]:
        """The pack a dotted name begins with, unless the first word is a fact of this pack."""
        packs = self.names.library.files
        if len(parts) > 1 and parts[0] in packs and parts[0] not in self.file.shape.facts:
            return packs[parts[0]], parts[1:]
        return self.file, parts

    def _plain(self, file: PackFile, name: str) -> Expression | Unknown | None:
        if name in set(local_names(file)):
            return self._same_entity(name, self.names.local(file, name))
        if (owner := self.names.group_file(name)) is not None:
            return self._same_entity(name, self.names.local(owner, name))
        if file is self.file and name in (types := register_types(self.entity)):
            return Attribute(self.entity, name, types[name])
        return None

    def _same_entity(self, name: str, found: Expression) -> Expression | Unknown:
        about = entity_of(found, self.names.library)
        if about is None or about == self.entity:
            return found
        message = f"'{name}' is about entity '{about}', but this rule is about entity '{self.entity}'"
        hint = "use facts and values of the same entity, or give this rule that entity"
        return Unknown("W2110", message, hint)

    def _field_of(self, file: PackFile, name: str, field_name: str) -> Expression | Unknown:
        fact = self._plain(file, name)
        if isinstance(fact, Unknown):
            return fact
        if not isinstance(fact, Fact) or fact.type != RECORD:
            message = f"'{name}' is no record, so it has no '{field_name}'"
            return Unknown("W2003", message, "only latest and first facts have fields")
        kind = self.names.library.kinds[fact.selection.kind]
        types = row_types(kind)
        if field_name not in types:
            return unknown_field(self.names.library, kind, field_name)
        return FactField(fact, field_name, types[field_name])

    def _unknown(self, parts: tuple[str, ...]) -> Unknown:
        known = {*local_names(self.file), *register_types(self.entity), "as_of", "period.start", "period.end"}
        known |= {name for f in self.names.library.files.values() for name in f.shape.groups}
        if self.names.library.excuses(*parts):
            raise Broken
        return Unknown("W2003", f"unknown name '{'.'.join(parts)}'", suggest(parts[0], known))


def unknown_field(library: Library, kind: Kind, name: str) -> Unknown:
    """What to say of a field that a kind lacks, or that rules cannot use. `Broken` when it was reported."""
    if library.excuses(name):
        raise Broken
    if any(field.name == name for field in kind.fields):
        message = f"'{name}' holds several answers at once, which rules cannot use"
        return Unknown(
            "W2003", message, "make it a choice, or a boolean field for each answer that rules need"
        )
    return Unknown("W2003", f"'{kind.name}' has no field '{name}'", suggest(name, row_types(kind)))


def entity_of(expression: Expression, library: Library) -> str | None:
    """The entity a named expression is about; None when it is the same for everybody."""
    if isinstance(expression, Named):
        return expression.entity
    if isinstance(expression, Fact):
        return fact_entity(library.kinds[expression.selection.kind], expression.selection.relation)
    return None


def fact_entity(kind: Kind, relation: Relation) -> str:
    """Whose fact it is: whom the record is about, the institution it was done at, the worker who did it."""
    return {Relation.ABOUT: kind.about, Relation.AT: "institution", Relation.BY: "worker"}[relation]


@dataclass(frozen=True)
class RowScope:
    """Names in a fact's ``where``: fields of the record, columns of those it concerns, parameters, days."""

    names: Names
    file: PackFile
    kind: Kind

    def resolve(self, parts: tuple[str, ...]) -> Expression | Unknown:
        if parts in _DAYS:
            return Day(_DAYS[parts])
        if len(parts) == 1 and parts[0] in (types := row_types(self.kind)):
            return RowValue(self.kind.name, parts[0], types[parts[0]])
        if len(parts) == 1 and parts[0] in self.file.shape.parameters:
            return self.names.local(self.file, parts[0])
        if len(parts) == 2 and parts[0] in self._roles:
            return self._related(*parts)
        return self._unknown(parts)

    @property
    def _roles(self) -> dict[str, str]:
        return {"subject": self.kind.about, "institution": "institution", "worker": "worker"}

    def _related(self, role: str, name: str) -> Expression | Unknown:
        entity = self._roles[role]
        types = register_types(entity)
        if name not in types:
            return Unknown("W2003", f"entity '{entity}' has no '{name}'", suggest(name, types))
        return RowRelated(role, entity, name, types[name])

    def _unknown(self, parts: tuple[str, ...]) -> Unknown:
        if self.names.library.excuses(*parts):
            raise Broken
        name = ".".join(parts)
        if any(field.name == name for field in self.kind.fields):
            return unknown_field(self.names.library, self.kind, name)
        related = {f"{role}.{n}" for role, entity in self._roles.items() for n in register_types(entity)}
        known = {*row_types(self.kind), *self.file.shape.parameters, "as_of", *related}
        message = f"unknown name '{name}' in the where of records '{self.kind.name}'"
        return Unknown("W2003", message, suggest(name, known))


@dataclass(frozen=True)
class FactReader:
    """Builds one fact from its author's shape."""

    names: Names
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
