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
    apart than allowed, ``only_r`` those that R alone gives, ``only_ours`` those that
    R does not (where one of the last counts is missing). ``refused`` are points where R stopped
    with an error.
    """

    points: int = 0
    alarms: int = 0
    other_alarms: int = 0
    apart: int = 0
    only_r: int = 0
    only_ours: int = 0
    refused: int = 0
    worst: float = 0.0

    def __add__(self, other: "Agreement") -> "Agreement":
        names = ("points", "alarms", "other_alarms", "apart", "only_r", "only_ours", "refused")
        return Agreement(*(getattr(self, n) + getattr(other, n) for n in names), max(self.worst, other.worst))

    @property
    def differences(self) -> int:
        return self.other_alarms + self.apart + self.only_r


def agreement(ours: Detection, theirs: Mapping[str, Floats]) -> Agreement:
    """Compares every point at which R did not stop.

    Not compared are bounds where too few recent cases forbid a judgement (R: 0 or none) or nothing was reported, and
    points of a CUSUM at which 0 is expected (R: bound 0, no alarm or a senseless one).
    """
    answered = theirs["failed"] == 0
    compared = answered & ~((ours.method == "cusum") & (ours.reason == Reason.EMPTY_BASELINE))
    bounded = compared & ~np.isin(ours.reason, (Reason.FEW_CASES, Reason.MISSING_NOW))
    alarm = np.nan_to_num(theirs["alarm"]) > 0
    only_r, only_ours = (
        np.isnan(ours.upper) & ~np.isnan(theirs["upper"]),
        np.isnan(theirs["upper"]) & ~np.isnan(ours.upper),
    )
    with np.errstate(invalid="ignore"):
        distance = np.abs(theirs["upper"] - ours.upper) / np.maximum(np.abs(theirs["upper"]), NEAR_ZERO)
    distance = np.where(bounded & ~only_r & ~only_ours & ~np.isnan(ours.upper), distance, 0.0)
    distance = np.where(theirs["upper"] == ours.upper, 0.0, distance)
    return Agreement(
        int(compared.sum()),
        int((compared & alarm).sum()),
        int((compared & (alarm != ours.alarm)).sum()),
        int((distance > TOLERANCE).sum()),
        int((bounded & only_r).sum()),
        int((bounded & only_ours).sum()),
        int((~answered).sum()),
        float(distance.max(initial=0.0)),
    )
