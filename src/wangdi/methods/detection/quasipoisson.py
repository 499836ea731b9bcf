"""Quasi-Poisson regressions of many baselines at once: seasons as levels, with or without a linear trend.

The levels partition the rows, so the normal equations are those of an arrow matrix: sums per level, and one
elimination for the trend. McCullagh and Nelder 1989, Generalized Linear Models, 2nd edition, chapters 2 and 6.
Start, stopping rule and the least mean are those of R's `glm.fit`, so that estimates stop at the same digits.
"""

from dataclasses import dataclass

import numpy as np

from wangdi.methods.detection.arrays import Bools, Floats, Ints

TOLERANCE = 1e-8
MOST_STEPS = 25
SMALLEST = float(np.finfo(np.float64).eps)
"""The least mean."""
HIGHEST = 700.0
"""The exponential of more overflows."""


@dataclass(frozen=True)
class Design:
    """``times`` of the rows, seen from the time that is judged, sorted by level; ``starts`` of the levels; whether
    there is a trend.
    """

    times: Floats
    starts: Ints
    trend: bool

    @property
    def lengths(self) -> Ints:
        found: Ints = np.diff(np.append(self.starts, len(self.times)))
        return found

    def per_level(self, rows: Floats) -> Floats:
        """Sums of (rows, points) over the rows of each level: (levels, points)."""
        if len(self.starts) == 1:
            return rows.sum(axis=0, keepdims=True)
        found: Floats = np.add.reduceat(rows, self.starts, axis=0)
        return found

    def spread(self, levels: Floats) -> Floats:
        """A value per level, for each of its rows; a single level is left to broadcasting."""
        return levels if len(levels) == 1 else np.repeat(levels, self.lengths, axis=0)


@dataclass(frozen=True)
class Fit:
    """Estimates for each point. ``means`` and ``working`` (the weights of the last step) are of shape (rows,
    points), the rest (points,).

    ``level`` is the intercept of the level that is predicted from, at time 0; its variance and that of the slope are
    without dispersion. ``leverage`` (rows, points) are the diagonals of the hat matrix.
    """

    means: Floats
    working: Floats
    level: Floats
    slope: Floats
    level_variance: Floats
    slope_variance: Floats
    leverage: Floats
    converged: Bools
    freedom: Floats


@dataclass(frozen=True)
class _Step:
    """One solution: the linear predictor (rows, points) and what it was made of. Sums, centres and levels are of
    shape (levels, points).
    """

    linear: Floats
    sums: Floats
    centres: Floats
    levels: Floats
    slope: Floats
    spread: Floats

    def of(self, points: Bools) -> "_Step":
        return _Step(
            self.linear[:, points],
            self.sums[:, points],
            self.centres[:, points],
            self.levels[:, points],
            self.slope[points],
            self.spread[points],
        )


def fit(counts: Floats, weights: Floats, design: Design, offsets: Floats | None = None) -> Fit:
    """Fits counts of shape (rows, points); rows of weight 0 are left out, as missing counts are (which must not be
    NaN).

    ``offsets`` (rows, points) are added to the linear predictor. A point stops when its own deviance does; one that
    has not after `MOST_STEPS` has not converged.
    """
    shift = np.zeros((1, 1)) if offsets is None else offsets
    found = _Estimates.empty(counts.shape, len(design.starts))
    active = np.arange(counts.shape[1])
    y, w, mu = counts, weights, counts + 0.1
    linear, saturated = np.log(mu), _saturated(counts)
    deviance = _deviance(y, w, mu, linear, saturated)
    for step in range(1, MOST_STEPS + 1):
        working = w * mu
        solved = _solve(working, linear - shift + (y - mu) / mu, design)
        linear = solved.linear + shift
        mu = np.maximum(np.exp(np.minimum(linear, HIGHEST)), SMALLEST)
        before, deviance = deviance, _deviance(y, w, mu, linear, saturated)
        done = np.abs(deviance - before) / (np.abs(deviance) + 0.1) < TOLERANCE
        leaving = done if step < MOST_STEPS else np.ones_like(done)
        if not leaving.any():
            continue
        found.keep(active[leaving], mu[:, leaving], working[:, leaving], solved.of(leaving), done[leaving])
        stay = ~leaving
        if not stay.any():
            break
        active, deviance = active[stay], deviance[stay]
        y, w, mu, linear, saturated = (array[:, stay] for array in (y, w, mu, linear, saturated))
        shift = shift if offsets is None else shift[:, stay]
    return found.summed_up(design, weights)


def _saturated(counts: Floats) -> Floats:
    """y log y - y, 0 without cases."""
    found: Floats = counts * np.log(np.where(counts > 0, counts, 1.0)) - counts
    return found


def _deviance(y: Floats, w: Floats, mu: Floats, linear: Floats, saturated: Floats) -> Floats:
    found: Floats = 2 * (w * (saturated - y * linear + mu)).sum(axis=0)
    return found


def _solve(working: Floats, target: Floats, design: Design) -> _Step:
    """Weighted least squares on levels and trend, by elimination of the levels."""
    sums = design.per_level(working)
    divisor = np.where(sums > 0, sums, 1.0)
    means = design.per_level(working * target) / divisor
    if not design.trend:
        points = working.shape[1]
        flat = np.broadcast_to(design.spread(means), working.shape)
        return _Step(flat, sums, np.zeros_like(sums), means, np.zeros(points), np.ones(points))
    times = design.times[:, None]
    centres = design.per_level(working * times) / divisor
    apart = times - design.spread(centres)
    weighted = working * apart
    spread = (weighted * apart).sum(axis=0)
    slope = (weighted * target).sum(axis=0) / np.where(spread > 0, spread, 1.0)
    linear = design.spread(means) + slope * apart
    return _Step(linear, sums, centres, means - slope * centres, slope, spread)


@dataclass(frozen=True)
class _Estimates:
    """What is collected as points leave."""

    means: Floats
    working: Floats
    sums: Floats
    centres: Floats
    levels: Floats
    slope: Floats
    spread: Floats
    converged: Bools

    @classmethod
    def empty(cls, shape: tuple[int, int], levels: int) -> "_Estimates":
        rows, points = shape
        by_row, by_level = (np.empty((2, rows, points)), np.empty((3, levels, points)))
        by_point = np.empty((2, points))
        return cls(*by_row, *by_level, *by_point, np.zeros(points, bool))

    def keep(self, at: Ints, mu: Floats, working: Floats, step: _Step, done: Bools) -> None:
        self.means[:, at], self.working[:, at], self.converged[at] = mu, working, done
        self.sums[:, at], self.centres[:, at], self.levels[:, at] = step.sums, step.centres, step.levels
        self.slope[at], self.spread[at] = step.slope, step.spread

    def summed_up(self, design: Design, weights: Floats) -> Fit:
        used = np.where(self.sums > 0, self.sums, 1.0)
        leverage = design.spread(1 / used)
        variance = 1 / used[-1]
        slope_variance = np.full_like(self.spread, np.nan)
        if design.trend:
            slope_variance = 1 / np.where(self.spread > 0, self.spread, np.nan)
            apart = design.times[:, None] - design.spread(self.centres)
            leverage = leverage + apart**2 * slope_variance
            variance = variance + self.centres[-1] ** 2 * slope_variance
        rank = (self.sums > 0).sum(axis=0) + int(design.trend)
        return Fit(
            self.means,
            self.working,
            self.levels[-1],
            self.slope,
            variance,
            slope_variance,
            leverage * self.working,
            self.converged & (self.sums[-1] > 0),
            (weights > 0).sum(axis=0) - rank,
        )
