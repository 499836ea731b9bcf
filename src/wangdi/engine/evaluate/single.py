"""The columnar plan for one entity, from plain rows: what runs after a record was saved, in a millisecond or two."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from wangdi.engine.evaluate.columnar.answers import as_text
from wangdi.engine.evaluate.columnar.each import items_of_each, texts_at
from wangdi.engine.evaluate.columnar.executor import Computed, Executor
from wangdi.engine.evaluate.columnar.jurisdictions import NOWHERE, Jurisdictions
from wangdi.engine.evaluate.columnar.records import RecordRange
from wangdi.engine.evaluate.columnar.tables import Dataset, EntityTable, RecordTable
from wangdi.engine.evaluate.columnar.vectors import Vector, constant, finite, to_date, to_days
from wangdi.engine.evaluate.due import DueItem
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.reference.adoption import places_above
from wangdi.engine.evaluate.reference.evaluator import ReferenceEvaluator
from wangdi.engine.evaluate.reference.world import Record, World, record_before
from wangdi.engine.model.fields import Field, FieldType
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS
from wangdi.engine.plan.plan import FromBelow, Plan, PlannedEach, PlannedSchedule, Rows


@dataclass(frozen=True)
class OneEntity:
    """A plan and the world of one entity of the plan's register.

    ``from_below`` gives what the plan takes from below (a value each); plans about residents take nothing.
    """

    plan: Plan
    kinds: Mapping[str, Kind]
    world: World
    code: str
    from_below: Mapping[FromBelow, Vector] = field(default_factory=dict)

    def due_items(self, moment: Moment) -> list[DueItem]:
        """The entity's due items, upcoming ones included."""
        data = self._dataset()
        computed = Executor(self.plan, data, moment).run(0, 1)
        items = (self._item(planned, computed) for planned in self.plan.schedules)
        return [
            *(item for item in items if item is not None),
            *(item for planned in self.plan.each for item in self._items_of_records(planned, computed, data)),
        ]

    def _item(self, planned: PlannedSchedule, computed: Computed) -> DueItem | None:
        """The entity's item of one step, with who has to act where the schedule names somebody."""
        item = item_of(planned, computed, self.code)
        if item is None or planned.holder is None:
            return item
        [named] = texts_at(computed.within(planned.holder), np.zeros(1, np.int64), 1).to_pylist()
        return replace(item, responsible=self._first_known(named))

    def _items_of_records(self, planned: PlannedEach, computed: Computed, data: Dataset) -> Iterator[DueItem]:
        records = RecordRange(data.records[planned.rows], 0, 1)
        found = items_of_each(0, planned, computed, records)
        by_id = {
            record.id: record
            for record in self.world.records(planned.rows.kind, planned.rows.relation, self.code)
        }
        days = zip(
            *(map(to_date, one) for one in (found.due_from, found.due_on, found.overdue_from)), strict=True
        )
        named = zip(found.record.to_pylist(), found.holder.to_pylist(), days, strict=True)
        for record_id, holder, (due_from, due_on, overdue_from) in named:
            responsible = self._responsible(planned, holder, by_id[record_id].institution)
            name = planned.schedule.name
            yield DueItem(self.code, name, due_from, due_on, overdue_from, record_id, responsible)

    def _responsible(self, planned: PlannedEach, *named: str | None) -> str | None:
        """The first known of the institutions named and the entity's own; the one above it where it is escalated."""
        holder = self._first_known(*named)
        if holder is None or not planned.escalated:
            return holder
        above: str | None = self.world.attributes("institution", holder).get("parent")
        return above if self._is_institution(above) else holder

    def _first_known(self, *named: str | None) -> str | None:
        own = self.code if self.plan.entity == "institution" else None
        attributes = self.world.attributes(self.plan.entity, self.code)
        return next(filter(self._is_institution, (*named, own, attributes.get("institution"))), None)

    def _is_institution(self, code: str | None) -> bool:
        return code is not None and bool(self.world.attributes("institution", code))

    def _dataset(self) -> Dataset:
        related: dict[str, list[str]] = {self.plan.entity: [self.code]}
        records = {
            rows: self._records(rows, names, related) for rows, names in self.plan.needs.fields.items()
        }
        named = self._follow(related)
        entities = {
            entity: self._entities(entity, related.get(entity, []), named.get(entity, {}))
            for entity in {self.plan.entity, *self.plan.needs.attributes, *named}
        }
        jurisdictions = self._jurisdictions() if self.plan.needs.adoptions else NOWHERE
        return Dataset(entities, records, jurisdictions, self.from_below)

    def _jurisdictions(self) -> Jurisdictions:
        """A tree of the places above the entity alone, nearest first."""
        above = [code for code in places_above(self.world, self.plan.entity, self.code) if code is not None]
        parent = np.array([*range(1, len(above)), -1][: len(above)], dtype=np.int32)
        seat = np.array([0 if above else -1], dtype=np.int32)
        codes = {code: position for position, code in enumerate(above)}
        return Jurisdictions(seat, parent, codes, self.world.adoptions())

    def _follow(self, related: dict[str, list[str]]) -> dict[str, dict[str, list[int]]]:
        """By register and column, the position of whom each of the ``related`` names; ``related`` grows by them."""
        needed = self.plan.needs.references
        found: dict[str, dict[str, list[int]]] = {
            entity: {name: [] for name in names} for entity, names in needed.items()
        }
        columns = [(entity, name) for entity, names in needed.items() for name in names]
        waiting = True
        while waiting:
            waiting = False
            for entity, name in columns:
                done = found[entity][name]
                for code in related.get(entity, [])[len(done) :]:
                    waiting = True
                    named = self.world.attributes(entity, code).get(name)
                    target = REGISTERS[entity].field(name).refers_to or ""
                    done.append(_position(named, related.setdefault(target, [])))
        return found

    def _entities(self, entity: str, codes: Sequence[str], named: Mapping[str, Sequence[int]]) -> EntityTable:
        rows = [self.world.attributes(entity, code) for code in codes]
        register, names = REGISTERS[entity], self.plan.needs.attributes.get(entity, frozenset())
        columns = {name: vector_from(register.field(name), [row.get(name) for row in rows]) for name in names}
        references = {name: _position_vector(positions) for name, positions in named.items()}
        return EntityTable(entity, len(codes), columns, references)

    def _records(self, rows: Rows, names: frozenset[str], related: dict[str, list[str]]) -> RecordTable:
        kind = self.kinds[rows.kind]
        records = self.world.records(rows.kind, rows.relation, self.code)
        roles = {"subject": kind.about, "institution": "institution", "worker": "worker"}
        columns = {}
        for name in {*names, "occurred_on"} - {"id"}:
            if name in roles:
                codes = related.setdefault(roles[name], [])
                columns[name] = _positions([getattr(record, name) for record in records], codes)
            else:
                columns[name] = _field_vector(kind, name, records)
        owner = np.zeros(len(records), dtype=np.int32)
        starts = np.array([0, len(records)], dtype=np.int32)
        ids = pa.array([record.id for record in records], pa.string())
        named = {
            name: _positions(
                [record.values.get(name) for record in records],
                related.setdefault(kind.field(name).refers_to or "", []),
            )
            for name in self.plan.needs.named.get(rows, ())
        }
        return RecordTable(owner, starts, columns, self._previous(rows, records), ids, named)

    def _previous(self, rows: Rows, records: Sequence[Record]) -> dict[str, Vector]:
        names = self.plan.needs.previous.get(rows, frozenset())
        before = [record_before(self.world, record) for record in records] if names else []
        return {name: _field_vector(self.kinds[rows.kind], name, before) for name in names}


