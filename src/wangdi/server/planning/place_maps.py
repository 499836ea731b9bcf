"""What a plan about places keeps for its map: villages with their minutes, stations by what becomes of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from wangdi.methods.travel.pairs import Floats
from wangdi.methods.travel.points import Points
from wangdi.server.planning.people import Homes

EXISTING, OPENED, CLOSED, UPGRADED, BASE = "existing", "opened", "closed", "upgraded", "base"
BESIDE = 0.04
"""Degrees from the nearest village within which a station is drawn."""
_DIGITS = 5
"""Of a degree: a metre."""


def map_data(
    homes: Homes,
    existing: Points,
    minutes: float,
    before: Floats,
    after: Floats | None = None,
    changed: Sequence[tuple[str, Points]] = (),
) -> dict[str, Any]:
    """Rows of villages (name, position, people, minutes before and after, None for nowhere near), of stations (name,
    position, what becomes of it), and the places above with theirs."""
    later = before if after is None else after
    villages = [
        [name, *_position(lonlat), int(people), _minutes(one), _minutes(other)]
        for name, lonlat, people, one, other in zip(
            homes.points.names, homes.points.lonlat, homes.people, before, later, strict=True
        )
    ]
    found = [(EXISTING, _near(existing, homes)), *changed]
    stations = [
        [name, *_position(lonlat), state]
        for state, points in found
        for name, lonlat in zip(points.names, points.lonlat, strict=True)
    ]
    areas = [
        [name, *_position(lonlat)]
        for name, lonlat in zip(homes.areas.names, homes.areas.lonlat, strict=True)
        if not np.isnan(lonlat).any()
    ]
    return {
        "minutes": minutes,
        "villages": villages,
        "stations": stations,
        "areas": areas,
        "compared": after is not None,
    }


def _near(stations: Points, homes: Homes) -> Points:
    """Those among the villages or beside them: others would make the map too small to read."""
    away, _ = cKDTree(homes.points.lonlat).query(stations.lonlat)
    return stations.only(np.flatnonzero(away <= BESIDE))


def _position(lonlat: Floats) -> tuple[float, float]:
    return round(float(lonlat[0]), _DIGITS), round(float(lonlat[1]), _DIGITS)


def _minutes(taken: float) -> float | None:
    return round(float(taken), 1) if np.isfinite(taken) else None
