"""How much a service counts that is so many minutes away: 1 next door, less farther off."""

from collections.abc import Callable, Mapping

import numpy as np

from wangdi.methods.travel.pairs import Floats

Weight = Callable[[Floats], Floats]
"""From minutes to weights ≥ 0, both of shape (k,)."""


def flat() -> Weight:
    """Everything within the catchment counts the same: the original method (Luo & Wang 2003)."""
    return np.ones_like


def step(by_minutes: Mapping[float, float]) -> Weight:
    """Weights of zones by their last minute, such as ``{10: 1, 20: 0.68, 30: 0.22}`` (Luo & Qi 2009); 0 beyond.

    ValueError without a zone or for a negative weight.
    """
    if not by_minutes or min(by_minutes.values()) < 0:
        raise ValueError("zones need weights from 0 up")
    ends = np.array(sorted(by_minutes), dtype=np.float64)
    weights = np.array([*(by_minutes[end] for end in sorted(by_minutes)), 0.0])
    return lambda minutes: weights[np.searchsorted(ends, minutes, side="left")]


def gaussian(sigma: float) -> Weight:
    """exp(-t² / 2σ²) with σ in minutes (Dai 2010 without cutting off at the edge). ValueError unless σ > 0."""
    if not sigma > 0:
        raise ValueError("sigma must be more than 0")
    return lambda minutes: np.exp(-minutes * minutes / (2 * sigma**2))
