"""How many cases there will turn out to be, when reports come late.

Lawless 1994, Canadian Journal of Statistics 22:15-31 (delays from truncated data by reverse-time hazards); Höhle and
an der Heiden 2014, Biometrics 70:993-1002 (their uncertainty as a generalised Dirichlet distribution).
"""

from dataclasses import dataclass

import numpy as np

from wangdi.methods.detection.arrays import Bools, Days, Floats, fraction


@dataclass(frozen=True)
class Triangle:
    """Cases by time of onset and delay of report, (times, delays); only cells reported until the last time are known.

    The last delay holds all that took so long or longer. ``known`` has the same shape.
    """

    cases: Floats

    @property
    def known(self) -> Bools:
        times, delays = self.cases.shape
        found: Bools = np.arange(times)[:, None] + np.arange(delays)[None, :] < times
        return found

    @property
    def reported(self) -> Floats:
        """Cases reported so far, by time of onset."""
        found: Floats = np.where(self.known, self.cases, 0.0).sum(axis=1)
        return found


@dataclass(frozen=True)
class Nowcast:
    """By time of onset: cases ``reported``, ``share`` of all cases that is reported by now, ``expected`` in the end
    with its interval.

    ``expected`` and its bounds are NaN where the share could not be estimated or is below the least asked for.
    ``delays`` is the estimated distribution of the delay, ``shares`` (draws, times) what else the shares may be.
    """

    reported: Floats
    share: Floats
    expected: Floats
    lower: Floats
    upper: Floats
    delays: Floats
    shares: Floats


def triangle_of(onset: Days, report: Days, now: np.datetime64, times: int, delays: int) -> Triangle:
    """Counts cases (days of onset and report) of the last ``times`` days until ``now`` with delays below ``delays``;
    longer ones count with the last. ValueError where a report is before its onset; reports after ``now`` are not
    known yet.
    """
    wait = (report - onset).astype("m8[D]").astype(np.int64)
    if (wait < 0).any():
        raise ValueError(
            f"{int((wait < 0).sum())} cases are reported before their onset, the first in row {int((wait < 0).argmax())}"
        )
    at = times - 1 - (now - onset).astype("m8[D]").astype(np.int64)
    kept = (at >= 0) & (report <= now)
    cases = np.zeros((times, delays))
    np.add.at(cases, (at[kept], np.minimum(wait[kept], delays - 1)), 1)
    return Triangle(cases)


def nowcast(
    triangle: Triangle,
    *,
    window: int | None = None,
    alpha: float = 0.05,
    least_share: float = 0.05,
    draws: int = 2000,
    seed: int = 0,
) -> Nowcast:
    """Estimates from the delays of the last ``window`` times (all without one) what is still to be reported.

    The interval of 1 - ``alpha`` has the chance of late reports and the uncertainty of the delays in it, from so
    many ``draws``.
    """
    fraction(alpha, "alpha")
    events, at_risk = _reverse_hazards(triangle, window)
    random = np.random.default_rng(seed)
    drawn = _distribution(random.beta(events + 0.5, at_risk - events + 0.5, (draws, len(events))))
    estimate = _distribution(np.where(at_risk > 0, events / np.maximum(at_risk, 1), 0.0)[None])[0]
    elapsed = np.minimum(np.arange(len(triangle.cases))[::-1], triangle.cases.shape[1] - 1)
    share, shares = np.cumsum(estimate)[elapsed], np.cumsum(drawn, axis=1)[:, elapsed]
    reported = triangle.reported
    lower, upper = in_the_end(reported, shares, alpha=alpha, random=random)
    told = (share >= least_share) & (at_risk[-1] > 0)
    expected = np.where(told, reported / np.where(told, share, 1.0), np.nan)
    return Nowcast(
        reported,
        share,
        expected,
        np.where(told, lower, np.nan),
        np.where(told, upper, np.nan),
        estimate,
        shares,
    )


def in_the_end(
    reported: Floats, shares: Floats, *, alpha: float = 0.05, random: np.random.Generator | None = None
) -> tuple[Floats, Floats]:
    """The interval of 1 - ``alpha`` for what will have been reported in the end, (times,) each, given what is reported
    (times,) and draws of the share that this is (draws, times).
    """
    generator = random or np.random.default_rng(0)
    late = generator.negative_binomial(reported + 0.5, np.clip(shares, 1e-9, 1.0))
    lower, upper = np.quantile(reported + late, [alpha / 2, 1 - alpha / 2], axis=0, method="nearest")
    return lower, upper


def _reverse_hazards(triangle: Triangle, window: int | None) -> tuple[Floats, Floats]:
    """Per delay: cases with that delay, and those with at most that delay, among times of which so long a delay is
    known.
    """
    times = len(triangle.cases)
    first = 0 if window is None else max(0, times - window)
    known = triangle.known.copy()
    known[:first] = False
    cases = np.where(triangle.known, triangle.cases, 0.0)
    events = np.where(known, cases, 0.0).sum(axis=0)
    at_risk = np.where(known, np.cumsum(cases, axis=1), 0.0).sum(axis=0)
    return events, at_risk


def _distribution(hazards: Floats) -> Floats:
    """From reverse-time hazards (draws, delays) to the probabilities of the delays: the longest is decided first."""
    hazards = hazards.copy()
    hazards[:, 0] = 1.0
    shorter = np.cumprod((1 - hazards)[:, ::-1], axis=1)[:, ::-1]
    beyond = np.ones_like(hazards)
    beyond[:, :-1] = shorter[:, 1:]
    found: Floats = hazards * beyond
    return found
