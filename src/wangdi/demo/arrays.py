"""Array types, days as integers, random streams: what every part of the simulation counts with."""

import zlib
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Column = Any
"""A ``pyarrow`` array or chunked array (pyarrow ships no types)."""

NEVER = np.int32(2**31 - 1)
"""The day that never comes: no death date, no closing, open-ended."""

DAYS_A_YEAR = 365.2425
_EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Days since 1970-01-01, as Arrow's date32 counts them."""
    return day.toordinal() - _EPOCH


def year_of(day: int) -> int:
    """The calendar year of a day number."""
    return date.fromordinal(day + _EPOCH).year


def first_day_of_window(as_of: date) -> date:
    """The day after the same day three years earlier: the first of three years that end with ``as_of``."""
    year = as_of.year - 3
    if (as_of.month, as_of.day) == (2, 29):
        return date(year, 3, 1)
    return date.fromordinal(as_of.replace(year=year).toordinal() + 1)


def random_stream(seed: int, purpose: str, part: int = 0) -> np.random.Generator:
    """Independent random numbers for one purpose and part, so that no part depends on what ran before it."""
    entropy = np.random.SeedSequence([seed, zlib.crc32(purpose.encode()), part])
    return np.random.Generator(np.random.SFC64(entropy))


def integers(values: npt.ArrayLike) -> Ints:
    return np.asarray(values, dtype=np.int32)


def pick(generator: np.random.Generator, weights: npt.ArrayLike, count: int) -> Ints:
    """``count`` indexes drawn with these relative weights."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return integers(np.searchsorted(edges, generator.random(count) * edges[-1], side="right"))


def skip_sundays(days: Ints) -> Ints:
    """Sundays become Mondays; 1970-01-01 was a Thursday."""
    return integers(days + ((days + 3) % 7 == 6))
