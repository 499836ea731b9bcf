"""Places on the globe that have a code and a name."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wangdi.methods.travel.distance import Floats


@dataclass(frozen=True, slots=True)
class Points:
    """Named points. ``lonlat``: degrees, shape (n, 2); NaN where nobody knows."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    lonlat: Floats

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, rows: Sequence[tuple[str, str, float | None, float | None]]) -> "Points":
        """From rows of code, name, longitude, latitude."""
        lonlat = np.array([row[2:] for row in rows], dtype=np.float64).reshape(-1, 2)
        return cls(tuple(row[0] for row in rows), tuple(row[1] for row in rows), lonlat)

    def only(self, places: NDArray[np.int64]) -> "Points":
        chosen = places.tolist()
        codes, names = tuple(self.codes[at] for at in chosen), tuple(self.names[at] for at in chosen)
        return Points(codes, names, self.lonlat[places])

    def and_then(self, others: "Points") -> "Points":
        """These, and the others after them."""
        lonlat = np.vstack((self.lonlat, others.lonlat))
        return Points(self.codes + others.codes, self.names + others.names, lonlat)
