"""Large programmes: the relaxation rounded, then mended around where it is not whole.

The relaxation gives the bound, split in two where it leaves a part of a centre uncovered. Rounded – the cheapest
flow when side rows are paid for at their prices – it is good nearly everywhere and misses a few rows in a few
places. Around these the nearest doctors are set free while everybody else keeps their posting, and the small
programme is solved with whole postings, first so that no row is missed that need not be, then so that as many centres
are covered as in the relaxation; then twice as many,
until the plan is near enough to the bound or everybody is free. Who is near is told by reduced costs. A
neighbourhood whose own relaxation is too far from the bound cannot hold a plan near enough and is passed over.
(Large neighbourhood search, Shaw 1998; neighbourhoods from the relaxation as in Danna, Rothberg and Le Pape 2005,
"Exploring relaxation induced neighborhoods".) The bound stays that of the whole programme.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from wangdi.methods.dispatch.flow import cheapest
from wangdi.methods.dispatch.network import Network
from wangdi.methods.dispatch.problem import Bools, Level
from wangdi.methods.dispatch.programme import WHOLE, Floats, Programme
from wangdi.methods.dispatch.runs import Effort, run_highs
from wangdi.methods.highs import Answer

FINER = 100
"""Prices of rows are not whole: costs are counted in hundredths when a relaxation is rounded."""

FIRST_FREE = 100
"""Doctors in the first neighbourhood; each after it has twice as many."""

SHARE = 0.25
"""A neighbourhood's part of the seconds left."""

NEAR = 0.001
"""How near the bound a neighbourhood has to come to be worth its time, when no larger gap was asked for."""

LIKELY = 0.3
"""The share of possible postings that neighbourhoods choose from, those of the least reduced cost."""

STEP = 0.01
"""What a step of no reduced cost counts for in telling who is near."""


@dataclass(frozen=True, eq=False)
class Relaxation:
    """What the programme would cost if postings could be split, and the half of a split that it was found in."""

    model: Programme
    answer: Answer
    bound: float

    @property
    def x(self) -> Floats:
        assert self.answer.x is not None
        return self.answer.x

    @property
    def reduced(self) -> Floats:
        assert self.answer.reduced is not None
        return self.answer.reduced

    @property
    def with_no_more_uncovered(self) -> Programme:
        """The programme of plans that cover as many centres as it does: what is short of them is refuted sooner."""
        uncovered = self.model.cost({Level.UNCOVERED: 1})
        count = float(np.ceil(uncovered @ self.x - WHOLE))
        return replace(self.model, added=[*self.model.added, (uncovered, count)])


def minimise_large(model: Programme, cost: Floats, effort: Effort, start: Floats | None) -> Answer:
    """The least ``cost·x`` with whole postings that was found, and a bound of it; ``x`` is None when nothing was."""
    relaxed = relax(model, cost, effort)
    if relaxed is None:
        return run_highs(model, cost, model.upper, effort, whole=True, start=start)
    best = _cheaper(cost, start, rounded(model, relaxed, cost))
    if best is not None:
        best = _mended(relaxed, cost, effort, best)
    value = np.inf if best is None else float(cost @ best)
    if effort.enough(value, relaxed.bound):
        return Answer(best, value, relaxed.bound)
    found = run_highs(model, cost, model.upper, replace(effort, gap=effort.gap / 2), whole=True, start=best)
    best = _cheaper(cost, best, found.x)
    value = np.inf if best is None else float(cost @ best)
    return Answer(best, value, max(relaxed.bound, found.bound))


def _cheaper(cost: Floats, x: Floats | None, other: Floats | None) -> Floats | None:
    if x is None or other is None:
        return other if x is None else x
    return other if float(cost @ other) < float(cost @ x) else x


def relax(model: Programme, cost: Floats, effort: Effort) -> Relaxation | None:
    """The relaxation. Where it leaves a part of a centre uncovered: so many centres, rounded down, or one more, whichever
    costs less. None when it was not solved."""
    answer = run_highs(model, cost, model.upper, effort, whole=False)
    if answer.x is None or answer.reduced is None:
        return None
    uncovered = model.cost({Level.UNCOVERED: 1})
    count = float(uncovered @ answer.x)
    if abs(count - round(count)) < WHOLE:
        return Relaxation(model, answer, answer.bound)
    halves = []
    for row, most in ((uncovered, np.floor(count)), (-uncovered, -np.ceil(count))):
        half = replace(model, added=[*model.added, (row, most)])
        halves.append((half, run_highs(half, cost, model.upper, effort, whole=False)))
    bound = max(answer.bound, min(found.bound for _, found in halves))
    solved = [(half, found) for half, found in halves if found.reduced is not None]
    if not solved:
        return Relaxation(model, answer, bound)
    return Relaxation(*min(solved, key=lambda item: item[1].bound), bound)


