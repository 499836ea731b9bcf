"""Runs the R package `surveillance` (Debian: r-base-core, r-cran-surveillance) through ``surveillance.R``."""

import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wangdi.methods.detection.arrays import Days, Floats
from wangdi.methods.detection.calendar import Calendar, Unit

SCRIPT = Path(__file__).with_name("surveillance.R")
UNITS = {52: Unit.WEEK, 12: Unit.MONTH, 365: Unit.DAY}


@dataclass(frozen=True)
class Series:
    """Counts (series, times) and when they are."""

    name: str
    counts: Floats
    calendar: Calendar

    @staticmethod
    def calendar_of(days: Days, per_year: int, length: int) -> Calendar:
        """By date where there are days, by number where there are none."""
        return Calendar.dated(days, UNITS[per_year]) if len(days) else Calendar.numbers(length, per_year)

    def write(self, file: Path) -> None:
        """In the form that ``surveillance.R`` reads."""
        dated = self.calendar.unit is not Unit.NUMBER
        epoch = self.calendar.days.astype(np.int64) if dated else np.arange(1, self.calendar.length + 1)
        names = [f"s{number + 1}" for number in range(len(self.counts))]
        lines = [f"# freq {self.calendar.per_year}", "# start 2000 1", f"# dates {int(dated)}"]
        lines.append(",".join(["epoch", *names]))
        for day, column in zip(epoch.tolist(), self.counts.T.tolist(), strict=True):
            lines.append(
                ",".join([str(day), *("NA" if count != count else f"{count:.0f}" for count in column)])
            )
        file.write_text("\n".join(lines) + "\n")


def read_series(file: Path) -> Series:
    """A file of ``surveillance.R``."""
    head = [line.split() for line in file.read_text().splitlines()[:3]]
    per_year, dated = int(head[0][2]), head[2][2] == "1"
    table = np.atleast_2d(np.genfromtxt(file, delimiter=",", skip_header=4))
    days = table[:, 0].astype(np.int64).astype("M8[D]") if dated else np.empty(0, "M8[D]")
    calendar = Series.calendar_of(days, per_year, len(table))
    return Series(file.stem, np.ascontiguousarray(table[:, 1:].T), calendar)


def data_sets(folder: Path) -> list[Series]:
    """All count series that the package carries, by name; written into the folder on the way."""
    folder.mkdir(parents=True, exist_ok=True)
    _rscript("datasets", folder)
    return [read_series(file) for file in sorted(folder.glob("*.csv"))]


def answers(series: Series, calls: Sequence[str], folder: Path) -> list[Mapping[str, Floats]]:
    """What R answers to each call: (series, times judged) for upper, alarm, expected, phi, trend, failed."""
    width = len(series.counts)
    files = _run(series, calls, folder)
    tables = [np.atleast_1d(np.genfromtxt(file, delimiter=",", names=True)) for file in files]
    return [{name: table[name].reshape(width, -1) for name in table.dtype.names} for table in tables]


def seconds(series: Series, calls: Sequence[str], folder: Path) -> list[float]:
    """CPU seconds of each call over all the series, without starting R and reading the file."""
    files = _run(series, [f"seconds {call}" for call in calls], folder)
    return [float(file.read_text()) for file in files]


def _run(series: Series, calls: Iterable[str], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    source, jobs = folder / "series.csv", folder / "jobs.txt"
    series.write(source)
    files = {folder / f"answer-{number}.csv": call for number, call in enumerate(calls)}
    jobs.write_text("".join(f"{source}\t{file}\t{call}\n" for file, call in files.items()))
    _rscript("run", jobs)
    return list(files)


def _rscript(task: str, where: Path) -> None:
    subprocess.run(["Rscript", str(SCRIPT), task, str(where)], check=True, stderr=subprocess.DEVNULL)


def version() -> str:
    """Of R and the package; raises `FileNotFoundError` without R."""
    code = "cat(R.version.string, '- surveillance', format(packageVersion('surveillance')))"
    done: Any = subprocess.run(["Rscript", "-e", code], check=True, capture_output=True, text=True)
    return str(done.stdout).strip()
