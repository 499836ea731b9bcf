"""Questions of siting as programmes for HiGHS, for what prices cannot do: capacities, budgets, shares, upgrades."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack

from wangdi.methods.highs import Programme
from wangdi.methods.siting.options import Options
from wangdi.methods.siting.sites import Floats, Ints
from wangdi.methods.travel.pairs import Pairs

INF = np.inf


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan must keep to; None: no such limit. ``stations``: new ones at most; ``people``: served at least."""

    stations: int | None = None
    budget: float | None = None
    people: float | None = None


@dataclass(slots=True)
class _Rows:
    """Rows of a programme as they are gathered; each block is a sparse matrix with one bound below and above per row."""

    n_columns: int
    blocks: list[csr_array]
    lower: list[Floats]
    upper: list[Floats]

    def add(self, rows: Ints, columns: Ints, values: Floats, lower: Floats, upper: Floats) -> None:
        shape = (len(lower), self.n_columns)
        self.blocks.append(csr_array(coo_array((values, (rows, columns)), shape)))
        self.lower.append(lower)
        self.upper.append(upper)


def covering_programme(
    options: Options, limits: Limits, pairs: Pairs, people: Floats, objective: Floats, row_worth: float
) -> Programme:
    """Options (whole, first), then rows of demand (0 to 1): a row is served when an option that reaches it is open.

    ``objective``: costs of options; each served person changes the objective by ``row_worth``.
    """
    m, n = len(options), pairs.n_origins
    rows = _Rows(m + n, [], [], [])
    origins = np.concatenate((pairs.origins, np.arange(n)))
    columns = np.concatenate((pairs.destinations, m + np.arange(n)))
    values = np.concatenate((np.ones(len(pairs)), np.full(n, -1.0)))
    rows.add(origins, columns, values, np.zeros(n), np.full(n, INF))
    _limit(rows, options, limits)
    _demand(rows, limits, m + np.arange(n), people)
    return _programme(rows, m, np.concatenate((objective, row_worth * people)))


def serving_programme(
    options: Options, limits: Limits, pairs: Pairs, people: Floats, objective: Floats, pair_costs: Floats
) -> Programme:
    """Options (whole, first), then for each pair the share of an origin's people that the option serves (0 to 1)."""
    m, k, n = len(options), len(pairs), pairs.n_origins
    rows, shares = _Rows(m + k, [], [], []), m + np.arange(k)
    each = np.arange(k)
    rows.add(pairs.origins, shares, np.ones(k), np.full(n, -INF), np.ones(n))
    both = np.concatenate((shares, pairs.destinations))
    rows.add(np.tile(each, 2), both, np.repeat([1.0, -1.0], k), np.full(k, -INF), np.zeros(k))
    taken = people[pairs.origins]
    limited = np.flatnonzero(np.isfinite(options.capacity))
    place = np.full(m, -1)
    place[limited] = np.arange(len(limited))
    counted = place[pairs.destinations] >= 0
    rows.add(
        np.concatenate((place[pairs.destinations][counted], np.arange(len(limited)))),
        np.concatenate((shares[counted], limited)),
        np.concatenate((taken[counted], -options.capacity[limited])),
        np.full(len(limited), -INF),
        np.zeros(len(limited)),
    )
    _limit(rows, options, limits)
    _demand(rows, limits, shares, taken)
    return _programme(rows, m, np.concatenate((objective, pair_costs)))


def _limit(rows: _Rows, options: Options, limits: Limits) -> None:
    """One option a site, as many new stations and as much money as there is."""
    sites, of_option = np.unique(options.site, return_inverse=True)
    required = np.bincount(of_option[options.required], minlength=len(sites)) > 0
    everything = np.arange(len(options))
    rows.add(of_option, everything, np.ones(len(options)), required.astype(np.float64), np.ones(len(sites)))
    nought = np.zeros(len(options), dtype=np.int64)
    for values, most in ((options.new.astype(np.float64), limits.stations), (options.cost, limits.budget)):
        if most is not None:
            rows.add(nought, everything, values, np.array([-INF]), np.array([float(most)]))


def _demand(rows: _Rows, limits: Limits, columns: Ints, people: Floats) -> None:
    if limits.people is not None:
        nought = np.zeros(len(columns), dtype=np.int64)
        rows.add(nought, columns, people, np.array([limits.people]), np.array([INF]))


def _programme(rows: _Rows, n_options: int, costs: Floats) -> Programme:
    whole = np.arange(rows.n_columns) < n_options
    return Programme(
        costs,
        csr_array(vstack(rows.blocks, format="csr")),
        np.concatenate(rows.lower),
        np.concatenate(rows.upper),
        np.zeros(rows.n_columns),
        np.ones(rows.n_columns),
        whole,
    )