def rounded(model: Programme, relaxed: Relaxation, cost: Floats) -> Floats | None:
    """Whole columns near a relaxation: the cheapest flow when side rows are paid for at their prices (Lagrangian rounding).

    What is soft may be missed, for its price: better than no plan when time is short. None if a hard row is broken.
    """
    assert relaxed.answer.prices is not None
    nodes, arcs = model.network.nodes, len(model.network.tail)
    rows, _, _ = relaxed.model.all_rows()
    paid = rows[nodes:].T @ relaxed.answer.prices[nodes:]
    adjusted = np.rint((cost - paid)[:arcs] * FINER).astype(np.int64)
    open_arcs = replace(model.network, capacity=model.upper[:arcs].astype(np.int64))
    x = model.completed(cheapest(open_arcs, adjusted))
    return x if model.holds(x) else None


def _mended(relaxed: Relaxation, cost: Floats, effort: Effort, x: Floats) -> Floats:
    """The plan made better, neighbourhood by neighbourhood, until near enough or none is left but all doctors."""
    model = relaxed.with_no_more_uncovered
    reach = max(effort.gap / 2, NEAR) * abs(relaxed.bound + effort.constant)
    goal = relaxed.bound + reach
    for free in _neighbourhoods(relaxed, x):
        if float(cost @ x) <= goal:
            break
        lower, upper = _around(relaxed, x, free)
        share = effort.share(SHARE, 0.0)
        own = run_highs(model, cost, upper, share, whole=False, lower=lower)
        if own.x is None or own.value > goal:
            continue
        if _missing(model, x).any():
            short = effort.share(SHARE / 2, 0.0)
            found = run_highs(
                relaxed.model, cost, upper, short, whole=True, start=x, lower=lower, target=goal
            )
            x = x if found.x is None or found.value >= float(cost @ x) else found.x
        found = run_highs(model, cost, upper, share, whole=True, start=x, lower=lower, target=goal)
        x = x if found.x is None or found.value >= float(cost @ x) else found.x
    return x


def _neighbourhoods(relaxed: Relaxation, x: Floats) -> Iterator[Bools]:
    """Sets of doctors, each twice the one before, nearest first to where the relaxation is not whole or rows are
    missed."""
    network = relaxed.model.network
    wrong = _fractional(relaxed) | _missing(relaxed.model, x)
    if not wrong.any():
        return
    distance = dijkstra(
        _graph(network, relaxed.reduced),
        directed=False,
        indices=np.unique(network.tail[network.postings][wrong]),
        min_only=True,
    )
    nearest = np.argsort(distance[network.doctor_node], kind="stable")
    count = FIRST_FREE
    while count < len(nearest):
        free = np.zeros(len(nearest), np.bool_)
        free[nearest[:count]] = True
        yield free
        count *= 2


def _fractional(relaxed: Relaxation) -> Bools:
    x = relaxed.x[relaxed.model.network.postings]
    result: Bools = (x > WHOLE) & (x < 1 - WHOLE)
    return result


def _missing(model: Programme, x: Floats) -> Bools:
    """Which postings that are made count in a row that is missed."""
    rows = [row for row, slack in model.slacks if x[slack] > WHOLE]
    counted = np.zeros(model.columns, np.bool_)
    counted[model.matrix[rows].indices] = True
    for column, arcs in model.counts:
        counted[arcs] |= counted[column]
    result: Bools = counted[model.network.postings] & (x[model.network.postings] > 0.5)
    return result


def _graph(network: Network, reduced: Floats) -> sparse.csr_matrix:
    """Limits, doctors, needs and centres, as far from one another as their arcs' reduced costs say; of arcs side by side
    the shortest."""
    inside = (network.tail != network.source) & ~np.isin(network.tail, network.centre_node)
    arcs = np.flatnonzero(inside)
    length = np.abs(reduced[arcs]) + STEP
    arcs, length = arcs[np.argsort(length, kind="stable")], np.sort(length, kind="stable")
    pair = network.tail[arcs] * network.nodes + network.head[arcs]
    _, first = np.unique(pair, return_index=True)
    ends = (network.tail[arcs[first]], network.head[arcs[first]])
    return sparse.csr_matrix((length[first], ends), shape=(network.nodes, network.nodes))


def _around(relaxed: Relaxation, x: Floats, free: Bools) -> tuple[Floats, Floats]:
    """Bounds under which only ``free`` doctors move, among likely postings."""
    model = relaxed.model
    network, postings = model.network, model.network.postings
    doctor = network.tail[postings] - network.doctor_node[0]
    moves, made = free[doctor], x[postings] > 0.5
    likely = relaxed.reduced[postings] <= np.quantile(relaxed.reduced[postings], LIKELY)
    lower, upper = np.zeros(model.columns), model.upper.copy()
    lower[postings][~moves & made] = 1
    upper[postings][~moves & ~made] = 0
    upper[postings][moves & ~made & ~likely] = 0
    return lower, upper
