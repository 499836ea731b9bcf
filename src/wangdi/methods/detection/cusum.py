"""The CUSUM for counts: how far they have stayed above what is expected, added up.

Rossi, Lampugnani and Marchi 1999, Statistics in Medicine 18:2111-2122; Rogerson and Yamada 2004, Statistics in
Medicine 23:2195-2214.
"""

import numpy as np
from numpy.typing import ArrayLike

from wangdi.methods.detection.arrays import Bools, Floats, Ints, broadcast, counts_of, times_of
from wangdi.methods.detection.cusum_scales import Transformation, scale_of
from wangdi.methods.detection.harmonic import Model, harmonic_means
from wangdi.methods.detection.result import Detection, Reason, Variant, judged

REFERENCE = 1.04
LIMIT = 2.26
"""The reference value and the limit that give a false alarm about every 500 intervals at an expected count near 2
(Rossi 1999).
"""


def cusum(
    counts: ArrayLike,
    times: ArrayLike,
    *,
    k: float = REFERENCE,
    h: float = LIMIT,
    means: ArrayLike | Model | None = None,
    transformation: Transformation = Transformation.STANDARD,
    alpha: float = 0.1,
    per_year: int = 52,
    variant: Variant = Variant.R,
) -> Detection:
    """Adds up, from the first of ``times`` on, by how much the transformed counts exceed ``k``; an alarm at ``h``
    and above.

    ``times`` are consecutive. ``means`` is what is expected: an array that fits (series, times), a harmonic model
    fitted to the counts before, or None for their mean. ``alpha`` is the overdispersion of the negative binomial
    transformations: the variance is m + alpha m². A missing count adds nothing and takes nothing away. After an
    alarm the sum goes on. ``exceedance`` is the sum over ``h``.

    ``upper`` is the count at which there would have been an alarm. The variants differ in it alone, not in alarms,
    for 'anscombe2nd', and in the digits of 'anscombeNegBin' (see `cusum_scales`).
    """
    values = counts_of(counts)
    wanted = _consecutive(times_of(times, values.shape[1]))
    observed = values[:, wanted]
    expected = _expected(values, wanted, means, per_year, variant)
    scale = scale_of(transformation, alpha, variant)
    empty = (expected <= 0) & (transformation is not Transformation.NONE)
    scores = np.nan_to_num(scale.scores(observed, np.where(empty, np.nan, expected)) - k, nan=0.0)
    sums = _sums(scores)
    before = np.hstack([np.zeros((len(sums), 1)), sums[:, :-1]])
    upper = scale.bound(np.where(empty, np.nan, expected), h + k - before, h - sums)
    return judged(
        "cusum",
        variant,
        wanted,
        observed,
        expected,
        upper,
        sums >= h,
        _reasons(observed, expected, empty, isinstance(means, Model)),
        sums / h,
        statistic=sums,
        limit=np.full_like(sums, h),
    )


def _consecutive(times: Ints) -> Ints:
    if len(times) > 1 and (np.diff(times) != 1).any():
        raise ValueError("a CUSUM adds up over consecutive times, without leaving any out")
    return times


def _expected(
    values: Floats, times: Ints, means: ArrayLike | Model | None, per_year: int, variant: Variant
) -> Floats:
    """What is expected at the times, (series, times); NaN where nothing was observed before."""
    shape = (len(values), len(times))
    if not len(times):
        return np.empty(shape)
    before = values[:, : times[0]]
    if means is None:
        known = ~np.isnan(before)
        with np.errstate(invalid="ignore"):
            return broadcast((np.where(known, before, 0).sum(axis=1) / known.sum(axis=1))[:, None], shape)
    if isinstance(means, Model):
        return harmonic_means(before, times, means, per_year, last_step=variant is Variant.R)
    return broadcast(means, shape)


def _sums(scores: Floats) -> Floats:
    """The running sums that never fall below 0."""
    sums = np.empty_like(scores)
    now = np.zeros(len(scores))
    for time in range(scores.shape[1]):
        now = np.maximum(now + scores[:, time], 0.0)
        sums[:, time] = now
    return sums


def _reasons(observed: Floats, expected: Floats, empty: Bools, fitted: bool) -> Ints:
    reason = np.where(np.isnan(observed), Reason.MISSING_NOW, Reason.COMPUTED)
    reason = np.where(empty, Reason.EMPTY_BASELINE, reason)
    without = Reason.NO_CONVERGENCE if fitted else Reason.SHORT_HISTORY
    return np.where(np.isnan(expected), without, reason).astype(np.int64)
