"""Which pack is in force for each entity: decided once per place, then gathered for everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from wangdi.engine.evaluate.columnar.results import depth
from wangdi.engine.evaluate.columnar.vectors import Array, Vector
from wangdi.engine.model.adoption import Adopted, Adoption, Edition

_UNDECIDED, _NOT_IN_FORCE = -2, -1


@dataclass(frozen=True)
class Jurisdictions:
    """``seat`` (int32): the position of each entity's place, −1 where none is known. ``parent``: the position of the
    place above each place, −1 at the top. ``positions``: of the places that ``adoptions`` name, by code."""

    seat: Array
    parent: Array
    positions: Mapping[str, int]
    adoptions: Sequence[Adoption]

    def vector(self, node: Adopted | Edition, day: date, part: slice) -> Vector:
        """What the node comes to on a day for a range of the entities."""
        decision = self._decisions(node.pack, day)[self.seat[part]]
        if isinstance(node, Adopted):
            return Vector(decision >= 0)
        return self._edition(node, decision)

    def _edition(self, node: Edition, decision: Array) -> Vector:
        options = node.type.options
        adopted = [adoption.edition for adoption in self.adoptions]
        positions = [options.index(edition) if edition in options else -1 for edition in adopted]
        found = np.array([*positions, -1], dtype=np.int32)[decision]
        return Vector(np.maximum(found, 0), found >= 0, options)

    def _decisions(self, pack: str, day: date) -> Array:
        """The number of the adoption in force at each place, −1 where none is; the last is the whole network's."""
        decided = np.full(len(self.parent) + 1, _UNDECIDED, dtype=np.int32)
        made = [(number, a) for number, a in enumerate(self.adoptions) if a.pack == pack and a.since <= day]
        for number, adoption in sorted(made, key=lambda item: item[1].since):
            place = -1 if adoption.place is None else self.positions.get(adoption.place)
            if place is not None:
                decided[place] = number if adoption.holds_on(day) else _NOT_IN_FORCE
        if decided[-1] == _UNDECIDED:
            decided[-1] = _NOT_IN_FORCE
        return self._handed_down(decided)

    @cached_property
    def _depth(self) -> Array:
        return depth(self.parent)

    def _handed_down(self, decided: Array) -> Array:
        """Places that have not decided take what was decided above them."""
        for deep in range(int(self._depth.max(initial=0)) + 1):
            here = np.flatnonzero((self._depth == deep) & (decided[:-1] == _UNDECIDED))
            decided[here] = decided[self.parent[here]]
        return decided


_NONE = np.empty(0, dtype=np.int32)
NOWHERE = Jurisdictions(_NONE, _NONE, {}, ())
"""For plans in which no rule asks for adoptions."""
