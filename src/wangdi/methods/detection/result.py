"""What a detector answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

import numpy as np

from wangdi.methods.detection.arrays import Bools, Floats, Ints


class Variant(StrEnum):
    """Which of two readings of a method is followed, where they differ."""

    R = "r_compatible"
    """The R package `surveillance` 1.20, number by number. It says nothing where one of the last counts that it
    adds up is missing; we do.
    """
    TEXTBOOK = "textbook"
    """The paper that the method comes from."""


class Reason(IntEnum):
    """Why a point has no upper bound, or `COMPUTED`."""

    COMPUTED = 0
    SHORT_HISTORY = 1
    """The history does not reach back far enough."""
    MISSING_NOW = 2
    """Nothing was reported at the time that is judged."""
    MISSING_BASELINE = 3
    """Too little was reported in the baseline."""
    EMPTY_BASELINE = 4
    """There were no cases in the baseline, so the model has nothing to estimate from."""
    NO_CONVERGENCE = 5
    """The model found no estimate."""
    FEW_CASES = 6
    """Fewer recent cases than the method asks for before it judges at all."""


@dataclass(frozen=True)
class Detection:
    """Judgements of shape (series, times judged).

    ``expected`` and ``upper`` are counts per interval, NaN where they could not be computed; ``reason`` says why.
    Where few cases forbid a judgement, ``expected`` is given, and where only the count itself is missing, both are.
    ``exceedance`` is 1 at the bound: an alarm lies above it, or at it where a method says "or equal"; for methods
    that add up over time it is the statistic in units of its limit. ``rule`` is 1 where the rule for first cases has
    judged in place of the method. ``details`` holds what explanations need, by name, of the same shape: ``lacking``
    is by how many times a history is too short.
    """

    method: str
    variant: str
    times: Ints
    observed: Floats
    expected: Floats
    upper: Floats
    alarm: Bools
    exceedance: Floats
    reason: Ints
    rule: Ints
    details: Mapping[str, Floats] = field(default_factory=dict)


def judged(
    method: str,
    variant: str,
    times: Ints,
    observed: Floats,
    expected: Floats,
    upper: Floats,
    alarm: Bools,
    reason: Ints,
    exceedance: Floats | None = None,
    **details: Floats,
) -> Detection:
    """A detection that tells nothing of points without an answer."""
    told = reason == Reason.COMPUTED
    bounded = told | (reason == Reason.MISSING_NOW)
    upper = np.where(bounded, upper, np.nan)
    exceeded = exceedance_of(observed, expected, upper) if exceedance is None else exceedance
    return Detection(
        method,
        variant,
        times,
        observed,
        np.where(bounded | (reason == Reason.FEW_CASES), expected, np.nan),
        upper,
        alarm & told,
        np.where(told, exceeded, np.nan),
        reason,
        np.zeros(observed.shape, np.int64),
        details,
    )


def exceedance_of(observed: Floats, expected: Floats, upper: Floats) -> Floats:
    """(observed - expected) / (upper - expected), Farrington 1996; without a margin, infinite above the bound and 0
    elsewhere.
    """
    margin = upper - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(margin > 0, (observed - expected) / margin, np.where(observed > upper, np.inf, 0.0))
