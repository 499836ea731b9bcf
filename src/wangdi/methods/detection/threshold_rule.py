"""Rules that everybody can check by hand: a number of cases, or so much above the mean."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wangdi.methods.detection.arrays import counts_of, times_of
from wangdi.methods.detection.ears import moving
from wangdi.methods.detection.result import Detection, Reason, judged


@dataclass(frozen=True)
class ThresholdRule:
    """An alarm at ``cases`` within the last ``within`` times, or above mean + ``deviations`` × standard deviation of
    a baseline.

    At least one of ``cases`` and ``deviations`` is given; with both, both have to be reached. ``baseline`` times
    before the last ``within``.
    """

    cases: float | None = None
    deviations: float | None = None
    within: int = 1
    baseline: int = 52

    def __post_init__(self) -> None:
        if self.cases is None and self.deviations is None:
            raise ValueError("a threshold rule needs a number of cases, or of standard deviations")
        if self.within < 1 or self.baseline < 2:
            raise ValueError(f"{self.within} times and a baseline of {self.baseline} are too few")


def threshold_rule(counts: ArrayLike, rule: ThresholdRule, *, times: ArrayLike | None = None) -> Detection:
    """Judges sums over the last ``within`` times; ``observed``, ``expected`` and ``upper`` are such sums.

    A missing count makes the sum missing. ``upper`` is the largest sum without an alarm. Without ``deviations``
    there is no expected value.
    """
    values = counts_of(counts)
    wanted = times_of(times, values.shape[1])
    sums = np.full_like(values, np.nan)
    last = values.shape[1] - rule.within + 1
    sums[:, rule.within - 1 :] = sum(values[:, back : back + max(last, 0)] for back in range(rule.within))
    mean, sigma = np.full_like(values, np.nan), np.full_like(values, np.nan)
    upper = np.full_like(values, -np.inf if rule.cases is None else np.nextafter(rule.cases, -np.inf))
    if rule.deviations is not None:
        mean, sigma = moving(sums, rule.baseline, rule.within - 1)
        upper = np.maximum(upper, mean + rule.deviations * sigma)
    observed, mean, sigma, upper = (array[:, wanted] for array in (sums, mean, sigma, upper))
    needed = rule.within - 1 + (0 if rule.deviations is None else rule.baseline + rule.within - 1)
    reason = np.where(np.isnan(upper), Reason.MISSING_BASELINE, Reason.COMPUTED)
    reason = np.where(np.isnan(observed), Reason.MISSING_NOW, reason)
    reason = np.where(wanted < needed, Reason.SHORT_HISTORY, reason).astype(np.int64)
    lacking = np.broadcast_to(np.maximum(needed - wanted, 0.0), observed.shape)
    details = {"sigma": sigma, "within": np.full_like(observed, rule.within), "lacking": lacking}
    return judged("threshold", "", wanted, observed, mean, upper, observed > upper, reason, **details)
