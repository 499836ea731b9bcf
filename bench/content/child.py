"""Measures one part in this process: ``python -m bench.content.child cold|opened|trend DAY``; JSON on standard output."""

import gc
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import django

django.setup()

import numpy as np  # noqa: E402
from django.db import connection  # noqa: E402

from bench.large.product import open_all  # noqa: E402
from bench.measuring import Measurement, forget_peak, peak_memory, timed  # noqa: E402
from wangdi.engine.evaluate.gathering import told  # noqa: E402
from wangdi.engine.evaluate.moment import Moment  # noqa: E402
from wangdi.engine.evaluate.network import Network, Outcome  # noqa: E402
from wangdi.server.common.installation import Installation  # noqa: E402
from wangdi.server.evaluation.lake import Lake  # noqa: E402
from wangdi.server.evaluation.publishing import month_ends_before, network_of  # noqa: E402

RUNS = 5
SECONDS_OPEN, SECONDS_COLD, MEMORY = 5.0, 30.0, 4.0
"""Aims for a million residents."""


def cold(network: Network, day: date) -> list[Measurement]:
    """One evaluation as it is run, a partition in memory at a time."""
    start, processor = time.perf_counter(), time.process_time()
    (outcome,) = network.evaluate([Moment.in_year(day)])
    seconds, used = time.perf_counter() - start, time.process_time() - processor
    note = f"{used:.1f} s CPU; {_size(network, outcome)}; {_records() / seconds:,.0f} records/s"
    what = "Whole content, including opening the lake"
    memory = Measurement(
        "Wangdi", "Memory for that, a partition at a time", peak_memory() / 1e9, "GB", MEMORY
    )
    return [Measurement("Wangdi", what, seconds, "s", SECONDS_COLD, note=note), memory]


def opened(network: Network, day: date) -> list[Measurement]:
    """The same with all that is needed of the lake in memory."""
    parts = open_all(network)
    gc.collect()
    forget_peak()
    moments = [Moment.in_year(day)]
    processor = time.process_time()
    found = timed(lambda: network.evaluate_opened(parts, moments), RUNS)
    used = (time.process_time() - processor) / found.runs
    note = f"{used:.1f} s CPU; {_records() / found.seconds:,.0f} records/s"
    what = "Whole content, lake open"
    return [
        Measurement(
            "Wangdi", what, found.seconds, "s", SECONDS_OPEN, runs=found.runs, peak=peak_memory(), note=note
        )
    ]


def trend(network: Network, day: date) -> list[Measurement]:
    """The day and the twelve month-ends before it, as `wangdi evaluate` does the first time."""
    days = [*month_ends_before(day), day]
    start, processor = time.perf_counter(), time.process_time()
    moments = [Moment.in_year(one) for one in days]
    outcomes = network.evaluate(moments, due_at=moments[-1:])
    seconds, used = time.perf_counter() - start, time.process_time() - processor
    note = f"{used:.1f} s CPU; {sum(map(_figures, outcomes)):,} figures"
    what = f"{len(days)} days, including opening the lake"
    return [Measurement("Wangdi", what, seconds, peak=peak_memory(), note=note)]


def _size(network: Network, outcome: Outcome) -> str:
    rules = network.rulebook
    return (
        f"{len(rules.packs)} packs, {len(rules.schedules)} schedules, {len(rules.indicators)} indicators; "
        f"{_records():,} records, {len(outcome.due):,} due items, {_figures(outcome):,} figures"
    )


def _figures(outcome: Outcome) -> int:
    """Those that tell anything, at all places and institutions."""
    found = (outcome.figures.at(unit) for unit in ("place", "institution"))
    return sum(int(np.count_nonzero(told(*one))) for one in found)


def _records() -> int:
    state = _lake().state()
    assert state is not None, "the demonstration has no lake"
    return sum(rows for name, rows in state.rows.items() if name.startswith("records_"))


def _lake() -> Lake:
    return Lake(Installation.current().lake)


def main(arguments: Sequence[str]) -> None:
    part, day = arguments
    # Whoever works in the demonstration is not disturbed.
    connection.settings_dict["NAME"] = f"file:{Installation.current().store}?mode=ro"
    network = network_of(_lake())
    network.stages()
    measured = {"cold": cold, "opened": opened, "trend": trend}[part](network, date.fromisoformat(day))
    json.dump([asdict(item) for item in measured], sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1:])
