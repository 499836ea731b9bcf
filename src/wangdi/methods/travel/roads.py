"""Travel over the roads of an OpenStreetMap file: read by osmium (the extra ``roads``), shortest ways by SciPy.

Speeds by class of road are assumptions, written on every plan as such; turns and lights are not known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from wangdi.engine.model.text import Text
from wangdi.methods.problems import BadInput
from wangdi.methods.travel.distance import Floats, great_circle_km, unit_vectors
from wangdi.methods.travel.journeys import Lengths
from wangdi.methods.travel.pairs import Ints, Pairs
from wangdi.methods.travel.points import Points

DRIVING_KM_PER_HOUR = {
    "motorway": 90,
    "trunk": 70,
    "primary": 55,
    "secondary": 45,
    "tertiary": 40,
    "unclassified": 30,
    "residential": 25,
    "living_street": 15,
    "service": 15,
    "track": 15,
    "road": 30,
}
"""By the tag ``highway``, links as what they link; others are not driven on."""

ONLY_ON_FOOT = ("path", "footway", "pedestrian", "steps", "bridleway", "cycleway")
NOT_ON_FOOT = ("motorway", "trunk")
OFF_ROAD = 1.3
"""Kilometres walked from a point to the nearest road for each straight one."""
FARTHEST_FROM_ROADS_KM = 5.0
AT_ONCE = 64
"""Starts of one search: memory is so many times the number of crossings."""


@dataclass(frozen=True, slots=True)
class RoadGraph:
    """``lonlat``: crossings and bends, shape (n, 2). ``km``: lengths of the ways between them, (n, n); ``speed``: the same
    in kilometres an hour."""

    lonlat: Floats
    start: Ints
    end: Ints
    km: Floats
    speed: Floats

    def matrix(self, weights: Floats) -> csr_array:
        """The best of several ways between the same two points counts."""
        n = len(self.lonlat)
        order = np.lexsort((weights, self.end, self.start))
        start, end = self.start[order], self.end[order]
        first = np.concatenate(([True], (start[1:] != start[:-1]) | (end[1:] != end[:-1])))
        return csr_array((weights[order][first], (start[first], end[first])), (n, n))


@dataclass(frozen=True)
class Roads:
    """``walking``: kilometres an hour on foot, everywhere; None for driving, by class of road."""

    file: Path
    name: str
    walking: float | None = None

    @cached_property
    def graph(self) -> RoadGraph:
        """`BadInput` when osmium is not installed, or the file holds no roads."""
        return read_roads(self.file, self.name, self.walking)

    @cached_property
    def _nodes(self) -> cKDTree:
        return cKDTree(unit_vectors(self.graph.lonlat))

    @property
    def title(self) -> Text:
        how = (
            Text(f"步行，每小时 {self.walking:g} 公里", f"on foot at {self.walking:g} km/h")
            if self.walking
            else Text("驾车，车速按道路等级假定", "by car, speeds assumed by class of road")
        )
        return Text(f"道路数据 {self.name}（{how.zh}）", f"roads of {self.name} ({how.en})")

    def pairs(self, origins: Points, destinations: Points, minutes: float) -> Pairs:
        ways = self._between(origins, destinations, self.graph.km / self.graph.speed * 60, minutes)
        taken = ways + self._off_road(origins)[:, None] + self._off_road(destinations)[None]
        first, second = np.nonzero(taken <= minutes)
        return Pairs(first, second, taken[first, second], len(origins), len(destinations))

    def lengths(self, origins: Points, destinations: Points) -> Lengths:
        """Kilometres are those of the shortest way, minutes those of the quickest."""
        off = self._off_road(origins)[:, None] + self._off_road(destinations)[None]
        minutes = self._between(origins, destinations, self.graph.km / self.graph.speed * 60, np.inf) + off
        km = self._between(origins, destinations, self.graph.km, np.inf)
        known = np.isfinite(minutes)
        return Lengths(np.where(known, km, np.nan), np.where(known, minutes, np.nan))

    def _between(self, origins: Points, destinations: Points, weights: Floats, limit: float) -> Floats:
        """From the road nearest to each origin to that of each destination, (n, m); infinite beyond the limit."""
        matrix = self.graph.matrix(weights).T.tocsr()
        starts, columns = np.unique(self._nearest(destinations)[1], return_inverse=True)
        ends = self._nearest(origins)[1]
        found = [
            dijkstra(matrix, indices=starts[at : at + AT_ONCE], limit=limit)[:, ends]
            for at in range(0, len(starts), AT_ONCE)
        ]
        return np.asarray(np.vstack(found).T[:, columns]) if found else np.empty((len(origins), 0))

    def _off_road(self, points: Points) -> Floats:
        """Minutes on foot from each point to the nearest road; infinite where there is none near."""
        nearest = self._nearest(points)[1]
        km = great_circle_km(points.lonlat, self.graph.lonlat[nearest]) * OFF_ROAD
        return np.where(km <= FARTHEST_FROM_ROADS_KM, km / (self.walking or 5.0) * 60, np.inf)

    def _nearest(self, points: Points) -> tuple[Floats, Ints]:
        distance, at = self._nodes.query(unit_vectors(points.lonlat))
        return distance, at


def read_roads(file: Path, name: str, walking: float | None) -> RoadGraph:
    """All ways of an .osm or .osm.pbf file that are walked or driven on. `BadInput` as `Roads.graph`."""
    try:
        import osmium  # noqa: PLC0415 - an extra that few need
    except ImportError:
        raise BadInput(
            [
                Text(
                    "读道路数据需要 osmium：pip install 'wangdi[roads]'",
                    "roads need osmium: pip install 'wangdi[roads]'",
                )
            ]
        ) from None
    try:
        rows = list(_segments(osmium.FileProcessor(str(file)).with_locations(), walking))
    except RuntimeError as error:
        raise BadInput(
            [Text(f"{name} 不能读取：{error}", f"{name} cannot be read as OpenStreetMap data: {error}")]
        ) from None
    if not rows:
        raise BadInput([Text(f"{name} 里没有可走的道路", f"{name} holds no road that can be used")])
    return _graph(rows)


def _segments(objects: Any, walking: float | None) -> Iterator[tuple[int, int, Any, Any, float, bool]]:
    """Both nodes with their positions, kilometres an hour, whether there is a way back."""
    for one in objects:
        if not one.is_way() or "highway" not in one.tags:
            continue
        speed = _speed(one.tags["highway"].removesuffix("_link"), walking)
        nodes = [node for node in one.nodes if node.location.valid()]
        if speed is None or one.tags.get("access") in ("no", "private"):
            continue
        back = walking is not None or one.tags.get("oneway") not in ("yes", "1", "true")
        for first, second in pairwise(nodes):
            start, end = ((node.location.lon, node.location.lat) for node in (first, second))
            yield first.ref, second.ref, start, end, speed, back


def _speed(highway: str, walking: float | None) -> float | None:
    if walking is None:
        return DRIVING_KM_PER_HOUR.get(highway)
    known = highway in DRIVING_KM_PER_HOUR or highway in ONLY_ON_FOOT
    return walking if known and highway not in NOT_ON_FOOT else None


def _graph(rows: list[tuple[int, int, Any, Any, float, bool]]) -> RoadGraph:
    references = np.array([(row[0], row[1]) for row in rows], dtype=np.int64)
    ids, at = np.unique(references, return_inverse=True)
    start, end = at.reshape(-1, 2).T
    lonlat = np.empty((len(ids), 2))
    positions, others = (np.array([row[side] for row in rows], dtype=np.float64) for side in (2, 3))
    lonlat[start], lonlat[end] = positions, others
    km = np.maximum(great_circle_km(positions, others), 1e-6)
    speed, back = np.array([row[4] for row in rows]), np.array([row[5] for row in rows])
    return RoadGraph(
        lonlat,
        np.concatenate((start, end[back])),
        np.concatenate((end, start[back])),
        np.concatenate((km, km[back])),
        np.concatenate((speed, speed[back])),
    )
