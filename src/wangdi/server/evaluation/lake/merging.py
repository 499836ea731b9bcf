"""Working an increment into the sorted files of a table: only files whose rows change are read and written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wangdi.server.evaluation.lake.files import DataFile, arrow_schema, cut, read_to_rewrite, write_file
from wangdi.server.evaluation.lake.layout import COUNTY, Layout
from wangdi.server.evaluation.lake.threads import map_ahead

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Increment:
    """What is to change in a table, or in one of its files: Arrow tables, each ordered by county and key.

    ``added``: new rows, with ``county``, in the table's order. ``outdated`` (id, key, county): rows that go.
    ``left`` (key, county): all rows of those keys go from that county.
    """

    added: Any
    outdated: Any
    left: Any

    def of(self, county: str | None) -> "Increment":
        """What concerns a county; everything where the table has none."""
        if county is None:
            return self
        return Increment(*(table.filter(pc.equal(table[COUNTY], county)) for table in self._tables))

    def counties(self) -> list[str | None]:
        found = {county for table in self._tables for county in pc.unique(table[COUNTY]).to_pylist()}
        return sorted(found, key=str)

    def shares(self, key: str, firsts: Sequence[int]) -> Iterator[tuple[int, "Increment"]]:
        """The increment split among files of one county that begin with those keys: file numbers and shares."""
        slots = [np.searchsorted(firsts[1:], table[key].to_numpy(), "right") for table in self._tables]
        for number in np.unique(np.concatenate(slots)):
            bounds = [np.searchsorted(slot, (number, number + 1)) for slot in slots]
            tables = zip(self._tables, bounds, strict=True)
            yield int(number), Increment(*(table.slice(low, high - low) for table, (low, high) in tables))

    def keys(self, key: str) -> Any:
        """Whose rows change."""
        return pa.chunked_array([chunk for table in self._tables for chunk in table[key].chunks], pa.int32())

    @property
    def _tables(self) -> tuple[Any, Any, Any]:
        return self.added, self.outdated, self.left


@dataclass(frozen=True, slots=True)
class _Task:
    """One file and what changes in it; None where a county has no file yet."""

    file: DataFile | None
    county: str | None
    change: Increment


def merge(
    folder: Path, layout: Layout, files: Sequence[DataFile], increment: Increment
) -> tuple[list[DataFile], list[DataFile]]:
    """Write what the increment changes: the files that are outdated now, and the new ones."""

    def work(task: _Task) -> tuple[list[DataFile], list[DataFile]]:
        rows = _merged(task, layout)
        if rows is None:
            return [], []
        pieces = cut(rows.to_batches(), layout)
        return [task.file] if task.file else [], [write_file(folder, layout, piece) for piece in pieces]

    done = list(map_ahead(work, _tasks(layout, files, increment)))
    return [file for gone, _ in done for file in gone], [file for _, new in done for file in new]


def rows_of_those_who_left(layout: Layout, files: Sequence[DataFile], increment: Increment) -> Any:
    """The rows that ``left`` takes out of the files, as they are there."""

    def work(task: _Task) -> Any:
        if task.file is None:
            return arrow_schema(layout.signature).empty_table()
        rows = read_to_rewrite(task.file, layout)
        kept = rows.filter(pa.array(_among(rows[layout.key], task.change.left[layout.key])))
        return kept.cast(arrow_schema(layout.signature))

    return pa.concat_tables(map_ahead(work, _tasks(layout, files, increment)))


def _tasks(layout: Layout, files: Sequence[DataFile], increment: Increment) -> Iterator[_Task]:
    for county in increment.counties():
        within = [file for file in files if file.county == county]
        shares = increment.of(county).shares(layout.key, [file.first for file in within])
        for number, share in shares:
            yield _Task(within[number] if within else None, county, share)


def _merged(task: _Task, layout: Layout) -> Any | None:
    """All rows of the file as they are to be, in order, with ``county``; None when nothing changes."""
    change, key = task.change, layout.key
    if task.file is None:
        return change.added if change.added.num_rows else None
    old = read_to_rewrite(task.file, layout)
    loose = _among(old[key], change.keys(key))
    aside = old.filter(pa.array(loose))
    goes = _among(aside["id"], change.outdated["id"]) | _among(aside[key], change.left[key])
    if not goes.any() and not change.added.num_rows:
        return None
    added = change.added.select(old.column_names).cast(old.schema)
    inserted = pa.concat_tables([aside.filter(pa.array(~goes)), added])
    inserted = inserted.sort_by([(name, "ascending") for name in layout.order])
    rows = _interleaved(old, np.flatnonzero(~loose), inserted, key)
    return rows.append_column(COUNTY, pa.repeat(pa.scalar(task.county, pa.string()), rows.num_rows))


def _interleaved(old: Any, kept: Rows, inserted: Any, key: str) -> Any:
    """The kept rows of a table and other rows, both in order and of other keys, in one order."""
    both = pa.concat_tables([old, inserted]).combine_chunks()
    rows = np.concatenate([kept, np.arange(old.num_rows, both.num_rows)])
    # NumPy's stable sort finds the two runs and merges them in linear time.
    order = np.argsort(both[key].to_numpy()[rows], kind="stable")
    return both.take(pa.array(rows[order]))


def _among(column: Any, values: Any) -> Mask:
    """Which values of a column are among some."""
    found: Mask = pc.is_in(column, value_set=values.combine_chunks()).to_numpy()
    return found
