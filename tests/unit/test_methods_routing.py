"""How roving clinics go: routes of a day and cycles of weeks keep to what was asked for."""

from itertools import permutations

import numpy as np
import pytest

from wangdi.methods.problems import BadInput
from wangdi.methods.routing.day import Stops, Teams, least_driving, route_day
from wangdi.methods.routing.weeks import Cycle, plan_cycle

TEAM = Teams(1, 8 * 60, 8 * 60)


def villages(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Minutes between the base and n villages around it, and their bearings."""
    points = np.random.default_rng(seed).uniform(-40, 40, (n + 1, 2))
    points[0] = 0
    return np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)), np.arctan2(*points[1:].T)


def open_all_day(n: int, service: float = 30) -> Stops:
    return Stops(np.full(n, service), np.zeros(n), np.full(n, 24 * 60.0))


@pytest.mark.parametrize("seed", range(4))
def test_a_day_of_one_team_is_the_shortest_of_all_tours_and_not_below_its_bound(seed: int) -> None:
    minutes, _ = villages(seed, 6)
    shortest = min(
        sum(minutes[a, b] for a, b in zip((0, *tour), (*tour, 0), strict=True))
        for tour in permutations(range(1, 7))
    )
    day = route_day(minutes, open_all_day(6, 10), Teams(1, 0, 2000), seconds=1)
    assert day.driving == pytest.approx(shortest, abs=0.5)
    assert day.bound <= shortest + 1e-9 and day.bound > 0
    assert sorted(day.routes[0].stops) == list(range(6)) and not len(day.left_out)


def test_windows_and_the_working_day_are_kept_and_what_does_not_fit_is_left_out() -> None:
    minutes, _ = villages(7, 12)
    stops = open_all_day(12, 60)
    stops.opens[:6], stops.closes[6:] = 10 * 60, 9 * 60 + 30
    day = route_day(minutes, stops, Teams(2, 8 * 60, 6 * 60), seconds=1)
    assert len(day.left_out) and day.routes
    for route in day.routes:
        assert (route.begins >= stops.opens[route.stops]).all() and (
            route.begins <= stops.closes[route.stops]
        ).all()
        assert route.leaves_base >= 8 * 60 and route.back <= 14 * 60
    visited = np.concatenate([route.stops for route in day.routes])
    assert sorted([*visited, *day.left_out]) == list(range(12))


def test_a_day_without_stops_has_no_routes() -> None:
    assert route_day(np.zeros((1, 1)), open_all_day(0), TEAM).routes == ()
    assert least_driving(np.zeros((1, 1)), np.empty(0, dtype=np.int64), 2) == 0


def test_minutes_that_are_missing_are_refused() -> None:
    with pytest.raises(ValueError):
        route_day(np.full((3, 3), np.nan), open_all_day(2), TEAM)


def weeks_of(cycle: Cycle, village: int) -> list[int]:
    return sorted(
        visit.week
        for visit in cycle.visits
        if village in visit.stops and visit.stops.tolist().index(village) not in visit.day.left_out
    )


def test_every_village_is_seen_at_least_as_often_as_asked_also_from_one_cycle_to_the_next() -> None:
    minutes, bearing = villages(3, 24)
    every = np.array([1, 2, 3, 4] * 6)
    cycle = plan_cycle(minutes, open_all_day(24), every, bearing, TEAM, seconds=4)
    assert cycle.n_weeks == 4 and not cycle.left_out
    for village, weeks in enumerate(every.tolist()):
        seen = weeks_of(cycle, village)
        gaps = np.diff([*seen, seen[0] + cycle.n_weeks])
        assert gaps.max() <= weeks
    assert cycle.bound <= cycle.heaviest and cycle.least_driving <= cycle.driving


def test_work_is_spread_over_weeks_and_weekdays() -> None:
    minutes, bearing = villages(5, 40)
    cycle = plan_cycle(minutes, open_all_day(40), np.full(40, 4), bearing, TEAM, seconds=4)
    assert sum(len(visit.stops) for visit in cycle.visits) == 40
    assert cycle.heaviest <= 3 * cycle.bound


def test_what_no_day_of_a_week_has_room_for_is_told() -> None:
    minutes, bearing = villages(5, 12)
    cycle = plan_cycle(minutes, open_all_day(12, 200), np.ones(12, dtype=int), bearing, TEAM, seconds=4)
    assert cycle.left_out
    seen = sum(len(visit.stops) - len(visit.day.left_out) for visit in cycle.visits)
    assert seen + len(cycle.left_out) == 12


def test_villages_beyond_a_days_drive_and_impossible_frequencies_are_all_named() -> None:
    minutes, bearing = villages(5, 3)
    minutes[0, 2] = minutes[2, 0] = 300
    with pytest.raises(BadInput) as caught:
        plan_cycle(minutes, open_all_day(3), np.array([0, 1, 1]), bearing, TEAM)
    assert [problem.en.split(":")[0] for problem in caught.value.problems] == ["village 1", "village 2"]
