"""``python -m bench.detection.reference``: writes what R answers to a few series, for the quick tests.

One file per set of series in ``tests/reference/detection``: the counts, their days, and for each case R's bounds and
alarms. The data sets are those of the package, from RKI SurvStat, Statens Serum Institut and Public Health England
as its manual says.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.detection.cases import Case, cusum_cases, ears_cases, farrington_cases
from bench.detection.random_series import random_series
from bench.detection.surveillance import Series, answers, data_sets
from bench.setting import ROOT
from wangdi.methods.detection.calendar import Calendar

FOLDER = ROOT.parent / "tests" / "reference" / "detection"
KEPT = ("upper", "alarm", "failed")
LATEST = {"salmonella.agona": 20, "momo": 8, "rotaBB": 6, "random": 8}
"""How many of the latest times the Farrington methods judge; the others judge all they can."""


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for series, years in _chosen(Path(scratch)):
            print(series.name, file=sys.stderr)
            np.savez_compressed(FOLDER / f"{series.name}.npz", **_answered(series, years, Path(scratch)))


def _chosen(scratch: Path) -> Iterator[tuple[Series, int]]:
    found = {series.name: series for series in data_sets(scratch / "sets")}
    yield found["salmonella.agona"], 5
    yield _first(found["momo"], 2, 500), 5
    yield found["rotaBB"], 5
    yield Series("random", *_parts(random_series(14, 330, 7, missing=True))), 3


def _parts(series: Series) -> tuple[Any, Calendar]:
    return series.counts, series.calendar


def _first(series: Series, number: int, times: int) -> Series:
    calendar = Calendar.dated(series.calendar.days[:times], series.calendar.unit)
    return Series(series.name, series.counts[:number, :times], calendar)


def cases_for(series: Series, years: int) -> Sequence[tuple[Case, int]]:
    """The cases and the first time each judges."""
    earlier = [
        (case, case.earliest(series.calendar))
        for case in (*ears_cases(), *cusum_cases())
        if case.fits(series)
    ]
    latest = series.calendar.length - LATEST[series.name]
    later = [(case, latest) for case in farrington_cases(years, series.calendar.per_year)]
    # R's EARS and CUSUM stop at missing counts, or carry them along in ways of their own.
    return [*([] if np.isnan(series.counts).any() else earlier), *later]


def _answered(series: Series, years: int, scratch: Path) -> dict[str, Any]:
    cases = cases_for(series, years)
    last = series.calendar.length - 1
    found = answers(series, [case.r_call(first, last) for case, first in cases], scratch)
    kept: dict[str, Any] = {
        "counts": series.counts,
        "days": series.calendar.days.astype(np.int64),
        "years": years,
    }
    kept["per_year"] = series.calendar.per_year
    for number, answer in enumerate(found):
        kept |= {f"{number}-{name}": answer[name] for name in KEPT}
    return kept


def read_reference(file: Path) -> tuple[Series, list[tuple[Case, int, dict[str, Any]]]]:
    """The series of a reference file, and each case with its first time and R's answer."""
    with np.load(file) as kept:
        days, per_year = kept["days"].astype("M8[D]"), int(kept["per_year"])
        calendar = Series.calendar_of(days, per_year, kept["counts"].shape[1])
        series = Series(file.stem, kept["counts"], calendar)
        cases = cases_for(series, int(kept["years"]))
        return series, [
            (case, first, {name: kept[f"{number}-{name}"] for name in KEPT})
            for number, (case, first) in enumerate(cases)
        ]


if __name__ == "__main__":
    main()
