"""Large programmes: the relaxation made whole knot by knot, or rounded and mended.

The relaxation gives the bound, split in two where it leaves a part of a centre uncovered. Nearly all of it is whole; what
is not falls into knots that hang together. All knots at once, the nearest doctors set free with them, everybody else as in
the relaxation (relaxation enforced neighbourhoods, Berthold 2014, "RENS"), are a small programme that begins at the bound:
it is soon solved or refuted. Where the solver can do neither, one knot after the other is made whole (as in relax and fix),
with twice the doctors as long as that is refuted. A relaxation uses side rows up to their limits, and whole postings seldom
do; so others follow that keep some room to each limit, where that is cheap: to each by chance more or less (always the same
chance), so that their knots differ. Tries end after so many steps, not seconds: a busy machine finds the same plan later.

What is left over after that is mended: the relaxation rounded – the cheapest flow when side rows are paid for at their
prices – misses a few rows in a few places, and around these ever more doctors are set free while everybody else keeps their
posting, first so that no row is missed that need not be, then so that as many centres are covered as in the relaxation.
Who is near is told by reduced costs. (Large neighbourhood search, Shaw 1998; neighbourhoods from the relaxation as in
Danna, Rothberg and Le Pape 2005, "Exploring relaxation induced neighborhoods".) The bound stays that of the whole
programme.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components, dijkstra

from wangdi.methods.dispatch.flow import cheapest
from wangdi.methods.dispatch.network import Network
from wangdi.methods.dispatch.problem import Bools, Level
from wangdi.methods.dispatch.programme import WHOLE, Floats, Programme
from wangdi.methods.dispatch.runs import Effort, asked, run_highs
from wangdi.methods.highs import Answer, Relaxed

FINER = 100
"""Prices of rows are not whole: costs are counted in hundredths when a relaxation is rounded."""

FIRST_FREE = 100
"""Doctors in the first neighbourhood; each after it has twice as many."""

FIRST_WHOLE = 40
MOST_WHOLE = 400
"""The same for making one knot of a relaxation whole, and the most."""

AT_ANY_PRICE = 80
"""Doctors around a knot that cannot be made whole and near enough to the bound."""

SHARE_OF_KNOT = 0.2
"""The part of the seconds left for one knot at any price."""

PART_WITH_ROOM = 0.75
"""The part of the seconds left in which relaxations with room are made whole."""

PART_WHOLE = 0.85
"""The part of the seconds left in which relaxations are made whole."""

ROOM = (0.03, 0.3)
"""How much room to its limit a row keeps in a relaxation, in parts of its largest coefficient: the least and the most."""

ROOM_COSTS = (0.04, 0.4)
"""What room as large as a row's largest coefficient is worth, in parts of what a plan may cost above the bound."""

ATTEMPTS = 30

LOOKS = 40
"""How often the solver looks whether to go on before a relaxation is given up: most are made whole or refuted sooner."""

MORE_LOOKS = 200
"""The same for one knot alone."""

SLOWER = 3
"""The solver does not look at the clock before its first relaxation, which takes so many times as long as the relaxation
took: with less time left it is not called."""

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
    linear: Relaxed

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
    began = time.perf_counter()
    relaxed = relax(model, cost, effort)
    if relaxed is None:
        return run_highs(model, cost, model.upper, effort, whole=True, start=start)
    pace = time.perf_counter() - began
    best = _cheaper(cost, start, rounded(model, relaxed, cost))
    if best is None or float(cost @ best) > _goal(relaxed, effort):
        best = _cheaper(cost, best, _made_whole(relaxed, cost, effort))
    if best is not None:
        best = _mended(relaxed, cost, effort, best)
    value = np.inf if best is None else float(cost @ best)
    late = effort.deadline - time.perf_counter() < SLOWER * pace
    if effort.enough(value, relaxed.bound) or (late and best is not None):
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
    linear = Relaxed(asked(model, cost, model.upper, effort, whole=False), effort.left)
    answer = linear.answer
    if answer.x is None or answer.reduced is None:
        return None
    uncovered = model.cost({Level.UNCOVERED: 1})
    count = float(uncovered @ answer.x)
    if abs(count - round(count)) < WHOLE:
        return Relaxation(model, answer, answer.bound, linear)
    below, above = float(np.floor(count)), float(np.ceil(count))
    found_below, found_above = linear.split(uncovered, below, above, effort.left)
    halves = [
        (replace(model, added=[*model.added, (uncovered, below)]), found_below),
        (replace(model, added=[*model.added, (-uncovered, -above)]), found_above),
    ]
    bound = max(answer.bound, min(found.bound for _, found in halves))
    solved = [(half, found) for half, found in halves if found.reduced is not None]
    if not solved:
        return Relaxation(model, answer, bound, linear)
    return Relaxation(*min(solved, key=lambda item: item[1].bound), bound, linear)


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


