"""Why a centre gets nobody: the minimum cut around it, and what would have to give for it to be covered.

From a centre one goes back along every exchange that could free a doctor for it: who may come; where these are
needed now; who
could take their place there; whose return would make room under a floor. Everything reached forms one side of a
minimum cut; what closes it – doctors needed elsewhere, floors that are reached – is the reason (max-flow min-cut,
Ford and
Fulkerson 1956).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order

from wangdi.methods.dispatch.nesting import nest
from wangdi.methods.dispatch.plan import Plan
from wangdi.methods.dispatch.problem import NOBODY, Bools, Ints


class Why(StrEnum):
    """What keeps a centre uncovered."""

    NOBODY_NEAR = "nobody_near"
    """No doctor works within the radius."""
    NOT_ACCEPTED = "not_accepted"
    """Those within the radius have specialties the centre has no use for."""
    FLOORS = "floors"
    """Doctors who could come are needed by their hospitals or departments."""
    ALL_NEEDED = "all_needed"
    """All who could come are the only ones for other centres."""
    REQUIREMENTS = "requirements"
    """It could be covered but for requirements that come first or do not nest."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """``distance_to(centre)`` is every doctor's distance (NOBODY: no way); ``accepts`` tells doctors × centre by
    index."""

    distance_to: Callable[[int], Ints]
    accepted_at: Callable[[int], Bools]
    radius: int


@dataclass(frozen=True)
class Offer:
    """A doctor who is free to go but for one condition, and how far away."""

    doctor: int
    distance: int


@dataclass(frozen=True)
class Uncovered:
    """Why one centre gets nobody.

    ``near`` work within the radius, ``able`` of them are accepted; of these ``needed`` go to other centres and
    ``held`` stay because
    a limit they belong to is reached. In the cut: ``rivals`` other centres and ``busy`` doctors,
    ``floors`` (limits by index) that are reached; one more under any of ``floors_that_cover`` covers the centre.
    ``beyond`` is the
    nearest who could come from outside the radius, ``other`` the nearest within it whom the centre does not accept.
    """

    centre: int
    why: Why
    near: int
    able: int
    needed: int
    held: int
    rivals: tuple[int, ...]
    busy: tuple[int, ...]
    floors: tuple[int, ...]
    floors_that_cover: tuple[int, ...]
    beyond: Offer | None
    other: Offer | None


def explain_uncovered(plan: Plan, around: Surroundings) -> list[Uncovered]:
    """Every centre without a doctor, with its reason. Centres that take nobody (``most`` 0) are left out."""
    web = _Web(plan)
    empty = np.flatnonzero((plan.doctors_at == 0) & (plan.problem.most > 0))
    return [_explain(plan, web, around, int(centre)) for centre in empty]


class _Web:
    """The exchanges of a plan as a graph to search backwards: source, limits, doctors, centres."""

    def __init__(self, plan: Plan) -> None:
        problem = plan.problem
        self.kept, self.parents, self.holder, _ = nest(problem.limits, problem.doctors)
        away = plan.centre_of != NOBODY
        limits = [problem.limits[index] for index in self.kept]
        self.counts = np.array([int(away[limit.members].sum()) for limit in limits], np.int64)
        self.is_full = self.counts >= np.array([limit.capacity for limit in limits], np.int64)
        self.first_doctor = 1 + len(limits)
        self.first_centre = self.first_doctor + problem.doctors
        self.nodes = self.first_centre + problem.centres
        self.free = ~away & self._has_room(self.holder)
        self.graph = self._graph(plan, away)

    def _has_room(self, position: Ints) -> Bools:
        """Whether every limit from this position up has room for one more."""
        open_up = np.zeros(len(self.kept) + 1, np.bool_)
        open_up[-1] = True
        for at in range(len(self.kept)):
            open_up[at] = not self.is_full[at] and open_up[self.parents[at]]
        room: Bools = open_up[position]
        return room

    def _graph(self, plan: Plan, away: Bools) -> sparse.csr_matrix:
        """Parents come before children in ``kept``; node 0 is the source, limit ``i`` is ``1 + i``."""
        problem, doctors = plan.problem, np.arange(plan.problem.doctors)
        unused = plan.centre_of[problem.doctor] != problem.centre
        moves = away & (problem.pinned == NOBODY)
        limits = np.arange(len(self.kept))
        used = limits[self.counts > 0]
        pairs = [
            (self.first_centre + problem.centre[unused], self.first_doctor + problem.doctor[unused]),
            (self.first_doctor + doctors[moves], self.first_centre + plan.centre_of[moves]),
            (self.first_doctor + doctors[~away], 1 + self.holder[~away]),
            (1 + limits[~self.is_full], 1 + self.parents[~self.is_full]),
            (1 + self.holder[away], self.first_doctor + doctors[away]),
            (1 + self.parents[used], 1 + used),
        ]
        tail, head = (np.concatenate(column) for column in zip(*pairs, strict=True))
        ends_at_source = tail != 0
        tail, head = tail[ends_at_source], head[ends_at_source]
        return sparse.csr_matrix((np.ones(len(tail)), (tail, head)), shape=(self.nodes, self.nodes))

    def behind(self, centre: int) -> Ints:
        reached: Ints = breadth_first_order(
            self.graph, self.first_centre + centre, directed=True, return_predecessors=False
        )
        return reached.astype(np.int64)


def _explain(plan: Plan, web: _Web, around: Surroundings, centre: int) -> Uncovered:
    distance, accepted = around.distance_to(centre), around.accepted_at(centre)
    near = (distance != NOBODY) & (distance <= around.radius)
    reached = web.behind(centre)
    limits = reached[(reached > 0) & (reached < web.first_doctor)] - 1
    doctors = reached[(reached >= web.first_doctor) & (reached < web.first_centre)] - web.first_doctor
    centres = reached[reached >= web.first_centre] - web.first_centre
    floors = limits[web.is_full[limits]]
    giving = floors[web._has_room(web.parents[floors])]
    could = near & accepted
    able, away = int(could.sum()), plan.centre_of != NOBODY
    return Uncovered(
        centre,
        _why(int(near.sum()), able, 0 in reached, len(floors) > 0),
        int(near.sum()),
        able,
        int((could & away).sum()),
        int((could & ~away & ~web.free).sum()),
        tuple(np.sort(centres[centres != centre]).tolist()),
        tuple(np.sort(doctors[plan.centre_of[doctors] != NOBODY]).tolist()),
        tuple(sorted(web.kept[at] for at in floors)),
        tuple(sorted(web.kept[at] for at in giving)),
        _nearest(distance, web.free & accepted & ~near),
        _nearest(distance, web.free & ~accepted & near),
    )


def _why(near: int, able: int, reaches_source: bool, floors: bool) -> Why:
    if not near:
        return Why.NOBODY_NEAR
    if not able:
        return Why.NOT_ACCEPTED
    if reaches_source:
        return Why.REQUIREMENTS
    return Why.FLOORS if floors else Why.ALL_NEEDED


def _nearest(distance: Ints, among: Bools) -> Offer | None:
    candidates = np.flatnonzero(among & (distance != NOBODY))
    if not len(candidates):
        return None
    best = int(candidates[np.argmin(distance[candidates])])
    return Offer(best, int(distance[best]))
