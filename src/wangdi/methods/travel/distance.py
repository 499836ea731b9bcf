"""Distances on the globe."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG R1). Real distances differ by up to 0.5 %, far less than detours do."""


def great_circle_km(points: Floats, others: Floats) -> Floats:
    """Kilometres between points row by row, by the haversine formula (Sinnott 1984).

    Both hold degrees, longitude then latitude, shape (n, 2), or broadcast to that. Shape (n,).
    """
    lon, lat = np.radians(points[..., 0]), np.radians(points[..., 1])
    other_lon, other_lat = np.radians(others[..., 0]), np.radians(others[..., 1])
    half = (
        np.sin((other_lat - lat) / 2) ** 2
        + np.cos(lat) * np.cos(other_lat) * np.sin((other_lon - lon) / 2) ** 2
    )
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def unit_vectors(points: Floats) -> Floats:
    """Points on the unit sphere, shape (n, 3): straight lines between them order as great circles do."""
    lon, lat = np.radians(points[:, 0]), np.radians(points[:, 1])
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def chord_of(km: float) -> float:
    """The straight line through the unit sphere between points ``km`` apart on its surface."""
    return float(2 * np.sin(min(km / (2 * EARTH_KM), np.pi / 2)))
