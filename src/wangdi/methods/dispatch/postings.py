"""Why this doctor goes there: what the centre lacked, how far it is, and who would have been nearer."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from wangdi.methods.dispatch.plan import Plan
from wangdi.methods.dispatch.problem import NOBODY, Ints


class Gives(StrEnum):
    """What a posting is for, the foremost reason."""

    STAYS = "stays"
    """Posted already; goes on."""
    COVERS = "covers"
    """The only doctor of the centre."""
    SPECIALTY = "specialty"
    """A specialty the centre asked for."""
    WANTED = "wanted"
    """One of the doctors the centre lacks."""
    REQUIRED = "required"
    """Asked for by a requirement alone (least numbers, pairs that stay together)."""


@dataclass(frozen=True)
class Posting:
    """A posting of a plan. ``nearer`` could come too and live nearer: of these ``busy`` go elsewhere, ``stay``
    stay."""

    doctor: int
    centre: int
    distance: int
    gives: Gives
    for_specialty: bool
    earlier: int
    is_kept: bool
    nearer_busy: int
    nearer_stay: int


def explain_postings(plan: Plan) -> Sequence[Posting]:
    """Every posting of the plan with its reason, in the order of centres and then of distances."""
    problem = plan.problem
    made = plan.made
    order = np.lexsort((problem.distance[made], problem.centre[made]))
    asked = {(int(c), int(s)) for c, s, wanted in problem.need if wanted > 0}
    arcs_of = _by_centre(problem.centre, problem.centres)
    counts = plan.doctors_at
    return [_explain(plan, int(arc), asked, arcs_of, counts) for arc in made[order]]


def _explain(plan: Plan, arc: int, asked: set[tuple[int, int]], arcs_of: list[Ints], counts: Ints) -> Posting:
    problem = plan.problem
    doctor, centre, distance = (
        int(column[arc]) for column in (problem.doctor, problem.centre, problem.distance)
    )
    for_specialty = (centre, int(problem.specialty[doctor])) in asked
    others = arcs_of[centre]
    nearer = problem.doctor[others[problem.distance[others] < distance]]
    elsewhere = plan.centre_of[nearer]
    return Posting(
        doctor,
        centre,
        distance,
        _gives(plan, doctor, centre, for_specialty, int(counts[centre])),
        for_specialty,
        int(problem.tiers[doctor]),
        bool(problem.before[doctor] == centre),
        int(((elsewhere != NOBODY) & (elsewhere != centre)).sum()),
        int((elsewhere == NOBODY).sum()),
    )


def _gives(plan: Plan, doctor: int, centre: int, for_specialty: bool, there: int) -> Gives:
    if plan.problem.pinned[doctor] == centre:
        return Gives.STAYS
    if there == 1:
        return Gives.COVERS
    if for_specialty:
        return Gives.SPECIALTY
    return Gives.WANTED if there <= plan.problem.wanted[centre] else Gives.REQUIRED


def _by_centre(centre: Ints, centres: int) -> list[Ints]:
    order = np.argsort(centre, kind="stable")
    return np.split(order, np.searchsorted(centre[order], np.arange(1, centres)))
