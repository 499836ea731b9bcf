"""The EARS methods C1, C2 and C3: bounds from the last few intervals, for series with hardly any history.

Hutwagner et al. 2003, Journal of Urban Health 80:i89-i96; Fricker, Hegler and Dunfee 2008, Statistics in Medicine
27:3407-3429.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from wangdi.methods.detection.arrays import Bools, Floats, Ints, counts_of, fraction, times_of
from wangdi.methods.detection.result import Detection, Reason, Variant, judged

LAG = 2
"""How many intervals C2 and C3 leave out between the baseline and the interval judged."""


class Ears(StrEnum):
    C1 = "C1"
    C2 = "C2"
    C3 = "C3"

    @property
    def lag(self) -> int:
        return 0 if self is Ears.C1 else LAG

    @property
    def usual_alpha(self) -> float:
        return 0.025 if self is Ears.C3 else 0.001


def ears(
    counts: ArrayLike,
    method: Ears = Ears.C1,
    *,
    times: ArrayLike | None = None,
    baseline: int = 7,
    alpha: float | None = None,
    min_sigma: float = 0.0,
    variant: Variant = Variant.R,
) -> Detection:
    """Judges each time against mean and standard deviation of the ``baseline`` intervals before it.

    C1 uses the intervals just before, C2 leaves out the last two, C3 adds up how far C2 was exceeded now and in the
    two intervals before. ``min_sigma`` is the least standard deviation that is taken (0.5 or 1 for rare events). A
    missing count anywhere in the baseline leaves the time without an answer.

    The variants differ in C3: `surveillance` 1.20 adds the margin of C3 to the count that is judged instead of to
    the mean, so that today's count decides nothing, and sets negative bounds to 0. The textbook's C3 is what its
    papers and its manual say.
    """
    values = counts_of(counts)
    if baseline < 2:
        raise ValueError(f"a baseline of {baseline} has no standard deviation; 2 is the least")
    alpha = fraction(method.usual_alpha if alpha is None else alpha, "alpha")
    limit = float(ndtri(1 - alpha))
    earliest = baseline + method.lag + (LAG if method is Ears.C3 else 0)
    wanted = times_of(times, values.shape[1], earliest)
    mean, sigma = moving(values, baseline, method.lag)
    sigma = np.maximum(sigma, min_sigma)
    earlier = _earlier_excess(values, mean, sigma) if method is Ears.C3 else np.zeros_like(values)
    as_in_r = method is Ears.C3 and variant is Variant.R
    with np.errstate(invalid="ignore"):
        margin = sigma * (limit - earlier)
        upper = np.maximum(values + margin, 0.0) if as_in_r else mean + margin
    known = np.isfinite(upper)
    picked = [array[:, wanted] for array in (values, mean, sigma, upper, earlier)]
    observed, mean, sigma, upper, earlier = picked
    return judged(
        f"ears_{method.value.lower()}",
        variant,
        wanted,
        observed,
        mean,
        upper,
        observed > upper,
        _reasons(observed, known[:, wanted], wanted, earliest),
        sigma=sigma,
        earlier=earlier,
        limit=np.full_like(sigma, limit),
        lacking=np.broadcast_to(np.maximum(earliest - wanted, 0.0), sigma.shape),
    )


def moving(values: Floats, baseline: int, lag: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the baseline of every time; NaN where it does not fit in."""
    length = values.shape[1]
    mean, sigma = np.full_like(values, np.nan), np.full_like(values, np.nan)
    first = baseline + lag
    if first >= length:
        return mean, sigma
    windows = [values[:, start : start + length - first] for start in range(baseline)]
    middle = sum(windows) / baseline
    squares = np.zeros_like(middle)
    for window in windows:
        squares += (window - middle) ** 2
    mean[:, first:] = middle
    sigma[:, first:] = np.sqrt(squares / (baseline - 1))
    return mean, sigma


def _earlier_excess(values: Floats, mean: Floats, sigma: Floats) -> Floats:
    """How far C2 exceeded one standard deviation in the two intervals before, added up."""
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.maximum(
            0.0, (values - mean) / sigma - 1
        )  # without variation there is no statistic: 0 / 0 stays NaN
    earlier = np.full_like(values, np.nan)
    earlier[:, LAG:] = excess[:, 1:-1] + excess[:, :-2]
    return earlier


def _reasons(observed: Floats, known: Bools, times: Ints, earliest: int) -> Ints:
    reason = np.where(known, Reason.COMPUTED, Reason.MISSING_BASELINE)
    reason = np.where(np.isnan(observed), Reason.MISSING_NOW, reason)
    return np.where(times < earliest, Reason.SHORT_HISTORY, reason).astype(np.int64)
