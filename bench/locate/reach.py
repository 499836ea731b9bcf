"""``python -m bench --reach``: access by floating catchments, next to PySAL ``access`` on the same pairs."""

import os
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from bench.locate.instances import invented_county
from bench.locate.running import table, write_report
from bench.setting import RESULTS
from wangdi.methods.reach.access import two_step
from wangdi.methods.reach.weights import gaussian, step
from wangdi.methods.travel.estimate import DRIVING, estimate_pairs
from wangdi.methods.travel.pairs import Floats, Pairs

Made = TypeVar("Made")

MINUTES, SIGMA = 30, 12
ZONES = {10.0: 1.0, 20.0: 0.68, 30.0: 0.22}
RUNS = 5
LARGEST_DIFFERENCE, LEAST_RATIO = 1e-12, 40


def report() -> int:
    """0 when both agree."""
    villages, centres, people = invented_county(1)
    supply = np.random.default_rng(2).integers(1, 30, len(centres)).astype(np.float64)
    pairs, estimating = _seconds(
        lambda: estimate_pairs(villages, centres, MINUTES, DRIVING[0].minutes_per_km)
    )
    rows, agree = [], True
    for name, weight in (("step", step(ZONES)), ("Gaussian", gaussian(SIGMA))):
        ours, fast = _best(lambda weight=weight: two_step(pairs, people, supply, weight))  # type: ignore[misc]
        theirs, slow = _seconds(lambda name=name: _peer(pairs, people, supply, name))  # type: ignore[misc]
        difference = float(np.abs(ours.of_origin - theirs).max())
        left = float((ours.of_origin * people).sum() - supply.sum() + ours.unreached)
        agree &= difference <= LARGEST_DIFFERENCE
        rows.append(
            (name, f"{fast:.4f}", f"{slow:.2f}", f"{slow / fast:.0f}", f"{difference:.1e}", f"{left:.1e}")
        )
    heading = (
        "weights",
        "Wangdi, CPU s",
        "access 1.1.10, CPU s",
        "ratio",
        "largest difference",
        "supply left over",
    )
    write_report(
        RESULTS / "reach.md",
        "Where care reaches",
        [
            f"20,000 invented villages, 500 centres, {len(pairs):,} pairs within {MINUTES} minutes, found from coordinates "
            f"in {estimating:.2f} CPU s. Load average {os.getloadavg()[0]:.1f}. Best of {RUNS} runs, access once.",
            f"Targets: differences of at most {LARGEST_DIFFERENCE:g}, {LEAST_RATIO} times as fast.",
        ],
        [table(heading, rows)],
    )
    return 0 if agree else 1


def _peer(pairs: Pairs, people: Floats, supply: Floats, name: str) -> Floats:
    import pandas as pd  # noqa: PLC0415 - peers are loaded where they are measured
    from access import weights  # noqa: PLC0415
    from access.fca import two_stage_fca  # noqa: PLC0415

    costs = pd.DataFrame({"origin": pairs.origins, "dest": pairs.destinations, "cost": pairs.minutes})
    weight = weights.step_fn(ZONES) if name == "step" else weights.gaussian(SIGMA)
    demand = pd.DataFrame({"demand": people}, index=pd.RangeIndex(len(people), name="geoid"))
    centres = pd.DataFrame({"supply": supply}, index=pd.RangeIndex(len(supply), name="geoid"))
    found = two_stage_fca(
        demand, centres, costs, MINUTES, demand_index=True, supply_index=True, weight_fn=weight
    )
    return np.asarray(found.reindex(range(len(people))).fillna(0.0))


def _seconds(work: Callable[[], Made]) -> tuple[Made, float]:
    before = time.process_time()
    made = work()
    return made, time.process_time() - before


def _best(work: Callable[[], Made]) -> tuple[Made, float]:
    made, seconds = _seconds(work)
    return made, min(seconds, *(_seconds(work)[1] for _ in range(RUNS - 1)))
