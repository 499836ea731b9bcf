"""``python -m bench.detection.reference``: writes what R answers to a few series, for the quick tests.

One file per set of series in ``tests/reference/detection``: the counts, their days, and for each case R's bounds and
alarms. The data sets are those of the package, from RKI SurvStat, Statens Serum Institut and Public Health England
as its manual says.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
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
SEPARATED = 38
"""The series of fluBYBW with two cases in one week of six years: its regression on season has no finite estimate, R
stops after 25 steps with a warning, and where it then stands follows from every digit on the way.
"""


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
    yield _rows(found["fluBYBW"], slice(SEPARATED, SEPARATED + 1)), 5
    yield _rows(random_series(14, 330, 7, missing=True), slice(1, None), "random"), 3
    yield _rows(random_series(40, 330, 8, missing=True), slice(4), "gaps"), 3


def _rows(series: Series, rows: slice, name: str = "") -> Series:
    return replace(series, name=name or series.name, counts=series.counts[rows])


def _first(series: Series, number: int, times: int) -> Series:
    calendar = Calendar.dated(series.calendar.days[:times], series.calendar.unit)
    return Series(series.name, series.counts[:number, :times], calendar)


def cases_for(series: Series, years: int) -> Sequence[tuple[Case, int]]:
    """The cases, and the first time each can judge: it judges all from there on."""
    earlier = [
        (case, case.earliest(series.calendar))
        for case in (*ears_cases(), *cusum_cases())
        if case.fits(series)
    ]
    regressions = farrington_cases(years, series.calendar.per_year)
    later = [(case, case.earliest(series.calendar)) for case in regressions]
    if np.isnan(series.counts).any():
        # R's EARS, CUSUM and original Farrington stop at missing counts, or carry them along in ways of their own.
        return [(case, first) for case, first in later if case.call.startswith("farringtonFlexible")]
    return [*earlier, *later]


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
