"""Costs of serving rows of demand from sites, as a full matrix or as a sparse one; what relaxations ask of them."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from wangdi.methods.sums import sums

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Sites(Protocol):
    """m sites that can serve n rows of demand, each row by the cheapest open one.

    A row that no open site serves costs ``ceiling``, shape (n,), which is infinite where every site serves every row.
    Prices u of rows, shape (n,), never exceed it. Choices are positions of sites.
    """

    @property
    def n_sites(self) -> int: ...
    @property
    def ceiling(self) -> Floats: ...
    @property
    def whole(self) -> bool:
        """Whether all costs are whole numbers, so that two values differ by at least one."""
        ...

    def savings(self, prices: Floats) -> Floats:
        """Σ over rows of min(0, cost - price), by site; shape (m,)."""
        ...

    def times_served(self, prices: Floats, chosen: Ints) -> Floats:
        """How many chosen sites serve a row for less than its price; shape (n,)."""
        ...

    def two_cheapest(self, chosen: Ints) -> tuple[Ints, Floats, Floats]:
        """Where in ``chosen`` each row's cheapest site is, what it costs there and at the second; (n,) each."""
        ...

    def swap_gains(
        self, nearest: Ints, first: Floats, second: Floats, n_chosen: int
    ) -> tuple[Floats, Floats]:
        """What opening each site saves, (m,), and what it saves beside when the i-th chosen closes, (m, n_chosen)."""
        ...

    def only(self, sites: Ints) -> Self:
        """The same rows with those sites, in that order."""
        ...


def total_of(sites: Sites, chosen: Ints) -> float:
    """What serving every row costs with the chosen sites open."""
    return float(sites.two_cheapest(chosen)[1].sum())


@dataclass(frozen=True, slots=True)
class FullSites:
    """Every site can serve every row. ``costs`` has shape (m, n): a site's costs lie side by side.

    ``rough``: the same in single precision, by which prices are judged: twice as fast, and right to a ten-millionth part.
    """

    costs: Floats
    rough: NDArray[np.float32]

    @classmethod
    def of(cls, costs: Floats) -> "FullSites":
        return cls(np.ascontiguousarray(costs), np.ascontiguousarray(costs, dtype=np.float32))

    @property
    def n_sites(self) -> int:
        return len(self.costs)

    @property
    def ceiling(self) -> Floats:
        return np.full(self.costs.shape[1], np.inf)

    @property
    def whole(self) -> bool:
        return bool((self.costs == np.rint(self.costs)).all())

    def savings(self, prices: Floats) -> Floats:
        below = self.rough - prices.astype(np.float32)
        return np.asarray(np.minimum(below, 0, out=below).sum(axis=1), dtype=np.float64)

    def times_served(self, prices: Floats, chosen: Ints) -> Floats:
        return np.asarray((self.rough[chosen] < prices.astype(np.float32)).sum(axis=0, dtype=np.float64))

    def two_cheapest(self, chosen: Ints) -> tuple[Ints, Floats, Floats]:
        costs = self.costs[chosen]
        if len(chosen) == 1:
            return np.zeros(costs.shape[1], dtype=np.int64), costs[0], self.ceiling
        order = np.argpartition(costs, 1, axis=0)[:2]
        first, second = np.take_along_axis(costs, order, axis=0)
        return order[0], first, second

    def swap_gains(
        self, nearest: Ints, first: Floats, second: Floats, n_chosen: int
    ) -> tuple[Floats, Floats]:
        opening = np.maximum(first - self.costs, 0).sum(axis=1)
        order = np.argsort(nearest, kind="stable")
        used, starts = np.unique(nearest[order], return_index=True)
        spared = np.maximum(self.costs, first)
        np.subtract(second, spared, out=spared)
        np.maximum(spared, 0, out=spared)
        beside = np.zeros((self.n_sites, n_chosen))
        beside[:, used] = np.add.reduceat(spared[:, order], starts, axis=1)
        return opening, beside

    def only(self, sites: Ints) -> "FullSites":
        return FullSites(self.costs[sites], self.rough[sites])


@dataclass(frozen=True, slots=True)
class SparseSites:
    """Each site serves some rows. Pairs lie by site: those of site j from ``starts[j]`` up to ``starts[j + 1]``.

    ``rows``, ``costs``: shape (k,), costs less than the ceiling of their row; ``starts``: shape (m + 1,);
    ``limits``: what a row costs that nobody serves, shape (n,). Maximal covering is the case where serving costs nothing.
    """

    starts: Ints
    rows: Ints
    costs: Floats
    limits: Floats

    @property
    def n_sites(self) -> int:
        return len(self.starts) - 1

    @property
    def ceiling(self) -> Floats:
        return self.limits

    @property
    def whole(self) -> bool:
        return all(bool((numbers == np.rint(numbers)).all()) for numbers in (self.costs, self.limits))

    @property
    def owners(self) -> Ints:
        """The site of each pair, shape (k,)."""
        return np.repeat(np.arange(self.n_sites), np.diff(self.starts))

    def savings(self, prices: Floats) -> Floats:
        below = self.costs - prices[self.rows]
        np.minimum(below, 0, out=below)
        summed = np.concatenate(([0.0], np.cumsum(below)))
        return np.asarray(np.diff(summed[self.starts]))

    def times_served(self, prices: Floats, chosen: Ints) -> Floats:
        picked = _ranges(self.starts, chosen)
        rows = self.rows[picked]
        return np.bincount(rows[self.costs[picked] < prices[rows]], minlength=len(prices)).astype(np.float64)

    def two_cheapest(self, chosen: Ints) -> tuple[Ints, Floats, Floats]:
        picked = _ranges(self.starts, chosen)
        rows, costs = self.rows[picked], self.costs[picked]
        place = np.repeat(np.arange(len(chosen)), np.diff(self.starts)[chosen])
        order = np.lexsort((costs, rows))
        rows, costs, place = rows[order], costs[order], place[order]
        leads = np.concatenate(([True], rows[1:] != rows[:-1])) if len(rows) else np.empty(0, dtype=bool)
        follows = np.concatenate(([False], leads[:-1])) & ~leads if len(rows) else leads
        nearest, first, second = (
            np.zeros(len(self.limits), dtype=np.int64),
            self.limits.copy(),
            self.limits.copy(),
        )
        nearest[rows[leads]], first[rows[leads]] = place[leads], costs[leads]
        second[rows[follows]] = costs[follows]
        return nearest, first, second

    def swap_gains(
        self, nearest: Ints, first: Floats, second: Floats, n_chosen: int
    ) -> tuple[Floats, Floats]:
        owners = self.owners
        opening = sums(owners, np.maximum(first[self.rows] - self.costs, 0), self.n_sites)
        spared = np.maximum(second[self.rows] - np.maximum(self.costs, first[self.rows]), 0)
        beside = sums(owners * n_chosen + nearest[self.rows], spared, self.n_sites * n_chosen)
        return opening, beside.reshape(self.n_sites, n_chosen)

    def only(self, sites: Ints) -> "SparseSites":
        picked = _ranges(self.starts, sites)
        starts = np.concatenate(([0], np.cumsum(np.diff(self.starts)[sites])))
        return SparseSites(starts, self.rows[picked], self.costs[picked], self.limits)


def _ranges(starts: Ints, sites: Ints) -> Ints:
    """Positions of the pairs of those sites, one site after another."""
    counts = starts[sites + 1] - starts[sites]
    ends = np.cumsum(counts)
    return np.asarray(
        np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts[sites] - ends + counts, counts)
    )
