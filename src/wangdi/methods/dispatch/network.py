"""The network of a problem: doctors flow from the source through the limits they belong to, to centres, to the sink.

A node per limit that nests, per doctor, per asked-for specialty of a centre, per centre. What is rewarded – a
requirement met, a centre
covered, a need met – is an arc of its own beside the arc for what goes beyond, so a level of the objective is a
vector of whole costs over arcs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from wangdi.methods.dispatch.nesting import nest
from wangdi.methods.dispatch.problem import NOBODY, Bools, Ints, Level, Problem


class Strand(NamedTuple):
    """Arcs of one sort, the same number of each column; ``rewards`` are the costs by level."""

    tail: Ints
    head: Ints
    capacity: Ints
    costs: dict[Level, Ints]


@dataclass(frozen=True, eq=False)
class Network:
    """Arcs with capacities and, per level, costs; ``supply`` per node. A level's value is ``constants[level]``
    plus its costs.

    ``postings`` is the slice of the arcs that are the problem's possible postings, in their order; ``limit_node``
    gives the node of
    each nested limit. ``crossing`` are the limits the network does not know. ``sent`` is flow that is settled
    already: it is
    part of every flow and no longer of capacities and supplies.
    """

    tail: Ints
    head: Ints
    capacity: Ints
    supply: Ints
    costs: dict[Level, Ints]
    constants: dict[Level, int]
    postings: slice
    limit_node: dict[int, int]
    doctor_node: Ints
    centre_node: Ints
    source: int
    crossing: tuple[int, ...]
    sent: Ints

    @property
    def nodes(self) -> int:
        return len(self.supply)

    def value(self, level: Level, flow: Ints) -> int:
        """The value of a level that is a sum over arcs (all but the farthest)."""
        return self.constants[level] + int(self.costs[level] @ flow)

    def largest(self, level: Level) -> int:
        """No value of the level differs from another by more than this."""
        return int(np.abs(self.costs[level]) @ (self.capacity + self.sent))

    def within(self, distance: Ints, farthest: int) -> "Network":
        """The same without postings farther than that."""
        capacity = self.capacity.copy()
        capacity[self.postings][distance > farthest] = 0
        return replace(self, capacity=capacity)

    def settled(self, full: Bools, empty: Bools) -> "Network":
        """The same with arcs that stay ``full`` or ``empty`` in every flow still asked for."""
        sent = np.where(full, self.capacity, 0)
        supply = self.supply.copy()
        np.subtract.at(supply, self.tail, sent)
        np.add.at(supply, self.head, sent)
        capacity = np.where(full | empty, 0, self.capacity)
        return replace(self, capacity=capacity, supply=supply, sent=self.sent + sent)


def build(problem: Problem) -> Network:
    """The network of all the problem's doctors, centres and nested limits."""
    layout = _Layout(problem)
    strands = [
        layout.postings(),
        layout.into_doctors(),
        *layout.into_limits(),
        *layout.out_of_needs(),
        *layout.out_of_centres(),
        layout.bypass(),
    ]
    return _joined(layout, strands)


