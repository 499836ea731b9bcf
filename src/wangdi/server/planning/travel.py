"""How far it is from a hospital to a centre: an estimate from coordinates, or a matrix that somebody brings."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from wangdi.engine.model.text import Text
from wangdi.server.network.models import Institution

Ints = npt.NDArray[np.int64]

EARTH_METRES = 6_371_008.8
"""Mean radius (IUGG 1980)."""

UNKNOWN = -1
METRES = 1000
SECONDS_AN_HOUR = 3600


class TravelTime(Protocol):
    """A provider of travel: distances in metres and times in seconds, UNKNOWN where there is none."""

    @property
    def title(self) -> Text: ...

    def metres(self, start: Institution, ends: list[Institution]) -> Ints: ...

    def seconds(self, start: Institution, ends: list[Institution]) -> Ints: ...


@dataclass(frozen=True)
class StraightTravel:
    """Straight line × detour factor, at one speed: an estimate."""

    detour: float
    km_an_hour: float

    @property
    def title(self) -> Text:
        factor, speed = f"{self.detour:g}", f"{self.km_an_hour:g}"
        return Text(
            f"估算：直线距离 × {factor}，{speed} 公里/小时（未用道路数据）",
            f"estimate: straight line × {factor} at {speed} km/h (no road data)",
        )

    def metres(self, start: Institution, ends: list[Institution]) -> Ints:
        if start.lon is None or start.lat is None or not ends:
            return np.full(len(ends), UNKNOWN, np.int64)
        nowhere = float("nan")
        lon = np.radians([nowhere if end.lon is None else end.lon for end in ends])
        lat = np.radians([nowhere if end.lat is None else end.lat for end in ends])
        here = np.radians([start.lon, start.lat])
        half = (
            np.sin((lat - here[1]) / 2) ** 2
            + np.cos(lat) * np.cos(here[1]) * np.sin((lon - here[0]) / 2) ** 2
        )
        line = 2 * EARTH_METRES * np.arcsin(np.sqrt(half)) * self.detour
        return np.where(np.isnan(line), UNKNOWN, np.nan_to_num(line)).round().astype(np.int64)

    def seconds(self, start: Institution, ends: list[Institution]) -> Ints:
        metres = self.metres(start, ends)
        times = metres / METRES / self.km_an_hour * SECONDS_AN_HOUR
        return np.where(metres == UNKNOWN, UNKNOWN, times).round().astype(np.int64)


class InvalidMatrix(Exception):
    """A file of travel times cannot be read; every line that is wrong."""


@dataclass(frozen=True, eq=False)
class MatrixTravel:
    """Distances and times by the codes of both institutions, as a file says."""

    source: str
    table: Mapping[tuple[str, str], tuple[int, int]]

    @property
    def title(self) -> Text:
        return Text(f"行程文件 {self.source}", f"travel from the file {self.source}")

    def metres(self, start: Institution, ends: list[Institution]) -> Ints:
        return self._column(start, ends, 0)

    def seconds(self, start: Institution, ends: list[Institution]) -> Ints:
        return self._column(start, ends, 1)

    def _column(self, start: Institution, ends: list[Institution], at: int) -> Ints:
        nowhere = (UNKNOWN, UNKNOWN)
        found = [self.table.get((start.code, end.code), nowhere)[at] for end in ends]
        return np.array(found, np.int64)


def read_matrix(path: Path) -> MatrixTravel:
    """A csv with the columns from, to, km, minutes (codes of institutions). Raises InvalidMatrix with all lines."""
    table: dict[tuple[str, str], tuple[int, int]] = {}
    wrong = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"from", "to", "km", "minutes"} - set(reader.fieldnames or ())
        if missing:
            raise InvalidMatrix(f"{path.name}: 缺少列 missing columns {', '.join(sorted(missing))}")
        for row in reader:
            try:
                km, minutes = float(row["km"]), float(row["minutes"])
                if km < 0 or minutes < 0:
                    raise ValueError
            except ValueError:
                wrong.append(f"{path.name}:{reader.line_num} km, minutes: {row['km']!r}, {row['minutes']!r}")
                continue
            table[row["from"].strip(), row["to"].strip()] = (round(km * METRES), round(minutes * 60))
    if wrong:
        raise InvalidMatrix("\n".join(wrong))
    return MatrixTravel(path.name, table)
