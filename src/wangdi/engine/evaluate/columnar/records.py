"""The records of a range of entities, and which of them a fact looks at, by linear passes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from wangdi.engine.evaluate.columnar.tables import RecordTable
from wangdi.engine.evaluate.columnar.vectors import Array, Flags, Vector, boolean, spread, to_days
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.model.facts import Selection


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
    def size(self) -> int:
        """How many entities the range has."""
        return self.high - self.low

    @property
    def starts(self) -> Array:
        """Where each entity's records begin within the range, with the total at the end."""
        starts: Array = self.table.starts[self.low : self.high + 1]
        from_zero: Array = starts - starts[0]
        return from_zero

    def owners_of(self, rows: Array | None) -> Array:
        """The position within the range of the entities that records of the range belong to; None: all records."""
        owners = self.table.owner[self.rows]
        positions: Array = (owners if rows is None else owners[rows]) - np.int32(self.low)
        return positions

    def column(self, name: str) -> Vector:
        return cut(self.table.columns[name], self.rows)

    def previous(self, name: str) -> Vector:
        """A field of the record before each one, of the same kind about the same subject."""
        return cut(self.table.previous[name], self.rows)

    def named(self, name: str) -> Vector:
        """The positions of those whom a field of the records names."""
        return cut(self.table.named[name], self.rows)

    def at_each(self, vector: Vector) -> Vector:
        """What the entities of the range have, at each of their records."""
        return vector if len(vector) == 1 else take(vector, self.owners_of(None), None)

    def ids(self, rows: Array) -> Any:
        """The ids of records of the range, as Arrow texts."""
        return self.table.ids.take(pa.array(rows + self.rows.start))


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
    valid = None if vector.valid is None else np.take(spread(vector.valid, len(vector.data)), positions)
    if found is None:
        return Vector(data, valid, vector.categories)
    valid = found if valid is None else valid & found
    return boolean(data, valid) if data.dtype == np.bool_ else Vector(data, valid, vector.categories)


def select(
    selection: Selection, records: RecordRange, moment: Moment, where: Vector | None, since: Vector | None
) -> Selected:
    """The records inside a selection's window for which its ``where`` holds.

    ``since`` is, for each entity, the day on which a window that begins with a day of its own begins.
    """
    span = moment.days_in(selection.window)
    if span is None:
        return Selected(np.zeros(0, dtype=np.intp))
    first, last = (to_days(day) if day is not None else None for day in span)
    day = records.column("occurred_on").data
    mask: Array | None = None
    if last is not None and day.size and int(day.max()) > last:
        mask = day <= last
    if first is not None:
        mask = _narrow(mask, day >= first)
    if since is not None:
        begins = records.at_each(since)
        mask = _narrow(mask, boolean(day >= begins.data, begins.valid).data)
    if where is not None:
        mask = _narrow(mask, spread(where.data, len(day)))
    return Selected(None if mask is None else np.flatnonzero(mask))


def _narrow(mask: Array | None, condition: Array) -> Array:
    return condition if mask is None else mask & condition
