"""Lower bounds by prices: each row of demand offers a price, sites open where that pays most.

The Lagrangian relaxation of p-median, G. Cornuéjols, M. L. Fisher, G. L. Nemhauser: Location of bank accounts to optimize
float. Management Science 23 (1977) 789–810; prices move by deflected subgradients, P. M. Camerini, L. Fratta,
F. Maffioli: On improving relaxation methods by modified gradient techniques. Math. Programming Study 3 (1975) 26–34.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wangdi.methods.siting.sites import Floats, Ints, Sites

SHORTEST_STEP = 0.01
MEMORY = 0.6
"""Share of the last direction in the next (Camerini et al. advise up to 0.7)."""
FADING = 0.9
"""Weight of older choices in how often a site is chosen."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many ``steps``, how long the ``first_step`` is (a part of the way to the target), and after how many steps
    without progress (``patience``) steps become half as long."""

    steps: int
    first_step: float
    patience: int


@dataclass(frozen=True, slots=True)
class Relaxed:
    """``bound``: no choice costs less. ``prices`` that prove it, (n,); ``savings`` of sites at them, (m,).

    ``often``: how often each site was chosen lately, 0 to 1, shape (m,).
    """

    bound: float
    prices: Floats
    savings: Floats
    often: Floats


def relax(
    sites: Sites,
    n_forced: int,
    n_free: int,
    prices: Floats,
    target: float,
    on_choice: Callable[[Ints], None],
    pace: Pace,
) -> Relaxed:
    """Raises the bound by better prices, until it reaches ``target`` or the steps are used up.

    The first ``n_forced`` sites are open, ``n_free`` of the others may be. ``on_choice`` is told choices on the way.
    """
    best = Relaxed(-np.inf, prices, np.zeros(sites.n_sites), np.zeros(sites.n_sites))
    often, direction = np.zeros(sites.n_sites), np.zeros(len(prices))
    length, stalled, ceiling = pace.first_step, 0, sites.ceiling
    for step in range(pace.steps):
        savings = sites.savings(prices)
        chosen = _paying(savings, n_forced, n_free)
        bound = float(prices.sum() + savings[chosen].sum())
        often = often * FADING
        often[chosen] += 1 - FADING
        stalled = 0 if bound > best.bound + 1e-4 * abs(target - bound) else stalled + 1
        if bound > best.bound:
            best = Relaxed(bound, prices, savings, often)
        if best.bound >= target or length < SHORTEST_STEP:
            break
        if step % 10 == 0:
            on_choice(chosen)
        if stalled >= pace.patience:
            length, stalled, prices, direction = length / 2, 0, best.prices, np.zeros(len(prices))
        slope = _slope(sites, prices, chosen, ceiling)
        direction = slope + MEMORY * direction
        norm = float(direction @ direction)
        if norm == 0:
            on_choice(chosen)
            break
        prices = np.minimum(prices + length * (target - bound) / norm * direction, ceiling)
    return best


def _paying(savings: Floats, n_forced: int, n_free: int) -> Ints:
    """The forced sites, then the free ones that save most."""
    free = savings[n_forced:]
    most = np.argpartition(free, n_free - 1)[:n_free] if 0 < n_free < len(free) else np.arange(n_free)
    return np.concatenate((np.arange(n_forced), n_forced + most))


def _slope(sites: Sites, prices: Floats, chosen: Ints, ceiling: Floats) -> Floats:
    """Where the bound rises: rows not served offer more, unless they are at their ceiling; rows served twice, less."""
    slope = 1.0 - sites.times_served(prices, chosen)
    slope[(prices >= ceiling) & (slope > 0)] = 0.0
    return slope


def settled(relaxed: Relaxed, n_forced: int, n_free: int, cut: float) -> tuple[Ints, Ints]:
    """Which free sites (counted from the first free one) cannot be open, and which must be, if a choice costs ≤ ``cut``."""
    savings = relaxed.savings[n_forced:]
    ordered = np.sort(savings)
    last_in = ordered[n_free - 1] if n_free else -np.inf
    first_out = ordered[n_free] if n_free < len(ordered) else np.inf
    closed = (savings > last_in) & (relaxed.bound + savings - last_in > cut)
    needed = (savings < first_out) & (relaxed.bound - savings + first_out > cut)
    return np.flatnonzero(closed), np.flatnonzero(needed)
