"""The Farrington methods for points that share a baseline: with the trend or without, and the bound."""

import numpy as np
from scipy.special import ndtri

from wangdi.methods.detection.arrays import Bools, Floats, Ints
from wangdi.methods.detection.baseline import Baseline
from wangdi.methods.detection.farrington_fit import Expectation, Reweighting, expect
from wangdi.methods.detection.farrington_settings import Settings
from wangdi.methods.detection.prediction import Threshold, count_bound, normal_bound
from wangdi.methods.detection.quasipoisson import Design
from wangdi.methods.detection.result import Reason, Variant

LEAST_FOR_TREND = 3
"""Years of baseline from which on a trend is looked for (Farrington 1996, 3.4)."""
FOUND = (
    "expected",
    "upper",
    "dispersion",
    "slope",
    "weighed_down",
    "error",
    "baseline_total",
    "baseline_size",
)
"""What is found of each point, by name."""


def judge_points(
    raw: Floats,
    baseline: Baseline,
    settings: Settings,
    variant: Variant,
    population: Floats | None,
    population_now: Floats | float,
) -> tuple[dict[str, Floats], Ints]:
    """Expected value, bound and details of each point, and why there are none; ``raw`` counts are of shape (rows,
    points).
    """
    known = ~np.isnan(raw)
    observed = known.astype(np.float64)
    counts = np.where(known, raw, 0.0)
    offsets = None if population is None else np.log(np.where(known, population, 1.0))
    found = _expected(counts, observed, baseline, settings, variant, offsets, np.log(population_now))
    size, total = observed.sum(axis=0), counts.sum(axis=0)
    with np.errstate(invalid="ignore"):
        upper = _bound(found, settings)
    reason = np.where(found.converged & np.isfinite(upper), Reason.COMPUTED, Reason.NO_CONVERGENCE)
    reason = np.where((reason != Reason.COMPUTED) & (total == 0), Reason.EMPTY_BASELINE, reason)
    lacking = (size <= baseline.seasons + settings.trend) | (observed[baseline.starts[-1] :].sum(axis=0) == 0)
    reason = np.where(lacking, Reason.MISSING_BASELINE, reason)
    values = {
        "expected": found.mean,
        "upper": upper,
        "dispersion": found.dispersion,
        "slope": found.slope,
        "weighed_down": found.weighed_down,
        "error": found.error,
        "baseline_total": total,
        "baseline_size": size,
    }
    return values, reason


def _expected(
    counts: Floats,
    observed: Floats,
    baseline: Baseline,
    settings: Settings,
    variant: Variant,
    offsets: Floats | None,
    offset_now: Floats | float,
) -> Expectation:
    """With the trend where it is kept: enough years, significant, and not above the largest count of the baseline."""
    reweighting = Reweighting(settings.weights_threshold) if settings.reweight else None
    errors = settings.errors(variant)
    time = _time_wanted(observed, baseline, settings.misdates_trends(variant))

    def model(trend: bool, points: Bools | slice) -> Expectation:
        design = Design(baseline.clock, baseline.starts, trend)
        shift = None if offsets is None else offsets[:, points]
        now = offset_now if offsets is None else np.broadcast_to(offset_now, counts.shape[1])[points]
        return expect(
            counts[:, points], observed[:, points], design, reweighting, errors, shift, now, time[points]
        )

    if not settings.trend or settings.years < LEAST_FOR_TREND:
        return _without_slope(model(False, slice(None)))
    found = model(True, slice(None))
    with np.errstate(invalid="ignore"):
        kept = found.converged & (found.trend_p < settings.trend_p) & (found.mean <= counts.max(axis=0))
    if kept.all():
        return found
    again = _without_slope(model(False, ~kept))
    return _merged(found, ~kept, again)


def _time_wanted(observed: Floats, baseline: Baseline, misdated: bool) -> Floats:
    """When the mean is wanted, (points,): 0, the time that is judged.

    Where ``misdated``, too early by as much as the baseline's first count is missing: `farringtonFlexible` numbers
    the times of a dated baseline from its first one and the time that is judged from the first one with a count.
    """
    nothing = np.zeros(observed.shape[1])
    if not (misdated and baseline.dated):
        return nothing
    clock = np.where(observed > 0, baseline.clock[:, None], np.inf)
    return np.where(observed.any(axis=0), baseline.clock.min() - clock.min(axis=0), nothing)


def _without_slope(found: Expectation) -> Expectation:
    nothing = np.full_like(found.slope, np.nan)
    return Expectation(
        found.mean, found.error, found.dispersion, nothing, nothing, found.weighed_down, found.converged
    )


def _merged(found: Expectation, points: Bools, again: Expectation) -> Expectation:
    for name in found.__dataclass_fields__:
        getattr(found, name)[points] = getattr(again, name)
    return found


def _bound(found: Expectation, settings: Settings) -> Floats:
    quantile = settings.quantile
    if settings.threshold is Threshold.DELTA:
        return normal_bound(found.mean, found.error, found.dispersion, settings.power, quantile)
    mean = found.mean
    if settings.threshold is Threshold.MUAN:
        with np.errstate(over="ignore"):
            mean = mean * np.exp(float(ndtri(quantile)) * found.error / found.mean)
    return count_bound(mean, found.dispersion, quantile)
