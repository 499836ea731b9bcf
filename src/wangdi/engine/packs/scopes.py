"""What a name means at a place in a pack: in a rule about an entity, and in a fact's ``where``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from wangdi.engine.diagnostics.messages import suggest
from wangdi.engine.model.expressions import (
    Attribute,
    CohortValue,
    Day,
    Expression,
    Instant,
    ParameterValue,
    RowRelated,
    RowValue,
    TypeMismatch,
)
from wangdi.engine.model.facts import Fact, FactField, OwnerValue, PreviousValue, Relation
from wangdi.engine.model.fields import type_of_field
from wangdi.engine.model.indicators import FigureValue, Indicator
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.named import Named
from wangdi.engine.model.overdue import Overdue
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.schedules import Schedule
from wangdi.engine.model.types import DATE, RECORD, Type
from wangdi.engine.packs.adoption import NAMES as ADOPTION_NAMES
from wangdi.engine.packs.adoption import adoption_name
from wangdi.engine.packs.library import Library, PackFile
from wangdi.engine.packs.references import follow, references_in, references_of, register_types
from wangdi.engine.packs.syntax import Broken, Unknown

_DAYS = {
    ("as_of",): Instant.AS_OF,
    ("period", "start"): Instant.PERIOD_START,
    ("period", "end"): Instant.PERIOD_END,
}
PREVIOUS = "previous"

FIGURE = "figure"
"""The first part of the name of an indicator's value."""
OVERDUE = "overdue"
"""The first part of the name of whether a schedule's item is overdue."""
LOCAL_SECTIONS = ("facts", "values", "groups", "parameters")


class LocalNames(Protocol):
    """Where scopes find what packs define."""

    @property
    def library(self) -> Library:
        """The packs being read."""

    def group_file(self, name: str) -> PackFile | None:
        """The pack that declares a group."""

    def local(self, file: PackFile, name: str) -> Expression:
        """The fact, value or group of a pack. `Broken` when its definition is in error."""

    def schedule(self, name: str) -> Schedule | None:
        """The schedule of that name, of whichever pack; None when there is none. `Broken` when it is in error."""

    def indicator(self, name: str) -> Indicator | None:
        """The indicator of that name, of whichever pack; None when there is none. `Broken` when it is in error."""


@lru_cache(maxsize=1024)
def row_types(kind: Kind) -> Mapping[str, Type]:
    """The fields of a record that rules may use, with their types."""
    typed = ((f.name, type_of_field(f)) for f in kind.fields)
    return {"occurred_on": DATE} | {name: found for name, found in typed if found is not None}


def parameter_value(
    library: Library, file: PackFile, name: str, birth_date: Expression | None
) -> Expression | Unknown:
    """A parameter's value at a place where ``birth_date`` is known (None: for nobody). `Broken` when it is in error."""
    parameter = library.parameters.get((file.name, name))
    if parameter is None:
        raise Broken
    if not parameter.by_cohort:
        return ParameterValue(parameter)
    if birth_date is None:
        message = f"'{name}' applies by birth date, but this rule is about nobody who has one"
        return Unknown("W2110", message, "use it in rules about residents or workers")
    return CohortValue(parameter, birth_date)


def local_names(file: PackFile) -> Iterator[str]:
    """All names a pack defines for its own use."""
    for section in LOCAL_SECTIONS:
        yield from getattr(file.shape, section)


def is_local(file: PackFile, name: str) -> bool:
    """Whether a pack defines a name for its own use."""
    return any(name in getattr(file.shape, section) for section in LOCAL_SECTIONS)


