"""What a step of a plan computes into its slot, for everybody in a range or for the members of a domain."""

from dataclasses import dataclass

import numpy as np

from wangdi.engine.evaluate.columnar.records import Found, Selected, take
from wangdi.engine.evaluate.columnar.vectors import Array, Vector, spread
from wangdi.engine.model.calendar import Duration


@dataclass(frozen=True, slots=True)
class Chosen:
    """The positions of a domain's members within the range, ascending; None means everybody."""

    positions: Array | None


Slot = Vector | Selected | Found | Chosen | Duration | None


def choose_members(condition: Vector, size: int) -> Chosen:
    """Those of ``size`` entities for whom the condition is true."""
    flags = spread(condition.data, size)
    return Chosen(None if flags.all() else np.flatnonzero(flags))


def narrow(slot: Slot, domain: Slot) -> Slot:
    """A result for everybody cut down to the members of a domain."""
    if not isinstance(domain, Chosen) or domain.positions is None:
        return slot
    if isinstance(slot, Found):
        at = domain.positions
        return Found(slot.records, slot.row.take(at), slot.found.take(at))
    if isinstance(slot, Vector) and len(slot.data) > 1:
        return take(slot, domain.positions, None)
    return slot
