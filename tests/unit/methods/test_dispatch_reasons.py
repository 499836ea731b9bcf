"""Whom to post where: why a centre gets nobody, why somebody goes, what another number would change."""

from dataclasses import replace

import numpy as np
import pytest

from methods.brute_dispatch import tiny
from wangdi.methods.dispatch.changes import (
    differences,
    forbid,
    next_best,
    one_more,
    pin,
    relaxations,
    solve_like,
    unpinned,
)
from wangdi.methods.dispatch.plan import Plan
from wangdi.methods.dispatch.postings import Gives, explain_postings
from wangdi.methods.dispatch.problem import NOBODY, Bools, Ints, Level, Limit, Problem
from wangdi.methods.dispatch.solve import solve
from wangdi.methods.dispatch.uncovered import Offer, Surroundings, Uncovered, Why, explain_uncovered

RADIUS = 10


def line(
    doctors: list[int], centres: list[int], *, accepted: list[int] | None = None, **more: object
) -> Problem:
    """Doctors and centres on a line; a centre takes one doctor of specialty 0, or of its own ``accepted``."""
    specialty = np.asarray(more.pop("specialty", [0] * len(doctors)), np.int64)
    wants = accepted or [0] * len(centres)
    pairs = [
        (d, c, abs(x - y))
        for d, x in enumerate(doctors)
        for c, y in enumerate(centres)
        if abs(x - y) <= RADIUS and specialty[d] == wants[c]
    ]
    table = np.array(pairs, np.int64).reshape(-1, 3)
    ones = np.ones(len(centres), np.int64)
    return Problem(
        len(doctors),
        len(centres),
        *table.T,
        specialty,
        ones,
        ones,
        **more,  # type: ignore[arg-type]
    )


def explained(
    problem: Problem, doctors: list[int], centres: list[int], accepted: list[int] | None = None
) -> dict[int, Uncovered]:
    def distance_to(centre: int) -> Ints:
        return np.abs(np.array(doctors, np.int64) - centres[centre])

    def accepted_at(centre: int) -> Bools:
        wanted = accepted[centre] if accepted else 0
        return np.asarray(problem.specialty == wanted)

    found = explain_uncovered(solve(problem), Surroundings(distance_to, accepted_at, RADIUS))
    return {item.centre: item for item in found}


def test_nobody_within_the_radius_names_the_nearest_beyond_it() -> None:
    doctors, centres = [0, 1], [0, 30]
    why = explained(line(doctors, centres), doctors, centres)[1]
    assert (why.why, why.near, why.beyond) == (Why.NOBODY_NEAR, 0, Offer(1, 29))


def test_a_specialty_nobody_near_has_names_the_nearest_of_another() -> None:
    doctors, centres = [0, 40], [2]
    problem = line(doctors, centres, accepted=[7], specialty=[0, 7])
    why = explained(problem, doctors, centres, [7])[0]
    assert (why.why, why.near, why.able) == (Why.NOT_ACCEPTED, 1, 0)
    assert (why.other, why.beyond) == (Offer(0, 2), Offer(1, 38))


def test_a_floor_that_holds_a_doctor_back_is_named_and_lowering_it_covers() -> None:
    doctors, centres = [0, 1], [0, 2]
    problem = line(doctors, centres, limits=[Limit("hospital", np.array([0, 1]), most=1)])
    why = next(iter(explained(problem, doctors, centres).values()))
    assert (why.why, why.floors, why.floors_that_cover) == (Why.FLOORS, (0,), (0,))
    assert (why.able, why.needed, why.held) == (2, 1, 1)
    assert solve(one_more(problem, 0)).values[Level.UNCOVERED] == 0


def test_doctors_who_are_all_needed_elsewhere() -> None:
    doctors, centres = [0], [1, 3]
    why = next(iter(explained(line(doctors, centres), doctors, centres).values()))
    assert (why.why, why.rivals, why.busy, why.floors) == (Why.ALL_NEEDED, (0,), (0,), ())


@pytest.mark.parametrize("seed", range(60))
def test_every_floor_said_to_cover_a_centre_covers_one_more(seed: int) -> None:
    """On random problems without minimums: one more under the floor is one centre fewer uncovered."""
    problem = tiny(seed)
    free = replace(problem, fixed=None, limits=[replace(limit, least=0) for limit in problem.limits])
    plan = solve(free, order=[Level.UNCOVERED, Level.DISTANCE])

    def nowhere(centre: int) -> Ints:
        return np.zeros(free.doctors, np.int64)

    around = Surroundings(nowhere, lambda centre: np.ones(free.doctors, np.bool_), RADIUS)
    for item in explain_uncovered(plan, around):
        assert item.why is not Why.REQUIREMENTS
        for floor in item.floors_that_cover:
            relaxed = solve(one_more(free, floor), order=[Level.UNCOVERED, Level.DISTANCE])
            assert relaxed.values[Level.UNCOVERED] == plan.values[Level.UNCOVERED] - 1


def three() -> tuple[Problem, Plan]:
    """Three doctors near two centres: the nearest go."""
    problem = line([0, 1, 6], [0, 5])
    return problem, solve(problem)


def test_a_posting_says_what_it_is_for_and_who_is_nearer() -> None:
    _, plan = three()
    first, second = explain_postings(plan)
    assert (first.doctor, first.centre, first.gives, first.distance) == (0, 0, Gives.COVERS, 0)
    assert (second.doctor, second.nearer_busy, second.nearer_stay) == (2, 0, 0)


def test_the_next_best_moves_nobody_else_and_costs_the_difference() -> None:
    _, plan = three()
    difference = differences(plan, next_best(plan, 0))
    assert difference.levels[Level.DISTANCE] == 1
    assert {(move.doctor, move.before, move.after) for move in difference.moves} == {
        (0, 0, NOBODY),
        (1, NOBODY, 0),
    }


def test_a_posting_made_by_hand_stays_and_its_cost_shows() -> None:
    problem, plan = three()
    changed = solve_like(plan, pin(problem, 2, 0))
    assert changed.centre_of[2] == 0
    assert differences(plan, changed).levels[Level.DISTANCE] == 9
    again = solve_like(changed, unpinned(changed.problem, 2))
    assert again.values[Level.DISTANCE] == plan.values[Level.DISTANCE]


def test_a_posting_that_was_not_possible_can_be_made_with_its_distance() -> None:
    problem = line([0, 100], [0])
    with pytest.raises(ValueError, match="cannot"):
        pin(problem, 1, 0)
    assert solve(pin(problem, 1, 0, 100)).centre_of.tolist() == [NOBODY, 0]


def test_forbidding_a_posting_keeps_the_rows_on_the_others() -> None:
    problem = tiny(3, crossing=True)
    doctor, centre = int(problem.doctor[0]), int(problem.centre[0])
    less = forbid(problem, doctor, centre)
    for before, after in zip(problem.rows, less.rows, strict=True):
        kept = before.arcs != 0
        assert problem.doctor[before.arcs[kept]].tolist() == less.doctor[after.arcs].tolist()


def test_relaxing_names_the_family_and_what_it_brings() -> None:
    problem = line([0, 1], [0, 2], limits=[Limit("hospital", np.array([0, 1]), most=1, family="floor")])
    found = relaxations(solve(problem))
    assert list(found) == ["floor"]
    assert found["floor"].levels[Level.UNCOVERED] == -1
