"""Travel time where no road network is known: straight distance × detour factor ÷ speed. Always an estimate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.methods.travel.distance import Floats, chord_of, great_circle_km, unit_vectors
from wangdi.methods.travel.pairs import Pairs

NEARBY = 1e-9
"""Room for rounding when the tree looks for neighbours on the unit sphere: six millimetres."""


@dataclass(frozen=True, slots=True)
class Terrain:
    """How one travels in a landscape. ``detour``: road kilometres for each straight one, ≥ 1; ``km_per_hour`` > 0."""

    name: str
    title: Text
    detour: float
    km_per_hour: float

    def __post_init__(self) -> None:
        if not (self.detour >= 1 and self.km_per_hour > 0):
            raise ValueError("a detour is at least 1 and a speed more than 0")

    @property
    def minutes_per_km(self) -> float:
        """For each straight kilometre."""
        return 60 * self.detour / self.km_per_hour


WALKING = (
    Terrain("plain", Text("平原", "plain"), 1.3, 5.0),
    Terrain("hills", Text("丘陵", "hills"), 1.5, 4.0),
    Terrain("mountains", Text("山区", "mountains"), 1.9, 3.0),
)
DRIVING = (
    Terrain("plain", Text("平原", "plain"), 1.3, 40.0),
    Terrain("hills", Text("丘陵", "hills"), 1.5, 30.0),
    Terrain("mountains", Text("山区", "mountains"), 1.9, 25.0),
)
"""Assumptions of ours, not measurements: whoever knows better brings a matrix, or sets detour and speed."""


def estimate_pairs(
    origins: Floats, destinations: Floats, minutes: float, minutes_per_km: float | Floats
) -> Pairs:
    """All pairs of at most so many minutes. Cost: n log n, and then the number of pairs near enough.

    ``origins``, ``destinations``: degrees, longitude and latitude, shapes (n, 2) and (m, 2). ``minutes_per_km``: for each
    straight kilometre (`Terrain.minutes_per_km`), one number or one for each origin, shape (n,). `BadInput` for
    coordinates that are missing or impossible.
    """
    check_coordinates(origins, Text("出发地", "origin"))
    check_coordinates(destinations, Text("目的地", "destination"))
    pace = np.broadcast_to(np.asarray(minutes_per_km, dtype=np.float64), len(origins))
    nobody = len(origins) == 0 or len(destinations) == 0
    first, second = (_EMPTY, _EMPTY) if nobody else _near(origins, destinations, minutes / float(pace.min()))
    taken = great_circle_km(origins[first], destinations[second]) * pace[first]
    return Pairs(first, second, taken, len(origins), len(destinations)).within(minutes)


_EMPTY = np.empty(0, dtype=np.int64)


def _near(origins: Floats, destinations: Floats, km: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs at most so many straight kilometres apart, by origin then destination."""
    found = cKDTree(unit_vectors(origins)).sparse_distance_matrix(
        cKDTree(unit_vectors(destinations)), chord_of(km) + NEARBY, output_type="ndarray"
    )
    order = np.lexsort((found["j"], found["i"]))
    return found["i"][order].astype(np.int64), found["j"][order].astype(np.int64)


def check_coordinates(points: Floats, what: Text) -> None:
    """`BadInput` naming every point (by position) without coordinates on the globe; (0, 0) counts as not filled in."""
    lon, lat = points[:, 0], points[:, 1]
    with np.errstate(invalid="ignore"):
        good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90) & ((lon != 0) | (lat != 0))
    problems = [
        Text(
            f"{what.zh}第 {position + 1} 个没有可用的经纬度：{lon[position]}, {lat[position]}",
            f"{what.en} {position + 1} has no usable coordinates: {lon[position]}, {lat[position]}",
        )
        for position in np.flatnonzero(~good)
    ]
    if problems:
        raise BadInput(problems)
