"""Comparing places fairly: by how much shares scatter by chance alone, and with the ages and sexes of all made equal.

Funnel limits: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24
(2005) 1185–1202, without its interpolation between whole numbers. Direct standardisation: Breslow and Day, Statistical
Methods in Cancer Research II (1987), 2.2.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FULLEST = 0.95
"""A standardised share is told where the strata that occur in a place carry at least so much of the weight."""


@dataclass(frozen=True, slots=True)
class Funnel:
    """Limits around ``share`` for places of some sizes: of 95 and of 99.8 in 100 places when only chance differs."""

    share: float
    sizes: Ints
    low: Floats
    high: Floats
    lowest: Floats
    highest: Floats


def funnel(share: float, sizes: Ints) -> Funnel:
    """Exact two-sided limits of 95 % and 99.8 %, as is customary: beyond them lies each side with 2.5 % or 0.1 %.

    They are shares of whole people, so they move in steps; a place is judged by the very limits that are drawn.
    ``share`` lies between 0 and 1, ``sizes`` are at least 1; ValueError otherwise.
    """
    if not 0 <= share <= 1 or sizes.min(initial=1) < 1:
        raise ValueError("a share lies between 0 and 1, and a place has at least one person")
    at = [binom.ppf(probability, sizes, share) / sizes for probability in (0.025, 0.975, 0.001, 0.999)]
    return Funnel(share, sizes, *at)


def standing(funnel: Funnel, values: Floats) -> Ints:
    """For each place of a funnel: 0 within the limits, ±1 beyond those of 95 %, ±2 beyond those of 99.8 %."""
    low = (values < funnel.low - _NEARLY).astype(np.int64) + (values < funnel.lowest - _NEARLY)
    high = (values > funnel.high + _NEARLY).astype(np.int64) + (values > funnel.highest + _NEARLY)
    return high - low


_NEARLY = 1e-9
"""Shares that differ by less are the same count of people."""


def standardised(counted: Floats, all_: Floats) -> Floats:
    """The share of each place (rows) if it had the strata (columns) of all places together.

    ``counted`` and ``all_`` are places × strata. NaN where strata that carry weight are missing in a place.
    """
    weights = all_.sum(axis=0)
    total = weights.sum()
    if not total:
        return np.full(len(all_), np.nan)
    weights = weights / total
    occurs = all_ > 0
    covered = (weights * occurs).sum(axis=1)
    shares = np.divide(counted, all_, out=np.zeros_like(counted), where=occurs)
    told = (weights * shares).sum(axis=1) / np.where(covered > 0, covered, 1.0)
    return np.where(covered >= FULLEST, told, np.nan)
