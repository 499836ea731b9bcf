"""Quantiles of counts, for arrays of any parameters.

`scipy.stats.nbinom.ppf` ends the process at some extreme ones (SciPy 1.17), so the search is our own.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import betainc, gammaincc, gammaincinv

from wangdi.methods.detection.arrays import Bools, Floats

LARGEST = 2.0**52
"""Above it, counts are no longer whole numbers as doubles: the quantile is that of a gamma variable of the same mean and
variance, from which counts differ by less than doubles tell.
"""


def negative_binomial_quantile(quantile: float, size: Floats, probability: Floats) -> Floats:
    """The smallest count x with P(X <= x) >= quantile, for ``size`` successes (any positive number) of that
    probability; NaN for NaN.
    """
    found = _search(
        lambda x, at: betainc(size[at], x + 1, probability[at]) >= quantile, np.isfinite(size * probability)
    )
    huge = np.isinf(found)
    chance = probability[huge]
    with np.errstate(divide="ignore", over="ignore"):
        found[huge] = gammaincinv(size[huge] * (1 - chance), quantile) / chance
    return found


def poisson_quantile(quantile: float, mean: Floats) -> Floats:
    """The same for a Poisson count."""
    found = _search(lambda x, at: gammaincc(x + 1, mean[at]) >= quantile, np.isfinite(mean))
    huge = np.isinf(found)
    found[huge] = gammaincinv(mean[huge], quantile)
    return found


def _search(reaches: Callable[[Floats, Bools], Bools], known: Bools) -> Floats:
    """Doubling, then halving the distance; ``reaches(x, where)`` for the entries still searched."""
    low, high = np.full(known.shape, -1.0), np.zeros(known.shape)
    open_ = known.copy()
    while open_.any():
        short = ~reaches(high[open_], open_)
        at = np.flatnonzero(open_)[short]
        low[at], high[at] = high[at], 2 * high[at] + 1
        open_[open_] = short
        open_ &= high < LARGEST
    beyond = known & (high >= LARGEST)
    open_ = known & ~beyond & (high - low > 1)
    while open_.any():
        middle = np.floor((low[open_] + high[open_]) / 2)
        hit = reaches(middle, open_)
        low[open_], high[open_] = np.where(hit, low[open_], middle), np.where(hit, middle, high[open_])
        open_ &= high - low > 1
    found: Floats = np.where(known, np.where(beyond, np.inf, high), np.nan)
    return found
