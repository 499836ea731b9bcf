"""``python -m bench --detection``: Wangdi beside R's `surveillance`, in speed and in every answer."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.detection.agreement import Agreement, agreement
from bench.detection.cases import FARRINGTON, Case, cusum_cases, ears_cases, farrington_case, farrington_cases
from bench.detection.further import further
from bench.detection.random_series import random_series
from bench.detection.surveillance import Series, answers, data_sets, seconds, version
from bench.measuring import RUNS, Measurement, peak_memory
from bench.setting import DATA, RESULTS
from bench.table import render
from wangdi.engine.evaluate.runners.allocator import keep_freed_memory
from wangdi.methods.detection.arrays import Floats, Ints
from wangdi.methods.detection.calendar import Calendar
from wangdi.methods.detection.farrington import farrington
from wangdi.methods.detection.farrington_settings import IMPROVED
from wangdi.methods.detection.first_cases import with_first_cases

SERIES, TIMES = 1_000, 312
MANY = 100_000
R_SERIES = 60
"""R does so many of the series, and its time is told per series."""
CUSUM_TIMES = 104
FURTHER = 1_500
"""Points judged with settings drawn at random; `bench.detection.further` draws as many as one likes."""


@dataclass(frozen=True)
class Race:
    """A case over ``times``; ``target`` is how many times as fast as R."""

    case: Case
    times: Ints
    target: float | None = None


def report(seed: int, points: int) -> int:
    """Measures, prints, writes the table. 1 when an answer differs from R's."""
    busy = os.getloadavg()[0]
    keep_freed_memory()  # as the product does
    work = DATA / "detection"
    about = [f"{version()}; {SERIES:,} series of {TIMES} weeks, seed {seed}"]
    series = random_series(SERIES, TIMES, seed, dated=False)
    measured = [line for race in _races() for line in _raced(race, series, work)]
    measured.append(_many(seed))
    found = list(_agreements(work, seed, points))
    measured += [_agreed(name, one) for name, one in found]
    about += _notes(busy, points)
    differences = sum(one.differences for _, one in found)
    text = render(measured, about)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "detection.md").write_text(text, encoding="utf-8")
    print(text)
    return 1 if differences else 0


def _notes(busy: float, points: int) -> list[str]:
    return [
        f"load average before: {busy:.1f}; seconds are the processor's, of one thread, and ratios those of one run",
        f"R does {R_SERIES} of the series, scaled per series; starting it and reading its file are not counted",
        f"agreement: EARS at all times, CUSUM over the last {CUSUM_TIMES} at most, Farrington at about {points} points "
        "of each data set (at least one per series)",
        "an answer differs where one of the two raises an alarm alone, bounds lie more than 1e-6 apart (relative), "
        "or one alone has a bound",
    ]


# -- speed ----------------------------------------------------------------------------------------


def _races() -> Iterator[Race]:
    newest, all_times = np.array([TIMES - 1]), np.arange(TIMES)
    targets = {"Farrington flexible, default": 250.0, "Farrington flexible, improved": 100.0}
    for name in ("Farrington original", *targets):
        yield Race(farrington_case(name, FARRINGTON[name]), newest, targets.get(name))
    for case in ears_cases()[::2]:
        yield Race(case, all_times[case.earliest(Calendar.numbers(TIMES)) :], 130.0)
    rossi = next(case for case in cusum_cases() if "rossi, m = NULL" in case.name)
    yield Race(rossi, all_times[-CUSUM_TIMES:])


def _raced(race: Race, series: Series, work: Path) -> list[Measurement]:
    ours = _cpu(lambda: race.case.judge(series, race.times))
    some = replace(series, counts=series.counts[:R_SERIES])
    call = race.case.r_call(int(race.times[0]), int(race.times[-1]))
    [theirs] = seconds(some, [call], work / "race")
    ratio = theirs / R_SERIES * SERIES / ours
    what = f"{race.case.name}, {_times(len(race.times))}"
    note = f"{SERIES / ours:,.0f} series/s; R {R_SERIES / theirs:.0f}"
    return [
        Measurement("Wangdi", what, ours * 1000, "ms", runs=RUNS, note=note),
        Measurement("Wangdi", f"{what}: as fast as R", ratio, "times", race.target),
    ]


