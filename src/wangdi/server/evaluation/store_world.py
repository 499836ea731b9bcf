"""The store as the reference evaluator sees it: one entity's attributes and records, read when asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wangdi.engine.evaluate.reference.world import Record
from wangdi.engine.model.facts import Relation
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS
from wangdi.server.network.models import MODELS
from wangdi.server.records.models import RecordVersion


@dataclass
class StoreWorld:
    """A world over the store. Everything is read once; make a new one after a write."""

    kinds: Mapping[str, Kind]
    _attributes: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    _records: dict[tuple[Relation, str, str], dict[str, list[Record]]] = field(default_factory=dict)

    def attributes(self, entity: str, code: str) -> Mapping[str, Any]:
        key = (entity, code)
        if key not in self._attributes:
            self._attributes[key] = self._read_attributes(entity, code)
        return self._attributes[key]

    def records(self, kind: str, relation: Relation, code: str) -> Sequence[Record]:
        about = self.kinds[kind].about
        key = (relation, about, code)
        if key not in self._records:
            self._records[key] = self._read_records(relation, about, code)
        return self._records[key].get(kind, [])

    def _read_attributes(self, entity: str, code: str) -> Mapping[str, Any]:
        usable = [f for f in REGISTERS[entity].fields if not f.sensitive]
        columns = {f.name: f"{f.name}__code" if f.type is FieldType.REFERENCE else f.name for f in usable}
        row = MODELS[entity]._default_manager.filter(code=code).values(*columns.values()).first()
        return {name: row[column] for name, column in columns.items()} if row else {}

    def _read_records(self, relation: Relation, about: str, code: str) -> dict[str, list[Record]]:
        """All records that belong to an entity in that way, by kind, in order: one query."""
        owner = {Relation.ABOUT: about, Relation.AT: "institution", Relation.BY: "worker"}[relation]
        column = {Relation.ABOUT: "subject", Relation.AT: "institution_id", Relation.BY: "worker_id"}[
            relation
        ]
        key = MODELS[owner]._default_manager.filter(code=code).values_list("pk", flat=True).first()
        rows = RecordVersion.objects.valid().filter(**{column: key, "kind__about": about})
        names = (
            "kind__name",
            "record_id",
            "subject",
            "occurred_on",
            "institution__code",
            "worker__code",
            "values",
        )
        read = list(rows.values_list(*names)) if key is not None else []
        codes = self._subject_codes(about, relation, code, {row[2] for row in read})
        found: dict[str, list[Record]] = {}
        for kind, record_id, subject, day, institution, worker, values in sorted(
            read, key=lambda r: (r[3], r[1])
        ):
            if kind in self.kinds:
                typed = _typed(self.kinds[kind], values)
                record = Record(kind, record_id, codes[subject], day, institution, worker, typed)
                found.setdefault(kind, []).append(record)
        return found

    def _subject_codes(self, about: str, relation: Relation, code: str, keys: set[int]) -> Mapping[int, str]:
        if relation is Relation.ABOUT:
            return dict.fromkeys(keys, code)
        return dict(MODELS[about]._default_manager.filter(pk__in=keys).values_list("pk", "code"))


def _typed(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values as rules see them: dates are dates; fields the kind no longer declares are left out."""
    return {f.name: _value(f, values[f.name]) for f in kind.fields if f.name in values}


def _value(declared: Field, stored: Any) -> Any:
    return date.fromisoformat(stored) if declared.type is FieldType.DATE and stored is not None else stored
