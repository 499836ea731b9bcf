"""Runs plans on this machine: over chunks of entities, on a few threads, partition by partition."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from wangdi.engine.evaluate.columnar.executor import Executor
from wangdi.engine.evaluate.columnar.results import Counts, DueColumns, concatenate, count_true
from wangdi.engine.evaluate.columnar.tables import Dataset
from wangdi.engine.evaluate.columnar.vectors import Array, Flags, Vector, to_days
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.plan.plan import Plan

CHUNK = 1 << 16
"""Entities per step: measured best between 2^15 and 2^17; intermediate vectors stay in the processor's cache."""


@dataclass(frozen=True)
class Evaluation:
    """The result of a plan: due items, and counts of each indicator's two conditions per unit (indicators × units)."""

    due: DueColumns
    numerators: Counts
    denominators: Counts


@dataclass(frozen=True)
class LocalRunner:
    """``threads`` at most; NumPy lets them run side by side."""

    threads: int = 2
    chunk: int = CHUNK

    def run(
        self, plan: Plan, data: Dataset, moment: Moment, unit: Array, units: int, *, upcoming: bool = True
    ) -> Evaluation:
        """Evaluates the plan for all entities of a dataset.

        ``unit`` (int32) says for each entity which of ``units`` it is counted in. Without ``upcoming``, only items
        that are due or overdue are listed.
        """
        executor = Executor(plan, data, moment)

        def work(bounds: tuple[int, int]) -> tuple[DueColumns, Counts]:
            low, high = bounds
            slots = executor.run(low, high)
            due = _due_items(plan, slots, low, high, None if upcoming else to_days(moment.as_of))
            return due, _count(plan, slots, unit[low:high], units, high - low)

        parts = list(self._map(work, list(self._bounds(data.entities[plan.entity].size))))
        conditions = len(_distinct_conditions(plan))
        counts = np.zeros((conditions, units), dtype=np.int64)
        for _, part in parts:
            counts += part
        return _assemble(plan, concatenate([due for due, _ in parts]), counts)

    def _bounds(self, size: int) -> Iterator[tuple[int, int]]:
        yield from pairwise([*range(0, size, self.chunk), size])

    def _map(
        self, work: Callable[[tuple[int, int]], tuple[DueColumns, Counts]], bounds: list[tuple[int, int]]
    ) -> Iterator[tuple[DueColumns, Counts]]:
        if self.threads < 2 or len(bounds) < 2:
            yield from map(work, bounds)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            yield from pool.map(work, bounds)


def _distinct_conditions(plan: Plan) -> dict[int, int]:
    """The slots that are counted, each once, with their place among the counts."""
    slots = dict.fromkeys(slot for i in plan.indicators for slot in (i.numerator, i.denominator))
    return {slot: place for place, slot in enumerate(slots)}


def _flags(vector: Vector, size: int) -> Flags:
    return np.ascontiguousarray(np.broadcast_to(vector.data, (size,)))


def _count(plan: Plan, slots: Mapping[int, Vector], unit: Array, units: int, size: int) -> Counts:
    conditions = [_flags(slots[slot], size) for slot in _distinct_conditions(plan)]
    return count_true(conditions, unit, units)


def _due_items(plan: Plan, slots: Mapping[int, Vector], low: int, high: int, until: int | None) -> DueColumns:
    """The items of a range; with ``until``, only those due from that day or earlier."""
    parts = []
    for number, planned in enumerate(plan.schedules):
        size = high - low
        due_from = np.broadcast_to(slots[planned.due_from].data, (size,))
        applies = np.broadcast_to(slots[planned.applies].data, (size,))
        who = np.flatnonzero(applies if until is None else applies & (due_from <= until))
        days = (np.broadcast_to(slots[s].data, (size,))[who] for s in (planned.due_on, planned.overdue_from))
        parts.append(DueColumns(who + low, np.full(len(who), number, np.int16), due_from[who], *days))
    return concatenate(parts)


def _assemble(plan: Plan, due: DueColumns, counts: Counts) -> Evaluation:
    place = _distinct_conditions(plan)
    return Evaluation(
        due,
        counts[[place[i.numerator] for i in plan.indicators]],
        counts[[place[i.denominator] for i in plan.indicators]],
    )