def from_below_of(plan: Plan, evaluator: ReferenceEvaluator) -> dict[FromBelow, Vector]:
    """What the plan of one institution or place takes from below, worked out by the reference evaluator."""
    return {one: constant(evaluator.value(one)) for one in plan.needs.from_below}


def item_of(planned: PlannedSchedule, computed: Computed, code: str) -> DueItem | None:
    """The due item of the only entity in a range of one; None when it is no member, or nothing is to be done."""
    if not computed.among(planned.applies, planned.members).any():
        return None
    due_from, due_on, overdue_from, *missed = (
        to_date(int(computed.among(slot, planned.members)[0])) for slot in planned.days
    )
    missed_from = missed[0] if missed else None
    return DueItem(
        code, planned.schedule.name, due_from, due_on, overdue_from, planned.step, None, missed_from
    )


def _field_vector(kind: Kind, name: str, records: Sequence[Record | None]) -> Vector:
    """A field of each record; null where there is no record."""
    field = next(f for f in kind.columns if f.name == name)
    values = [record and _stored(record, name) for record in records]
    return vector_from(field, values)


def _stored(record: Record, name: str) -> Any:
    return record.occurred_on if name == "occurred_on" else record.values.get(name)


def _positions(named: Iterable[str | None], codes: list[str]) -> Vector:
    """Where those named stand in ``codes``, which grows as needed."""
    return _position_vector([_position(code, codes) for code in named])


def _position(code: str | None, codes: list[str]) -> int:
    if code is None:
        return -1
    if code not in codes:
        codes.append(code)
    return codes.index(code)


def _position_vector(positions: Sequence[int]) -> Vector:
    data = np.array(positions, dtype=np.int32)
    return Vector(data, data >= 0)


def vector_from(field: Field, values: Sequence[Any]) -> Vector:
    """Python values of a field as a vector."""
    if field.type is FieldType.CHOICES:
        values = [as_text(value or (), field.option_codes) or None for value in values]
    valid = np.array([value is not None for value in values], dtype=np.bool_)
    if field.type in (FieldType.CHOICE, FieldType.CHOICES, FieldType.TEXT, FieldType.REFERENCE):
        return _text_vector(field, values, valid)
    if field.type is FieldType.DATE:
        values = [None if value is None else to_days(value) for value in values]
    if field.type is FieldType.DECIMAL:
        return finite(np.array([value or 0 for value in values], dtype=np.float64), valid)
    return Vector(np.array([value or 0 for value in values], dtype=_number_type(field, values)), valid)


def _number_type(field: Field, values: Sequence[Any]) -> Any:
    """int32 for whole numbers and days, or float64 when one of them does not fit."""
    if field.type is FieldType.BOOLEAN:
        return np.bool_
    return np.int32 if all(abs(value or 0) < 2**31 for value in values) else np.float64


def _text_vector(field: Field, values: Sequence[Any], valid: Any) -> Vector:
    if field.type is FieldType.CHOICE:
        categories = field.option_codes
        valid = valid & np.array([value in categories for value in values], dtype=np.bool_)
    else:
        categories = tuple(dict.fromkeys(value for value in values if value is not None)) or ("",)
    position = [categories.index(value) if known else 0 for value, known in zip(values, valid, strict=True)]
    return Vector(np.array(position, dtype=np.int32), valid, categories)