def _goal(relaxed: Relaxation, effort: Effort) -> float:
    """What a plan near enough to the bound costs at most."""
    return relaxed.bound + max(effort.gap / 2, NEAR) * abs(relaxed.bound + effort.constant)


def _made_whole(relaxed: Relaxation, cost: Floats, effort: Effort) -> Floats | None:
    """A plan made from the relaxation or from one with room to round, in a part of the time; None if there was none.

    What cannot be made whole at once has other knots with other room. Knot by knot, and at any price, comes last.
    """
    goal = _goal(relaxed, effort)
    until = effort.share(PART_WITH_ROOM, 0.0)
    random = np.random.default_rng(0)
    near: Relaxation | None = relaxed
    for _ in range(ATTEMPTS):
        if near is None or time.perf_counter() >= until.deadline:
            break
        found = _at_once(near, cost, goal, until)
        x = found.x
        if x is None and not found.impossible:
            x = _untied(near, cost, goal, until, at_any_price=False)
        if x is not None and float(cost @ x) <= goal:
            return x
        near = _with_room(relaxed, goal, random, until)
    return _untied(relaxed, cost, goal, effort.share(PART_WHOLE, 0.0), at_any_price=True)


def _at_once(near: Relaxation, cost: Floats, goal: float, until: Effort) -> Answer:
    """The relaxation with all knots made whole together, the nearest doctors set free, for no more than the goal, if the
    solver finds or refutes that soon."""
    model, split, arcs = near.with_no_more_uncovered, _split(near.model, near.x), len(near.model.network.tail)
    free = _doctors_of(near, split) | next(_neighbourhoods(near, split, FIRST_FREE), _doctors_of(near, split))
    lower, upper = _around(near, near.x, free)
    upper[arcs:][model.is_slack & (near.x[arcs:] < WHOLE)] = 0
    return run_highs(
        model, cost, upper, until, whole=True, lower=lower, target=goal, ceiling=goal, looks=LOOKS
    )


def _untied(
    near: Relaxation, cost: Floats, goal: float, until: Effort, *, at_any_price: bool
) -> Floats | None:
    """The relaxation with every knot made whole; None when one cannot be, within the goal or ``at_any_price``."""
    model, x = near.model, near.x
    knots = _knots(near)
    gap = (goal - near.bound) / abs(goal + until.constant) / (len(knots) + 1)
    for knot in knots:
        if not (knot & _split(model, x)).any():
            continue
        found = _within_goal(near, cost, goal, until, x, knot, None if knot is knots[-1] else gap)
        if found is None and at_any_price:
            own = _doctors_of(near, knot)
            lower, upper = _around(near, x, own | next(_neighbourhoods(near, knot, AT_ANY_PRICE), own))
            short = until.share(SHARE_OF_KNOT, NEAR)
            found = run_highs(_only_postings(model), cost, upper, short, whole=True, lower=lower).x
        if found is None:
            return None
        x = found
    whole = np.where(model.is_whole, np.rint(x), x)
    return whole if model.holds(whole) else None


def _within_goal(
    near: Relaxation, cost: Floats, goal: float, until: Effort, x: Floats, knot: Bools, gap: float | None
) -> Floats | None:
    """The columns with one knot made whole, the others as they are, for no more than the goal: ever more doctors around it
    are set free until that is possible. Without a ``gap`` the first that is found will do."""
    model = _only_postings(near.with_no_more_uncovered)
    target = goal if gap is None else None
    for free in _neighbourhoods(near, knot, FIRST_WHOLE):
        if free.sum() > MOST_WHOLE or time.perf_counter() >= until.deadline:
            return None
        lower, upper = _around(near, x, free | _doctors_of(near, knot))
        effort = replace(until, gap=gap or 0.0)
        found = run_highs(
            model, cost, upper, effort, whole=True, lower=lower, target=target, ceiling=goal, looks=MORE_LOOKS
        )
        if found.x is not None and found.value <= goal:
            return found.x
        if found.bound <= goal:
            return None
    return None


def _only_postings(model: Programme) -> Programme:
    """The same with counts that need not be whole, as those of other knots are not yet."""
    return replace(model, is_count=np.zeros_like(model.is_count))


