"""How far it is from hospitals to centres: whole metres and seconds, by whatever tells travel in all plans."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wangdi.methods.travel.distance import Floats
from wangdi.methods.travel.journeys import FromFile, Journeys
from wangdi.methods.travel.points import Points
from wangdi.server.network.models import Institution

Ints = npt.NDArray[np.int64]

UNKNOWN = -1
METRES = 1000
"""In a kilometre."""

SECONDS = 60
"""In a minute."""


@dataclass(frozen=True, eq=False)
class Ways:
    """From hospitals to centres, shape (hospitals, centres) each; UNKNOWN where there is no way."""

    metres: Ints
    seconds: Ints


def ways_between(
    journeys: Journeys, hospitals: Sequence[Institution], centres: Sequence[Institution], km_per_hour: float
) -> Ways:
    """All ways. Where a file tells minutes alone, kilometres are those at ``km_per_hour``.

    Institutions without coordinates of their own are reached by a file only. `BadInput` as the journeys raise it.
    """
    starts, ends = _points(hospitals), _points(centres)
    here, there = _known(journeys, starts), _known(journeys, ends)
    found = journeys.lengths(starts.only(here), ends.only(there))
    minutes, km = np.full((2, len(starts), len(ends)), np.nan)
    minutes[np.ix_(here, there)], km[np.ix_(here, there)] = found.minutes, found.km
    km = np.where(np.isnan(km), minutes * km_per_hour / 60, km)
    return Ways(_whole(km * METRES), _whole(minutes * SECONDS))


def _points(found: Sequence[Institution]) -> Points:
    return Points.of([(one.code, one.name, one.lon, one.lat) for one in found])


def _known(journeys: Journeys, points: Points) -> Ints:
    if isinstance(journeys, FromFile):
        return np.arange(len(points))
    return np.flatnonzero(np.isfinite(points.lonlat).all(axis=1))


def _whole(values: Floats) -> Ints:
    known = np.isfinite(values)
    return np.where(known, np.rint(np.where(known, values, 0)), UNKNOWN).astype(np.int64)
