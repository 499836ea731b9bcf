"""The cheapest sites that cover every row of demand: set covering, by prices first, then HiGHS on what prices leave.

Bounds, choices and settling by a Lagrangian relaxation after J. E. Beasley: A Lagrangian heuristic for set-covering
problems. Naval Research Logistics 37 (1990) 151–164.
"""

import time
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from wangdi.methods.highs import EXACT, Programme, solve
from wangdi.methods.siting.sites import Floats, Ints

STEPS, PATIENCE, SHORTEST_STEP = 1500, 25, 0.005
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Cover:
    """``chosen``: sites in ascending order that cover every row; no cover costs less than ``bound``."""

    chosen: Ints
    value: float
    bound: float
    seconds: float
    cpu_seconds: float

    @property
    def proven(self) -> bool:
        return self.bound >= self.value


def cover_all(covers: csr_array, costs: Floats, seconds: float = 120.0) -> Cover:
    """The cheapest sites of which each row has at least one.

    ``covers``: shape (n rows, m sites), not zero where a site covers a row; ``costs`` ≥ 0, shape (m,). ValueError when a
    row has no site at all: take such rows out and say so first. ``seconds``: wall clock; then comes the best so far.
    """
    if (np.diff(covers.indptr) == 0).any():
        raise ValueError("there are rows that no site covers")
    started, cpu = time.perf_counter(), time.process_time()
    by_site = csc_array(covers, dtype=np.float64)
    whole = bool((costs == np.rint(costs)).all())
    prices = _Prices(by_site, csr_array(by_site), costs)
    chosen, value, bound, reduced = prices.search(whole)
    rounding = ROUNDING * max(value, 1.0)
    if bound <= value - 1.0 + rounding if whole else bound <= value - rounding:
        left = np.flatnonzero((reduced <= value - bound + ROUNDING) | np.isin(np.arange(len(costs)), chosen))
        remaining = seconds - (time.perf_counter() - started)
        chosen, value, bound = _finish(by_site, costs, left, chosen, bound, remaining)
    if whole:
        bound = float(np.ceil(bound - ROUNDING * max(value, 1.0)))
    proven = bound >= value * (1 - ROUNDING)
    return Cover(
        np.sort(chosen),
        value,
        value if proven else bound,
        time.perf_counter() - started,
        time.process_time() - cpu,
    )


def _finish(
    by_site: csc_array, costs: Floats, left: Ints, chosen: Ints, bound: float, seconds: float
) -> tuple[Ints, float, float]:
    """HiGHS over the sites that a better cover could have."""
    rows = csr_array(by_site[:, left])
    n = rows.shape[0]
    every = np.ones(len(left), dtype=bool)
    zero, one = np.zeros(len(left)), np.ones(len(left))
    programme = Programme(costs[left], rows, np.ones(n), np.full(n, np.inf), zero, one, every)
    solved = solve(programme, max(seconds, 1.0), EXACT)
    if solved.x is not None:
        found = left[solved.x > 0.5]
        if costs[found].sum() < costs[chosen].sum():
            chosen = found
    value = float(costs[chosen].sum())
    return chosen, value, max(bound, min(solved.bound, value))


@dataclass(frozen=True, slots=True)
class _Prices:
    """What a row pays to be covered; a site is worth opening when its rows pay more than it costs."""

    by_site: csc_array
    by_row: csr_array
    costs: Floats

    def search(self, whole: bool) -> tuple[Ints, float, float, Floats]:
        """The best cover and bound after some hundred steps, and the reduced costs of sites at that bound."""
        n, m = self.by_row.shape
        prices = np.minimum.reduceat(self.costs[self.by_row.indices], self.by_row.indptr[:-1])
        prices = prices / np.bincount(self.by_row.indices, minlength=m).max()
        chosen = self.complete(np.zeros(n), np.empty(0, dtype=np.int64))
        value, bound, best = float(self.costs[chosen].sum()), -np.inf, prices
        reduced, length, stalled = self.costs, 1.0, 0
        for step in range(STEPS):
            offered = self.costs - self.by_site.T @ prices
            now = float(prices.sum() + np.minimum(offered, 0).sum())
            stalled = 0 if now > bound + 1e-4 * abs(value - bound) else stalled + 1
            if now > bound:
                bound, best, reduced = now, prices, offered
            if bound > value - (1.0 if whole else 0.0) + ROUNDING or length < SHORTEST_STEP:
                break
            opened = offered < 0
            if step % 5 == 0:
                tried = self.complete(self.by_row @ opened, np.flatnonzero(opened))
                if self.costs[tried].sum() < value:
                    chosen, value = tried, float(self.costs[tried].sum())
            slope = 1.0 - self.by_row @ opened
            slope[(prices <= 0) & (slope < 0)] = 0.0
            norm = float(slope @ slope)
            if norm == 0:
                break
            if stalled >= PATIENCE:
                length, stalled, prices = length / 2, 0, best
                continue
            prices = np.maximum(prices + length * (1.05 * value - now) / norm * slope, 0.0)
        return chosen, value, bound, reduced

    def complete(self, covered: Floats, opened: Ints) -> Ints:
        """A cover out of a choice: add the cheapest site for each row still without, then drop what is not needed."""
        covered, opened_list = covered.copy(), opened.tolist()
        while (covered == 0).any():
            gains = self.by_site.T @ (covered == 0).astype(np.float64)
            worth = np.divide(gains, np.maximum(self.costs, 1e-9))
            best = int(np.argmax(worth))
            opened_list.append(best)
            covered[self._rows(best)] += 1
        for site in sorted(opened_list, key=lambda one: -self.costs[one]):
            rows = self._rows(site)
            if (covered[rows] > 1).all():
                covered[rows] -= 1
                opened_list.remove(site)
        return np.array(sorted(opened_list), dtype=np.int64)

    def _rows(self, site: int) -> Ints:
        found = self.by_site.indices[self.by_site.indptr[site] : self.by_site.indptr[site + 1]]
        return np.asarray(found, dtype=np.int64)
