"""Runs plans on this machine: over chunks of entities, on a few threads, partition by partition."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from wangdi.engine.evaluate.columnar.channels import DayCounts, counts_by_day
from wangdi.engine.evaluate.columnar.each import EachColumns, concatenate_each, items_of_each, texts_at
from wangdi.engine.evaluate.columnar.executor import Computed, Executor
from wangdi.engine.evaluate.columnar.records import RecordRange
from wangdi.engine.evaluate.columnar.results import NEVER, DueColumns, concatenate
from wangdi.engine.evaluate.columnar.tables import Dataset
from wangdi.engine.evaluate.columnar.tallies import Tallied, tally_plan
from wangdi.engine.evaluate.columnar.vectors import Array, to_days
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.plan.plan import Plan, PlannedSchedule

CHUNK = 1 << 18
"""Entities per step: of 2^15 to 2^18 measured best. Smaller ones cost more calls; steps in a domain are small anyway.

What fits into one is done by one thread: two would take as long, and nearly twice the processor (measured at 200,000).
"""


Listed = Callable[[DueColumns, EachColumns], Sequence[Any]]
"""Makes tables of the due items of a range: those of persons and things, and those of records."""


@dataclass(frozen=True)
class Evaluation:
    """The result of a plan: tables of due items, what its indicators and roll-ups count in each unit, and what its
    channels count there on each day."""

    due: Sequence[Any]
    tallied: Tallied
    counts: DayCounts


@dataclass(frozen=True)
class LocalRunner:
    """``threads`` at most; NumPy lets them run side by side."""

    threads: int = 2
    chunk: int = CHUNK

    def run(
        self,
        plan: Plan,
        data: Dataset,
        moment: Moment,
        unit: Array,
        units: int,
        listed: Listed | None = None,
        *,
        upcoming: bool = True,
    ) -> Evaluation:
        """Evaluates the plan for all entities of a dataset.

        ``unit`` (int32) says for each entity which of ``units`` it is counted in. Due items are made tables by
        ``listed``, on the thread that found them; without ``upcoming``, only those that are due or overdue.
        """
        executor = Executor(plan, data, moment)
        until = None if upcoming else to_days(moment.as_of)

        def work(bounds: tuple[int, int]) -> Evaluation:
            low, high = bounds
            computed = executor.run(low, high)
            due: Sequence[Any] = ()
            if listed is not None:
                of_records = _items_of_records(plan, computed, data, low, until)
                due = listed(_due_items(plan, computed, low, until), of_records)
            counts = _day_counts(plan, computed, data, low, unit[low:high], moment.as_of)
            return Evaluation(due, tally_plan(plan, computed, unit[low:high], units), counts)

        tables: list[Any] = []
        counts: list[DayCounts] = []
        tallied = Tallied.of(plan, units)
        for part in self._map(work, list(self._bounds(data.entities[plan.entity].size))):
            tables += part.due
            tallied.add(part.tallied)
            counts.append(part.counts)
        return Evaluation(tables, tallied, DayCounts.joined(counts))

    def _bounds(self, size: int) -> Iterator[tuple[int, int]]:
        """Chunks of equal size, as many for each thread: a small one at the end would leave the others waiting."""
        pieces = -(-size // self.chunk)
        if pieces > 1:
            pieces = min(pieces + -pieces % self.threads, size)
        yield from pairwise([size * piece // pieces for piece in range(pieces + 1)] if pieces else [0])

    def _map(
        self, work: Callable[[tuple[int, int]], Evaluation], bounds: list[tuple[int, int]]
    ) -> Iterator[Evaluation]:
        if self.threads < 2 or len(bounds) < 2:
            yield from map(work, bounds)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            yield from pool.map(work, bounds)


def _items_of_records(
    plan: Plan, computed: Computed, data: Dataset, low: int, until: int | None
) -> EachColumns:
    parts = []
    for number, planned in enumerate(plan.each):
        records = RecordRange(data.records[planned.rows], low, low + computed.size)
        parts.append(items_of_each(number, planned, computed, records, until))
    return concatenate_each(parts)


def _day_counts(
    plan: Plan, computed: Computed, data: Dataset, low: int, unit: Array, as_of: date
) -> DayCounts:
    parts = []
    for number, planned in enumerate(plan.channels):
        records = RecordRange(data.records[planned.rows], low, low + computed.size)
        parts.append(counts_by_day(number, planned, computed, records, unit, as_of))
    return DayCounts.joined(parts)


def _due_items(plan: Plan, computed: Computed, low: int, until: int | None) -> DueColumns:
    """The items of a range that begins at ``low``; with ``until``, only those due or overdue on that day."""
    parts = []
    for number, planned in enumerate(plan.schedules):
        applies, due_from, due_on, overdue_from = (
            computed.among(slot, planned.members)
            for slot in (planned.applies, planned.due_from, planned.due_on, planned.overdue_from)
        )
        if until is not None:
            applies = applies & (due_from <= until)
        missed_from = _missed_from(planned, computed)
        if until is not None and missed_from is not None:
            applies = applies & (missed_from > until)
        who = np.flatnonzero(applies)
        positions = computed.members(planned.members)
        subject = (who if positions is None else positions[who]) + low
        schedule = np.full(len(who), number, np.int16)
        missed = np.full(len(who), NEVER, np.int32) if missed_from is None else missed_from[who]
        days = due_from[who], due_on[who], overdue_from[who], missed
        parts.append(DueColumns(subject, schedule, *days, _holder(planned, computed, who, len(applies))))
    return concatenate(parts)


def _holder(planned: PlannedSchedule, computed: Computed, who: Array, size: int) -> Any | None:
    """The codes of the institutions named to act for some of the members; None when none is ever named."""
    return texts_at(computed.within(planned.holder), who, size) if planned.holder is not None else None


def _missed_from(planned: PlannedSchedule, computed: Computed) -> Array | None:
    """From when each member has missed the step; None when it can always be done."""
    return computed.among(planned.missed_from, planned.members) if planned.missed_from is not None else None
