"""Facts over columns: which records are selected, and what is drawn from them, by linear passes."""

from dataclasses import dataclass

import numpy as np

from wangdi.engine.evaluate.columnar.tables import RecordTable
from wangdi.engine.evaluate.columnar.vectors import Array, Flags, Vector, boolean, spread, to_days
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.model.facts import Fact, Operation, Selection


@dataclass(frozen=True, slots=True)
class Selected:
    """The records a fact looks at: positions within the range's records, ascending; None means all of them."""

    rows: Array | None


@dataclass(frozen=True, slots=True)
class Found:
    """For each entity the position of one record within the range's records; any position where none was ``found``."""

    row: Array
    found: Flags


@dataclass(frozen=True)
class RecordRange:
    """The records of the entities from ``low`` to ``high``."""

    table: RecordTable
    low: int
    high: int

    @property
    def rows(self) -> slice:
        return slice(int(self.table.starts[self.low]), int(self.table.starts[self.high]))

    @property
    def starts(self) -> Array:
        """Where each entity's records begin within the range, with the total at the end."""
        starts: Array = self.table.starts[self.low : self.high + 1]
        from_zero: Array = starts - starts[0]
        return from_zero

    def owners_of(self, rows: Array) -> Array:
        """The position within the range of the entities that records of the range belong to."""
        owners: Array = self.table.owner[self.rows][rows] - np.int32(self.low)
        return owners

    def column(self, name: str) -> Vector:
        return cut(self.table.columns[name], self.rows)


def cut(vector: Vector, rows: slice) -> Vector:
    """A range of a vector, without a copy."""
    return Vector(vector.data[rows], None if vector.valid is None else vector.valid[rows], vector.categories)


def take(vector: Vector, positions: Array, found: Array | None) -> Vector:
    """The vector's values at positions; null where not ``found``."""
    if not len(vector.data):
        return Vector(
            np.zeros(len(positions), vector.data.dtype), np.zeros(len(positions), np.bool_), vector.categories
        )
    data = np.take(vector.data, positions)  # twice as fast as indexing
    valid = None if vector.valid is None else np.take(vector.valid, positions)
    if found is None:
        return Vector(data, valid, vector.categories)
    valid = found if valid is None else valid & found
    return boolean(data, valid) if data.dtype == np.bool_ else Vector(data, valid, vector.categories)


def select(selection: Selection, records: RecordRange, moment: Moment, where: Vector | None) -> Selected:
    """The records inside a selection's window for which its ``where`` holds."""
    day = records.column("occurred_on").data
    mask: Array | None = None
    as_of = to_days(moment.as_of)
    if day.size and int(day.max()) > as_of:
        mask = day <= as_of
    first = selection.window.first_day(moment.as_of, moment.period_start)
    if first is not None:
        mask = _narrow(mask, day >= to_days(first))
    if where is not None:
        mask = _narrow(mask, spread(where.data, len(day)))
    return Selected(None if mask is None else np.flatnonzero(mask))


def draw(fact: Fact, records: RecordRange, selected: Selected) -> Vector | Found:
    """What a fact takes from the selected records, for each entity of the range."""
    counts = _counts(records, selected)
    if fact.operation is Operation.COUNT:
        return Vector(counts.astype(np.int32))
    if fact.operation is Operation.ANY:
        return Vector(counts > 0)
    row = _outermost(selected, counts, latest=fact.operation is Operation.LATEST)
    return Found(row, counts > 0)


def _narrow(mask: Array | None, condition: Array) -> Array:
    return condition if mask is None else mask & condition


def _counts(records: RecordRange, selected: Selected) -> Array:
    """How many selected records each entity has."""
    if selected.rows is None:
        return np.diff(records.starts)
    return np.bincount(records.owners_of(selected.rows), minlength=records.high - records.low)


def _outermost(selected: Selected, counts: Array, *, latest: bool) -> Array:
    """The position of each entity's last (or first) selected record; some position where there is none."""
    ends = np.cumsum(counts)
    last = max(int(ends[-1]) - 1, 0) if len(ends) else 0
    position: Array = np.clip(ends - 1 if latest else ends - counts, 0, last)
    if selected.rows is None or not len(selected.rows):
        return position
    rows: Array = selected.rows[position]
    return rows