class _Layout:
    """Numbers the nodes and makes the strands."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.kept, self.parents, self.holder, crossing = nest(problem.limits, problem.doctors)
        self.crossing = tuple(crossing)
        self.source, self.sink = 0, 1
        self.limit_nodes = 2 + np.arange(len(self.kept), dtype=np.int64)
        self.doctor_nodes = 2 + len(self.kept) + np.arange(problem.doctors, dtype=np.int64)
        first_centre = 2 + len(self.kept) + problem.doctors
        self.centre_nodes = first_centre + np.arange(problem.centres, dtype=np.int64)
        self.need_nodes = first_centre + problem.centres + np.arange(len(problem.need), dtype=np.int64)
        self.nodes = first_centre + problem.centres + len(problem.need)

    def _node_of_limit(self, positions: Ints) -> Ints:
        if not len(self.kept):
            return np.full(len(positions), self.source, np.int64)
        return np.where(positions == NOBODY, self.source, self.limit_nodes[positions])

    def postings(self) -> Strand:
        problem = self.problem
        pinned = problem.pinned[problem.doctor]
        possible = (pinned == NOBODY) | (pinned == problem.centre)
        kept = problem.before[problem.doctor] == problem.centre
        same = problem.modelled[problem.doctor] == problem.centre
        costs = {
            Level.DISTANCE: problem.distance,
            Level.CHANGED: -kept.astype(np.int64),
            Level.MOVED: -same.astype(np.int64),
        }
        return Strand(self.doctor_nodes[problem.doctor], self._doors(), possible.astype(np.int64), costs)

    def _doors(self) -> Ints:
        """Where a posting enters its centre: at the need for the doctor's specialty, if there is one."""
        problem = self.problem
        doors = self.centre_nodes[problem.centre]
        if not len(problem.need):
            return doors
        width = int(max(problem.need[:, 1].max(), problem.specialty.max(initial=0))) + 1
        keys = problem.need[:, 0] * width + problem.need[:, 1]
        order = np.argsort(keys)
        wanted = problem.centre * width + problem.specialty[problem.doctor]
        at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
        found = keys[order][at] == wanted
        return np.where(found, self.need_nodes[order[at]], doors)

    def into_doctors(self) -> Strand:
        problem = self.problem
        stays = (problem.pinned != NOBODY).astype(np.int64)
        costs = {Level.BROKEN: -stays, Level.REPEATED: problem.tiers}
        return Strand(
            self._node_of_limit(self.holder), self.doctor_nodes, np.ones(problem.doctors, np.int64), costs
        )

    def into_limits(self) -> tuple[Strand, Strand]:
        limits = [self.problem.limits[index] for index in self.kept]
        most = np.array([limit.capacity for limit in limits], np.int64)
        least = np.minimum(np.array([limit.least for limit in limits], np.int64), most)
        tail = self._node_of_limit(self.parents)
        return (
            Strand(tail, self.limit_nodes, least, {Level.BROKEN: np.full(len(limits), -1, np.int64)}),
            Strand(tail, self.limit_nodes, most - least, {}),
        )

    def out_of_needs(self) -> tuple[Strand, Strand]:
        need = self.problem.need
        head = self.centre_nodes[need[:, 0]]
        most = self.problem.most[need[:, 0]]
        met = np.minimum(need[:, 2], most)
        return (
            Strand(self.need_nodes, head, met, {Level.UNMET: -self.problem.weights}),
            Strand(self.need_nodes, head, most - met, {}),
        )

    def out_of_centres(self) -> tuple[Strand, Strand, Strand]:
        problem, sink = self.problem, np.full(self.problem.centres, self.sink, np.int64)
        first = np.minimum(problem.most, 1)
        wanted = np.minimum(problem.wanted, problem.most)
        more = np.maximum(wanted - 1, 0)
        covers = np.full(problem.centres, -1, np.int64)
        return (
            Strand(
                self.centre_nodes,
                sink,
                first,
                {Level.UNCOVERED: covers, Level.UNMET: -np.minimum(wanted, 1)},
            ),
            Strand(self.centre_nodes, sink, more, {Level.UNMET: covers}),
            Strand(self.centre_nodes, sink, problem.most - first - more, {}),
        )

    def bypass(self) -> Strand:
        """For doctors who stay where they are."""
        one = np.ones(1, np.int64)
        return Strand(one * self.source, one * self.sink, one * self.problem.doctors, {})

    def constants(self) -> dict[Level, int]:
        problem = self.problem
        least = sum(problem.limits[index].least for index in self.kept)
        return {
            Level.BROKEN: least + int((problem.pinned != NOBODY).sum()),
            Level.UNCOVERED: problem.centres,
            Level.UNMET: int(problem.wanted.sum() + problem.need[:, 2] @ problem.weights),
            Level.REPEATED: 0,
            Level.DISTANCE: 0,
            Level.CHANGED: int((problem.before != NOBODY).sum()),
            Level.MOVED: int((problem.modelled != NOBODY).sum()),
        }

    def supply(self) -> Ints:
        supply = np.zeros(self.nodes, np.int64)
        supply[self.source], supply[self.sink] = self.problem.doctors, -self.problem.doctors
        return supply


def _joined(layout: _Layout, strands: Sequence[Strand]) -> Network:
    constants = layout.constants()
    costs = {level: np.concatenate([_cost(strand, level) for strand in strands]) for level in constants}
    return Network(
        tail=np.concatenate([strand.tail for strand in strands]),
        head=np.concatenate([strand.head for strand in strands]),
        capacity=np.concatenate([strand.capacity for strand in strands]),
        supply=layout.supply(),
        costs=costs,
        constants=constants,
        postings=slice(0, len(layout.problem.doctor)),
        limit_node={index: int(node) for index, node in zip(layout.kept, layout.limit_nodes, strict=True)},
        doctor_node=layout.doctor_nodes,
        centre_node=layout.centre_nodes,
        source=layout.source,
        crossing=layout.crossing,
        sent=np.zeros(sum(len(strand.tail) for strand in strands), np.int64),
    )


def _cost(strand: Strand, level: Level) -> Ints:
    return strand.costs.get(level, np.zeros(len(strand.tail), np.int64))


def posted(flow: Ints, network: Network) -> Bools:
    """Which possible postings a flow makes."""
    made: Bools = flow[network.postings] > 0
    return made
