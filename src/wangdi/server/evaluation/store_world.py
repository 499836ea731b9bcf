"""The store as the reference evaluator sees it: one entity's attributes and records, read when asked for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.model.adoption import Adoption
from wangdi.engine.model.facts import Relation
from wangdi.engine.model.fields import Field, FieldType, value_in_rules
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.model.seats import has_seat, seat_columns
from wangdi.server.adoption.adoptions import adoptions
from wangdi.server.common.paths import SEPARATOR
from wangdi.server.network.models import MODELS, Institution, Place
from wangdi.server.records.models import RecordQuerySet, RecordVersion, kind_numbers

_AT_ONCE = 1000
"""How many entities are read in one query."""


@dataclass
class StoreWorld:
    """A world over the store. Everything is read once; make a new one after a write."""

    kinds: Mapping[str, Kind]
    _attributes: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    _records: dict[tuple[Relation, str, str], dict[str, list[Record]]] = field(default_factory=dict)
    _since: dict[tuple[Relation, str, str, str], date] = field(default_factory=dict)
    """From when on those of a kind were read at an institution or by a worker; all of them where there is no day."""
    _adoptions: tuple[Adoption, ...] | None = None
    looked_at: set[tuple[str, str]] = field(default_factory=set)
    """The register and code of everybody who was asked about, adoptions aside; whoever wants to know empties it first."""
    _below: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    _keys: dict[tuple[str, str], int] = field(default_factory=dict)

    def attributes(self, entity: str, code: str) -> Mapping[str, Any]:
        key = (entity, code)
        self.looked_at.add(key)
        if key not in self._attributes:
            self._attributes[key] = self._read_attributes(entity, code)
        return self._attributes[key]

    def records(
        self, kind: str, relation: Relation, code: str, since: date | None = None
    ) -> Sequence[Record]:
        """Of those about an entity all kinds are read at once; at an institution and by a worker they may be very many."""
        about = self.kinds[kind].about
        key = (relation, about, code)
        self.looked_at.add((about if relation is Relation.ABOUT else relation.name, code))
        known = self._records.get(key)
        if relation is Relation.ABOUT:
            if known is None:
                known = self._records[key] = self._read_records(relation, about, code)
            return known.get(kind, [])
        if known is None:
            known = self._records[key] = {}
        read = (*key, kind)
        if kind not in known or (read in self._since and (since is None or since < self._since[read])):
            self._since.pop(read, None)
            if since is not None:  # some more than is asked for: the next fact may look back a little further
                self._since[read] = since = since.replace(month=1, day=1)
            known[kind] = self._read_records(relation, about, code, kind, since).get(kind, [])
        return known[kind]

    def adoptions(self) -> Sequence[Adoption]:
        if self._adoptions is None:
            self._adoptions = adoptions()
        return self._adoptions

    def below(self, entity: str, tree: str, code: str) -> Sequence[str]:
        """Reads those below ahead: for a large area that is as many queries as there are thousands of them."""
        key = (entity, tree, code)
        self.looked_at.add((tree, code))
        if key not in self._below:
            self._below[key] = self._read_below(entity, tree, code)
            for start in range(0, len(self._below[key]), _AT_ONCE):
                self.read_ahead(entity, self._below[key][start : start + _AT_ONCE])
        return self._below[key]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return kind_numbers()

    def _read_below(self, entity: str, tree: str, code: str) -> list[str]:
        trees = Place if tree == "place" else Institution
        path = trees._default_manager.filter(code=code).values_list("path", flat=True).first()
        if path is None or not has_seat(entity, tree):
            return []
        to_seat = "" if entity == tree else tree if tree in seat_columns(entity) else f"institution__{tree}"
        lookup = f"{to_seat}__path__under".removeprefix("__")
        return list(MODELS[entity]._default_manager.filter(**{lookup: path}).values_list("code", flat=True))

    def read_ahead(self, entity: str, codes: Collection[str]) -> None:
        """Reads the attributes of several entities, and the records about them, in two queries."""
        rows = self._query_attributes(entity, codes)
        for code in codes:
            self._attributes[entity, code] = rows.get(code, {})
            self._records[Relation.ABOUT, entity, code] = {}
        keys = {self._keys[entity, code]: code for code in rows}
        versions = RecordVersion.objects.valid().filter(subject__in=keys, kind__about=entity)
        for record in self._in_order(versions, keys):
            self._records[Relation.ABOUT, entity, record.subject].setdefault(record.kind, []).append(record)

    def _read_attributes(self, entity: str, code: str) -> Mapping[str, Any]:
        if entity == "place":
            self._read_places_up_from(code)
        elif rows := self._query_attributes(entity, [code]):
            return rows[code]
        return self._attributes.get((entity, code), {})

    def _read_places_up_from(self, code: str) -> None:
        """A place and all above it, since whoever asks for one goes up: two queries instead of one for each level."""
        path = Place.objects.filter(code=code).values_list("path", flat=True).first()
        if path is not None:
            rows = self._query_attributes("place", path.strip(SEPARATOR).split(SEPARATOR))
            self._attributes |= {("place", above): row for above, row in rows.items()}

    def _query_attributes(self, entity: str, codes: Collection[str]) -> dict[str, Mapping[str, Any]]:
        usable = [f for f in REGISTERS[entity].fields if not f.sensitive]
        columns = {f.name: f"{f.name}__code" if f.type is FieldType.REFERENCE else f.name for f in usable}
        rows = list(MODELS[entity]._default_manager.filter(code__in=codes).values("pk", *columns.values()))
        self._keys |= {(entity, row["code"]): row["pk"] for row in rows}
        return {row["code"]: {name: row[column] for name, column in columns.items()} for row in rows}

    def _key(self, entity: str, code: str) -> int | None:
        """The key in the store; None when there is no such entity."""
        if (entity, code) not in self._keys:
            found = MODELS[entity]._default_manager.filter(code=code).values_list("pk", flat=True).first()
            if found is None:
                return None
            self._keys[entity, code] = found
        return self._keys[entity, code]

    def _read_records(
        self, relation: Relation, about: str, code: str, kind: str | None = None, since: date | None = None
    ) -> dict[str, list[Record]]:
        """All records (of a kind, from a day on) that belong to an entity in that way, by kind, in order."""
        owner = {Relation.ABOUT: about, Relation.AT: "institution", Relation.BY: "worker"}[relation]
        column = {
            Relation.ABOUT: "subject",
            Relation.AT: "institution_id",
            Relation.BY: "worker_id",
        }[relation]
        key = self._key(owner, code)
        if key is None:
            return {}
        versions = RecordVersion.objects.valid().filter(**{column: key, "kind__about": about})
        if kind is not None:
            versions = versions.filter(kind=self._numbers.get(kind))
        if since is not None:
            versions = versions.filter(occurred_on__gte=since)
        if relation is Relation.ABOUT:
            codes = {key: code}
        else:
            subjects = MODELS[about]._default_manager.filter(pk__in=versions.values("subject"))
            codes = dict(subjects.values_list("pk", "code"))
        found: dict[str, list[Record]] = {}
        for record in self._in_order(versions, codes):
            found.setdefault(record.kind, []).append(record)
        return found

    def _in_order(self, versions: RecordQuerySet, subjects: Mapping[int, str]) -> list[Record]:
        """The records of declared kinds by date, then id; ``subjects`` gives the code of each key."""
        names = (
            "kind__name",
            "record_id",
            "subject",
            "occurred_on",
            "institution__code",
            "worker__code",
            "values",
        )
        records = [
            Record(
                kind, record_id, subjects[subject], day, institution, worker, _typed(self.kinds[kind], values)
            )
            for kind, record_id, subject, day, institution, worker, values in versions.values_list(*names)
            if kind in self.kinds
        ]
        return sorted(records, key=lambda record: (record.occurred_on, record.id))


def _typed(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values as rules see them: dates are dates; fields the kind no longer declares are left out.

    What an earlier pack stored under a time of day and is none counts as unknown: it must not take a page with it.
    """
    return {
        f.name: value_in_rules(f, _of_its_type(f, values[f.name])) for f in kind.fields if f.name in values
    }


def _of_its_type(declared: Field, stored: Any) -> Any:
    return None if declared.type is FieldType.TIME and not isinstance(stored, str) else stored
