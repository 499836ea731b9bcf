"""What was decided, and how good it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wangdi.methods.dispatch.problem import NOBODY, Bools, Ints, Level, Problem, SideRow


@dataclass(frozen=True)
class Shortfall:
    """A requirement that is missed, by how much. ``index`` counts within limits, rows, or doctors that are to
    stay."""

    kind: str
    index: int
    name: str
    family: str
    missing: int


@dataclass(frozen=True, eq=False)
class Plan:
    """Where everybody goes: ``centre_of`` per doctor, NOBODY who stays.

    ``values`` and ``bounds`` are by level: no plan that is as good at the levels before has a value below the
    bound. ``price`` and
    ``price_bound`` are set where levels were weighed against one another instead. ``method`` is ``flow`` or ``milp``.
    """

    problem: Problem
    centre_of: Ints
    values: Mapping[Level, int]
    bounds: Mapping[Level, float]
    method: str
    seconds: float
    price: int | None = None
    price_bound: float | None = None

    @property
    def is_proved(self) -> bool:
        """Whether no better plan exists."""
        if self.price is not None and self.price_bound is not None:
            return self.price_bound > self.price - 1
        return all(self.bounds[level] > value - 1 for level, value in self.values.items())

    @property
    def gap(self) -> float:
        """How far the price is above its bound, as a share of the price; of levels, the widest gap."""
        if self.price is not None and self.price_bound is not None:
            return _gap(self.price, self.price_bound)
        return max((_gap(value, self.bounds[level]) for level, value in self.values.items()), default=0.0)

    @property
    def distance_of(self) -> Ints:
        """How far each doctor travels; NOBODY who stays."""
        result = np.full(self.problem.doctors, NOBODY, np.int64)
        made = self.made
        result[self.problem.doctor[made]] = self.problem.distance[made]
        return result

    @property
    def made(self) -> Ints:
        """The possible postings that are made, as indexes."""
        return np.flatnonzero(self.centre_of[self.problem.doctor] == self.problem.centre)

    @property
    def doctors_at(self) -> Ints:
        """How many come to each centre."""
        there = self.centre_of[self.centre_of != NOBODY]
        return np.bincount(there, minlength=self.problem.centres)


def centres_of(problem: Problem, made: Bools) -> Ints:
    """Where each doctor goes when these possible postings are made."""
    result = np.full(problem.doctors, NOBODY, np.int64)
    result[problem.doctor[made]] = problem.centre[made]
    return result


def _gap(value: float, bound: float) -> float:
    rounded = np.ceil(bound - 1e-6)
    return 0.0 if value <= rounded else float((value - bound) / max(abs(value), 1))


def measure(problem: Problem, centre_of: Ints, levels: Sequence[Level] = tuple(Level)) -> dict[Level, int]:
    """The value of each level for any assignment, counted from the problem itself and from no network."""
    counts = np.bincount(centre_of[centre_of != NOBODY], minlength=problem.centres)
    doctor = np.flatnonzero(centre_of != NOBODY)
    arcs = np.flatnonzero(centre_of[problem.doctor] == problem.centre)
    distance = problem.distance[arcs]
    values = {
        Level.BROKEN: sum(missed.missing for missed in shortfalls(problem, centre_of)),
        Level.UNCOVERED: int((counts == 0).sum()),
        Level.UNMET: _unmet(problem, centre_of, counts),
        Level.REPEATED: int(problem.tiers[doctor].sum()),
        Level.FARTHEST: int(distance.max(initial=0)),
        Level.DISTANCE: int(distance.sum()),
        Level.CHANGED: int(((problem.before != NOBODY) & (problem.before != centre_of)).sum()),
        Level.MOVED: int(((problem.modelled != NOBODY) & (problem.modelled != centre_of)).sum()),
    }
    return {level: values[level] for level in levels}


def _unmet(problem: Problem, centre_of: Ints, counts: Ints) -> int:
    lacking = int(np.maximum(problem.wanted - counts, 0).sum())
    if not len(problem.need):
        return lacking
    away = np.flatnonzero(centre_of != NOBODY)
    width = int(max(problem.need[:, 1].max(), problem.specialty.max(initial=0))) + 1
    there = np.bincount(centre_of[away] * width + problem.specialty[away], minlength=problem.centres * width)
    met = there[problem.need[:, 0] * width + problem.need[:, 1]]
    return lacking + int(np.maximum(problem.need[:, 2] - met, 0) @ problem.weights)


def shortfalls(problem: Problem, centre_of: Ints) -> list[Shortfall]:
    """Every requirement that an assignment misses."""
    away = centre_of != NOBODY
    found = []
    for index, limit in enumerate(problem.limits):
        missing = max(limit.least - int(away[limit.members].sum()), 0)
        found.append(Shortfall("limit", index, limit.name, limit.family, missing))
    for doctor in np.flatnonzero(problem.pinned != NOBODY).tolist():
        missing = int(centre_of[doctor] != problem.pinned[doctor])
        found.append(Shortfall("fixed", doctor, str(doctor), "fixed", missing))
    made = centre_of[problem.doctor] == problem.centre
    for index, row in enumerate(problem.rows):
        missing = _missed(row, row.total(made))
        found.append(Shortfall("row", index, row.name, row.family, missing))
    return [item for item in found if item.missing]


def _missed(row: SideRow, total: int) -> int:
    below = row.least - total if row.least is not None else 0
    above = total - row.most if row.most is not None else 0
    return max(below, above, 0)
