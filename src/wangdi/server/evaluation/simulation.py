"""What changed packs would do, before anyone is told to work differently: both versions over the same lake.

Workload counts the items there are: the first of each schedule and step, not the repeats that would follow them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.evaluate.due import Status
from wangdi.engine.evaluate.network import Network
from wangdi.engine.model.pack import Rulebook
from wangdi.server.evaluation.comparing import PARTS, with_parts, without_empty_parts
from wangdi.server.evaluation.lake_source import LakeSource
from wangdi.server.evaluation.listings import Listings

MONTHS_AHEAD = 12

_KEYS = ["subject", "schedule", "step"]


@dataclass(frozen=True)
class Simulation:
    """The same day by the rules in force (``before``) and by the changed ones (``after``), upcoming items included."""

    before: Listings
    after: Listings

    @classmethod
    def of(cls, network: Network, source: LakeSource, changed: Rulebook, as_of: date) -> "Simulation":
        """Evaluates both; ``source`` serves the changed rules."""
        return cls(
            Listings.at(network, as_of, upcoming=True),
            Listings.at(Network(source, changed), as_of, upcoming=True),
        )

    @property
    def as_of(self) -> date:
        return self.before.outcome.moment.as_of

    # -- who is due --------------------------------------------------------------------------------

    @cached_property
    def _open(self) -> tuple[Any, Any]:
        """What is due or overdue, before and after."""
        before, after = (_open_items(listings) for listings in (self.before, self.after))
        return before, after

    @cached_property
    def becomes_due(self) -> Any:
        """Items that are due or overdue by the changed rules only: subject, schedule, step, due_on, institution."""
        before, after = self._open
        return after.join(before.select(_KEYS), _KEYS, join_type="left anti").sort_by(_ORDER)

    @cached_property
    def no_longer_due(self) -> Any:
        """Items that are due or overdue by the rules in force only."""
        before, after = self._open
        return before.join(after.select(_KEYS), _KEYS, join_type="left anti").sort_by(_ORDER)

    def people(self) -> Any:
        """One row per item that appears or disappears: change, subject, schedule, step, due_on, institution."""
        sides = (("becomes_due", self.becomes_due), ("no_longer_due", self.no_longer_due))
        return pa.concat_tables(
            [
                items.add_column(0, "change", pa.array([change] * len(items), pa.string()))
                for change, items in sides
            ]
        )

    def due(self) -> Any:
        """Per schedule and institution: items due before and after, how many appear and how many disappear."""
        keys = ["schedule", "institution"]
        before, after = self._open
        parts = {
            "before": before,
            "after": after,
            "becomes_due": self.becomes_due,
            "no_longer_due": self.no_longer_due,
        }
        return _side_by_side(parts, keys)

    # -- workload ----------------------------------------------------------------------------------

    def workload(self) -> Any:
        """Per institution and month: items to be done before and after, and the institution's workers.

        Twelve months from that of the day; what is due earlier is still to be done, and counted in the first.
        """
        keys = ["institution", "month"]
        parts = {side: self._months(listings) for side, listings in self._sides}
        table = _side_by_side(parts, keys)
        workers = self._workers
        present = [workers.get(code, 0) for code in table["institution"].to_pylist()]
        return table.append_column("workers", pa.array(present, pa.int64()))

    @property
    def _sides(self) -> tuple[tuple[str, Listings], ...]:
        return (("before", self.before), ("after", self.after))

    def _months(self, listings: Listings) -> Any:
        due = listings.due()
        first = self.as_of.replace(day=1)
        month = pc.max_element_wise(
            pc.floor_temporal(due["due_on"], unit="month").cast(pa.date32()), pa.scalar(first)
        )
        end = _months_later(first, MONTHS_AHEAD)
        table = pa.table({"institution": due["institution"], "month": month})
        return table.filter(pc.less(table["month"], pa.scalar(end)))

    @cached_property
    def _workers(self) -> dict[str | None, int]:
        """How many workers each institution has."""
        network = self.before.network
        workers = network.source.register("worker", ("institution",), None)
        institutions = network.institutions
        known = institutions[network.source.key].combine_chunks()
        codes = institutions["code"].take(pc.index_in(workers["institution"], value_set=known))
        counted = pc.value_counts(codes.combine_chunks()).to_pylist()
        return {found["values"]: found["counts"] for found in counted}

    # -- figures -----------------------------------------------------------------------------------

    def figures(self, level: str) -> Any:
        """Every figure at every place of a level: numerator, denominator and value before and after."""
        keys = ["indicator", *PARTS, "place"]
        columns = ["numerator", "denominator", "value"]
        before, after = (
            with_parts(side.figures(levels=[level])).select([*keys, *columns])
            for side in (self.before, self.after)
        )
        before = before.rename_columns([*keys, *(f"{name}_before" for name in columns)])
        after = after.rename_columns([*keys, *(f"{name}_after" for name in columns)])
        joined = before.join(after, keys, join_type="full outer")
        changed = pc.subtract(joined["value_after"], joined["value_before"])
        listed = joined.append_column("change", changed).sort_by([(key, "ascending") for key in keys])
        return without_empty_parts(listed)


_ORDER = [(key, "ascending") for key in _KEYS]


def _open_items(listings: Listings) -> Any:
    due = listings.due()
    is_open = pc.not_equal(due["status"], Status.UPCOMING.value)
    return due.filter(is_open).select([*_KEYS, "due_on", "institution"])


def _side_by_side(parts: dict[str, Any], keys: list[str]) -> Any:
    """How many rows each part has per key; 0 where a part has none."""
    marked = pa.concat_tables([_marked(rows.select(keys), name, parts) for name, rows in parts.items()])
    counted = marked.group_by(keys).aggregate([(name, "sum") for name in parts])
    return counted.rename_columns([*keys, *parts]).sort_by([(key, "ascending") for key in keys])


def _marked(rows: Any, own: str, names: Iterable[str]) -> Any:
    """Rows of one part, with 1 in the column of that part and 0 in the others.

    To be counted and not joined: what no institution is to do has none, and nothing joins to that.
    """
    for name in names:
        rows = rows.append_column(name, pa.array([int(name == own)] * len(rows), pa.int64()))
    return rows


def _months_later(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
