"""The arrays that detectors take and give."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Days: TypeAlias = NDArray[np.datetime64]


def counts_of(counts: ArrayLike) -> Floats:
    """Counts as floats of shape (series, times); a single series may come without the first dimension.

    ValueError for other shapes, negative and infinite counts, saying where the first one stands.
    """
    found: Floats = np.atleast_2d(np.asarray(counts, np.float64))
    if found.ndim != 2:
        raise ValueError(f"counts have {found.ndim} dimensions; (series, times) is needed")
    wrong = np.argwhere((found < 0) | np.isinf(found))
    if len(wrong):
        series, time = wrong[0].tolist()
        raise ValueError(f"count {found[series, time]} of series {series} at time {time} is no count")
    return found


def times_of(times: ArrayLike | None, length: int, earliest: int = 0) -> Ints:
    """The times to be judged, ascending positions; all from ``earliest`` without a choice."""
    if times is None:
        return np.arange(min(earliest, length), length)
    found: Ints = np.atleast_1d(np.asarray(times, np.int64))
    if len(found) and (found.min() < 0 or found.max() >= length):
        raise ValueError(
            f"times {found.min()} to {found.max()} are not all within the {length} that there are"
        )
    return found


def fraction(value: float, name: str) -> float:
    """A probability that decides something: strictly between 0 and 1."""
    if not 0 < value < 1:
        raise ValueError(f"{name} is {value}; it lies between 0 and 1")
    return value


def broadcast(values: Any, shape: tuple[int, ...]) -> Floats:
    """A writable copy of that shape."""
    return np.array(np.broadcast_to(np.asarray(values, np.float64), shape))
