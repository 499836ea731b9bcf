"""The facts alone: Wangdi's and a peer's, told by the number of values and their sum."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bench.large.rules import facts
from wangdi.engine.evaluate.columnar.executor import Computed, Executor
from wangdi.engine.evaluate.columnar.vectors import spread
from wangdi.engine.evaluate.moment import Moment
from wangdi.engine.evaluate.network import Network, Opened
from wangdi.engine.evaluate.runners.local import CHUNK
from wangdi.engine.model.expressions import Expression
from wangdi.engine.model.facts import Fact, FactField
from wangdi.engine.model.pack import Rulebook
from wangdi.engine.model.types import NUMBER, RECORD
from wangdi.engine.plan.build import build_plan

Checksums = dict[str, tuple[int, float]]
"""How many residents have a value of a fact that is not null or zero, and the sum of all values."""


def fact_values(rules: Rulebook) -> dict[str, Expression]:
    """What each fact comes to: the reading of the record it found, or itself."""
    found = {fact.name: fact for pack in rules.packs for fact in pack.facts}
    return {spec.name: _value(found[spec.name]) for spec in facts()}


def _value(fact: Fact) -> Expression:
    return FactField(fact, "a", NUMBER) if fact.type == RECORD else fact


def open_facts(network: Network, rules: Rulebook) -> list[Opened]:
    """The facts' plan with its data in memory."""
    values = list(fact_values(rules).values())
    plan = build_plan(rules, "resident", schedules=(), indicators=(), values=values)
    return [network.open(plan, part) for part in network.partitions_of(plan)]


def checksums(opened: list[Opened], rules: Rulebook, moment: Moment) -> Checksums:
    """Evaluates every fact for everybody, on two threads."""
    values = fact_values(rules)
    totals = np.zeros((len(values), 2))
    for one in opened:
        executor = Executor(one.plan, one.data, moment)
        size = len(one.members)
        bounds = [(low, min(low + CHUNK, size)) for low in range(0, size, CHUNK)]
        slots = [one.plan.values[value] for value in values.values()]
        with ThreadPoolExecutor(2) as pool:
            for part in pool.map(lambda b, e=executor, s=slots: _sums(e.run(*b), s), bounds):  # type: ignore[misc]
                totals += part
    return {name: (int(n), float(total)) for name, (n, total) in zip(values, totals, strict=True)}


def _sums(computed: Computed, slots: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    found = np.zeros((len(slots), 2))
    for row, slot in enumerate(slots):
        vector = computed[slot]
        data = spread(vector.data, computed.size)
        if vector.valid is not None:
            data = data * vector.validity
        found[row] = np.count_nonzero(data), data.sum(dtype=np.float64)
    return found
