"""An exact rule for series with hardly any cases, where regressions have nothing to estimate from.

The count is compared with those before it as parts of one total: given the sum, a Poisson count is binomial,
whatever the mean. Przyborowski and Wilenski 1940, Biometrika 31:313-323.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc

from wangdi.methods.detection.arrays import Bools, Floats, Ints, counts_of, fraction, times_of
from wangdi.methods.detection.quantiles import negative_binomial_quantile
from wangdi.methods.detection.result import Detection, Reason, exceedance_of, judged

UNANSWERED = (Reason.EMPTY_BASELINE, Reason.NO_CONVERGENCE, Reason.FEW_CASES)
"""Where the rule steps in for another method."""


@dataclass(frozen=True)
class FirstCases:
    """An alarm when ``least`` cases or more occur at a time, and so many would with a chance below ``alpha``.

    The baseline is the last ``baseline`` times but for the ``left_out`` just before; at least ``enough`` of them
    have to be there. With a ``least`` of 1 and nothing in the baseline the first case raises an alarm wherever 1 /
    (baseline + 1) is below ``alpha``. As a stand-in it judges where the baseline has at most ``tiny`` cases per time.
    """

    baseline: int = 104
    left_out: int = 0
    enough: int = 26
    alpha: float = 0.01
    least: int = 2
    tiny: float = 0.5

    def __post_init__(self) -> None:
        fraction(self.alpha, "alpha")
        if not 1 <= self.enough <= self.baseline or self.least < 1:
            raise ValueError(
                f"{self.enough} times of a baseline of {self.baseline}, {self.least} cases: not possible"
            )


def first_cases(
    counts: ArrayLike, rule: FirstCases | None = None, *, times: ArrayLike | None = None
) -> Detection:
    """Judges counts (series, times) by the rule alone. ``details``: ``chance`` of so many or more,
    ``baseline_total``, ``baseline_size``.

    With B cases at n earlier times the chance of y or more is that of the binomial of B + y trials at 1 / (n + 1),
    or of a negative binomial; ``upper`` is the largest count that raises no alarm.
    """
    rule = rule or FirstCases()
    values = counts_of(counts)
    wanted = times_of(times, values.shape[1])
    observed = values[:, wanted]
    total, size = _before(values, wanted, rule)
    share = 1 / (size + 1)
    chance = np.where(observed > 0, betainc(np.maximum(np.nan_to_num(observed), 1), total + 1, share), 1.0)
    quantile = negative_binomial_quantile(1 - rule.alpha, (total + 1).ravel(), (1 - share).ravel())
    upper = np.maximum(quantile.reshape(observed.shape), rule.least - 1)
    reason = np.where(np.isnan(observed), Reason.MISSING_NOW, Reason.COMPUTED)
    reason = np.where(size < rule.enough, Reason.SHORT_HISTORY, reason).astype(np.int64)
    return judged(
        "first_cases",
        "",
        wanted,
        observed,
        total / np.maximum(size, 1),
        upper,
        observed > upper,
        reason,
        chance=chance,
        baseline_total=total,
        baseline_size=size,
        lacking=np.maximum(rule.enough - size, 0.0),
    )


def with_first_cases(detection: Detection, counts: ArrayLike, rule: FirstCases | None = None) -> Detection:
    """The detection, with the rule's judgement where the method gave none and the baseline is tiny; ``rule`` marks
    those points.
    """
    rule = rule or FirstCases()
    own = first_cases(counts, rule, times=detection.times)
    stands_in = (
        np.isin(detection.reason, UNANSWERED) & (own.reason == Reason.COMPUTED) & (own.expected <= rule.tiny)
    )
    return _joined(detection, own, stands_in)


def _joined(detection: Detection, own: Detection, stands_in: Bools) -> Detection:
    expected = np.where(stands_in, own.expected, detection.expected)
    upper = np.where(stands_in, own.upper, detection.upper)
    margin = exceedance_of(detection.observed, expected, upper)
    return replace(
        detection,
        expected=expected,
        upper=upper,
        alarm=np.where(stands_in, own.alarm, detection.alarm),
        exceedance=np.where(stands_in, margin, detection.exceedance),
        reason=np.where(stands_in, Reason.COMPUTED, detection.reason).astype(np.int64),
        rule=stands_in.astype(np.int64),
        details={**detection.details, **{f"first_{name}": values for name, values in own.details.items()}},
    )


def _before(values: Floats, times: Ints, rule: FirstCases) -> tuple[Floats, Floats]:
    """Sum and number of the counts of each baseline, (series, times)."""
    ends = np.maximum(times - rule.left_out, 0)
    starts = np.maximum(ends - rule.baseline, 0)
    known = ~np.isnan(values)

    def between(rows: Floats) -> Floats:
        sums = np.zeros((rows.shape[0], rows.shape[1] + 1))
        np.cumsum(rows, axis=1, out=sums[:, 1:])
        found: Floats = sums[:, ends] - sums[:, starts]
        return found

    return between(np.where(known, values, 0.0)), between(known.astype(np.float64))
