"""Good choices of sites by exchanging one for another as long as that helps.

M. B. Teitz, P. Bart: Heuristic methods for estimating the generalized vertex median of a weighted graph. Operations
Research 16 (1968) 955–961; all exchanges are valued at once after M. G. C. Resende, R. F. Werneck: A fast swap-based
local search procedure for location problems. Annals of Operations Research 150 (2007) 205–230.
"""

import time

import numpy as np

from wangdi.methods.siting.sites import Floats, Ints, Sites, total_of

LEAST_GAIN = 1e-9
"""Relative gain below which an exchange is rounding."""


def exchange(sites: Sites, chosen: Ints, n_kept: int) -> Ints:
    """The choice when no single exchange makes it cheaper. The first ``n_kept`` sites of it stay."""
    chosen = chosen.copy()
    if len(chosen) == n_kept:
        return chosen
    while True:
        gain, site, place, total = _best_exchange(sites, chosen, n_kept)
        if not gain > LEAST_GAIN * max(total, 1.0):
            return chosen
        chosen[place] = site


def _best_exchange(sites: Sites, chosen: Ints, n_kept: int) -> tuple[float, int, int, float]:
    """Gain, the site to open, the place in the choice of the one to close, the present total."""
    nearest, first, second = sites.two_cheapest(chosen)
    closing = np.bincount(nearest, _capped(second) - first, len(chosen))
    closing[:n_kept] = np.inf
    opening, beside = sites.swap_gains(nearest, first, _capped(second), len(chosen))
    gains = opening[:, None] + beside - closing
    gains[chosen] = -np.inf
    site, place = divmod(int(np.argmax(gains)), len(chosen))
    return float(gains[site, place]), site, place, float(first.sum())


FAILURES = 30
"""After so many shaken choices that were no better, others are unlikely to be."""
HUGE = 1e15
"""Stands for the cost of a row that no second site serves, so that differences stay numbers."""


def _capped(costs: Floats) -> Floats:
    return np.minimum(costs, HUGE)


def search_choices(
    sites: Sites, kept: Ints, n_open: int, seconds: float, seed: int = 0
) -> tuple[Ints, float]:
    """A good choice of ``n_open`` sites, those kept included and first: exchanges from random starts and shaken choices.

    The same seed gives the same choices, but how many are tried depends on the seconds (at least one is).
    """
    generator = np.random.default_rng(seed)
    others = np.setdiff1d(np.arange(sites.n_sites), kept)
    free = n_open - len(kept)
    best = exchange(sites, np.concatenate((kept, generator.choice(others, free, replace=False))), len(kept))
    total = total_of(sites, best)
    started, failures = time.perf_counter(), 0
    moving = 0 < free < len(others)
    while moving and failures < FAILURES and time.perf_counter() - started < seconds:
        tried = exchange(sites, _shaken(best, others, len(kept), generator), len(kept))
        value = total_of(sites, tried)
        failures += 1
        if value < total:
            best, total, failures = tried, value, 0
    return best, total


def _shaken(chosen: Ints, others: Ints, n_kept: int, generator: np.random.Generator) -> Ints:
    """The choice with up to a third of its sites (those kept never) exchanged for any others."""
    free, pool = len(chosen) - n_kept, np.setdiff1d(others, chosen)
    moved = min(int(generator.integers(1, max(2, free // 3 + 1))), len(pool))
    shaken = chosen.copy()
    places = n_kept + generator.choice(free, moved, replace=False)
    shaken[places] = generator.choice(pool, moved, replace=False)
    return shaken
