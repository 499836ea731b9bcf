"""Three questions of where to open: fewest stations for a share of the people, most people, shortest travel.

Set covering: C. Toregas et al.: The location of emergency service facilities. Operations Research 19 (1971) 1363–1373.
Maximal covering: R. Church, C. ReVelle: The maximal covering location problem. Papers in Regional Science 32 (1974)
101–118. p-median: S. L. Hakimi: Optimum locations of switching centers. Operations Research 12 (1964) 450–459.
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from wangdi.engine.model.text import Text
from wangdi.methods.highs import Answer, Programme, solve
from wangdi.methods.problems import BadInput
from wangdi.methods.siting.choosing import Choice, choose
from wangdi.methods.siting.covering import cover_all
from wangdi.methods.siting.modelling import Limits, covering_programme, serving_programme
from wangdi.methods.siting.options import Options, Siting
from wangdi.methods.siting.sites import Floats, FullSites, Ints, Sites, SparseSites
from wangdi.methods.sums import sums
from wangdi.methods.travel.pairs import Pairs, nearest

FULL_FROM = 0.3
"""From this share of all pairs on, costs are kept as a full matrix."""


def most_people(
    pairs: Pairs,
    people: Floats,
    options: Options,
    stations: int | None = None,
    budget: float | None = None,
    seconds: float = 120.0,
) -> Siting:
    """The stations that most people have within reach; ``value`` and ``bound`` are people.

    ``pairs``: origins and options within reach of each other; ``people`` ≥ 0, shape (n,). At most ``stations`` new ones are
    opened, at most ``budget`` is spent. `BadInput` when that cannot be.
    """
    clock = _Clock()
    _check(pairs, people, options, stations, budget)
    if stations is not None and budget is None and not options.limited and not options.alternatives:
        rows, merged = merge_rows(pairs, people)
        opened = _opened(rows, np.zeros(len(rows)), merged, options, stations, seconds)
        within = float(merged.sum())
        return clock.siting(pairs, people, opened.chosen, within - opened.value, within - opened.bound)
    limits = Limits(stations, budget)
    nothing = np.zeros(len(options))
    if options.limited:
        worth = -people[pairs.origins]
        programme = serving_programme(options, limits, pairs, people, nothing, worth)
    else:
        rows, merged = merge_rows(pairs, people)
        programme = covering_programme(options, limits, rows, merged, nothing, -1.0)
    return clock.solved(programme, pairs, people, options, seconds, lambda cost: -cost)


def fewest_stations(
    pairs: Pairs, people: Floats, options: Options, share: float = 1.0, seconds: float = 120.0
) -> Siting:
    """The fewest new stations that bring ``share`` of the people within reach; ``value`` and ``bound`` are stations.

    `BadInput` when not so many people have any option within reach, with the share that has.
    """
    clock = _Clock()
    _check(pairs, people, options, None, None)
    wanted = share * float(people.sum())
    _check_reach(pairs, people, share)
    stations = options.new.astype(np.float64)
    if share == 1.0 and not options.limited and not options.alternatives:
        return clock.covered(pairs, people, options, seconds)
    limits = Limits(people=wanted)
    if options.limited:
        programme = serving_programme(options, limits, pairs, people, stations, np.zeros(len(pairs)))
    else:
        rows, merged = merge_rows(pairs, people)
        programme = covering_programme(options, limits, rows, merged, stations, 0.0)
    return clock.solved(programme, pairs, people, options, seconds, lambda cost: cost, whole=True)


def least_travel(
    pairs: Pairs,
    people: Floats,
    options: Options,
    far: float,
    stations: int | None = None,
    budget: float | None = None,
    seconds: float = 120.0,
) -> Siting:
    """The stations with the least travel of all people; ``value`` and ``bound`` are minutes × people.

    Who has no open station within ``far`` minutes, or no room there, counts with ``far`` minutes. `BadInput` as above.
    """
    clock = _Clock()
    _check(pairs, people, options, stations, budget)
    pairs = pairs.where(pairs.minutes < far)
    if stations is not None and budget is None and not options.limited and not options.alternatives:
        costs = people[pairs.origins] * pairs.minutes
        opened = _opened(pairs, costs, people * far, options, stations, seconds)
        return clock.siting(pairs, people, opened.chosen, opened.value, opened.bound)
    worth = people[pairs.origins] * (pairs.minutes - far)
    limits, nothing = Limits(stations, budget), np.zeros(len(options))
    programme = serving_programme(options, limits, pairs, people, nothing, worth)
    everybody = far * float(people.sum())
    return clock.solved(programme, pairs, people, options, seconds, lambda cost: everybody + cost)


def sites_of(pairs: Pairs, costs: Floats, limits: Floats) -> Sites:
    """Destinations as sites: what serving costs by pair, shape (k,); what a row costs that none serves, shape (n,)."""
    order = np.lexsort((pairs.origins, pairs.destinations))
    rows, columns, costs = pairs.origins[order], pairs.destinations[order], costs[order]
    if len(pairs) >= FULL_FROM * pairs.n_origins * pairs.n_destinations:
        full = np.tile(limits, (pairs.n_destinations, 1))
        full[columns, rows] = costs
        return FullSites.of(full)
    starts = np.searchsorted(columns, np.arange(pairs.n_destinations + 1))
    return SparseSites(starts, rows, costs, limits)


def merge_rows(pairs: Pairs, people: Floats) -> tuple[Pairs, Floats]:
    """Origins that the same options reach made one, with their people together; those that none reaches, and those
    without people, left out. Minutes are of no use afterwards and become 0. Cost: linear in pairs, and sorting them."""
    reach = pairs.where(people[pairs.origins] > 0)
    marks = np.random.default_rng(0).integers(1, 2**62, (2, pairs.n_destinations), dtype=np.uint64)
    reached_by = np.zeros((2, pairs.n_origins), dtype=np.uint64)
    for mark, total in zip(marks, reached_by, strict=True):
        np.add.at(total, reach.origins, mark[reach.destinations])
    reached = np.flatnonzero(np.bincount(reach.origins, minlength=pairs.n_origins))
    _, first, group = np.unique(reached_by[:, reached], axis=1, return_index=True, return_inverse=True)
    merged = sums(group.ravel(), people[reached], len(first))
    row_of = np.full(pairs.n_origins, -1)
    row_of[reached[first]] = np.arange(len(first))
    kept = reach.where(row_of[reach.origins] >= 0)
    nothing = np.zeros(len(kept))
    return Pairs(row_of[kept.origins], kept.destinations, nothing, len(first), pairs.n_destinations), merged


def _opened(
    pairs: Pairs, costs: Floats, limits: Floats, options: Options, stations: int, seconds: float
) -> Choice:
    """The best new stations beside those that exist, which stay open: closing one saves nothing here.

    What the existing ones do already is a limit on what a row costs; only where a new one does better does it count.
    """
    limits, old = limits.copy(), ~options.new[pairs.destinations]
    np.minimum.at(limits, pairs.origins[old], costs[old])
    better = ~old & (costs < limits[pairs.origins])
    existing, new = np.flatnonzero(~options.new), np.flatnonzero(options.new)
    left = pairs.where(better)
    to_new = replace(left, destinations=np.searchsorted(new, left.destinations), n_destinations=len(new))
    n_open = min(stations, len(np.unique(left.destinations)))
    if not n_open:
        return Choice(existing, float(limits.sum()), float(limits.sum()), 0.0, 0.0, 0)
    found = choose(sites_of(to_new, costs[better], limits), n_open, np.empty(0, dtype=np.int64), seconds)
    return replace(found, chosen=np.concatenate((existing, new[found.chosen])))


class _Clock:
    """Makes plans, with the time since it was made."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def siting(self, pairs: Pairs, people: Floats, chosen: Ints, value: float, bound: float) -> Siting:
        chosen = np.sort(chosen)
        serving, _ = nearest(pairs.where(np.isin(pairs.destinations, chosen)))
        served = float(people[serving >= 0].sum())
        return Siting(chosen, serving, served, value, bound, *self.times())

    def times(self) -> tuple[float, float]:
        return time.perf_counter() - self.wall, time.process_time() - self.cpu

    def covered(self, pairs: Pairs, people: Floats, options: Options, seconds: float) -> Siting:
        """The cheapest cover of everybody whom those that stay do not reach."""
        rows, _ = merge_rows(pairs, people)
        stays = ~options.new
        done = np.bincount(rows.origins, stays[rows.destinations], rows.n_origins) > 0
        left = rows.where(~done[rows.origins])
        covers = csr_array(left.by_origin()[~done])
        existing = np.flatnonzero(stays)
        if not covers.shape[0]:
            return self.siting(pairs, people, existing, 0.0, 0.0)
        cover = cover_all(covers, options.new.astype(np.float64), seconds)
        chosen = np.union1d(cover.chosen, existing)
        return self.siting(pairs, people, chosen, cover.value, cover.bound)

    def solved(
        self,
        programme: Programme,
        pairs: Pairs,
        people: Floats,
        options: Options,
        seconds: float,
        told: Callable[[float], float],
        whole: bool = False,
    ) -> Siting:
        """What HiGHS finds; ``told`` turns its objective into the value of the question."""
        solved = solve(programme, seconds, 1e-5)
        if solved.x is None:
            raise BadInput([_none_found(solved, seconds)])
        chosen = np.flatnonzero(solved.x[: len(options)] > 0.5)
        value, bound = float(programme.costs @ solved.x), solved.bound
        if whole:
            value, bound = round(value), float(np.ceil(bound - 1e-6))
        if not options.limited:
            return self.siting(pairs, people, chosen, told(value), told(bound))
        shares = solved.x[len(options) :]
        served = float((people[pairs.origins] * shares).sum())
        serving = _most_served(pairs, shares)
        return Siting(chosen, serving, served, told(value), told(bound), *self.times())


