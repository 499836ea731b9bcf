"""``python -m bench --siting``: p-median, set covering and maximal covering, next to spopt."""

import os
import sys
from collections.abc import Sequence

import numpy as np

from bench.locate.instances import PMED, SCP, invented_county, read_pmed, read_scp
from bench.locate.running import Ran, alone, table, write_report
from bench.setting import RESULTS
from wangdi.methods.siting.choosing import choose
from wangdi.methods.siting.covering import cover_all
from wangdi.methods.siting.options import Options
from wangdi.methods.siting.questions import merge_rows, most_people
from wangdi.methods.siting.sites import FullSites
from wangdi.methods.travel.estimate import DRIVING, estimate_pairs

PEER_SECONDS, COVER_SECONDS = 90.0, 120.0
PEER_PMED = (1, 6)
"""Instances that spopt solves within its time, or nearly so."""
STATIONS, MINUTES = 30, 15


def report(seconds: float) -> int:
    """0 when every optimum is found. ``seconds`` is the most for each instance, on the wall."""
    about = [
        f"Load average before: {os.getloadavg()[0]:.1f}; where other work was running, CPU seconds count.",
        f"At most {seconds:g} s on the wall for each instance; maximal cover {COVER_SECONDS:g} s. "
        f"spopt 0.7.0 with CBC as it comes, {PEER_SECONDS:g} s.",
    ]
    parts: list[str] = []
    medians = [(number, _run(median, number, seconds)) for number in PMED]
    _write(about, parts, _medians(medians))
    _write(about, parts, _maximal(_run(maximal_cover, COVER_SECONDS)))
    covers = [(name, _run(cover, name, seconds)) for name in SCP]
    _write(about, parts, _covers(covers))
    peers = [(f"pmed{number}", _run(spopt_median, number, PEER_SECONDS)) for number in PEER_PMED]
    peers.append(("maximal cover", _run(spopt_maximal, PEER_SECONDS)))
    _write(about, parts, _peers(peers))
    found = all(ran.outcome[0] == PMED[number] for number, ran in medians)
    return 0 if found and all(ran.outcome[0] == SCP[name] for name, ran in covers) else 1


def _write(about: Sequence[str], parts: list[str], part: str) -> None:
    """The report as far as it goes: hours of work are not lost when a peer fails."""
    parts.append(part)
    write_report(RESULTS / "siting.md", "Where to open", about, parts)


def _run(work: object, *arguments: object) -> Ran:
    print(getattr(work, "__name__", ""), *arguments, file=sys.stderr, flush=True)
    return alone(work, *arguments)  # type: ignore[arg-type]


def median(number: int, seconds: float) -> tuple[float, float, int]:
    distances, p = read_pmed(number)
    found = choose(FullSites.of(distances.T), p, np.empty(0, dtype=np.int64), seconds)
    return found.value, found.bound, found.nodes


def cover(name: str, seconds: float) -> tuple[float, float]:
    found = cover_all(*read_scp(name), seconds)
    return found.value, found.bound


def maximal_cover(seconds: float) -> tuple[float, float, float, float, int, int]:
    villages, candidates, people = invented_county(1)
    before = os.times()
    pairs = estimate_pairs(villages, candidates, MINUTES, DRIVING[0].minutes_per_km)
    rows, _ = merge_rows(pairs, people)
    built = os.times()
    found = most_people(pairs, people, Options.simple(0, 500), stations=STATIONS, seconds=seconds)
    return found.value, found.bound, float(people.sum()), built.user - before.user, len(pairs), rows.n_origins


def spopt_median(number: int, seconds: float) -> tuple[float | None, float]:
    import pulp  # noqa: PLC0415 - peers are loaded where they are measured, or their memory is ours
    from spopt.locate import PMedian  # noqa: PLC0415

    distances, p = read_pmed(number)
    before = os.times()
    model = PMedian.from_cost_matrix(distances, np.ones(len(distances)), p)
    built = os.times().user - before.user
    model.problem.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds))
    return _value(model.problem), built


