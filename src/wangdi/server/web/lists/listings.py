"""The lists there are: every register, and every kind of record. What a list is derives from the pack alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS, Register
from wangdi.engine.model.text import Text
from wangdi.server.network.models import MODELS, Place
from wangdi.server.records.models import KindRow, RecordVersion, kind_numbers
from wangdi.server.web.areas import Area
from wangdi.server.web.due import is_too_wide
from wangdi.server.web.entities import entities, page_of
from wangdi.server.web.lists.columns import Column, kind_columns, register_columns
from wangdi.server.web.lists.filters import Wanted
from wangdi.server.web.requests import SignedInRequest
from wangdi.server.web.residents import names_in
from wangdi.server.web.subjects import subject_names
from wangdi.server.web.words import Names

FIRST_FIELDS = 5
"""How many fields of a form a list shows before the reader chooses."""

PERSONS = ("resident", "worker")

_DAY = "occurred_on"


class Listing(Protocol):
    """A list: its rows in an area, and how each is shown."""

    @property
    def key(self) -> str:
        """Its name among all lists, as kept views and the audit know it."""

    @property
    def title(self) -> Text: ...

    @property
    def columns(self) -> Sequence[Column]: ...

    @property
    def shown(self) -> Sequence[str]:
        """The columns shown before the reader chooses."""

    @property
    def order(self) -> str: ...

    @property
    def is_personal(self) -> bool:
        """Whether its rows tell of persons."""

    def rows(self, request: SignedInRequest, area: Area, wanted: Wanted) -> QuerySet[Any]:
        """Those the reader may see in the area, as wanted."""

    def names(self, rows: Sequence[Any]) -> Names:
        """What the rows name by key or code."""

    def link(self, row: Any, area: Area) -> str:
        """Where a row leads; empty where the reader may see no more than it says."""


def within(entity: str, area: Area) -> Q:
    """Entities of a register seated in the area or under it."""
    paths = MODELS[entity].objects.all()
    if area.entity == "place":
        return Q(**{f"{paths.place_path}__under": area.node.path})
    if paths.institution_path is None:
        return Q(**{f"{paths.place_path}__under": area.place.path})
    return Q(**{f"{paths.institution_path}__under": area.node.path})


def ordered(rows: QuerySet[Any], wanted: Wanted) -> QuerySet[Any]:
    """What was not written down comes last, whichever way; equal ones by key, so that pages never overlap."""
    by = wanted.order.order
    first = by.desc(nulls_last=True) if wanted.descending else by.asc(nulls_last=True)
    return rows.order_by(first, "-pk" if wanted.descending else "pk")


@dataclass(frozen=True, slots=True)
class RegisterList:
    register: Register

    @property
    def key(self) -> str:
        return f"register:{self.register.entity}"

    @property
    def title(self) -> Text:
        return self.register.title

    @property
    def columns(self) -> Sequence[Column]:
        return register_columns(self.register.entity)

    @property
    def shown(self) -> Sequence[str]:
        hidden = {"lon", "lat", "address"}
        return [column.name for column in self.columns if column.name not in hidden]

    @property
    def order(self) -> str:
        return "code"

    @property
    def is_personal(self) -> bool:
        return self.register.entity in PERSONS

    def rows(self, request: SignedInRequest, area: Area, wanted: Wanted) -> QuerySet[Any]:
        entity = self.register.entity
        references = [field.name for field in self.register.fields if field.refers_to is not None]
        found = entities(entity).visible_to(request.user).filter(within(entity, area), wanted.condition)
        return ordered(found.select_related(*references), wanted)

    def names(self, rows: Sequence[Any]) -> Names:
        return {}

    def link(self, row: Any, area: Area) -> str:
        if isinstance(row, Place) and not area.scope.reaches_place(row.path):
            return ""
        return page_of(row)


@dataclass(frozen=True, slots=True)
class KindList:
    """``done_here``: of the records made at institutions of the area, instead of those about its own subjects."""

    kind: Kind
    done_here: bool = False

    @property
    def key(self) -> str:
        return f"kind:{self.kind.name}"

    @property
    def title(self) -> Text:
        return self.kind.title

    @property
    def columns(self) -> Sequence[Column]:
        return kind_columns(self.kind.about, self.kind.fields)

    @property
    def shown(self) -> Sequence[str]:
        own = [field.name for field in self.kind.form][:FIRST_FIELDS]
        state = ["state", "assigned_institution"] if self.kind.workflow is not None else []
        return ["subject", "occurred_on", *state, *own, "at"]

    @property
    def order(self) -> str:
        return f"-{_DAY}"

    @property
    def is_personal(self) -> bool:
        return self.kind.about in PERSONS

    def rows(self, request: SignedInRequest, area: Area, wanted: Wanted) -> QuerySet[Any]:
        number = kind_numbers().get(self.kind.name)
        records = RecordVersion.objects.valid().filter(kind=number)
        walked = wanted.order.name == _DAY and is_too_wide(area)
        records = records.filter(self._of(request, area, walked), wanted.condition)
        return ordered(records.select_related("kind", "institution", "worker"), wanted)

    def _of(self, request: SignedInRequest, area: Area, walked: bool) -> Q | Exists:
        """``walked``: whom a record is about is looked at record by record, in the order of the list, which for a large
        part of the network is soon done with a page; else the few whom it may be about are looked up first."""
        entity = "institution" if self.done_here else self.kind.about
        found = MODELS[entity].objects.visible_to(request.user).filter(within(entity, area)).order_by()
        key = "institution" if self.done_here else "subject"
        if walked:
            return Exists(found.filter(pk=OuterRef(key)))
        return Q(**{f"{key}__in": found.values("pk")})

    def names(self, rows: Sequence[Any]) -> Names:
        subjects = subject_names((self.kind.about, row.subject) for row in rows)
        named = {(entity, str(key)): name for (entity, key), name in subjects.items()}
        return {**named, **names_in(rows, {self.kind.name: self.kind})}

    def link(self, row: Any, area: Area) -> str:
        return reverse("record", args=[self.kind.name, row.record_id])


def kinds_with_records(kinds: Iterable[Kind]) -> Mapping[str, bool]:
    """Of which kinds the store has any record at all, by name."""
    has_one = Exists(RecordVersion.objects.current().filter(kind=OuterRef("pk")).order_by())
    used = set(KindRow.objects.filter(has_one).values_list("name", flat=True))
    return {kind.name: kind.name in used for kind in kinds}


ALL_REGISTERS = tuple(RegisterList(register) for register in REGISTERS.values())


def by_key(key: str, kinds: Mapping[str, Kind]) -> Listing | None:
    """The list of that key; None when there is none any more."""
    sort, _, name = key.partition(":")
    if sort == "register" and name in REGISTERS:
        return RegisterList(REGISTERS[name])
    return KindList(kinds[name]) if sort == "kind" and name in kinds else None
