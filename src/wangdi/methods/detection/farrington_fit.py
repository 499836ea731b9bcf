"""The regression of the Farrington methods: fit, weigh down past outbreaks, fit again.

Farrington et al. 1996, sections 3.3 to 3.6; Noufaily et al. 2013.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from scipy.special import stdtr

from wangdi.methods.detection.arrays import Bools, Floats
from wangdi.methods.detection.quasipoisson import HIGHEST, SMALLEST, Design, Fit, fit

ALONE = 1e-12
"""What a leverage may lack of 1 where a count alone decides its mean."""


class Errors(Enum):
    """What standard errors are scaled by: (that of the trend, that of the prediction)."""

    FLOORED = (True, True)
    """The dispersion, at least 1, as the papers have it."""
    ORIGINAL = (False, True)
    """`algo.farrington` tests the trend with the dispersion as it is, and predicts with at least 1."""
    FLEXIBLE = (False, False)
    """`farringtonFlexible` uses neither after weighing down, but sum(weight × ((y - mean) / mean)²) / freedom."""


@dataclass(frozen=True)
class Reweighting:
    """Baseline counts whose Anscombe residual exceeds ``threshold`` are weighed down by its square; None leaves all
    as they are.
    """

    threshold: float


@dataclass(frozen=True)
class Expectation:
    """What the model expects at the time that is judged, (points,). ``error`` is the standard error of ``mean``,
    ``weighed_down`` the number of baseline counts taken for past outbreaks, ``trend_p`` the p-value of the trend
    (NaN without one).
    """

    mean: Floats
    error: Floats
    dispersion: Floats
    slope: Floats
    trend_p: Floats
    weighed_down: Floats
    converged: Bools


def expect(
    counts: Floats,
    observed: Floats,
    design: Design,
    reweighting: Reweighting | None,
    errors: Errors,
    offsets: Floats | None,
    offset_now: Floats | float,
    time: Floats,
) -> Expectation:
    """Counts and ``observed`` (1 or 0 where missing) of shape (rows, points); ``time`` (points,) is when the mean is
    wanted, seen from the time that is judged.
    """
    first = fit(counts, observed, design, offsets)
    dispersion = _dispersion(first, counts)
    weights, last = observed, first
    if reweighting is not None:
        weights = observed * _weights(counts, observed, first, dispersion, reweighting.threshold)
        last = fit(counts, weights, design, offsets)
        dispersion = _dispersion(last, counts)
    floored = np.maximum(dispersion, 1.0)
    if errors is Errors.FLEXIBLE and reweighting is not None:
        dispersion = _per_freedom((weights * _relative(last, counts) ** 2).sum(axis=0), last.freedom)
    for_trend, for_mean = (floored if floor else dispersion for floor in errors.value)
    level, variance = last.at(time)
    mean = np.maximum(np.exp(np.minimum(level + offset_now, HIGHEST)), SMALLEST)
    with np.errstate(over="ignore"):
        error = mean * np.sqrt(for_mean * variance)
    return Expectation(
        mean,
        error,
        floored,
        last.slope,
        _two_sided(last.slope, for_trend * last.slope_variance, last.freedom),
        ((weights < observed * weights.max(axis=0)) & (observed > 0)).sum(axis=0).astype(np.float64),
        first.converged & last.converged,
    )


def _relative(found: Fit, counts: Floats) -> Floats:
    return (counts - found.means) / found.means


def _dispersion(found: Fit, counts: Floats) -> Floats:
    """Pearson's, not floored, with the working weights of the last step."""
    return _per_freedom((found.working * _relative(found, counts) ** 2).sum(axis=0), found.freedom)


def _per_freedom(total: Floats, freedom: Floats) -> Floats:
    return total / np.where(freedom > 0, freedom, np.nan)


def _weights(counts: Floats, observed: Floats, found: Fit, dispersion: Floats, threshold: float) -> Floats:
    """Farrington 1996, 3.6: 1 / residual² above the threshold, scaled so that the weights add up to the number of
    counts.
    """
    residuals = anscombe(counts, found, np.maximum(dispersion, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = observed * np.where(residuals > threshold, residuals**-2, 1.0)
    total = raw.sum(axis=0)
    scaled: Floats = raw * np.divide(observed.sum(axis=0), total, out=np.zeros_like(total), where=total > 0)
    return scaled


def anscombe(counts: Floats, found: Fit, dispersion: Floats) -> Floats:
    """Standardised Anscombe residuals of a Poisson model; 0 where a count alone decides its mean, as one that is alone
    in its season does: there R divides a rounding error by 0, and weighs the count by 1 or 0 as that has its sign.
    """
    free = 1 - found.leverage
    with np.errstate(divide="ignore", invalid="ignore"):
        standard = found.means ** (1 / 6) * np.sqrt(dispersion * free)
        residuals: Floats = 1.5 * (counts ** (2 / 3) - found.means ** (2 / 3)) / standard
    return np.where(free > ALONE, residuals, 0.0)


def _two_sided(estimate: Floats, variance: Floats, freedom: Floats) -> Floats:
    """The p-value of a t-test against 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = 2 * stdtr(freedom, -np.abs(estimate / np.sqrt(variance)))
    return found