def spopt_maximal(seconds: float) -> tuple[float | None, float]:
    import pulp  # noqa: PLC0415
    from spopt.locate import MCLP  # noqa: PLC0415

    villages, candidates, people = invented_county(1)
    pairs = estimate_pairs(villages, candidates, MINUTES, DRIVING[0].minutes_per_km)
    minutes = np.full((len(villages), len(candidates)), 1e6)
    minutes[pairs.origins, pairs.destinations] = pairs.minutes
    before = os.times()
    model = MCLP.from_cost_matrix(minutes, people, service_radius=MINUTES, p_facilities=STATIONS)
    built = os.times().user - before.user
    model.problem.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds))
    return _value(model.problem), built


def _value(problem: object) -> float | None:
    import pulp  # noqa: PLC0415

    found = problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)  # type: ignore[attr-defined]
    return float(pulp.value(problem.objective)) if found else None  # type: ignore[attr-defined]


def _medians(runs: Sequence[tuple[int, Ran]]) -> str:
    rows = [
        (
            f"pmed{number}",
            f"{ran.outcome[0]:g}",
            PMED[number],
            f"{ran.outcome[1]:g}",
            "yes" if ran.outcome[0] == ran.outcome[1] else "no",
            ran.outcome[2],
            f"{ran.wall:.1f}",
            f"{ran.cpu:.1f}",
            ran.peak_mb,
        )
        for number, ran in runs
    ]
    optimal = sum(ran.outcome[0] == PMED[number] for number, ran in runs)
    proved = sum(ran.outcome[0] == ran.outcome[1] for _, ran in runs)
    slowest, largest = max(ran.cpu for _, ran in runs), max(ran.peak_mb for _, ran in runs)
    heading = ("instance", "found", "optimum", "bound", "proved", "nodes", "wall s", "CPU s", "MB")
    summary = (
        f"Optimum found on {optimal} of {len(runs)}, proved on {proved}; at most {slowest:.0f} CPU s and {largest} MB "
        "(targets: all, 36, 120 s, 400 MB). Reading the file and starting Python are in these times."
    )
    return f"## p-median, OR-Library\n\n{summary}\n\n{table(heading, rows)}"


def _covers(runs: Sequence[tuple[str, Ran]]) -> str:
    rows = [
        (
            f"scp{name}",
            f"{ran.outcome[0]:g}",
            SCP[name],
            f"{ran.outcome[1]:g}",
            f"{ran.wall:.1f}",
            f"{ran.cpu:.1f}",
        )
        for name, ran in runs
    ]
    optimal = sum(ran.outcome[0] == ran.outcome[1] == SCP[name] for name, ran in runs)
    slowest = max(ran.cpu for _, ran in runs)
    summary = (
        f"Optimal and proved: {optimal} of {len(runs)}; at most {slowest:.1f} CPU s (target: all, 15 s)."
    )
    heading = ("instance", "found", "optimum", "bound", "wall s", "CPU s")
    return f"## Set covering, OR-Library\n\n{summary}\n\n{table(heading, rows)}"


def _maximal(ran: Ran) -> str:
    value, bound, people, built, n_pairs, n_rows = ran.outcome
    summary = (
        f"20,000 invented villages, 500 candidates, {STATIONS} stations, {MINUTES} minutes: {n_pairs:,} pairs, "
        f"{n_rows:,} rows after merging, built in {built:.2f} CPU s (target 1). {float(value):,.0f} people covered, "
        f"{float(value) / float(people):.2%}, gap {(float(bound) - float(value)) / float(value):.3%} (target 1 %), "
        f"{ran.wall:.0f} s, {ran.cpu:.0f} CPU s, {ran.peak_mb} MB."
    )
    return f"## Maximal covering\n\n{summary}"


def _peers(runs: Sequence[tuple[str, Ran]]) -> str:
    rows = [
        (
            name,
            "none" if ran.outcome[0] is None else f"{ran.outcome[0]:,.0f}",
            f"{ran.outcome[1]:.1f}",
            f"{ran.wall:.0f}",
            f"{ran.cpu:.0f}",
            ran.peak_mb,
        )
        for name, ran in runs
    ]
    heading = ("spopt on", "found", "built, CPU s", "wall s", "CPU s", "MB")
    return f"## spopt\n\n{table(heading, rows)}"
