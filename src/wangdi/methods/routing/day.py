"""Routes of one day, by PyVRP.

N. A. Wouda, L. Lan, W. Kool: PyVRP: a high-performance VRP solver package. INFORMS Journal on Computing 36 (2024) 943–955.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvrp
from numpy.typing import NDArray
from pyvrp.stop import MaxRuntime, MultipleCriteria, NoImprovement
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import minimum_spanning_tree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SCALE = 10
"""PyVRP counts in whole numbers: tenths of a minute."""
LEFT_OUT = 100_000 * SCALE
"""What leaving a stop out costs, in tenths of a minute: more than any day of driving."""
STALE = 300
"""Rounds without a better plan after which a small day is done."""


@dataclass(frozen=True, slots=True)
class Teams:
    """``number`` vehicles and their people, out from ``starts`` (minutes after midnight) on, ``day`` minutes at most."""

    number: int
    starts: float
    day: float

    def __post_init__(self) -> None:
        if self.number < 1 or not self.day > 0 or self.starts < 0:
            raise ValueError("there must be a team, and a day of some minutes")


@dataclass(frozen=True, slots=True)
class Stops:
    """What is visited, shape (n,) each: minutes of ``service``, which may begin from ``opens`` through ``closes``."""

    service: Floats
    opens: Floats
    closes: Floats

    def __len__(self) -> int:
        return len(self.service)

    def only(self, places: Ints) -> "Stops":
        return Stops(self.service[places], self.opens[places], self.closes[places])


@dataclass(frozen=True, slots=True)
class Route:
    """One team's day: stops in order, when service begins at each, when it leaves and is back; minutes after midnight."""

    stops: Ints
    begins: Floats
    leaves_base: float
    back: float
    driving: float


@dataclass(frozen=True, slots=True)
class Day:
    """``left_out``: stops that no team can fit in. No plan with the others drives less than ``bound``, here ``driving``."""

    routes: tuple[Route, ...]
    left_out: Ints
    driving: float
    bound: float


def route_day(minutes: Floats, stops: Stops, teams: Teams, seconds: float = 2.0, seed: int = 0) -> Day:
    """Routes from a base and back that visit as many stops as possible and then drive least.

    ``minutes``: shape (n + 1, n + 1), the base first. Ends when nothing gets better for a while, or after ``seconds``.
    ValueError for negative or missing minutes.
    """
    if minutes.shape != (len(stops) + 1,) * 2 or not (minutes >= 0).all():
        raise ValueError("minutes must be known from 0 up, from the base and every stop to each other")
    if not len(stops):
        return Day((), np.empty(0, dtype=np.int64), 0.0, 0.0)
    stop = MultipleCriteria([MaxRuntime(seconds), NoImprovement(STALE)])
    best = pyvrp.solve(
        _model(minutes, stops, teams), stop, seed=seed, collect_stats=False, display=False
    ).best
    routes = (
        tuple(_told(route) for route in best.routes() if route.num_clients()) if best.is_feasible() else ()
    )
    visited = np.concatenate([route.stops for route in routes]) if routes else np.empty(0, dtype=np.int64)
    left_out = np.setdiff1d(np.arange(len(stops)), visited)
    driving = sum(route.driving for route in routes)
    return Day(routes, left_out, driving, least_driving(minutes, visited, teams.number))


def _tenths(minutes: Floats) -> NDArray[np.int64]:
    return np.asarray(np.rint(minutes * SCALE), dtype=np.int64)


def _model(minutes: Floats, stops: Stops, teams: Teams) -> pyvrp.ProblemData:
    """Everything in tenths of a minute; distance is driving time."""
    matrix = _tenths(minutes)
    service, opens, closes = (_tenths(each).tolist() for each in (stops.service, stops.opens, stops.closes))
    clients = [
        pyvrp.Client(
            at + 1,
            service_duration=service[at],
            tw_early=opens[at],
            tw_late=closes[at],
            prize=LEFT_OUT,
            required=False,
        )
        for at in range(len(stops))
    ]
    starts, day = round(teams.starts * SCALE), round(teams.day * SCALE)
    vehicles = pyvrp.VehicleType(teams.number, tw_early=starts, tw_late=starts + day, shift_duration=day)
    places = [pyvrp.Location(0, 0) for _ in range(len(matrix))]
    matrices: list[Any] = [matrix]
    return pyvrp.ProblemData(places, clients, [pyvrp.Depot(0)], [vehicles], matrices, matrices)


def _told(route: pyvrp.Route) -> Route:
    visits = [visit for visit in route.schedule() if visit.is_client()]
    return Route(
        np.array([visit.idx for visit in visits], dtype=np.int64),
        np.array([visit.start_time / SCALE for visit in visits]),
        route.start_time() / SCALE,
        route.end_time() / SCALE,
        route.travel_duration() / SCALE,
    )


def least_driving(minutes: Floats, visited: Ints, teams: int) -> float:
    """A bound on driving, the better of two: trees and assignments. Either may lie well below the truth.

    Routes connect all stops with the base, so they drive no less than the shortest tree and the shortest way home. Every
    stop has one place before and one after it, which is an assignment.
    """
    if not len(visited):
        return 0.0
    return max(_shortest_tree(minutes, visited), _cheapest_succession(minutes, visited, teams))


def _shortest_tree(minutes: Floats, visited: Ints) -> float:
    places = np.concatenate(([0], visited + 1))
    either_way = np.minimum(minutes, minutes.T)[np.ix_(places, places)]
    return float(minimum_spanning_tree(either_way).sum() + either_way[0, 1:].min())


def _cheapest_succession(minutes: Floats, visited: Ints, teams: int) -> float:
    places = np.concatenate((np.zeros(teams, dtype=np.int64), visited + 1))
    costs = minutes[np.ix_(places, places)].astype(np.float64)
    own = np.arange(teams, len(places))
    costs[own, own] = LEFT_OUT
    costs[:teams, :teams] = 0.0
    return float(costs[linear_sum_assignment(costs)].sum())


def solve_capacitated(
    problem: pyvrp.ProblemData, seconds: float, seed: int = 0
) -> tuple[float, list[list[int]]]:
    """Cost and routes of a problem that PyVRP has read, such as CVRPLIB's; inf without routes when none was found."""
    result = pyvrp.solve(problem, MaxRuntime(seconds), seed=seed, collect_stats=False, display=False)
    routes = [
        [visit.idx for visit in route.schedule() if visit.is_client()] for route in result.best.routes()
    ]
    return (float(result.cost()), routes) if result.is_feasible() else (float("inf"), [])
