"""From which day to which each posting of a plan is, and whether a hospital is short of doctors in between.

Who comes to a centre where somebody leaves takes over on the day after; who adds to those there comes on the first day.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from wangdi.engine.model.calendar import Duration, Unit, shift
from wangdi.methods.dispatch.plan import Plan
from wangdi.methods.dispatch.problem import NOBODY
from wangdi.server.network.models import Institution
from wangdi.server.planning.dispatching import Dispatch
from wangdi.server.planning.inputs import Period

DAY = timedelta(days=1)


def periods_of(dispatch: Dispatch, plan: Plan) -> dict[int, Period]:
    """The days of every new posting, by doctor."""
    leaving = leaving_at(dispatch)
    newcomers: dict[int, list[int]] = defaultdict(list)
    fixed: dict[int, int] = defaultdict(int)
    for doctor in np.flatnonzero(plan.centre_of != NOBODY).tolist():
        centre = int(plan.centre_of[doctor])
        if dispatch.inputs.doctors[doctor].fixed == centre:
            fixed[centre] += 1
        else:
            newcomers[centre].append(doctor)
    found: dict[int, Period] = {}
    for centre, doctors in newcomers.items():
        there = fixed[centre] + len(leaving.get(centre, {}))
        free = max(int(plan.problem.wanted[centre]) - there, 0)
        first_days = _first_days(doctors, leaving.get(centre, {}), free, dispatch.wish.begins)
        found |= {doctor: _period(dispatch, day) for doctor, day in first_days.items()}
    return found


def leaving_at(dispatch: Dispatch) -> dict[int, dict[int, date]]:
    """By centre, whose postings are handed over, and their last days."""
    found: dict[int, dict[int, date]] = defaultdict(dict)
    for at, one in enumerate(dispatch.inputs.doctors):
        if one.until is not None and one.last is not None:
            found[one.last][at] = one.until
    return found


def _first_days(doctors: list[int], leaving: Mapping[int, date], free: int, begins: date) -> dict[int, date]:
    """Who goes on begins on the day after; of the others so many fill free places, then they take over one by one."""
    found = {doctor: leaving[doctor] + DAY for doctor in doctors if doctor in leaving}
    left = sorted(day for doctor, day in leaving.items() if doctor not in found)
    others = [doctor for doctor in doctors if doctor not in found]
    for at, doctor in enumerate(others):
        turn = at - free
        found[doctor] = left[turn] + DAY if 0 <= turn < len(left) else begins
    return found


def _period(dispatch: Dispatch, begins: date) -> Period:
    months = Duration(int(dispatch.wish.numbers["months"]), Unit.MONTHS)
    return Period(begins, shift(begins, months) - DAY)


@dataclass(frozen=True)
class Strain:
    """Days on which more doctors of a hospital are away than its floor lets go."""

    hospital: Institution
    begins: date
    ends: date
    missing: int


def strains(dispatch: Dispatch, plan: Plan) -> list[Strain]:
    """Where those who leave are not back before their successors go: the worst stretch of each hospital."""
    periods, found = periods_of(dispatch, plan), []
    for limit in plan.problem.limits:
        if limit.family == "hospital_floor":
            strain = _strain(dispatch, plan, limit.members.tolist(), limit.capacity, periods)
            found += [strain] if strain else []
    return found


def _strain(
    dispatch: Dispatch, plan: Plan, members: list[int], capacity: int, periods: Mapping[int, Period]
) -> Strain | None:
    begins, doctors = dispatch.wish.begins, dispatch.inputs.doctors
    changes: dict[date, int] = defaultdict(int)
    for doctor in members:
        one = doctors[doctor]
        if one.until is not None:
            changes[begins] += 1
            changes[one.until + DAY] -= 1
        if doctor in periods:
            changes[periods[doctor].begins] += 1
        elif one.fixed is not None:
            changes[begins] += 1
    days = sorted(changes)
    away = np.cumsum([changes[day] for day in days])
    at_first = int(away[0]) if len(away) else 0
    most = max(
        capacity, sum(1 for doctor in members if doctors[doctor].until or doctors[doctor].fixed is not None)
    )
    if not len(away) or int(away.max()) <= most or at_first < 0:
        return None
    worst = int(np.argmax(away))
    after = next((days[at] for at in range(worst, len(days)) if away[at] <= most), dispatch.wish.period.ends)
    return Strain(doctors[members[0]].hospital, days[worst], after - DAY, int(away[worst]) - most)
