"""``python -m bench --dispatch``: one province, solved by Wangdi, HiGHS, CP-SAT and by the nearest free doctor."""

import os
import time
from collections import Counter
from dataclasses import replace

import numpy as np

from bench.dispatch.instances import RADIUS_KM, UNIT_METRES, Instance, crossing_rows, province
from bench.dispatch.peers import (
    BROKEN_COSTS,
    REPEATED_COSTS,
    UNCOVERED_COSTS,
    Outcome,
    cp_sat,
    greedy,
    plain_highs,
    sized,
)
from bench.measuring import Measurement, peak_memory
from bench.setting import RESULTS
from bench.table import render
from wangdi.methods.dispatch.plan import Plan
from wangdi.methods.dispatch.problem import Bools, Ints, Level
from wangdi.methods.dispatch.solve import solve
from wangdi.methods.dispatch.uncovered import Surroundings, explain_uncovered

NESTING = {Level.UNCOVERED: UNCOVERED_COSTS, Level.DISTANCE: 1}
CROSSING = NESTING | {Level.BROKEN: BROKEN_COSTS, Level.REPEATED: REPEATED_COSTS}
TARGET_GAP = 0.005
PERCENT = 100
TARGET_SECONDS = 120.0
RUNS = 3

SEEDS = range(1, 15)
"""Invented provinces for what crosses, where how hard it is differs most from one to the next."""


def report(seed: int, seconds: float) -> int:
    """Measures, prints, writes the table. 1 when an exact solver finds another optimum than ours."""
    busy = os.getloadavg()[0]
    instance = province(seed)
    plan, measured = _ours(instance)
    peers = [
        ("HiGHS, all rows", plain_highs(instance.problem, seconds, rotation=False)),
        ("CP-SAT, 8 workers, linearization 2", cp_sat(instance.problem, seconds, rotation=False)),
        ("nearest free doctor, scarcest centre first", greedy(instance.problem)),
    ]
    measured += [line for name, outcome in peers for line in _peer(name, "floors that nest", outcome)]
    crossing = _crossing(instance)
    measured += _ours_crossing(crossing, f"seed {seed}", basis="cross")
    for name, solver in (("HiGHS, all rows", plain_highs), ("CP-SAT, 8 workers, linearization 2", cp_sat)):
        outcome = solver(crossing.problem, seconds, rotation=True, gap=TARGET_GAP)
        measured += _peer(name, "with shares, travel, rotation", outcome)
    for other in (other for other in SEEDS if other != seed):
        measured += _ours_crossing(_crossing(province(other)), f"seed {other}", basis=None)
    wrong = [name for name, found in peers[:2] if found.gap < 1e-9 and round(found.price or 0) != plan.price]
    _write(instance, seed, seconds, busy, measured, wrong)
    return 1 if wrong else 0


def _ours(instance: Instance) -> tuple[Plan, list[Measurement]]:
    walls, cpus = [], []
    for _ in range(RUNS):
        wall, cpu = time.perf_counter(), time.process_time()
        plan = solve(instance.problem, prices=NESTING)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    wall, cpu = float(np.median(walls)), float(np.median(cpus))
    note = f"{wall:.2f} s on the clock; optimum {plan.price:,}, proved by potentials"
    what = "floors that nest: processor seconds to the proved optimum"
    lines = [Measurement("Wangdi", what, cpu, target=0.6, basis="nest", runs=RUNS, note=note)]
    began = time.process_time()
    reasons = Counter(item.why.value for item in explain_uncovered(plan, _surroundings(instance)))
    told = ", ".join(f"{count} {why}" for why, count in reasons.items())
    spent = cpu + time.process_time() - began
    what = "the same with the reason of every uncovered centre"
    lines.append(Measurement("Wangdi", what, spent, target=5, note=told))
    began = time.process_time()
    levels = solve(instance.problem)
    note = "; ".join(f"{level.name.lower()} {value:,}" for level, value in levels.values.items())
    spent = time.process_time() - began
    lines.append(Measurement("Wangdi", "seven levels in strict order", spent, note=note, peak=peak_memory()))
    return plan, lines


def _surroundings(instance: Instance) -> Surroundings:
    def distance_to(centre: int) -> Ints:
        km = np.hypot(*(instance.doctor_at - instance.centre_at[centre]).T)
        return np.rint(km * 1000 / UNIT_METRES).astype(np.int64)

    def accepted_at(centre: int) -> Bools:
        accepted: Bools = instance.accepted[centre][instance.problem.specialty]
        return accepted

    return Surroundings(distance_to, accepted_at, RADIUS_KM * 1000 // UNIT_METRES)


def _crossing(instance: Instance) -> Instance:
    return replace(instance, problem=replace(instance.problem, rows=crossing_rows(instance)))


def _ours_crossing(instance: Instance, which: str, basis: str | None) -> list[Measurement]:
    cpu = time.process_time()
    plan = solve(instance.problem, prices=CROSSING, seconds=TARGET_SECONDS, gap=TARGET_GAP)
    cpu = time.process_time() - cpu
    note = f"{len(instance.problem.rows)} rows that cross; price {plan.price:,}; load average {os.getloadavg()[0]:.1f}"
    what = f"with shares, travel, rotation, {which}"
    clock = f"{plan.seconds:.0f} s on the clock"
    return [
        Measurement(
            "Wangdi", f"{what}: gap proved", plan.gap * PERCENT, "%", TARGET_GAP * PERCENT, note=note
        ),
        Measurement("Wangdi", f"{what}: processor seconds", cpu, basis=basis, note=clock),
    ]


def _peer(name: str, what: str, outcome: Outcome) -> list[Measurement]:
    basis = "nest" if "nest" in what else "cross"
    price = "no plan" if outcome.price is None else f"price {outcome.price:,.0f}"
    gap = f"gap {outcome.gap:.2%}" if outcome.bound > 0 else "no bound"
    note = f"{outcome.wall:.1f} s on the clock; {price}, {gap}"
    return [Measurement(name, f"{what}: processor seconds", outcome.cpu, basis=basis, note=note)]


def _write(
    instance: Instance, seed: int, seconds: float, busy: float, measured: list[Measurement], wrong: list[str]
) -> None:
    about = [
        f"{sized(instance)} within {RADIUS_KM} km, {len(instance.problem.limits):,} floors, seed {seed}",
        f"an uncovered centre costs 10,000 km, an earlier posting 10 km; {seconds:.0f} s at most for each other solver",
        f"with shares, travel, rotation: {TARGET_SECONDS:.0f} s at most for Wangdi, until within {TARGET_GAP:.1%}",
        f"load average before: {busy:.1f}; seconds are the processor's, because other work was running",
        *(f"**{name} finds another optimum**" for name in wrong),
    ]
    text = render(measured, about)
    (RESULTS / "dispatch.md").write_text(text, encoding="utf-8")
    print(text)
