"""Runs a plan over a contiguous range of entities: one array operation per step, nothing per person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from wangdi.engine.evaluate.columnar.actions import ACTIONS, Here
from wangdi.engine.evaluate.columnar.records import RecordRange, Selected
from wangdi.engine.evaluate.columnar.slots import Chosen, Slot
from wangdi.engine.evaluate.columnar.tables import Dataset
from wangdi.engine.evaluate.columnar.vectors import Array, Vector, spread
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.plan.plan import Plan


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
        ranges = {rows: RecordRange(table, low, high) for rows, table in self.data.records.items()}
        slots: list[Slot] = [None] * self.plan.slots
        here = Here(self.data, self.moment, low, high, ranges, slots)
        for step in self.plan.steps:
            inputs = [slots[slot] for slot in step.inputs]
            slots[step.slot] = ACTIONS[type(step.node)](step.node, inputs, step, here)
            for slot in step.release:
                slots[slot] = None
        kept = self.plan.kept
        return Computed({slot: slots[slot] for slot in kept}, kept, high - low)


def _vector(slot: Slot) -> Vector:
    if not isinstance(slot, Vector):
        raise TypeError("an operator works on values")
    return slot
