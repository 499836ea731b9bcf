"""Another problem made from one, and the difference between two plans: what-if, changing one by hand, relaxing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from wangdi.methods.dispatch.plan import Plan
from wangdi.methods.dispatch.problem import NOBODY, Level, Limit, Problem
from wangdi.methods.dispatch.solve import SECONDS, solve


@dataclass(frozen=True)
class Move:
    """A doctor goes elsewhere in the second plan; NOBODY: stays."""

    doctor: int
    before: int
    after: int


@dataclass(frozen=True)
class Difference:
    """By how much each level is larger in the second plan, and who moves."""

    levels: Mapping[Level, int]
    moves: tuple[Move, ...]

    @property
    def is_none(self) -> bool:
        return not self.moves and not any(self.levels.values())


def differences(before: Plan, after: Plan) -> Difference:
    """What the second plan does otherwise. Both are about the same doctors and centres."""
    levels = {
        level: after.values[level] - value for level, value in before.values.items() if level in after.values
    }
    changed = np.flatnonzero(before.centre_of != after.centre_of)
    moves = (Move(int(d), int(before.centre_of[d]), int(after.centre_of[d])) for d in changed)
    return Difference(levels, tuple(moves))


def forbid(problem: Problem, doctor: int, centre: int) -> Problem:
    """The same without this possible posting."""
    keep = (problem.doctor != doctor) | (problem.centre != centre)
    position = np.cumsum(keep) - 1
    rows = [
        replace(
            row,
            arcs=position[row.arcs[keep[row.arcs]]],
            coefficients=row.coefficients[keep[row.arcs]],
            whole=None if row.whole is None else position[row.whole[keep[row.whole]]],
        )
        for row in problem.rows
    ]
    return replace(
        problem,
        doctor=problem.doctor[keep],
        centre=problem.centre[keep],
        distance=problem.distance[keep],
        rows=rows,
    )


def pin(problem: Problem, doctor: int, centre: int, distance: int | None = None) -> Problem:
    """The same with this doctor at this centre, required before all else.

    ``distance`` makes a posting possible that was not. Raises ValueError where it is not possible and no distance
    is given.
    """
    fixed = problem.pinned.copy()
    fixed[doctor] = centre
    if ((problem.doctor == doctor) & (problem.centre == centre)).any():
        return replace(problem, fixed=fixed)
    if distance is None:
        raise ValueError("this doctor cannot be posted there")
    return replace(
        problem,
        fixed=fixed,
        doctor=np.append(problem.doctor, doctor),
        centre=np.append(problem.centre, centre),
        distance=np.append(problem.distance, distance),
    )


def solve_like(plan: Plan, problem: Problem, *, seconds: float = SECONDS) -> Plan:
    """The best plan for a changed problem that, among those equally good, differs least from this plan."""
    order = [level for level in plan.values if level is not Level.MOVED]
    return solve(replace(problem, model=plan.centre_of), order=[*order, Level.MOVED], seconds=seconds)


def next_best(plan: Plan, doctor: int, *, seconds: float = SECONDS) -> Plan:
    """The best plan in which this doctor does not go where the plan sends him or her."""
    return solve_like(plan, forbid(plan.problem, doctor, int(plan.centre_of[doctor])), seconds=seconds)


def without_family(problem: Problem, family: str) -> Problem:
    """The same without the limits and rows of a family."""
    limits = [limit for limit in problem.limits if limit.family != family]
    rows = [row for row in problem.rows if row.family != family]
    return replace(problem, limits=limits, rows=rows)


def relaxations(plan: Plan, *, seconds: float = SECONDS) -> Mapping[str, Difference]:
    """What dropping each family of requirements would bring; those that would change nothing are left out."""
    of_limits = [limit.family for limit in plan.problem.limits]
    families = dict.fromkeys([*of_limits, *(row.family for row in plan.problem.rows)])
    found = {}
    for family in families:
        difference = differences(
            plan, solve_like(plan, without_family(plan.problem, family), seconds=seconds)
        )
        if any(difference.levels.values()):
            found[family] = difference
    return found


def one_more(problem: Problem, index: int) -> Problem:
    """The same with room for one more under a limit: a floor lowered by one."""
    limits: Sequence[Limit] = problem.limits
    raised = replace(limits[index], most=limits[index].capacity + 1)
    return replace(problem, limits=[raised if at == index else limit for at, limit in enumerate(limits)])


def unpinned(problem: Problem, doctor: int) -> Problem:
    """The same with this doctor free to go anywhere or to stay."""
    fixed = problem.pinned.copy()
    fixed[doctor] = NOBODY
    return replace(problem, fixed=fixed)