@dataclass(frozen=True)
class EntityScope:
    """Names in a rule about an entity: the pack's own, days, all groups, register columns, other packs'.

    A dot after a column that names somebody leads on to the columns of who that is.
    """

    names: LocalNames
    file: PackFile
    entity: str

    def resolve(self, parts: tuple[str, ...]) -> Expression | Unknown:
        if parts in _DAYS:
            return Day(_DAYS[parts])
        if len(parts) == 2 and parts[0] == FIGURE:
            return self._figure(parts[1])
        if len(parts) == 2 and parts[0] == OVERDUE:
            return self._overdue(parts[1])
        file, rest = self._pack_of(parts)
        if len(rest) > 1 and is_local(file, rest[0]):
            return self._field_of(file, *rest)
        if len(rest) > 1 and rest is parts and rest[0] in references_of(self.entity):
            return self._related(*rest)
        found = self._plain(file, rest[0]) if len(rest) == 1 else None
        if isinstance(found, Fact) and found.type == RECORD:
            message = f"'{rest[0]}' is a whole record, not one value"
            return Unknown("W2005", message, f"name one of its fields, such as {rest[0]}.occurred_on")
        return found or self._unknown(parts)

    @property
    def birth_date(self) -> Expression | None:
        """The birth date of whom the rule is about; None when its register has none."""
        found = register_types(self.entity).get("birth_date")
        return Attribute(self.entity, "birth_date", found) if found is not None else None

    def _pack_of(self, parts: tuple[str, ...]) -> tuple[PackFile, tuple[str, ...]]:
        """The pack a dotted name begins with, unless the first word is a fact of this pack."""
        packs = self.names.library.files
        if len(parts) > 1 and parts[0] in packs and parts[0] not in self.file.shape.facts:
            return packs[parts[0]], parts[1:]
        return self.file, parts

    def _plain(self, file: PackFile, name: str) -> Expression | Unknown | None:
        if name in file.shape.parameters:
            return parameter_value(self.names.library, file, name, self.birth_date)
        if is_local(file, name):
            return self._same_entity(name, self.names.local(file, name))
        if (owner := self.names.group_file(name)) is not None:
            return self._same_entity(name, self.names.local(owner, name))
        if file is self.file and name in (types := register_types(self.entity)):
            return Attribute(self.entity, name, types[name])
        return adoption_name(file, name, self.entity)

    def _same_entity(self, name: str, found: Expression) -> Expression | Unknown:
        about = entity_of(found, self.names.library)
        if about is None or about == self.entity:
            return found
        message = f"'{name}' is about entity '{about}', but this rule is about entity '{self.entity}'"
        hint = "use facts and values of the same entity, or give this rule that entity"
        return Unknown("W2110", message, hint)

    def _related(self, name: str, *further: str) -> Expression | Unknown:
        start = Attribute(self.entity, name, register_types(self.entity)[name])
        return follow(start, name, references_of(self.entity), further)

    def _field_of(self, file: PackFile, name: str, field_name: str, *further: str) -> Expression | Unknown:
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
        return follow(
            FactField(fact, field_name, types[field_name]), field_name, references_in(kind), further
        )

    def _figure(self, name: str) -> Expression | Unknown:
        """The value of an indicator at the institution or place that the rule is about."""
        indicator = self.names.indicator(name)
        if indicator is None:
            known = {name for f in self.names.library.files.values() for name in f.shape.indicators}
            if self.names.library.excuses(name):
                raise Broken
            return Unknown("W2003", f"unknown indicator '{name}'", suggest(name, known))
        try:
            return FigureValue(self.entity, indicator)
        except TypeMismatch as error:
            return Unknown("W2110", str(error), "use it in a rule about an institution or a place")

    def _overdue(self, name: str) -> Expression | Unknown:
        """Whether a schedule's item of the entity is overdue."""
        schedule = self.names.schedule(name)
        if schedule is None:
            known = {name for f in self.names.library.files.values() for name in f.shape.schedules}
            if self.names.library.excuses(name):
                raise Broken
            return Unknown("W2003", f"unknown schedule '{name}'", suggest(name, known))
        if schedule.group.entity != self.entity:
            message = f"'{name}' is about entity '{schedule.group.entity}', but this rule is about entity '{self.entity}'"
            return Unknown(
                "W2110", message, "count those below for whom it is overdue: {count: overdue.…, over: …}"
            )
        return Overdue(schedule)

    @property
    def known(self) -> set[str]:
        """All names that can be written without the name of another pack before them."""
        known = {*local_names(self.file), *register_types(self.entity), "as_of", "period.start", "period.end"}
        return known | {name for f in self.names.library.files.values() for name in f.shape.groups}

    def knows(self, first: str) -> bool:
        """Whether a name, or the first part of a dotted one, stands for something."""
        return first in (*self.known, *self.names.library.files, *ADOPTION_NAMES, OVERDUE)

    def _unknown(self, parts: tuple[str, ...]) -> Unknown:
        if self.names.library.excuses(*parts):
            raise Broken
        if parts == ("edition",):
            return Unknown("W2003", "this pack has no editions", "write adoption: by_place and editions: {…}")
        if parts == ("adopted",):
            return Unknown("W2003", "this pack is in force everywhere", "write adoption: by_place")
        return Unknown("W2003", f"unknown name '{'.'.join(parts)}'", suggest(parts[0], self.known))