def _times(number: int) -> str:
    return "newest week" if number == 1 else f"{number} weeks"


def _cpu(work: Callable[[], object]) -> float:
    """The median of the processor's seconds."""
    taken = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return float(np.median(taken))


def _many(seed: int) -> Measurement:
    counts = np.vstack([random_series(MANY // 10, TIMES, seed + part).counts for part in range(10)])
    calendar = random_series(1, TIMES, seed).calendar
    start, clock = time.process_time(), time.perf_counter()
    _weekly(counts, calendar)
    cpu, wall = time.process_time() - start, time.perf_counter() - clock
    what = f"{MANY:,} series, newest week: improved Farrington with the rule for first cases"
    note = f"{wall:.0f} s on the clock"
    return Measurement("Wangdi", what, cpu, target=40, peak=peak_memory(), note=note)


def _weekly(counts: Floats, calendar: Calendar) -> None:
    with_first_cases(farrington(counts, calendar, settings=IMPROVED, times=[TIMES - 1]), counts)


# -- agreement ------------------------------------------------------------------------------------


def _agreements(work: Path, seed: int, points: int) -> Iterator[tuple[str, Agreement]]:
    """Per group of methods: all data sets of the package, then series of our own."""
    own = [random_series(40, 330, seed), random_series(20, 330, seed + 1, missing=True)]
    for where, sets in (("data sets of the package", data_sets(work / "sets")), ("random series", own)):
        found: dict[str, Agreement] = {}
        for series in sets:
            print(f"{series.name} …", file=sys.stderr, flush=True)
            for name, one in _compared(series, work / "answers", points):
                found[name] = found.get(name, Agreement()) + one
        yield from ((f"{name}, {where}", one) for name, one in found.items())
    drawn = (found for _, _, _, found, _ in further(FURTHER, seed, work / "further"))
    yield "Farrington, settings of every sort, random series", sum(drawn, Agreement())


def _compared(series: Series, work: Path, points: int) -> Iterator[tuple[str, Agreement]]:
    asked = list(_asked(series, points))
    last = series.calendar.length - 1
    replies = answers(series, [case.r_call(first, last) for _, case, first in asked], work)
    for (name, case, first), theirs in zip(asked, replies, strict=True):
        times = np.arange(first, last + 1)
        yield name, agreement(case.judge(series, times), theirs, *case.apart(series, times))


def _asked(series: Series, points: int) -> Iterator[tuple[str, Case, int]]:
    """Method, case and first time. Methods without an answer to missing counts in R are not asked about series with
    gaps.
    """
    calendar = series.calendar
    if not np.isnan(series.counts).any():
        yield from (
            ("EARS", case, case.earliest(calendar)) for case in ears_cases() if series.counts.shape[1] > 24
        )
        latest = calendar.length - CUSUM_TIMES
        cusums = [case for case in cusum_cases() if case.fits(series)]
        yield from (("CUSUM", case, max(latest, case.earliest(calendar))) for case in cusums)
    latest = calendar.length - max(1, points // len(series.counts))
    for case in farrington_cases(_years(calendar), calendar.per_year):
        first = max(latest, case.earliest(calendar))
        if first < calendar.length:
            yield case.name.rpartition(",")[0], case, first


def _years(calendar: Calendar) -> int:
    """Five years of baseline, or as many as there are, less half a year for the windows."""
    return int(np.clip((calendar.length - 10) / calendar.per_year - 0.1, 1, 5))


def _agreed(name: str, found: Agreement) -> Measurement:
    note = f"{found.points:,} points, {found.alarms:,} alarms of R; bounds apart by at most {found.worst:.1e}"
    told = {
        "bounds of ours where R, lacking one of the last counts, has none": found.unanswered,
        "errors of R": found.refused,
        "where a rounding error decides R's answer": found.by_chance,
    }
    note += "".join(f"; {value:,} {what}" for what, value in told.items() if value)
    return Measurement("Wangdi", f"answers that differ: {name}", found.differences, "", 0, note=note)
