"""Runs a plan over a contiguous range of entities: one array operation per step, nothing per person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from wangdi.engine.evaluate.columnar import operations
from wangdi.engine.evaluate.columnar.drawing import draw
from wangdi.engine.evaluate.columnar.functions import call
from wangdi.engine.evaluate.columnar.records import Found, RecordRange, Selected, cut, select, take
from wangdi.engine.evaluate.columnar.tables import Dataset
from wangdi.engine.evaluate.columnar.vectors import Array, Vector, boolean, constant, spread
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.model.adoption import Adopted, Edition
from wangdi.engine.model.calendar import Duration
from wangdi.engine.model.expressions import (
    Arithmetic,
    Attribute,
    Call,
    Case,
    Compare,
    Day,
    Expression,
    IsNull,
    Literal,
    Logic,
    Not,
    ParameterValue,
    RowRelated,
    RowValue,
    Shift,
)
from wangdi.engine.model.facts import Fact, FactField, OwnerValue, PreviousValue, Selection
from wangdi.engine.model.indicators import FigureValue
from wangdi.engine.model.named import Membership
from wangdi.engine.model.related import Reference, Related
from wangdi.engine.model.rollups import Rollup
from wangdi.engine.model.types import Base
from wangdi.engine.plan.plan import Members, Narrowed, Plan, Position, Rows, Step


@dataclass(frozen=True, slots=True)
class Chosen:
    """The positions of a domain's members within the range, ascending; None means everybody."""

    positions: Array | None


Slot = Vector | Selected | Found | Chosen | Duration | None


@dataclass(frozen=True)
class Computed(Mapping[int, Vector]):
    """The kept slots of a range of ``size`` entities. As a mapping, for everybody: false and null outside a domain."""

    slots: Mapping[int, Slot]
    domains: Mapping[int, int | None]
    size: int

    def members(self, slot: int) -> Array | None:
        """The positions of the members that a slot of members holds; None: everybody."""
        chosen = self.slots[slot]
        if not isinstance(chosen, Chosen):
            raise TypeError("the slot holds no members")
        return chosen.positions

    def selected(self, slot: int) -> Selected:
        """The records that a slot of a selection holds."""
        found = self.slots[slot]
        if not isinstance(found, Selected):
            raise TypeError("the slot holds no selected records")
        return found

    def rows(self, slot: int) -> Vector:
        """The values of a slot for each record of the range, or one for all of them."""
        return _vector(self.slots[slot])

    def among(self, slot: int, members: int) -> Array:
        """The values of a slot for each of the members."""
        positions = self.members(members)
        return spread(_vector(self.slots[slot]).data, self.size if positions is None else len(positions))

    def within(self, slot: int) -> Vector:
        """The values of a slot in its own domain, with their nulls; one value may stand for all."""
        return _vector(self.slots[slot])

    def __getitem__(self, slot: int) -> Vector:
        found, domain = _vector(self.slots[slot]), self.domains[slot]
        positions = self.members(domain) if domain is not None else None
        if positions is None:
            return found
        data = np.zeros(self.size, dtype=found.data.dtype)
        valid = np.zeros(self.size, dtype=np.bool_)
        data[positions], valid[positions] = found.data, found.validity
        return Vector(data, valid, found.categories)

    def __iter__(self) -> Iterator[int]:
        return (slot for slot, value in self.slots.items() if isinstance(value, Vector))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True)
