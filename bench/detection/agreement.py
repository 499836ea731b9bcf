"""Where two answers to one question differ."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from wangdi.methods.detection.arrays import Bools, Floats, Ints
from wangdi.methods.detection.result import Detection, Reason

TOLERANCE = 1e-6
"""How far upper bounds may lie apart, relative to R's."""
NEAR_ZERO = 1e-3
"""Bounds below it are compared as if they were so large: between 0 and 1e-12 cases there is no difference."""


@dataclass(frozen=True)
class Agreement:
    """Counts of points. ``worst`` is the largest relative distance of upper bounds; ``apart`` the bounds further
    apart than allowed, ``only_r`` and ``only_ours`` those that one of the two gives. ``unanswered`` are bounds of ours
    where R has none because one of the last counts is missing, ``refused`` points where R stopped with an error,
    ``by_chance`` those at which a rounding error decides what R answers.
    """

    points: int = 0
    alarms: int = 0
    other_alarms: int = 0
    apart: int = 0
    only_r: int = 0
    only_ours: int = 0
    unanswered: int = 0
    refused: int = 0
    by_chance: int = 0
    worst: float = 0.0

    def __add__(self, other: "Agreement") -> "Agreement":
        *names, _ = (one.name for one in fields(self))
        return Agreement(*(getattr(self, n) + getattr(other, n) for n in names), max(self.worst, other.worst))

    @property
    def differences(self) -> int:
        return self.other_alarms + self.apart + self.only_r + self.only_ours


@dataclass(frozen=True)
class _Compared:
    """Where two answers were compared, and in what they differ, (series, times)."""

    points: Bools
    theirs: Bools
    other_alarms: Bools
    apart: Bools
    only_r: Bools
    only_ours: Bools
    unanswered: Bools
    refused: Bools
    by_chance: Bools
    distance: Floats


def agreement(
    ours: Detection,
    theirs: Mapping[str, Floats],
    unanswered: Bools | None = None,
    by_chance: Bools | None = None,
) -> Agreement:
    """Compares every point at which R did not stop, but for those that are ``unanswered`` because counts are missing, and
    those that R judges ``by_chance``.

    Not compared are bounds where too few recent cases forbid a judgement (R: 0 or none) or nothing was reported, and
    points of a CUSUM at which 0 is expected (R: bound 0, no alarm or a senseless one).
    """
    found = _compared(ours, theirs, unanswered, by_chance)
    *counted, distance = (getattr(found, one.name) for one in fields(found))
    return Agreement(*(int(one.sum()) for one in counted), float(distance.max(initial=0.0)))


def differing(
    ours: Detection,
    theirs: Mapping[str, Floats],
    unanswered: Bools | None = None,
    by_chance: Bools | None = None,
) -> Ints:
    """The points that differ: (points, 2), of series and time."""
    found = _compared(ours, theirs, unanswered, by_chance)
    where: Ints = np.argwhere(found.other_alarms | found.apart | found.only_r | found.only_ours)
    return where


def _compared(
    ours: Detection, theirs: Mapping[str, Floats], unanswered: Bools | None, by_chance: Bools | None
) -> _Compared:
    refused = theirs["failed"] > 0
    chance = np.zeros(refused.shape, bool) if by_chance is None else by_chance & ~refused
    silent = np.isnan(theirs["upper"]) & (False if unanswered is None else unanswered)
    compared = (
        ~refused & ~chance & ~silent & ~((ours.method == "cusum") & (ours.reason == Reason.EMPTY_BASELINE))
    )
    bounded = compared & ~np.isin(ours.reason, (Reason.FEW_CASES, Reason.MISSING_NOW))
    alarm = np.nan_to_num(theirs["alarm"]) > 0
    only_r = bounded & np.isnan(ours.upper) & ~np.isnan(theirs["upper"])
    only_ours = bounded & np.isnan(theirs["upper"]) & ~np.isnan(ours.upper)
    distance = _distance(ours.upper, theirs["upper"], bounded)
    return _Compared(
        compared,
        compared & alarm,
        compared & (alarm != ours.alarm),
        distance > TOLERANCE,
        only_r,
        only_ours,
        silent & ~np.isnan(ours.upper),
        refused,
        chance,
        distance,
    )


def _distance(ours: Floats, theirs: Floats, bounded: Bools) -> Floats:
    """Between bounds that both give, relative to R's."""
    with np.errstate(invalid="ignore"):
        found = np.abs(theirs - ours) / np.maximum(np.abs(theirs), NEAR_ZERO)
    both = bounded & ~np.isnan(ours) & ~np.isnan(theirs) & (theirs != ours)
    return np.where(both, found, 0.0)
