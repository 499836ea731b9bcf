"""What a fact draws from the selected records of a range of entities, by linear passes.

Selected records lie in the order of their owners, dates and ids: what belongs to one entity, or to one day of it, is a run.
Only counting values of a great many sorts.
"""

import numpy as np

from wangdi.engine.evaluate.columnar.records import Found, Selected, run_starts
from wangdi.engine.evaluate.columnar.vectors import Array, Vector, finite, spread
from wangdi.engine.model.facts import Fact, Operation

_ROOM_TO_TICK_OFF = 16
"""Up to so many bytes a value, ticking off the values seen is faster than sorting them (measured)."""
_EXTREMES = {Operation.MIN: np.minimum, Operation.MAX: np.maximum}


def draw(fact: Fact, selected: Selected, of: Vector | None) -> Vector | Found:
    """What a fact takes from the selected records, for each entity of the range. ``of``: its value at each record."""
    if of is not None:
        return _draw_of(fact.operation, selected, of)
    match fact.operation:
        case Operation.LATEST:
            return selected.numbered(-1)
        case Operation.FIRST:
            return selected.numbered(1)
        case Operation.NTH:
            return selected.numbered(fact.number or 0)
        case Operation.MOST_PER_DAY:
            return Vector(_most_per_day(selected))
        case Operation.ANY:
            return Vector(selected.counts > 0)
        case _:
            return Vector(selected.counts)


def _most_per_day(selected: Selected) -> Array:
    """How many selected records each entity has on its fullest day."""
    day, owner = selected.records.column("occurred_on").data, selected.owners
    begins = run_starts(owner, day if selected.rows is None else day[selected.rows])
    lengths = np.diff(begins, append=len(owner)).astype(np.int32)
    days = Selected(selected.records, begins if selected.rows is None else selected.rows[begins])
    return _extremes(Operation.MAX, days, lengths)


# -- one value of each record ---------------------------------------------------------------------


def _draw_of(operation: Operation, selected: Selected, of: Vector) -> Vector:
    """What comes of the values that are not null."""
    size = len(selected.records)
    known = selected.known(None if of.valid is None else spread(of.valid, size))
    data = spread(of.data, size)
    values = data if known.rows is None else data.take(known.rows)
    entities = known.records.size
    if operation in _EXTREMES:
        found = np.zeros(entities, dtype=np.bool_)
        found[known.entities] = True
        return Vector(_extremes(operation, known, values), found)
    if operation is Operation.COUNT_DISTINCT:
        return Vector(_count_distinct(known.owners, values, entities))
    sums = np.bincount(known.owners, weights=values, minlength=entities).astype(np.float64, copy=False)
    if operation is Operation.MEAN:
        sums = sums / np.maximum(known.counts, 1)
    return finite(sums, known.counts > 0)


def _extremes(operation: Operation, selected: Selected, values: Array) -> Array:
    """The smallest or largest of the selected records' values of each entity; 0 for those without."""
    extremes = np.zeros(selected.records.size, dtype=values.dtype)
    if len(selected.begins):
        extremes[selected.entities] = _EXTREMES[operation].reduceat(values, selected.begins)
    return extremes


def _count_distinct(owner: Array, values: Array, size: int) -> Array:
    """How many different values each owner has: a table of owners and values seen when that is small, else a sort."""
    if values.dtype.kind == "f":
        values = np.unique(values, return_inverse=True)[1]
    if not len(values):
        return np.zeros(size, dtype=np.int32)
    values = values.astype(np.int64) - int(values.min())
    span = int(values.max()) + 1
    if size * span <= _ROOM_TO_TICK_OFF * len(values):
        seen = np.zeros((size, span), dtype=np.bool_)
        seen[owner, values] = True
        counts: Array = seen.sum(axis=1, dtype=np.int32)
        return counts
    keys = (owner.astype(np.int64) << 32) | values
    keys.sort()
    distinct = keys[run_starts(keys)] >> 32
    return np.bincount(distinct, minlength=size).astype(np.int32)
