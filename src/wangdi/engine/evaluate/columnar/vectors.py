"""Vectors: the values of one expression for many entities or records, with their nulls.

Dates are days since 1970-01-01 (int32), texts are positions in ``categories`` (int32), numbers int32 or float64.
A vector of length 1 stands for the same value for everybody. Booleans are false where they are not valid,
so a null condition counts as false wherever only its data is looked at.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Flags: TypeAlias = NDArray[np.bool_]

EPOCH = date(1970, 1, 1)


def to_days(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def to_date(days: int) -> date:
    """The date that many days after 1970-01-01."""
    return EPOCH + timedelta(days=int(days))


@dataclass(frozen=True, slots=True)
class Vector:
    """``valid`` None means that nothing is null. ``categories`` only for texts."""

    data: Array
    valid: Flags | None = None
    categories: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.data)

    @property
    def validity(self) -> Flags:
        """Which values are not null, as an array that broadcasts with the data."""
        return self.valid if self.valid is not None else np.ones(1, dtype=np.bool_)


def both_valid(*vectors: Vector) -> Flags | None:
    """Where all of them have a value; None when none of them has nulls."""
    found: Flags | None = None
    for vector in vectors:
        if vector.valid is not None:
            found = vector.valid if found is None else found & vector.valid
    return found


def narrowed(vector: Vector, within: Flags | None) -> Vector:
    """The vector, null also where not ``within`` (None: no change)."""
    if within is None:
        return vector
    return Vector(vector.data, within if vector.valid is None else vector.valid & within, vector.categories)


def finite(numbers: Array, valid: Flags | None) -> Vector:
    """Measured numbers, null also where they are infinite or not a number."""
    known = np.isfinite(numbers)
    if known.all():
        return Vector(numbers, valid)
    return narrowed(Vector(np.where(known, numbers, 0.0), valid), known)


def boolean(data: Array, valid: Flags | None) -> Vector:
    """A vector of conditions, false where null."""
    if valid is None:
        return Vector(data)
    known = data & valid
    return Vector(known, spread(valid, len(known)))


def spread(values: Array, size: int) -> Array:
    """The values for ``size`` entities; one value stands for all of them."""
    return values if len(values) == size else np.broadcast_to(values, (size,))


@lru_cache(maxsize=4096, typed=True)
def constant(value: Any) -> Vector:
    """The same value for everybody; made once, since no vector is ever written to."""
    if value is None:
        return Vector(np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.bool_))
    if isinstance(value, bool):
        return Vector(np.array([value]))
    if isinstance(value, date):
        return Vector(np.array([to_days(value)], dtype=np.int32))
    if isinstance(value, str):
        return Vector(np.zeros(1, dtype=np.int32), None, (value,))
    if isinstance(value, int) and abs(value) < 2**31:
        return Vector(np.array([value], dtype=np.int32))
    return Vector(np.array([value], dtype=np.float64))