def _with_room(
    relaxed: Relaxation, goal: float, random: np.random.Generator, effort: Effort
) -> Relaxation | None:
    """The relaxation that covers as many centres and keeps room to the limits of rows that may be missed, to each by chance
    more or less, where that is cheap. None when there is no such row, or no time."""
    model = relaxed.model
    if not model.slacks:
        return None
    rows = np.array([row for row, _ in model.slacks], np.int64)
    largest = np.array([_largest(model, row, slack) for row, slack in model.slacks])
    room = _between(ROOM, random.random(len(rows))) * largest
    worth = _between(ROOM_COSTS, random.random(1)) * (goal - relaxed.bound)
    uncovered = model.cost({Level.UNCOVERED: 1})
    count = float(np.ceil(uncovered @ relaxed.x - WHOLE))
    answer = relaxed.linear.with_room(
        rows, room, worth / np.maximum(largest, 1), uncovered, count, effort.left
    )
    return None if answer.x is None or answer.reduced is None else replace(relaxed, answer=answer)


def _between(ends: tuple[float, float], part: Floats) -> Floats:
    """Numbers between two, as far from the first as the parts say, by ratio."""
    result: Floats = ends[0] * (ends[1] / ends[0]) ** part
    return result


def _largest(model: Programme, row: int, slack: int) -> float:
    """The largest coefficient of a row, its slack's aside."""
    entries = slice(model.matrix.indptr[row], model.matrix.indptr[row + 1])
    others = model.matrix.indices[entries] != slack
    return float(np.abs(model.matrix.data[entries][others]).max(initial=0))


def _knots(near: Relaxation) -> list[Bools]:
    """The postings that are not whole, in sets that hang together by a doctor, a centre, a limit or a priced row, or by
    centres that are covered in part. The largest last."""
    assert near.answer.prices is not None
    model, network = near.model, near.model.network
    arcs = len(network.tail)
    some = np.flatnonzero(
        (np.abs(near.x[:arcs] - np.rint(near.x[:arcs])) > WHOLE) & (network.tail != network.source)
    )
    priced = np.flatnonzero(np.abs(near.answer.prices[network.nodes : model.matrix.shape[0]]) > WHOLE)
    by_rows = model.matrix[network.nodes :][priced][:, some].tocoo()
    index = np.arange(len(some))
    first = len(some)
    ends = np.concatenate([network.tail[some], network.head[some], network.nodes + by_rows.row])
    pairs = (np.concatenate([index, index, by_rows.col]), first + ends)
    size = first + network.nodes + len(priced)
    graph = sparse.csr_matrix((np.ones(len(ends)), pairs), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    split = np.flatnonzero(some < network.postings.stop)
    names, counts = np.unique(label[:first][split], return_counts=True)
    knots = []
    for name in names[np.argsort(counts, kind="stable")]:
        knot = np.zeros(network.postings.stop, np.bool_)
        knot[some[split[label[:first][split] == name]]] = True
        knots.append(knot)
    return knots


def _mended(relaxed: Relaxation, cost: Floats, effort: Effort, x: Floats) -> Floats:
    """The plan made better, neighbourhood by neighbourhood, until near enough or none is left but all doctors."""
    model = relaxed.with_no_more_uncovered
    goal = _goal(relaxed, effort)
    wrong = _split(relaxed.model, relaxed.x) | _missing(relaxed.model, x)
    for free in _neighbourhoods(relaxed, wrong, FIRST_FREE):
        if float(cost @ x) <= goal or time.perf_counter() >= effort.deadline:
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


def _neighbourhoods(relaxed: Relaxation, wrong: Bools, count: int) -> Iterator[Bools]:
    """Sets of doctors, ``count`` and each twice the one before, nearest first to the postings that are ``wrong``."""
    network = relaxed.model.network
    if not wrong.any():
        return
    distance = dijkstra(
        _graph(network, relaxed.reduced),
        directed=False,
        indices=np.unique(network.tail[network.postings][wrong]),
        min_only=True,
    )
    nearest = np.argsort(distance[network.doctor_node], kind="stable")
    while count < len(nearest):
        free = np.zeros(len(nearest), np.bool_)
        free[nearest[:count]] = True
        yield free
        count *= 2


def _split(model: Programme, x: Floats) -> Bools:
    """Which possible postings are made in part."""
    made = x[model.network.postings]
    result: Bools = (made > WHOLE) & (made < 1 - WHOLE)
    return result


def _doctors_of(relaxed: Relaxation, some: Bools) -> Bools:
    """Which doctors have one of these possible postings."""
    network = relaxed.model.network
    result = np.zeros(len(network.doctor_node), np.bool_)
    result[network.tail[network.postings][some] - network.doctor_node[0]] = True
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
    moves, made = free[doctor], x[postings] > WHOLE
    likely = relaxed.reduced[postings] <= np.quantile(relaxed.reduced[postings], LIKELY)
    lower, upper = np.zeros(model.columns), model.upper.copy()
    lower[postings][~moves] = x[postings][~moves]
    upper[postings][~moves] = x[postings][~moves]
    upper[postings][moves & ~made & ~likely] = 0
    return lower, upper
