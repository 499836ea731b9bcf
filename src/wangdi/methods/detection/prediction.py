"""From a fitted mean to the count above which there is an alarm.

Farrington et al. 1996, section 3.7 (a power of the count is taken as normal); Noufaily et al. 2013 (a quantile of
the negative binomial); Salmon, Schumacher and Höhle 2016, Journal of Statistical Software 70(10), for 'muan'.
"""

from enum import StrEnum

import numpy as np
from scipy.special import ndtri

from wangdi.methods.detection.arrays import Floats
from wangdi.methods.detection.quantiles import negative_binomial_quantile, poisson_quantile


class Threshold(StrEnum):
    DELTA = "delta"
    """A power of the count is normal, with the error of the estimated mean in its variance."""
    NB_PLUGIN = "nbPlugin"
    """A quantile of the negative binomial about the estimated mean, as if that were known."""
    MUAN = "muan"
    """The same about an upper quantile of the estimated mean."""


class Power(StrEnum):
    TWO_THIRDS = "2/3"
    HALF = "1/2"
    NONE = "none"

    @property
    def exponent(self) -> float:
        return {Power.TWO_THIRDS: 2 / 3, Power.HALF: 0.5, Power.NONE: 1.0}[self]


def normal_bound(mean: Floats, error: Floats, dispersion: Floats, power: Power, quantile: float) -> Floats:
    """The bound where the count to that power is normal: mean and its standard error ``error`` in counts.

    The variance of the transformed count is exponent² mean^(2 exponent - 2) (dispersion mean + error²), by the delta
    rule.
    """
    exponent = power.exponent
    spread = exponent * mean ** (exponent - 1) * np.sqrt(dispersion * mean + error**2)
    transformed = np.maximum(mean**exponent + float(ndtri(quantile)) * spread, 0.0)
    bound: Floats = transformed ** (1 / exponent)
    return bound


def count_bound(mean: Floats, dispersion: Floats, quantile: float) -> Floats:
    """The quantile of a negative binomial of that mean and variance dispersion × mean; of a Poisson where the
    dispersion is 1.
    """
    over = dispersion > 1
    bound = np.full_like(mean, np.nan)
    bound[over] = negative_binomial_quantile(
        quantile, mean[over] / (dispersion[over] - 1), 1 / dispersion[over]
    )
    bound[~over] = poisson_quantile(quantile, mean[~over])
    return bound
