"""Quasi-Poisson regressions of many baselines at once: seasons as levels, with or without a linear trend.

The levels partition the rows, so the normal equations are those of an arrow matrix: sums per level, and one
elimination for the trend. McCullagh and Nelder 1989, Generalized Linear Models, 2nd edition, chapters 2 and 6.
Start, stopping rule and the least mean are those of R's `glm.fit`, so that estimates stop at the same digits.
"""

from dataclasses import dataclass, replace

import numpy as np

from wangdi.methods.detection.arrays import Bools, Floats, Ints

TOLERANCE = 1e-8
MOST_STEPS = 25
WORTH_CUTTING = 0.6
"""The share of points still searched below which the others are cut out: cutting copies everything."""
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
            single: Floats = rows.sum(axis=0, keepdims=True)
            return single
        found: Floats = np.add.reduceat(rows, self.starts, axis=0)
        return found

    def spread(self, levels: Floats) -> Floats:
        """A value per level, for each of its rows; a single level is left to broadcasting."""
        return levels if len(levels) == 1 else np.repeat(levels, self.lengths, axis=0)


@dataclass(frozen=True)
class Fit:
    """Estimates for each point. ``means`` and ``working`` (the weights of the last step) are of shape (rows,
    points), the rest (points,).

    ``level`` is the intercept of the level that is predicted from, at time 0, and ``centre`` the mean time of its
    rows, of which the estimated slope is independent; variances, at time 0, are without dispersion. ``leverage``
    (rows, points) are the diagonals of the hat matrix.
    """

    means: Floats
    working: Floats
    level: Floats
    centre: Floats
    slope: Floats
    level_variance: Floats
    slope_variance: Floats
    leverage: Floats
    converged: Bools
    freedom: Floats

    def at(self, time: Floats) -> tuple[Floats, Floats]:
        """The logarithm of the mean at a time (points,), and its variance without dispersion."""
        of_slope = np.where(np.isnan(self.slope_variance), 0.0, self.slope_variance)
        return self.level + time * self.slope, self.level_variance + time * (
            time - 2 * self.centre
        ) * of_slope


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


def fit(counts: Floats, weights: Floats, design: Design, offsets: Floats | None = None) -> Fit:
    """Fits counts of shape (rows, points); rows of weight 0 are left out, as missing counts are (which must not be
    NaN).

    ``offsets`` (rows, points) are added to the linear predictor. A point stops when its own deviance does; one that
    has not after `MOST_STEPS` has not converged.
    """
    found = _Estimates.empty(counts.shape, len(design.starts))
    active, searched = np.arange(counts.shape[1]), np.ones(counts.shape[1], bool)
    state = _State.first(counts, weights, offsets)
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, MOST_STEPS + 1):
            working, before = state.working, state.deviance
            solved = _solve(working, state.weighted_target(), design)
            state = state.after(solved.linear)
            done = np.abs(state.deviance - before) / (np.abs(state.deviance) + 0.1) < TOLERANCE
            leaving = searched & done if step < MOST_STEPS else searched
            if leaving.any():
                found.keep(active[leaving], state.means, working, solved, leaving, done[leaving])
                searched = searched & ~leaving
            if not searched.any():
                break
            if searched.mean() < WORTH_CUTTING:
                active, state, searched = active[searched], state.of(searched), np.ones(searched.sum(), bool)
    return found.summed_up(design, weights)


@dataclass(frozen=True)
class _State:
    """Where the points still searched stand. All but ``fixed`` and ``deviance`` are of shape (rows, points)."""

    weights: Floats
    weighted_counts: Floats
    offsets: Floats | None
    linear: Floats
    means: Floats
    working: Floats
    fixed: Floats
    """The part of the deviance that no estimate changes."""
    deviance: Floats

    @classmethod
    def first(cls, counts: Floats, weights: Floats, offsets: Floats | None) -> "_State":
        means = counts + 0.1
        linear = np.log(means)
        fixed = (weights * _saturated(counts)).sum(axis=0)
        weighted = weights * counts
        return cls(weights, weighted, offsets, linear, means, weights * means, fixed, fixed)._judged()

    def weighted_target(self) -> Floats:
        """Working weights times the working response, linear predictor + (count - mean) / mean."""
        shifted = self.linear if self.offsets is None else self.linear - self.offsets
        target: Floats = self.working * (shifted - 1)
        target += self.weighted_counts
        return target

    def after(self, linear: Floats) -> "_State":
        """One step on."""
        linear = linear if self.offsets is None else linear + self.offsets
        means = np.exp(linear)
        np.maximum(means, SMALLEST, out=means)
        return replace(self, linear=linear, means=means, working=self.weights * means)._judged()

    def _judged(self) -> "_State":
        apart = self.working.sum(axis=0) - _products(self.weighted_counts, self.linear)
        return replace(self, deviance=2 * (self.fixed + apart))

    def of(self, points: Bools) -> "_State":
        return _State(
            self.weights[:, points],
            self.weighted_counts[:, points],
            None if self.offsets is None else self.offsets[:, points],
            self.linear[:, points],
            self.means[:, points],
            self.working[:, points],
            self.fixed[points],
            self.deviance[points],
        )


def _products(one: Floats, other: Floats) -> Floats:
    """Sums of products over the rows, without the products as an array."""
    found: Floats = np.einsum("ij,ij->j", one, other)
    return found


def _saturated(counts: Floats) -> Floats:
    """y log y - y, 0 without cases."""
    found: Floats = counts * np.log(np.where(counts > 0, counts, 1.0)) - counts
    return found


def _solve(working: Floats, weighted_target: Floats, design: Design) -> _Step:
    """Weighted least squares on levels and trend, by elimination of the levels."""
    sums = design.per_level(working)
    divisor = np.where(sums > 0, sums, 1.0)
    means = design.per_level(weighted_target) / divisor
    if not design.trend:
        points = working.shape[1]
        flat = np.broadcast_to(design.spread(means), working.shape)
        return _Step(flat, sums, np.zeros_like(sums), means, np.zeros(points), np.ones(points))
    times = design.times[:, None]
    centres = design.per_level(working * times) / divisor
    apart = times - design.spread(centres)
    spread = _products(working * apart, apart)
    slope = _products(apart, weighted_target) / np.where(spread > 0, spread, 1.0)
    apart *= slope
    apart += design.spread(means)
    return _Step(apart, sums, centres, means - slope * centres, slope, spread)


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
        points = shape[1]
        rows, by_level, by_point = np.empty((2, *shape)), np.empty((3, levels, points)), np.empty((2, points))
        return cls(
            rows[0],
            rows[1],
            by_level[0],
            by_level[1],
            by_level[2],
            by_point[0],
            by_point[1],
            np.zeros(points, bool),
        )

    def keep(
        self, at: Ints, means: Floats, working: Floats, step: _Step, leaving: Bools, done: Bools
    ) -> None:
        """Takes over the points that are ``leaving``, to be found ``at`` among all."""
        self.means[:, at], self.working[:, at], self.converged[at] = (
            means[:, leaving],
            working[:, leaving],
            done,
        )
        self.sums[:, at], self.centres[:, at] = step.sums[:, leaving], step.centres[:, leaving]
        self.levels[:, at] = step.levels[:, leaving]
        self.slope[at], self.spread[at] = step.slope[leaving], step.spread[leaving]

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
            self.centres[-1],
            self.slope,
            variance,
            slope_variance,
            leverage * self.working,
            self.converged & (self.sums[-1] > 0),
            (weights > 0).sum(axis=0) - rank,
        )
