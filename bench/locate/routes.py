"""``python -m bench --routes``: capacitated routing on CVRPLIB's set X, and weeks of a roving clinic."""

import os
import sys
from pathlib import Path

import numpy as np
import pyvrp

from bench.locate.instances import FOLDER, InstancesMissing, invented_county
from bench.locate.running import alone, table, write_report
from bench.setting import RESULTS
from wangdi.methods.routing.day import Stops, Teams, solve_capacitated
from wangdi.methods.routing.weeks import plan_cycle
from wangdi.methods.travel.distance import great_circle_km
from wangdi.methods.travel.estimate import DRIVING

CUSTOMERS, LARGEST_GAP = 303, 0.012
SAMPLE = ("n101-k25", "n153-k22", "n200-k36", "n219-k73", "n251-k28", "n275-k28", "n298-k31", "n303-k21")
VILLAGES = 120


def report(seconds: float, everything: bool = False) -> int:
    """0 when every instance is within the gap. ``everything``: all of X up to 303 nodes instead of eight."""
    load = os.getloadavg()[0]
    names = (
        [file.stem for file in sorted(FOLDER.glob("X-n*.vrp"))]
        if everything
        else [f"X-{name}" for name in SAMPLE]
    )
    if not names:
        raise InstancesMissing(f"no X-n*.vrp in {FOLDER}: see the top of bench/locate/instances.py")
    rows, gaps = [], []
    for name in names:
        print(name, file=sys.stderr, flush=True)
        ran = alone(routes_of, name, seconds)
        cost, best = ran.outcome
        gaps.append(float(cost) / float(best) - 1)  # type: ignore[arg-type]
        rows.append(
            (
                name,
                f"{cost:g}",
                f"{best:g}",
                f"{gaps[-1]:.2%}",
                f"{ran.wall:.0f}",
                f"{ran.cpu:.0f}",
                ran.peak_mb,
            )
        )
    heading = ("instance", "found", "best known", "gap", "wall s", "CPU s", "MB")
    summary = f"Mean gap {np.mean(gaps):.2%}, largest {max(gaps):.2%} (target {LARGEST_GAP:.1%} each)."
    cycle = alone(weeks_of_a_clinic)
    write_report(
        RESULTS / "routes.md",
        "How roving clinics go",
        [f"PyVRP, {seconds:g} s on the wall each, one thread. Load average before: {load:.1f}."],
        [
            f"## CVRPLIB set X\n\n{summary}\n\n{table(heading, rows)}",
            _cycle(cycle.outcome, cycle.wall, cycle.cpu),
        ],
    )
    return 0 if max(gaps) <= LARGEST_GAP else 1


def routes_of(name: str, seconds: float) -> tuple[float, float]:
    """The cost found, and the best known from the solution file, both after checking the routes."""
    problem = pyvrp.read(FOLDER / f"{name}.vrp", round_func="round")
    cost, routes = solve_capacitated(problem, seconds)
    visited = sorted(client for route in routes for client in route)
    if visited != list(range(len(visited))) and visited != list(range(1, len(visited) + 1)):
        raise AssertionError("not every customer is visited once")
    return cost, _best_known(FOLDER / f"{name}.sol")


def _best_known(file: Path) -> float:
    line = next(line for line in file.read_text().splitlines() if line.lower().startswith("cost"))
    return float(line.split()[1])


def weeks_of_a_clinic() -> tuple[float, ...]:
    """Two vehicles, 120 villages every 1 to 4 weeks."""
    villages, _, _ = invented_county(3, 2000, 1)
    base = villages.mean(axis=0)
    chosen = villages[np.argsort(great_circle_km(villages, base))[:VILLAGES]]
    points = np.vstack((base, chosen))
    minutes = great_circle_km(points[:, None], points[None]) * DRIVING[1].minutes_per_km
    stops = Stops(np.full(VILLAGES, 60.0), np.zeros(VILLAGES), np.full(VILLAGES, 1440.0))
    every = np.random.default_rng(4).choice([1, 2, 4], VILLAGES, p=[0.1, 0.3, 0.6])
    bearing = np.arctan2(*(chosen - base).T)
    cycle = plan_cycle(minutes, stops, every, bearing, Teams(2, 480.0, 480.0), seconds=60)
    return cycle.n_weeks, cycle.heaviest, cycle.bound, cycle.driving, cycle.least_driving, len(cycle.left_out)


def _cycle(outcome: tuple[object, ...], wall: float, cpu: float) -> str:
    weeks, heaviest, bound, driving, least, left_out = outcome
    return (
        f"## Weeks of a roving clinic\n\n{VILLAGES} invented villages, an hour in each, every 1, 2 or 4 weeks, two "
        f"vehicles, days of eight hours: {weeks} weeks; the fullest day has {heaviest:.0f} minutes of service, no plan "
        f"less than {bound:.0f}; {driving:,.0f} minutes of driving, with these days no plan less than {least:,.0f}; "
        f"{left_out} visits without room. {wall:.0f} s, {cpu:.0f} CPU s."
    )
