"""Who can reach what, and in how many minutes: a sparse table of pairs."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of an origin and a destination with the minutes between them, in any order, each pair once.

    ``origins``, ``destinations``: positions, shape (k,); ``minutes`` ≥ 0, shape (k,). A pair that is missing cannot be
    travelled. ValueError for positions out of range, negative or missing minutes.
    """

    origins: Ints
    destinations: Ints
    minutes: Floats
    n_origins: int
    n_destinations: int

    def __post_init__(self) -> None:
        if not len(self.origins) == len(self.destinations) == len(self.minutes):
            raise ValueError("origins, destinations and minutes differ in length")
        for positions, n in ((self.origins, self.n_origins), (self.destinations, self.n_destinations)):
            if len(positions) and not (positions.min() >= 0 and positions.max() < n):
                raise ValueError(f"positions must lie between 0 and {n - 1}")
        if not (self.minutes >= 0).all():
            raise ValueError("minutes must be numbers from 0 up")

    def __len__(self) -> int:
        return len(self.minutes)

    def within(self, minutes: float) -> "Pairs":
        """Those of at most so many minutes; the limit itself counts as within."""
        return self.where(self.minutes <= minutes)

    def where(self, chosen: NDArray[np.bool_]) -> "Pairs":
        """The chosen pairs; ``chosen`` has shape (k,)."""
        return replace(
            self,
            origins=self.origins[chosen],
            destinations=self.destinations[chosen],
            minutes=self.minutes[chosen],
        )

    def by_origin(self) -> csr_array:
        """Ones where a pair is, shape (n_origins, n_destinations); minutes of 0 are pairs, too."""
        ones = np.ones(len(self))
        return csr_array((ones, (self.origins, self.destinations)), (self.n_origins, self.n_destinations))


def nearest(pairs: Pairs) -> tuple[Ints, Floats]:
    """The nearest destination of each origin (-1 where there is none) and its minutes (infinite there).

    Of destinations equally near, the first by position.
    """
    order = np.lexsort((pairs.destinations, pairs.minutes, pairs.origins))
    origins, first = np.unique(pairs.origins[order], return_index=True)
    destination = np.full(pairs.n_origins, -1, dtype=np.int64)
    minutes = np.full(pairs.n_origins, np.inf)
    destination[origins] = pairs.destinations[order][first]
    minutes[origins] = pairs.minutes[order][first]
    return destination, minutes
