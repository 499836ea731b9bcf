"""The best choice of p sites, with proof: branch and bound over sites, bounds by prices.

Exchanges find good choices, prices bound them. Sites whose opening (or closing) would cost more than a guess are settled;
the guess starts near the bound and grows until a choice as cheap as it is found, so that the search is never misled by a
first choice that was poor. What one guess rules out raises the bound for good.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from wangdi.methods.siting.relaxing import Pace, Relaxed, relax, settled
from wangdi.methods.siting.sites import Floats, Ints, Sites, total_of
from wangdi.methods.siting.swapping import exchange, search_choices

SLACK = 1e-6
"""Relative room for rounding: a bound must lie above a value by more than this to rule it out."""
CLOSE = 1.1
"""Choices of the relaxation that cost at most this many times the best are improved by exchanges."""
EXCHANGING = 0.2
"""Part of the time that may be spent on improving choices that are not the best already."""
FROM_SCRATCH, AGAIN, AT_NODE = Pace(600, 1.5, 20), Pace(600, 0.8, 20), Pace(50, 0.5, 6)
GUESSES = 16
"""The first guess lies this part of the gap above the bound."""


@dataclass(frozen=True, slots=True)
class Choice:
    """``chosen``: sites in ascending order; ``value``: what serving all rows costs; no choice costs less than ``bound``."""

    chosen: Ints
    value: float
    bound: float
    seconds: float
    cpu_seconds: float
    nodes: int

    @property
    def proven(self) -> bool:
        """Whether it is the best there is, up to the tolerance it was searched with."""
        return self.bound >= self.value

    @property
    def gap(self) -> float:
        """How far from the bound, as a part of the value."""
        return 0.0 if self.proven else (self.value - self.bound) / abs(self.value)


@dataclass(frozen=True, slots=True)
class _Node:
    """Sites that must be open, sites that may be; the bound and prices of the node before."""

    forced: Ints
    free: Ints
    bound: float
    prices: Floats


@dataclass(slots=True)
class _Search:
    """One search: what is best so far, and what limits it."""

    sites: Sites
    kept: Ints
    n_open: int
    step: float
    stop_at: float
    best: Ints
    value: float
    started: float
    exchanging: float = 0.0
    nodes: int = 0
    tried: set[bytes] = field(default_factory=set)

    @property
    def out_of_time(self) -> bool:
        return time.perf_counter() > self.stop_at

    def cut(self, guess: float) -> float:
        """Choices dearer than this are of no interest."""
        return min(guess, self.value - self.step) + SLACK * max(abs(self.value), 1.0)

    def on_choice(self, positions: Ints) -> Callable[[Ints], None]:
        """Takes note of choices among the sites at those positions."""
        return lambda chosen: self.note(positions[chosen])

    def note(self, chosen: Ints) -> None:
        """Improve a choice of the relaxation once, and keep it when it is the best."""
        mark = np.sort(chosen).tobytes()
        if mark in self.tried:
            return
        self.tried.add(mark)
        total, now = total_of(self.sites, chosen), time.perf_counter()
        patient = total < CLOSE * self.value and self.exchanging < EXCHANGING * (now - self.started)
        if total >= self.value and not patient:
            return
        others = np.setdiff1d(chosen, self.kept)
        self.keep(exchange(self.sites, np.concatenate((self.kept, others)), len(self.kept)))
        self.exchanging += time.perf_counter() - now

    def keep(self, chosen: Ints) -> None:
        value = total_of(self.sites, chosen)
        if value < self.value:
            self.best, self.value = chosen, value


def choose(
    sites: Sites, n_open: int, kept: Ints, seconds: float = 120.0, tolerance: float = 1e-5, seed: int = 0
) -> Choice:
    """The choice of ``n_open`` sites, all of ``kept`` among them, that serves all rows at the least cost.

    Values closer than ``tolerance`` (relative) count as equal unless all costs are whole. After ``seconds`` (wall clock;
    one step may run over) the best choice so far comes with the bound so far. ValueError when there are fewer sites than
    are to be open, or more kept. Cost of one step: linear in the number of costs; memory: three times the costs.
    """
    if not max(len(kept), 1) <= n_open <= sites.n_sites:
        raise ValueError(f"{n_open} of {sites.n_sites} sites cannot be open with {len(kept)} kept")
    started, cpu = time.perf_counter(), time.process_time()
    best, value = search_choices(sites, kept, n_open, min(1.0, seconds / 10), seed)
    step = 1.0 if sites.whole else max(tolerance * abs(value), 1e-12)
    search = _Search(sites, kept, n_open, step, started + seconds, best, value, time.perf_counter())
    bound = _prove(search)
    proven = bound > search.value - step
    return Choice(
        np.sort(search.best),
        search.value,
        search.value if proven else bound,
        time.perf_counter() - started,
        time.process_time() - cpu,
        search.nodes,
    )


def _prove(search: _Search) -> float:
    """Raise the bound by guess after guess until it meets the best value, or time is up."""
    root = _root(search)
    bound, width = root.bound, max(search.step, (search.value - root.bound) / GUESSES)
    while bound <= search.value - search.step:
        guess = min(_first_above(bound, width, search.step), search.value - search.step)
        left = _search_below(search, root, guess)
        if left is not None:
            return max(bound, left)
        bound = guess + search.step
        width *= 2
    return bound


def _first_above(bound: float, width: float, step: float) -> float:
    """A guess about ``width`` above the bound; a whole number where values are whole."""
    return (
        max(float(np.ceil(bound - SLACK)), float(np.floor(bound + width))) if step == 1.0 else bound + width
    )


def _root(search: _Search) -> _Node:
    """Bound with all sites, settling those that cannot be part of a better choice, until that changes little."""
    _, first, second = search.sites.two_cheapest(search.best)
    prices = np.where(np.isfinite(second), (first + second) / 2, first)
    free = np.setdiff1d(np.arange(search.sites.n_sites), search.kept)
    node = _Node(search.kept, free, -np.inf, prices)
    pace = FROM_SCRATCH
    while True:
        relaxed = _relaxed(search, node, search.value, pace)
        node = _narrowed(search, node, relaxed, search.value)
        settled_now = 1 - len(node.free) / max(len(free), 1)
        if settled_now < 0.05 or search.out_of_time or node.bound > search.cut(search.value):
            return node
        free, pace = node.free, AGAIN


def _relaxed(search: _Search, node: _Node, guess: float, pace: Pace) -> Relaxed:
    positions = np.concatenate((node.forced, node.free))
    n_free = search.n_open - len(node.forced)
    target = search.cut(guess) + search.step
    heed = search.on_choice(positions)
    return relax(search.sites.only(positions), len(node.forced), n_free, node.prices, target, heed, pace)


def _narrowed(search: _Search, node: _Node, relaxed: Relaxed, guess: float) -> _Node:
    """The node without sites that cannot be open, with those forced that must be."""
    bound = max(node.bound, relaxed.bound)
    n_forced = len(node.forced)
    closed, needed = settled(relaxed, n_forced, search.n_open - n_forced, search.cut(guess))
    forced = np.concatenate((node.forced, node.free[needed]))
    free = np.delete(node.free, np.concatenate((closed, needed)))
    return _Node(forced, free, bound, relaxed.prices)


def _search_below(search: _Search, root: _Node, guess: float) -> float | None:
    """Search for choices that cost at most the guess, depth first. None when done, or the bound when time is up."""
    stack = [root]
    while stack:
        if search.out_of_time:
            return min(node.bound for node in stack)
        node = stack.pop()
        if node.bound <= search.cut(guess):
            stack.extend(_branches(search, node, guess))
    return None


def _branches(search: _Search, node: _Node, guess: float) -> list[_Node]:
    """What is left of a node: nothing, or itself narrowed, or one site closed and open – the last is looked at first."""
    search.nodes += 1
    missing = search.n_open - len(node.forced)
    if missing < 0 or missing > len(node.free):
        return []
    if missing in (0, len(node.free)):
        search.keep(np.concatenate((node.forced, node.free[:missing])))
        return []
    relaxed = _relaxed(search, node, guess, AT_NODE)
    if relaxed.bound > search.cut(guess):
        return []
    often = dict(zip(node.free.tolist(), relaxed.often[len(node.forced) :].tolist(), strict=True))
    narrowed = _narrowed(search, node, relaxed, guess)
    if not 0 < search.n_open - len(narrowed.forced) < len(narrowed.free):
        return [narrowed]
    doubt = np.abs(np.array([often[site] for site in narrowed.free.tolist()]) - 0.5)
    return _split(narrowed, int(np.argmin(doubt)))


def _split(node: _Node, place: int) -> list[_Node]:
    free = np.delete(node.free, place)
    opened = np.append(node.forced, node.free[place])
    return [replace(node, free=free), replace(node, forced=opened, free=free)]
