"""Villages visited at least every so many weeks: which week and weekday, then routes for each day.

First weekdays: villages are ordered around the base and cut into sectors of equal work, so that one weekday goes one way.
Then weeks: within a sector, villages with most work first, each into its weeks with least work (S. Graham's rule). A day
that is too long gives up its stops to other days of the same week. Two-phase as in N. Christofides, J. E. Beasley: The
period routing problem. Networks 14 (1984) 237–256.
"""

import time
from dataclasses import dataclass

import numpy as np

from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.methods.routing.day import Day, Floats, Ints, Stops, Teams, route_day

LONGEST_CYCLE = 12


@dataclass(frozen=True, slots=True)
class Visit:
    """A day of the cycle; both count from 0. ``stops``: positions of villages, of whom ``day`` tells the routes."""

    week: int
    weekday: int
    stops: Ints
    day: Day


@dataclass(frozen=True, slots=True)
class Cycle:
    """``n_weeks`` that repeat. ``left_out``: (week, village) that no day had room for.

    ``heaviest``: minutes of service of the fullest day; no plan has less than ``bound`` there. ``every``: weeks between
    visits, never more than were asked for.
    """

    n_weeks: int
    visits: tuple[Visit, ...]
    left_out: tuple[tuple[int, int], ...]
    every: Ints
    heaviest: float
    bound: float
    driving: float
    least_driving: float
    seconds: float
    cpu_seconds: float


def plan_cycle(
    minutes: Floats,
    stops: Stops,
    every: Ints,
    bearing: Floats,
    teams: Teams,
    weekdays: int = 5,
    seconds: float = 60.0,
    seed: int = 0,
) -> Cycle:
    """Visits to all villages from one base.

    ``minutes``: shape (n + 1, n + 1), base first; ``every``: weeks at most from one visit to the next, shape (n,), from 1;
    ``bearing``: direction of each village from the base, any angle, shape (n,). `BadInput` for a village that cannot be
    visited and returned from within a day, or a frequency that is none.
    """
    started, cpu = time.perf_counter(), time.process_time()
    _check(minutes, stops, every, teams)
    n_weeks = int(min(every.max(initial=1), LONGEST_CYCLE))
    interval = np.array([_largest_divisor(n_weeks, int(weeks)) for weeks in every], dtype=np.int64)
    work = stops.service + _detour(minutes)
    sector = _sectors(bearing, work / interval, weekdays)
    first_week = _first_weeks(sector, work, interval, n_weeks, weekdays)
    due = _due(first_week, interval, sector, n_weeks, weekdays)
    each = min(2.0, seconds / max(1, n_weeks * weekdays))
    visits, left_out = _routed(minutes, stops, teams, due, n_weeks, each, seed)
    loads = [float(stops.service[visit.stops].sum()) for visit in visits]
    total = float((stops.service * (n_weeks / interval)).sum())
    return Cycle(
        n_weeks,
        tuple(visits),
        tuple(left_out),
        interval,
        max(loads, default=0.0),
        max(total / (n_weeks * weekdays), float(stops.service.max(initial=0.0))),
        sum(visit.day.driving for visit in visits),
        sum(visit.day.bound for visit in visits),
        time.perf_counter() - started,
        time.process_time() - cpu,
    )


def _largest_divisor(n_weeks: int, weeks: int) -> int:
    """The longest interval that is not longer than asked for and fits the cycle without a rest."""
    return max(each for each in range(1, min(weeks, n_weeks) + 1) if n_weeks % each == 0)


def _detour(minutes: Floats) -> Floats:
    """Driving a stop brings about, roughly: the mean way to its two nearest neighbours, shape (n,)."""
    if len(minutes) < 3:
        return np.asarray(minutes[0, 1:] * 2)
    between = minutes + np.diag(np.full(len(minutes), np.inf))
    return np.asarray(np.sort(between[1:], axis=1)[:, :2].sum(axis=1) / 2)


