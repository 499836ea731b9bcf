"""Every assignment of a tiny problem, tried one by one: what the optimum has to be."""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from wangdi.methods.dispatch.plan import measure
from wangdi.methods.dispatch.problem import NOBODY, Ints, Level, Limit, Problem, SideRow


def best_values(problem: Problem, order: Sequence[Level]) -> tuple[int, ...]:
    """The lexicographically least values over all assignments that keep the capacities."""
    return min(tuple(measure(problem, assignment, order).values()) for assignment in assignments(problem))


def assignments(problem: Problem) -> Iterator[Ints]:
    choices = [[NOBODY] for _ in range(problem.doctors)]
    for doctor, centre in zip(problem.doctor.tolist(), problem.centre.tolist(), strict=True):
        if problem.pinned[doctor] in (NOBODY, centre):
            choices[doctor].append(centre)
    for chosen in product(*choices):
        centre_of = np.array(chosen, np.int64)
        if _fits(problem, centre_of):
            yield centre_of


def _fits(problem: Problem, centre_of: Ints) -> bool:
    away = centre_of != NOBODY
    counts = np.bincount(centre_of[away], minlength=problem.centres)
    together = all(len({int(centre_of[member]) for member in team}) == 1 for team in problem.teams)
    limits = all(int(away[limit.members].sum()) <= limit.capacity for limit in problem.limits)
    return together and limits and bool((counts <= problem.most).all())


def tiny(seed: int, *, crossing: bool = False) -> Problem:
    """Up to five doctors, three centres, two specialties; with ``crossing`` also what does not nest."""
    random = np.random.default_rng(seed)
    doctors, centres = int(random.integers(2, 6)), int(random.integers(1, 4))
    pairs = [(d, c) for d in range(doctors) for c in range(centres) if random.random() < 0.7]
    doctor, centre = (
        np.array(column, np.int64) for column in (zip(*pairs, strict=True) if pairs else ((), ()))
    )
    needs = [
        (c, s, int(random.integers(1, 3))) for c in range(centres) for s in range(2) if random.random() < 0.4
    ]
    hospital = random.integers(0, 2, doctors)
    arcs = np.arange(len(doctor))
    return Problem(
        doctors=doctors,
        centres=centres,
        doctor=doctor,
        centre=centre,
        distance=random.integers(1, 9, len(doctor)),
        specialty=random.integers(0, 2, doctors),
        wanted=random.integers(0, 3, centres),
        most=random.integers(0, 4, centres),
        need=np.array(needs, np.int64).reshape(-1, 3),
        weight=random.integers(1, 4, len(needs)),
        tier=random.integers(0, 3, doctors),
        fixed=np.where(random.random(doctors) < 0.15, random.integers(0, centres, doctors), NOBODY),
        last=np.where(random.random(doctors) < 0.4, random.integers(0, centres, doctors), NOBODY),
        limits=_limits(random, hospital, crossing),
        teams=[(0, 1)] if crossing and random.random() < 0.6 else (),
        rows=_rows(random, arcs) if crossing and len(arcs) else (),
    )


def _limits(random: np.random.Generator, hospital: Ints, crossing: bool) -> list[Limit]:
    limits = []
    for house in range(2):
        staff = np.flatnonzero(hospital == house)
        most = int(random.integers(0, 4))
        limits.append(Limit(f"house {house}", staff, least=int(random.integers(0, 3)), most=most))
        limits.append(Limit(f"first of {house}", staff[:2], most=int(random.integers(0, 3))))
    if crossing:
        some = np.flatnonzero(random.random(len(hospital)) < 0.5)
        limits.append(Limit("some", some, least=int(random.integers(0, 3)), most=int(random.integers(1, 4))))
    return limits


def _rows(random: np.random.Generator, arcs: Ints) -> list[SideRow]:
    some = arcs[random.random(len(arcs)) < 0.6]
    coefficients = random.integers(-3, 4, len(some))
    return [
        SideRow("shares", some, coefficients, least=0),
        SideRow("most", some, np.abs(coefficients), most=3),
    ]
