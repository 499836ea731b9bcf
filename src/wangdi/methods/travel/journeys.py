"""Where travel times come from, in the order of trust: a file somebody brings, a road graph, an estimate."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np

from wangdi.engine.model.text import Text
from wangdi.methods.travel.distance import Floats, great_circle_km
from wangdi.methods.travel.estimate import Terrain, estimate_pairs
from wangdi.methods.travel.matrix import TravelRows, read_rows
from wangdi.methods.travel.pairs import Pairs
from wangdi.methods.travel.points import Points


@dataclass(frozen=True, slots=True)
class Lengths:
    """From every origin to every destination, shape (n, m) each; NaN where nobody knows."""

    km: Floats
    minutes: Floats


class Journeys(Protocol):
    """Tells how long it takes from one point to another."""

    @property
    def title(self) -> Text:
        """What it rests on, in words."""
        ...

    def pairs(self, origins: Points, destinations: Points, minutes: float) -> Pairs:
        """All pairs of at most so many minutes. `BadInput` for points it cannot work with."""
        ...

    def lengths(self, origins: Points, destinations: Points) -> Lengths: ...


@dataclass(frozen=True, slots=True)
class Estimated:
    """Straight distance × detour ÷ speed."""

    terrain: Terrain
    mode: Text

    @property
    def title(self) -> Text:
        how, factor, speed = (
            self.terrain.title,
            f"{self.terrain.detour:g}",
            f"{self.terrain.km_per_hour:g}",
        )
        return Text(
            f"估算：{self.mode.zh}，{how.zh}，直线距离×{factor}，每小时 {speed} 公里；没有用道路数据，不是实测",
            f"an estimate: {self.mode.en}, {how.en}, straight distance × {factor} at {speed} km/h; no road data, "
            "not measured",
        )

    def pairs(self, origins: Points, destinations: Points, minutes: float) -> Pairs:
        return estimate_pairs(origins.lonlat, destinations.lonlat, minutes, self.terrain.minutes_per_km)

    def lengths(self, origins: Points, destinations: Points) -> Lengths:
        straight = great_circle_km(origins.lonlat[:, None], destinations.lonlat[None])
        km = straight * self.terrain.detour
        return Lengths(km, km / self.terrain.km_per_hour * 60)


@dataclass(frozen=True)
class FromFile:
    """A file that somebody brings. A pair that is not in it cannot be travelled."""

    file: Path
    name: str

    @cached_property
    def rows(self) -> TravelRows:
        return read_rows(self.file, self.name)

    @property
    def title(self) -> Text:
        return Text(f"取自文件 {self.name}", f"from the file {self.name}")

    def check(self, origins: Points, destinations: Points) -> None:
        """`BadInput` when no row is about any of these."""
        self.rows.check(origins.codes, destinations.codes)

    def pairs(self, origins: Points, destinations: Points, minutes: float) -> Pairs:
        return self.rows.pairs(origins.codes, destinations.codes).within(minutes)

    def lengths(self, origins: Points, destinations: Points) -> Lengths:
        shape = len(origins), len(destinations)
        found = Lengths(np.full(shape, np.nan), np.full(shape, np.nan))
        for at, start in enumerate(origins.codes):
            for other, end in enumerate(destinations.codes):
                if (row := self.rows.found.get((start, end))) is not None:
                    found.minutes[at, other], found.km[at, other] = row
        return found
