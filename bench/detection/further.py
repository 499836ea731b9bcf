"""``python -m bench.detection.further``: the Farrington methods with settings of every sort, next to R.

Each question is drawn anew: settings, calendar, gaps, series. Prints every point that differs, and exits with 1 if one
does.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.detection.agreement import Agreement, agreement, differing
from bench.detection.cases import Case, farrington_case
from bench.detection.random_series import random_series
from bench.detection.surveillance import Series, answers
from wangdi.methods.detection.arrays import Ints
from wangdi.methods.detection.calendar import Calendar, Unit
from wangdi.methods.detection.farrington_settings import FLEXIBLE, ORIGINAL, Settings
from wangdi.methods.detection.prediction import Power, Threshold

TOGETHER = 8
"""Settings that R is asked about at once: starting it takes as long as a hundred points."""
SERIES, TIMES, JUDGED = 12, 420, 4
"""Of each question."""
ALPHAS = (0.2, 0.1, 0.05, 0.01, 0.001, 1e-4)


def further(points: int, seed: int, work: Path) -> Iterator[tuple[Series, Case, Ints, Agreement, Ints]]:
    """Questions with about so many points in all; the last of each are (series, time) of the points that differ."""
    random = np.random.default_rng(seed)
    for _ in range(-(-points // (TOGETHER * SERIES * JUDGED))):
        series = _series(random)
        asked = [one for _ in range(TOGETHER) for one in _question(random, series.calendar)]
        calls = [case.r_call(int(times[0]), int(times[-1])) for case, times in asked]
        replies = answers(series, calls, work) if calls else []
        for (case, times), theirs in zip(asked, replies, strict=True):
            ours, apart = case.judge(series, times), case.apart(series, times)
            yield series, case, times, agreement(ours, theirs, *apart), differing(ours, theirs, *apart)


def _series(random: np.random.Generator) -> Series:
    """By week with dates or without, or by month; a third with gaps."""
    gaps, seed = bool(random.random() < 1 / 3), int(random.integers(1 << 31))
    made = random_series(SERIES, TIMES, seed, missing=gaps)
    return replace(made, calendar=_calendar(random))


def _calendar(random: np.random.Generator) -> Calendar:
    sort = random.integers(4)
    if sort == 0:
        return Calendar.numbers(TIMES)
    if sort == 1:
        months = np.datetime64("1980-01") + np.arange(TIMES)
        return Calendar.dated(months.astype("M8[D]"), Unit.MONTH)
    return Calendar.dated(np.datetime64("2013-01-07") + 7 * np.arange(TIMES), Unit.WEEK)


def _question(random: np.random.Generator, calendar: Calendar) -> list[tuple[Case, Ints]]:
    """Settings and the times judged, none where the history is too short for them."""
    case = farrington_case("", random_settings(random, calendar.per_year))
    first = case.earliest(calendar)
    if first > calendar.length - JUDGED:
        return []
    start = int(random.integers(first, calendar.length - JUDGED + 1))
    return [(case, np.arange(start, start + JUDGED))]


def random_settings(random: np.random.Generator, per_year: int) -> Settings:
    """Any that both programs take: windows that leave room between them, as many seasons as there are times for."""
    original = random.random() < 0.2
    half = int(random.integers(1, 6 if per_year >= 52 else 3))
    between = per_year - 2 * half - 1
    seasons = 1 if original else int(random.integers(1, min(12, between) + 1))
    return replace(
        ORIGINAL if original else FLEXIBLE,
        years=int(random.integers(1, 8)),
        half_window=half,
        seasons=seasons if random.random() < 0.7 else 1,
        left_out=0 if original else int(random.integers(0, per_year // 2 + 1)),
        reweight=bool(random.random() < 0.75),
        weights_threshold=1.0 if original else float(random.choice([1.0, 1.5, 2.58, 3.0])),
        trend=bool(random.random() < 0.75),
        trend_p=0.05 if original else float(random.choice([0.01, 0.05, 0.3, 1.0])),
        cases=float(random.choice([0, 0, 1, 5, 20])),
        recent=int(random.integers(1, 7)),
        alpha=float(random.choice(ALPHAS)),
        power=list(Power)[random.integers(3)],
        threshold=Threshold.DELTA if original else list(Threshold)[random.integers(3)],
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    total = Agreement()
    with tempfile.TemporaryDirectory() as scratch:
        for series, case, times, found, points in further(asked.points, asked.seed, Path(scratch)):
            total += found
            for row, column in points.tolist():
                print(
                    f"{series.name} {series.calendar.unit} {row} at {times[column]}: {case.call}", flush=True
                )
            print(f"\r{total}", end="", file=sys.stderr, flush=True)
    print(f"\n{total}")
    return 1 if total.differences else 0


if __name__ == "__main__":
    sys.exit(main())
