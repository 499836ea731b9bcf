"""Minimum-cost flow by levels: each level as good as it can be, then the next among the solutions that are left.

Levels share one run where the weights that keep them in order fit 64 bits; otherwise the next run is confined to the
optimal face of the runs before it (complementary slackness: an arc with a reduced cost keeps its flow). So the
order is exact for
any size. The potentials that give reduced costs are found from the flow itself, in integers, and prove it optimal
without trusting the solver: no arc of the residual network has a negative reduced cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from wangdi.methods.dispatch.network import Network
from wangdi.methods.dispatch.problem import Ints, Level

LARGEST_TOTAL = 2**62
"""No sum of costs may be larger: the solver and NumPy count in 64 bits."""


class NoFlow(Exception):
    """The supplies cannot be sent along the arcs: some requirement was made a capacity."""


class NotOptimal(Exception):
    """The solver's flow failed the proof; a defect, never expected."""


@dataclass(frozen=True, eq=False)
class Staged:
    """A flow, and how the levels were shared among runs."""

    flow: Ints
    runs: tuple[tuple[Level, ...], ...]


def cheapest(network: Network, cost: Ints) -> Ints:
    """A flow of all supplies at the least cost, per arc. Raises NoFlow, OverflowError when costs are too large."""
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(network.tail, network.head, network.capacity, cost)
    solver.set_nodes_supplies(np.arange(network.nodes), network.supply)
    status = solver.solve()
    if status == SimpleMinCostFlow.INFEASIBLE:
        raise NoFlow
    if status != SimpleMinCostFlow.OPTIMAL:
        raise OverflowError(f"the flow solver answered {status.name}")
    flow: Ints = solver.flows(np.arange(len(cost))) + network.sent
    return flow


def weights(network: Network, levels: Sequence[Level]) -> dict[Level, int]:
    """Whole weights under which one unit of a level outweighs all that the levels after it can differ by."""
    result: dict[Level, int] = {}
    below = 0
    for level in reversed(levels):
        result[level] = below + 1
        below += result[level] * network.largest(level)
    return result


def fit_64_bits(network: Network, chosen: dict[Level, int]) -> bool:
    """Whether no sum of weighted costs can overflow, in the solver's scaling by the number of nodes either."""
    total = sum(weight * network.largest(level) for level, weight in chosen.items())
    steepest = sum(
        weight * int(np.abs(network.costs[level]).max(initial=0)) for level, weight in chosen.items()
    )
    return total < LARGEST_TOTAL and steepest * (network.nodes + 2) < LARGEST_TOTAL


def runs_of(network: Network, levels: Sequence[Level]) -> list[list[Level]]:
    """The levels in runs: as many together as fit 64 bits. The farthest posting has a run of its own."""
    runs: list[list[Level]] = []
    for level in levels:
        joined = [*runs[-1], level] if runs else [level]
        alone = Level.FARTHEST in joined
        if runs and not alone and fit_64_bits(network, weights(network, joined)):
            runs[-1] = joined
        else:
            runs.append([level])
    return runs


def combined(network: Network, chosen: dict[Level, int]) -> Ints:
    """The weighted sum of the levels' costs, per arc."""
    total = np.zeros(len(network.tail), np.int64)
    for level, weight in chosen.items():
        total += weight * network.costs[level]
    return total


def solve_by_levels(network: Network, distance: Ints, levels: Sequence[Level]) -> Staged:
    """The best flow for the levels in this order. ``distance`` is per possible posting, for the farthest."""
    runs = runs_of(network, levels)
    left, flow = network, network.sent
    for number, run in enumerate(runs):
        if run == [Level.FARTHEST]:
            left = left.within(distance, nearest_bound(left, distance))
            cost = np.zeros(len(network.tail), np.int64)
        else:
            cost = combined(left, weights(left, run))
        if number == len(runs) - 1:
            flow = cheapest(left, cost)
            prove(left, cost, flow)
        elif run != [Level.FARTHEST]:
            left = optimal_face(left, cost, cheapest(left, cost))
    return Staged(flow, tuple(tuple(run) for run in runs))


def nearest_bound(network: Network, distance: Ints) -> int:
    """The least distance within which the supplies can still be sent; 0 when nobody has to go. By bisection."""
    open_arcs = network.capacity[network.postings] > 0
    settled = distance[network.sent[network.postings] > 0].max(initial=0)
    steps = np.unique(np.concatenate([np.full(1, settled), distance[open_arcs & (distance > settled)]]))
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        if _can_send(network.within(distance, int(steps[middle]))):
            high = middle
        else:
            low = middle + 1
    return int(steps[low])


def _can_send(network: Network) -> bool:
    try:
        cheapest(network, np.zeros(len(network.tail), np.int64))
    except NoFlow:
        return False
    return True


def potentials(network: Network, cost: Ints, flow: Ints) -> Ints:
    """Potentials under which no residual arc has a negative reduced cost ``cost + p[tail] − p[head]``.

    Bellman and Ford over all arcs at once, from a root joined to every node at cost 0; at most one round per node
    of a
    shortest path. Raises NotOptimal when a negative cycle shows that the flow is not the cheapest.
    """
    still = flow - network.sent
    ahead, back = still < network.capacity, still > 0
    tail = np.concatenate([network.tail[ahead], network.head[back]])
    head = np.concatenate([network.head[ahead], network.tail[back]])
    length = np.concatenate([cost[ahead], -cost[back]])
    order = np.argsort(head, kind="stable")
    tail, head, length = tail[order], head[order], length[order]
    starts = np.flatnonzero(np.r_[True, head[1:] != head[:-1]]) if len(head) else np.zeros(0, np.int64)
    reached = head[starts]
    potential = np.zeros(network.nodes, np.int64)
    for _ in range(network.nodes + 1):
        nearer = np.minimum.reduceat(potential[tail] + length, starts) if len(starts) else potential[:0]
        improved = nearer < potential[reached]
        if not improved.any():
            return potential
        potential[reached[improved]] = nearer[improved]
    raise NotOptimal("the residual network has a negative cycle")


def prove(network: Network, cost: Ints, flow: Ints) -> None:
    """Raises NotOptimal unless potentials prove the flow the cheapest."""
    potentials(network, cost, flow)


def reduced_costs(network: Network, cost: Ints, potential: Ints) -> Ints:
    reduced: Ints = cost + potential[network.tail] - potential[network.head]
    return reduced


def optimal_face(network: Network, cost: Ints, flow: Ints) -> Network:
    """The network whose flows are exactly the cheapest ones: arcs with a reduced cost stay full or empty."""
    reduced = reduced_costs(network, cost, potentials(network, cost, flow))
    return network.settled(full=reduced < 0, empty=reduced > 0)
