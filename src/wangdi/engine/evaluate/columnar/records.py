"""The records of a range of entities, and which of them a fact looks at, by linear passes."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from wangdi.engine.evaluate.columnar.tables import RecordTable
from wangdi.engine.evaluate.columnar.vectors import Array, Flags, Vector, boolean, spread, to_days
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.model.facts import Selection


@dataclass(frozen=True)
class RecordRange:
    """The records of the entities from ``low`` to ``high``."""

    table: RecordTable
    low: int
    high: int

    @cached_property
    def rows(self) -> slice:
        return slice(int(self.table.starts[self.low]), int(self.table.starts[self.high]))

    def __len__(self) -> int:
        return int(self.rows.stop - self.rows.start)

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
        positions: Array = (owners if rows is None else owners.take(rows)) - np.int32(self.low)
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


@dataclass(frozen=True, slots=True)
class Found:
    """For each entity the position of one of the records of a range; any position where none was ``found``."""

    records: RecordRange
    row: Array
    found: Flags


@dataclass(frozen=True)
class Selected:
    """The records of a range that a fact looks at: their positions in it, ascending; None means all of them.

    Those of one entity follow one another. What several facts need of that is found once.
    """

    records: RecordRange
    rows: Array | None = None

    @cached_property
    def owners(self) -> Array:
        """The entity of each."""
        return self.records.owners_of(self.rows)

    @cached_property
    def begins(self) -> Array:
        """Where, among them, those of another entity begin."""
        return run_starts(self.owners)

    @cached_property
    def entities(self) -> Array:
        """The entities that have any, ascending; as indices, so that NumPy need not convert them each time."""
        return self.owners.take(self.begins).astype(np.intp)

    @cached_property
    def counts(self) -> Array:
        """How many each entity of the range has."""
        if self.rows is None:
            return np.diff(self.records.starts)
        return np.bincount(self.owners, minlength=self.records.size).astype(np.int32)

    def numbered(self, number: int) -> Found:
        """Each entity's record of that number: 1 is its first, −1 its last."""
        beyond = len(self.records) + 1
        number = max(-beyond, min(beyond, number))  # positions are 32 bits wide
        return self._numbered_of_all(number) if self.rows is None else self._numbered_of(self.rows, number)

    def _numbered_of_all(self, number: int) -> Found:
        starts = self.records.starts
        begin, end = starts[:-1], starts[1:]
        row = (begin + np.int32(number - 1)) if number > 0 else (end + np.int32(number))
        found = row < end if number > 0 else row >= begin
        last = max(len(self.records) - 1, 0)
        row = np.minimum(row, last, out=row) if number > 0 else np.maximum(row, 0, out=row)
        return Found(self.records, row, found)

    def _numbered_of(self, rows: Array, number: int) -> Found:
        ends = np.append(self.begins, len(rows))[1:]
        at = self.begins + (number - 1) if number > 0 else ends + number
        entities = self.entities
        if abs(number) > 1:
            enough = np.flatnonzero(at < ends if number > 0 else at >= self.begins)
            at, entities = at.take(enough), entities.take(enough)
        row, found = np.zeros(self.records.size, np.int32), np.zeros(self.records.size, np.bool_)
        row[entities] = rows.take(at).astype(np.int32)
        found[entities] = True
        return Found(self.records, row, found)

    def known(self, valid: Flags | None) -> "Selected":
        """Those of them at which something is known; ``valid`` says where in the range that is (None: everywhere)."""
        if valid is None:
            return self
        rows = np.flatnonzero(valid) if self.rows is None else self.rows[valid.take(self.rows)]
        return Selected(self.records, rows)


def run_starts(*keys: Array) -> Array:
    """Where a new combination of the keys begins."""
    if not len(keys[0]):
        return np.zeros(0, dtype=np.intp)
    changes = np.zeros(len(keys[0]), dtype=np.bool_)
    changes[0] = True
    np.not_equal(keys[0][1:], keys[0][:-1], out=changes[1:])
    for key in keys[1:]:
        changes[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(changes)


def cut(vector: Vector, rows: slice) -> Vector:
    """A range of a vector, without a copy."""
    return Vector(vector.data[rows], None if vector.valid is None else vector.valid[rows], vector.categories)


def take(vector: Vector, positions: Array, found: Array | None) -> Vector:
    """The vector's values at positions; null where not ``found``."""
    if not len(vector.data):
        return Vector(
            np.zeros(len(positions), vector.data.dtype), np.zeros(len(positions), np.bool_), vector.categories
        )
    data = vector.data.take(positions)  # twice as fast as indexing
    valid = None if vector.valid is None else spread(vector.valid, len(vector.data)).take(positions)
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
        return Selected(records, np.zeros(0, dtype=np.intp))
    first, last = (to_days(day) if day is not None else None for day in span)
    day = records.column("occurred_on").data
    mask: Array | None = None
    if last is not None and records.table.last_day > last:
        mask = day <= last
    if first is not None:
        mask = _narrow(mask, day >= first)
    if since is not None:
        begins = records.at_each(since)
        mask = _narrow(mask, boolean(day >= begins.data, begins.valid).data)
    if where is not None:
        mask = _narrow(mask, spread(where.data, len(day)))
    return Selected(records, None if mask is None else np.flatnonzero(mask))


def _narrow(mask: Array | None, condition: Array) -> Array:
    return condition if mask is None else mask & condition
