"""Where two answers to one question differ."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wangdi.methods.detection.arrays import Floats
from wangdi.methods.detection.result import Detection, Reason

TOLERANCE = 1e-6
"""How far upper bounds may lie apart, relative to R's."""
NEAR_ZERO = 1e-3
"""Bounds below it are compared as if they were so large: between 0 and 1e-12 cases there is no difference."""


@dataclass(frozen=True)
class Agreement:
    """Counts of points. ``worst`` is the largest relative distance of upper bounds; ``apart`` the bounds further
    apart than allowed, ``one_sided`` those that only one of the two gives. ``refused`` are points where R stopped
    with an error.
    """

    points: int = 0
    alarms: int = 0
    other_alarms: int = 0
    apart: int = 0
    one_sided: int = 0
    refused: int = 0
    worst: float = 0.0

    def __add__(self, other: "Agreement") -> "Agreement":
        names = ("points", "alarms", "other_alarms", "apart", "one_sided", "refused")
        return Agreement(*(getattr(self, n) + getattr(other, n) for n in names), max(self.worst, other.worst))

    @property
    def differences(self) -> int:
        return self.other_alarms + self.apart + self.one_sided


def agreement(ours: Detection, theirs: Mapping[str, Floats]) -> Agreement:
    """Compares every point at which R did not stop.

    Not compared are bounds where too few recent cases forbid a judgement (R: 0 or none), and points of a CUSUM at
    which 0 is expected (R: bound 0, no alarm or a senseless one).
    """
    answered = theirs["failed"] == 0
    compared = answered & ~((ours.method == "cusum") & (ours.reason == Reason.EMPTY_BASELINE))
    bounded = compared & (ours.reason != Reason.FEW_CASES)
    alarm = np.nan_to_num(theirs["alarm"]) > 0
    one_sided = bounded & (np.isnan(theirs["upper"]) != np.isnan(ours.upper))
    with np.errstate(invalid="ignore"):
        distance = np.abs(theirs["upper"] - ours.upper) / np.maximum(np.abs(theirs["upper"]), NEAR_ZERO)
    distance = np.where(bounded & ~one_sided & ~np.isnan(ours.upper), distance, 0.0)
    distance = np.where(theirs["upper"] == ours.upper, 0.0, distance)
    return Agreement(
        int(compared.sum()),
        int((compared & alarm).sum()),
        int((compared & (alarm != ours.alarm)).sum()),
        int((distance > TOLERANCE).sum()),
        int(one_sided.sum()),
        int((~answered).sum()),
        float(distance.max(initial=0.0)),
    )
