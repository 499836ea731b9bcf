"""Transformations of counts towards a standard normal distribution, and the counts at which their CUSUM reaches its
limit.

Rossi et al. 1999; Pierce and Schafer 1986, Journal of the American Statistical Association 81:977-986; Hilbe 2011,
Negative Binomial Regression.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np
from scipy.special import hyp2f1

from wangdi.methods.detection.arrays import Floats
from wangdi.methods.detection.result import Variant


class Transformation(StrEnum):
    STANDARD = "standard"
    ROSSI = "rossi"
    ANSCOMBE = "anscombe"
    ANSCOMBE_2ND = "anscombe2nd"
    PEARSON_NEGBIN = "pearsonNegBin"
    ANSCOMBE_NEGBIN = "anscombeNegBin"
    NONE = "none"


@dataclass(frozen=True)
class Scale:
    """``scores(y, m)`` are the transformed counts. ``count(m, room)`` is the count whose score is ``room``; None
    where there is no formula.
    """

    score: Callable[[Floats, Floats], Floats]
    count: Callable[[Floats, Floats], Floats] | None

    def scores(self, observed: Floats, expected: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.score(observed, expected)

    def bound(self, expected: Floats, room: Floats, left: Floats) -> Floats:
        """The count that reaches the limit, never below 0; what is ``left`` up to the limit where no formula gives
        the count.
        """
        if self.count is None:
            return np.maximum(left, 0.0)
        with np.errstate(invalid="ignore"):
            found = self.count(expected, room)
        # A room so negative that no count is low enough has no root.
        return np.maximum(np.where(np.isnan(found) & ~np.isnan(expected), 0.0, found), 0.0)


def scale_of(transformation: Transformation, alpha: float, variant: Variant) -> Scale:
    """The formulas of a transformation."""
    match transformation:
        case Transformation.STANDARD:
            return Scale(lambda y, m: (y - m) / np.sqrt(m), lambda m, room: np.ceil(m + np.sqrt(m) * room))
        case Transformation.ROSSI:
            return Scale(lambda y, m: (y - 3 * m + 2 * np.sqrt(m * y)) / (2 * np.sqrt(m)), _rossi_count)
        case Transformation.ANSCOMBE:
            return Scale(_anscombe, lambda m, room: (m ** (2 / 3) + 2 / 3 * m ** (1 / 6) * room) ** 1.5)
        case Transformation.ANSCOMBE_2ND:
            return Scale(_anscombe_second, partial(_second_count, variant=variant))
        case Transformation.PEARSON_NEGBIN:
            return Scale(
                lambda y, m: (y - m) / np.sqrt(m + alpha * m**2),
                lambda m, room: m + np.sqrt(m + alpha * m**2) * room,
            )
        case Transformation.ANSCOMBE_NEGBIN:
            return Scale(partial(_anscombe_negbin, alpha=alpha, variant=variant), None)
        case Transformation.NONE:
            return Scale(lambda y, m: y, None)


def _rossi_count(m: Floats, room: Floats) -> Floats:
    return (np.sqrt(4 * m + 2 * np.sqrt(m) * room) - np.sqrt(m)) ** 2


def _anscombe(y: Floats, m: Floats) -> Floats:
    return 1.5 * (y ** (2 / 3) - m ** (2 / 3)) / m ** (1 / 6)


def _anscombe_second(y: Floats, m: Floats) -> Floats:
    """With the expectation of the transformed count to second order."""
    return (y ** (2 / 3) - (m ** (2 / 3) - m ** (-1 / 3) / 9)) / (2 / 3 * m ** (1 / 6))


def _second_count(m: Floats, room: Floats, variant: Variant) -> Floats:
    """`surveillance` has the exponent of the second order without its sign here."""
    second = m ** (1 / 3 if variant is Variant.R else -1 / 3) / 9
    return (m ** (2 / 3) - second + 2 / 3 * m ** (1 / 6) * room) ** 1.5


def _anscombe_negbin(y: Floats, m: Floats, alpha: float, variant: Variant) -> Floats:
    return (_stretched(y, alpha, variant) - _stretched(m, alpha, variant)) / (m + alpha * m**2) ** (1 / 6)


def _stretched(y: Floats, alpha: float, variant: Variant) -> Floats:
    """The integral of (t + alpha t²)^(-1/3) from 0 to y."""
    weights = _from_table(alpha * y) if variant is Variant.R else _hypergeometric(alpha * y)
    return 1.5 * y ** (2 / 3) * weights


def _hypergeometric(x: Floats) -> Floats:
    found: Floats = hyp2f1(1 / 3, 2 / 3, 5 / 3, -x)
    return found


_FINE_UNTIL = 10
_TABLE_END = 100


def _from_table(x: Floats) -> Floats:
    """As `surveillance` looks it up: at two decimals up to 10, between whole numbers up to 100 (where its table
    ends, exact beyond).
    """
    low = np.floor(x)
    between = _hypergeometric(low) * (1 - (x - low)) + _hypergeometric(low + 1) * (x - low)
    fine = _hypergeometric(_two_decimals(x))
    return np.where(x <= _FINE_UNTIL, fine, np.where(x <= _TABLE_END, between, _hypergeometric(x)))


def _two_decimals(x: Floats) -> Floats:
    """The nearer of the two neighbours with two decimals, as doubles; of two as near the even one, as R 4 rounds."""
    below = np.floor(x * 100)
    down, up = below / 100, np.ceil(x * 100) / 100
    to_down, to_up = x - down, up - x
    return np.where((to_down < to_up) | ((to_down == to_up) & (below % 2 == 0)), down, up)