def unknown_field(library: Library, kind: Kind, name: str) -> Unknown:
    """What to say of a field that a kind lacks. `Broken` when it was reported."""
    if library.excuses(name):
        raise Broken
    return Unknown("W2003", f"'{kind.name}' has no field '{name}'", suggest(name, row_types(kind)))


def entity_of(expression: Expression, library: Library) -> str | None:
    """The entity a named expression is about; None when it is the same for everybody."""
    if isinstance(expression, Named):
        return expression.entity
    if isinstance(expression, Rollup | FigureValue):
        return expression.owner
    if isinstance(expression, Fact):
        return fact_entity(library.kinds[expression.selection.kind], expression.selection.relation)
    return None


def fact_entity(kind: Kind, relation: Relation) -> str:
    """Whose fact it is: whom the record is about, the institution it was done at, the worker who did it."""
    return {Relation.ABOUT: kind.about, Relation.AT: "institution", Relation.BY: "worker"}[relation]


@dataclass(frozen=True)
class RowScope:
    """Names in a fact's ``where`` and ``of``.

    They are, in this order: days, fields of the record, of the record before it, columns of those its fields name and
    of those it concerns; then whatever the name means for the entity whose fact it is.
    """

    names: LocalNames
    file: PackFile
    kind: Kind
    relation: Relation

    def resolve(self, parts: tuple[str, ...]) -> Expression | Unknown:
        if parts in _DAYS:
            return Day(_DAYS[parts])
        if len(parts) == 1 and parts[0] in (types := row_types(self.kind)):
            return RowValue(self.kind.name, parts[0], types[parts[0]])
        if len(parts) == 2 and parts[0] == PREVIOUS:
            return self._previous(parts[1])
        if len(parts) == 1 and parts[0] in self.file.shape.parameters:
            return parameter_value(self.names.library, self.file, parts[0], self.birth_date)
        if len(parts) > 1 and parts[0] in references_in(self.kind):
            return self._named_in_record(*parts)
        if len(parts) > 1 and parts[0] in self._roles:
            return self._related(*parts)
        return self._of_owner(parts)

    @property
    def birth_date(self) -> Expression | None:
        """The birth date of the record's subject; None when its register has none."""
        found = register_types(self.kind.about).get("birth_date")
        return RowRelated("subject", self.kind.about, "birth_date", found) if found is not None else None

    @property
    def _roles(self) -> dict[str, str]:
        return {"subject": self.kind.about, "institution": "institution", "worker": "worker"}

    def _previous(self, name: str) -> Expression | Unknown:
        types = row_types(self.kind)
        if name not in types:
            return unknown_field(self.names.library, self.kind, name)
        return PreviousValue(self.kind.name, name, types[name])

    def _named_in_record(self, name: str, *further: str) -> Expression | Unknown:
        start = RowValue(self.kind.name, name, row_types(self.kind)[name])
        return follow(start, name, references_in(self.kind), further)

    def _related(self, role: str, name: str, *further: str) -> Expression | Unknown:
        entity = self._roles[role]
        types = register_types(entity)
        if name not in types:
            return Unknown("W2003", f"entity '{entity}' has no '{name}'", suggest(name, types))
        return follow(RowRelated(role, entity, name, types[name]), name, references_of(entity), further)

    def _of_owner(self, parts: tuple[str, ...]) -> Expression | Unknown:
        """What a name means for the entity whose fact it is. Parameters are the same for everybody."""
        owner = EntityScope(self.names, self.file, fact_entity(self.kind, self.relation))
        if not owner.knows(parts[0]):
            return self._unknown(parts, owner)
        found = owner.resolve(parts)
        return found if isinstance(found, Unknown | ParameterValue) else OwnerValue(found)

    def _unknown(self, parts: tuple[str, ...], owner: EntityScope) -> Unknown:
        if self.names.library.excuses(*parts):
            raise Broken
        related = {f"{role}.{n}" for role, entity in self._roles.items() for n in register_types(entity)}
        before = {f"{PREVIOUS}.{name}" for name in row_types(self.kind)}
        name, known = ".".join(parts), {*row_types(self.kind), *owner.known, *related, *before}
        message = f"unknown name '{name}' in a fact over records '{self.kind.name}'"
        return Unknown("W2003", message, suggest(name, known))