def _sectors(bearing: Floats, work: Floats, weekdays: int) -> Ints:
    """Weekdays by direction, each with about the same work a week."""
    order = np.argsort(bearing, kind="stable")
    done = np.cumsum(work[order]) - work[order] / 2
    sector = np.empty(len(order), dtype=np.int64)
    sector[order] = np.minimum((done / max(work.sum(), 1e-9) * weekdays).astype(np.int64), weekdays - 1)
    return sector


def _first_weeks(sector: Ints, work: Floats, interval: Ints, n_weeks: int, weekdays: int) -> Ints:
    """The first week of each village: most work first, into the weeks whose fullest day is least full."""
    load = np.zeros((weekdays, n_weeks))
    first = np.zeros(len(work), dtype=np.int64)
    for village in np.argsort(-work * n_weeks / interval, kind="stable").tolist():
        days, step = load[sector[village]], int(interval[village])
        fullest = [float(days[start::step].max()) for start in range(step)]
        first[village] = int(np.argmin(fullest))
        days[first[village] :: step] += work[village]
    return first


def _due(first: Ints, interval: Ints, sector: Ints, n_weeks: int, weekdays: int) -> list[list[Ints]]:
    """Villages by week and weekday."""
    return [
        [np.flatnonzero((sector == day) & (week % interval == first % interval)) for day in range(weekdays)]
        for week in range(n_weeks)
    ]


def _routed(
    minutes: Floats,
    stops: Stops,
    teams: Teams,
    due: list[list[Ints]],
    n_weeks: int,
    seconds: float,
    seed: int,
) -> tuple[list[Visit], list[tuple[int, int]]]:
    """Routes of all days; what one day has no room for is offered to the others of its week, emptiest first."""
    visits, left_out = [], []
    for week in range(n_weeks):
        planned = {
            day: _day(minutes, stops, teams, due[week][day], seconds, seed) for day in range(len(due[week]))
        }
        homeless = {
            day: due[week][day][found.left_out].tolist()
            for day, found in planned.items()
            if len(found.left_out)
        }
        for village in (village for villages in homeless.values() for village in villages):
            if not _moved(minutes, stops, teams, due[week], planned, village, seconds, seed):
                left_out.append((week, village))
        for day, found in planned.items():
            kept = np.setdiff1d(np.arange(len(due[week][day])), found.left_out)
            visits.append(
                Visit(week, day, due[week][day], found) if len(kept) else Visit(week, day, kept, found)
            )
    return visits, left_out


def _moved(
    minutes: Floats,
    stops: Stops,
    teams: Teams,
    due: list[Ints],
    planned: dict[int, Day],
    village: int,
    seconds: float,
    seed: int,
) -> bool:
    """Whether another day of the week took the village."""
    emptiest = sorted(planned, key=lambda day: float(stops.service[due[day]].sum()))
    for day in emptiest:
        if village in due[day] or len(planned[day].left_out):
            continue
        more = np.append(due[day], village)
        tried = _day(minutes, stops, teams, more, seconds, seed)
        if not len(tried.left_out):
            due[day], planned[day] = more, tried
            return True
    return False


def _day(minutes: Floats, stops: Stops, teams: Teams, villages: Ints, seconds: float, seed: int) -> Day:
    places = np.concatenate(([0], villages + 1))
    return route_day(minutes[np.ix_(places, places)], stops.only(villages), teams, seconds, seed)


def _check(minutes: Floats, stops: Stops, every: Ints, teams: Teams) -> None:
    problems = [
        Text(
            f"第 {at + 1} 个村：至少每几周一次，应为不小于 1 的整数",
            f"village {at + 1}: weeks between visits must be 1 or more",
        )
        for at in np.flatnonzero(every < 1).tolist()
    ]
    there = minutes[0, 1:] + stops.service + minutes[1:, 0]
    problems += [
        Text(
            f"第 {at + 1} 个村：往返加服务要 {there[at]:.0f} 分钟，超过工作日 {teams.day:.0f} 分钟",
            f"village {at + 1}: there, service and back take {there[at]:.0f} minutes, more than the day's {teams.day:.0f}",
        )
        for at in np.flatnonzero(there > teams.day).tolist()
    ]
    if problems:
        raise BadInput(problems)
