"""Circles of neighbours: the bases of the cylinders that a space-time scan looks at."""

from dataclasses import dataclass

import numpy as np

from wangdi.methods.detection.arrays import Bools, Floats, Ints


@dataclass(frozen=True)
class Zones:
    """For each place as a centre its neighbours, the nearest first (itself included), cut where no centre goes
    further.

    ``order`` and ``open`` are of shape (centres, sizes): the first k places of a row are a circle where ``open`` is
    true at k - 1.
    """

    order: Ints
    open: Bools

    def places(self, centre: int, size: int) -> Ints:
        return self.order[centre, :size]


def zones(coordinates: Floats, weights: Floats, share: float = 0.5, radius: float | None = None) -> Zones:
    """Circles around each of the ``coordinates`` (places, 2) with at most that ``share`` of all ``weights`` and
    within ``radius``.

    Coordinates are plane and in the unit of ``radius``. Places equally far join together. A place that alone holds
    more than the share is still a circle. ValueError for coordinates that are not there.
    """
    missing = np.flatnonzero(~np.isfinite(coordinates).all(axis=1))
    if len(missing):
        raise ValueError(f"place {missing[0]} has no coordinates, as {len(missing)} in all")
    if not 0 < share <= 1:
        raise ValueError(f"the largest share is {share}; it lies above 0 and is at most 1")
    apart = np.sqrt(((coordinates[:, None, :] - coordinates[None, :, :]) ** 2).sum(axis=2))
    np.fill_diagonal(apart, -1.0)
    order = np.argsort(apart, axis=1, kind="stable")
    np.fill_diagonal(apart, 0.0)
    distance = np.take_along_axis(apart, order, axis=1)
    held = np.cumsum(weights[order], axis=1)
    inside = held <= share * weights.sum() * (1 + 1e-12)
    inside[:, 0] = True
    if radius is not None:
        inside &= distance <= radius
    last_of_ties = np.ones_like(inside)
    last_of_ties[:, :-1] = distance[:, 1:] > distance[:, :-1]
    possible = inside & last_of_ties
    width = int(possible.any(axis=0).nonzero()[0].max(initial=0)) + 1
    return Zones(order[:, :width], possible[:, :width])
