"""Sums by position."""

import numpy as np
from numpy.typing import NDArray


def sums(positions: NDArray[np.int64], values: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """The sum of values at each position from 0 to n - 1, shape (n,)."""
    return np.bincount(positions, values, n).astype(np.float64, copy=False)