def _most_served(pairs: Pairs, shares: Floats) -> Ints:
    """The option with the largest share of each origin, -1 where none has any."""
    used = pairs.where(shares > 1e-9)
    weights = shares[shares > 1e-9]
    largest = Pairs(
        used.origins, used.destinations, 1 - np.minimum(weights, 1), pairs.n_origins, pairs.n_destinations
    )
    return nearest(largest)[0]


# -- what cannot be ---------------------------------------------------------------------------------


def _none_found(solved: Answer, seconds: float) -> Text:
    if solved.impossible:
        return Text(
            "没有满足全部条件的方案：请放宽容量、预算、站点数或覆盖比例",
            "no plan keeps to all conditions: relax capacities, budget, stations or the share of people",
        )
    return Text(
        f"{seconds:g} 秒内没有找到方案；请给更多时间或减少备选点",
        f"no plan was found in {seconds:g} seconds; allow more time or fewer candidates",
    )


def _check(
    pairs: Pairs, people: Floats, options: Options, stations: int | None, budget: float | None
) -> None:
    if pairs.n_destinations != len(options) or people.shape != (pairs.n_origins,):
        raise ValueError("people belong to origins and options to destinations, one each")
    options.check()
    problems = []
    n_new = int(options.new.sum())
    if stations is not None and not 0 <= stations <= n_new:
        problems.append(
            Text(
                f"要新设 {stations} 个站点，但只有 {n_new} 个备选点；请减少站点数或增加备选点",
                f"{stations} stations are to be opened, but there are {n_new} candidates; ask for fewer or add candidates",
            )
        )
    if not (people >= 0).all() or people.sum() == 0:
        problems.append(
            Text("没有人口：请填写区划台账的人口", "nobody lives here: fill in population in the places")
        )
    if not len(options):
        problems.append(
            Text("没有备选点，也没有现有站点", "there are neither candidates nor existing stations")
        )
    if budget is not None and budget < 0:
        problems.append(Text("预算应不小于 0", "a budget must be from 0 up"))
    if problems:
        raise BadInput(problems)


def _check_reach(pairs: Pairs, people: Floats, share: float) -> None:
    if not 0 < share <= 1:
        raise BadInput([Text("覆盖比例应在 0 到 1 之间", "the share of people must lie between 0 and 1")])
    reachable = float(people[np.unique(pairs.origins)].sum() / people.sum())
    if reachable < share:
        raise BadInput(
            [
                Text(
                    f"要覆盖 {share:.2%} 的人口，但全部备选点只能覆盖 {reachable:.2%}；请降低比例、放宽分钟数或增加备选点",
                    f"{share:.2%} of people are to be covered, but all options together reach {reachable:.2%}; "
                    "ask for less, allow more minutes or add candidates",
                )
            ]
        )