class Executor:
    """A plan bound to its data and to a moment; `run` may be called from several threads."""

    plan: Plan
    data: Dataset
    moment: Moment

    def run(self, low: int, high: int) -> Computed:
        """The plan's kept slots for the entities from ``low`` up to and not including ``high``."""
        slots: dict[int, Slot] = {}
        for step in self.plan.steps:
            slots[step.slot] = self._compute(step, slots, low, high)
            for slot in step.release:
                del slots[slot]
        return Computed(slots, {s.slot: s.domain for s in self.plan.steps if s.slot in slots}, high - low)

    def _compute(self, step: Step, slots: Mapping[int, Slot], low: int, high: int) -> Slot:
        node = step.node
        inputs = [slots[slot] for slot in step.inputs]
        domain = slots[step.domain] if step.domain is not None else None
        match node:
            case Members():
                return choose_members(_vector(inputs[0]), high - low)
            case Narrowed():
                return narrow(inputs[0], domain)
            case Selection():
                return self._select(node, inputs, low, high)
            case Fact():
                return self._fact(node, inputs, low, high)
            case FactField():
                return self._fact_field(node, inputs[0], low, high)
            case Attribute():
                return narrow(
                    cut(self.data.entities[node.entity].columns[node.name], slice(low, high)), domain
                )
            case Adopted() | Edition():
                there, day = self.data.jurisdictions, self.moment.as_of
                return narrow(there.vector(node, day, slice(low, high)), domain)
            case Rollup() | FigureValue():
                return narrow(cut(self.data.from_below[node], slice(low, high)), domain)
            case RowValue() if step.rows is not None:
                return self._range(step.rows, low, high).column(node.name)
            case PreviousValue() if step.rows is not None:
                return self._range(step.rows, low, high).previous(node.name)
            case OwnerValue() if step.rows is not None:
                return self._range(step.rows, low, high).at_each(_vector(inputs[0]))
            case RowRelated() if step.rows is not None:
                return self._related(node, self._range(step.rows, low, high))
            case Position():
                return self._position(step, node.reference, inputs, domain, low, high)
            case Related():
                return _at(_vector(inputs[0]), self.data.entities[node.entity].columns[node.name])
            case Expression():
                return self._pure(node, inputs, truth_only=step.truth_only)

    def _pure(self, node: Expression, inputs: list[Slot], *, truth_only: bool) -> Slot:
        """Nodes that depend on their inputs and the moment alone."""
        match node:
            case Literal(value):
                return value if isinstance(value, Duration) else constant(value)
            case ParameterValue(parameter):
                in_force = parameter.value_on(self.moment.as_of)
                if in_force is None and node.type.base is Base.BOOLEAN:
                    return boolean(np.zeros(1, dtype=np.bool_), np.zeros(1, dtype=np.bool_))
                return in_force if isinstance(in_force, Duration) else constant(in_force)
            case Day(instant):
                return constant(self.moment.day(instant))
            case Shift():
                day, duration = inputs
                return _shift(_vector(day), duration, node.sign)
            case _:
                return self._operation(node, [_vector(value) for value in inputs], truth_only=truth_only)

    def _operation(self, node: Expression, inputs: list[Vector], *, truth_only: bool) -> Vector:
        match node:
            case Membership():
                return operations.is_true(inputs[0])
            case Not():
                return operations.negate(inputs[0])
            case Logic(connective):
                return operations.join(connective, inputs, truth_only=truth_only)
            case Compare(comparator):
                return operations.compare(comparator, inputs[0], inputs[1], node.options)
            case IsNull():
                return operations.is_null(inputs[0])
            case Case():
                conditions, results = inputs[:-1:2], [*inputs[1:-1:2], inputs[-1]]
                return operations.case(conditions, results, is_condition=node.type.base is Base.BOOLEAN)
            case Arithmetic(operator):
                return operations.arithmetic(operator, inputs[0], inputs[1])
            case Call(function):
                return call(function, tuple(inputs))
            case _:
                raise TypeError(f"no step for {node!r}")

    # -- records ----------------------------------------------------------------------------------

    def _range(self, rows: Rows, low: int, high: int) -> RecordRange:
        return RecordRange(self.data.records[rows], low, high)

    def _range_of(self, selection: Selection, low: int, high: int) -> RecordRange:
        return self._range(Rows(selection.kind, selection.relation), low, high)

    def _select(self, selection: Selection, inputs: list[Slot], low: int, high: int) -> Selected:
        vectors = [_vector(value) for value in inputs]
        since = vectors.pop() if selection.window.since is not None else None
        where = vectors.pop() if selection.where is not None else None
        return select(selection, self._range_of(selection, low, high), self.moment, where, since)

    def _fact(self, fact: Fact, inputs: list[Slot], low: int, high: int) -> Slot:
        selected = inputs[0]
        if not isinstance(selected, Selected):
            raise TypeError("a fact draws from selected records")
        of = _vector(inputs[1]) if fact.of is not None else None
        return draw(fact, self._range_of(fact.selection, low, high), selected, of)

    def _fact_field(self, node: FactField, found: Slot, low: int, high: int) -> Vector:
        record, records = _found(found), self._range_of(node.fact.selection, low, high)
        return take(records.column(node.field_name), record.row, record.found)

    def _related(self, node: RowRelated, records: RecordRange) -> Vector:
        return _at(records.column(node.role), self.data.entities[node.entity].columns[node.name])

    def _position(
        self, step: Step, reference: Reference, inputs: list[Slot], domain: Slot, low: int, high: int
    ) -> Slot:
        """The position of whom a reference names, for each entity of the domain or each record."""
        match reference:
            case Attribute(entity, name):
                return narrow(cut(self.data.entities[entity].references[name], slice(low, high)), domain)
            case Related(_, entity, name):
                return _at(_vector(inputs[0]), self.data.entities[entity].references[name])
            case FactField(fact, name):
                found = _found(inputs[0])
                return take(self._range_of(fact.selection, low, high).named(name), found.row, found.found)
            case RowValue(_, name) if step.rows is not None:
                return self._range(step.rows, low, high).named(name)
            case RowRelated(role, entity, name) if step.rows is not None:
                position = self._range(step.rows, low, high).column(role)
                return _at(position, self.data.entities[entity].references[name])
            case _:
                raise TypeError(f"no step for {reference!r}")


def choose_members(condition: Vector, size: int) -> Chosen:
    """Those of ``size`` entities for whom the condition is true."""
    flags = spread(condition.data, size)
    return Chosen(None if flags.all() else np.flatnonzero(flags))


def narrow(slot: Slot, domain: Slot) -> Slot:
    """A result for everybody cut down to the members of a domain."""
    if not isinstance(domain, Chosen) or domain.positions is None:
        return slot
    if isinstance(slot, Found):
        return Found(np.take(slot.row, domain.positions), np.take(slot.found, domain.positions))
    if isinstance(slot, Vector) and len(slot.data) > 1:
        return take(slot, domain.positions, None)
    return slot


def _vector(slot: Slot) -> Vector:
    if not isinstance(slot, Vector):
        raise TypeError("an operator works on values")
    return slot


def _found(slot: Slot) -> Found:
    if not isinstance(slot, Found):
        raise TypeError("a field is taken from a found record")
    return slot


def _at(position: Vector, column: Vector) -> Vector:
    """A register's column at positions; null where these are."""
    return take(column, position.data, position.valid)


def _shift(day: Vector, duration: Slot, sign: int) -> Vector:
    if isinstance(duration, Duration):
        return operations.shift(day, duration, sign)
    return Vector(day.data, np.zeros(1, dtype=np.bool_))  # a parameter without a value on that day
