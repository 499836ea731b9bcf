"""Space-time scan statistics: where, and for how long until now, are there more cases than chance explains?

Kulldorff 2001, Journal of the Royal Statistical Society A 164:61-72 (prospective, Poisson); Kulldorff et al. 2005,
PLoS Medicine 2:e59 (permutation, from cases alone); Abrams, Kleinman and Kulldorff 2010, International Journal of
Health Geographics 9:61 (Gumbel p-values).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wangdi.methods.detection.arrays import Bools, Floats, counts_of
from wangdi.methods.detection.zones import Zones, zones

EULER = 0.5772156649015329


@dataclass(frozen=True)
class Cylinder:
    """A cluster: ``places`` (positions, the centre first) during the last ``duration`` times. ``p`` is by Monte
    Carlo, ``p_gumbel`` from a Gumbel distribution fitted to the replicates, which tells small ones apart. Both hold
    for looking at all cylinders at once.
    """

    places: tuple[int, ...]
    duration: int
    cases: float
    expected: float
    score: float
    p: float
    p_gumbel: float

    @property
    def ratio(self) -> float:
        """Observed over expected."""
        return self.cases / self.expected

    @property
    def recurrence(self) -> float:
        """In how many analyses one so unlikely comes about by chance (Kulldorff 2001, for repeated looks)."""
        return 1 / self.p


@dataclass(frozen=True)
class Scan:
    """Clusters that do not overlap, the most unlikely first; ``replicates`` are the largest scores of chance."""

    model: str
    clusters: tuple[Cylinder, ...]
    replicates: Floats


@dataclass(frozen=True)
class Search:
    """Circles with at most that ``share`` of what is expected and within ``radius``, cylinders of at most
    ``longest`` times, p-values from so many ``replicates``; at least ``least`` cases make a cluster; up to
    ``clusters`` are told.
    """

    longest: int = 8
    share: float = 0.5
    radius: float | None = None
    replicates: int = 999
    seed: int = 0
    least: int = 2
    clusters: int = 5


def scan_poisson(counts: Floats, coordinates: Floats, expected: Floats, search: Search | None = None) -> Scan:
    """Prospective scan of counts (places, times) that are expected in proportion to ``expected`` of the same shape.

    ``expected`` comes from populations, or from what a detector expects of each place; it is scaled to the total.
    """
    search = search or Search()
    values = _whole(counts)
    weights = np.asarray(expected, np.float64)
    if weights.shape != values.shape or (weights < 0).any() or not weights.sum() > 0:
        raise ValueError(f"what is expected has to be of shape {values.shape}, not negative, and not all 0")
    total = values.sum()
    random = np.random.default_rng(search.seed)
    chances = (weights / weights.sum()).ravel()

    def replicate() -> Floats:
        return random.multinomial(int(total), chances).reshape(values.shape).astype(np.float64)

    circles = zones(coordinates, weights.sum(axis=1), search.share, search.radius)
    base = _recent(weights * (total / weights.sum()), search.longest)
    return _scan("poisson", values, base, circles, search, (replicate() for _ in range(search.replicates)))


def scan_permutation(counts: Floats, coordinates: Floats, search: Search | None = None) -> Scan:
    """Prospective scan of counts (places, times) without populations: a case of a place is as likely at any time as
    a case elsewhere.

    So neither places with more people nor seasons common to all make a cluster, only cases that come together in
    both.
    """
    search = search or Search()
    values = _whole(counts)
    by_place, by_time, total = values.sum(axis=1), values.sum(axis=0), values.sum()
    random = np.random.default_rng(search.seed)
    places = np.repeat(np.arange(len(values)), by_place.astype(np.int64))
    times = np.repeat(np.arange(values.shape[1]), by_time.astype(np.int64))

    def replicate() -> Floats:
        cells = places * values.shape[1] + random.permutation(times)
        return np.bincount(cells, minlength=values.size).reshape(values.shape).astype(np.float64)

    circles = zones(coordinates, by_place, search.share, search.radius)
    base = _recent(by_place[:, None] * by_time[None, :] / max(total, 1.0), search.longest)
    return _scan(
        "permutation", values, base, circles, search, (replicate() for _ in range(search.replicates))
    )


def _whole(counts: Floats) -> Floats:
    values = counts_of(counts)
    if np.isnan(values).any():
        place, time = np.argwhere(np.isnan(values))[0].tolist()
        raise ValueError(
            f"the count of place {place} at time {time} is missing; a scan needs all, or the place left out"
        )
    return np.round(values)


def _recent(values: Floats, longest: int) -> Floats:
    """Sums over the last 1, 2, … times: (durations, places)."""
    latest_first = values[:, ::-1][:, : max(1, min(longest, values.shape[1] - 1))]
    found: Floats = np.cumsum(latest_first, axis=1).T.copy()
    return found


def _scan(
    model: str, values: Floats, base: Floats, circles: Zones, search: Search, replicates: Iterator[Floats]
) -> Scan:
    total = float(values.sum())
    inside = np.cumsum(base[:, circles.order], axis=2)
    if total == 0:
        return Scan(model, (), np.empty(0))

    def scores(table: Floats) -> Floats:
        cases = np.cumsum(_recent(table, search.longest)[:, circles.order], axis=2)
        return _scores(cases, inside, total, circles.open & (cases >= search.least))

    chance = np.array([scores(table).max() for table in replicates])
    found = scores(values)
    cases = np.cumsum(_recent(values, search.longest)[:, circles.order], axis=2)
    return Scan(model, tuple(_clusters(found, cases, inside, circles, chance, search.clusters)), chance)


def _scores(cases: Floats, expected: Floats, total: float, looked_at: Bools) -> Floats:
    """Log likelihood ratios of more cases inside than expected; 0 elsewhere."""
    scores = np.zeros_like(cases)
    more = looked_at & (cases > expected) & (expected > 0)
    c, mu = cases[more], expected[more]
    outside, mu_outside = total - c, np.maximum(total - mu, 1e-300)
    rest = np.where(outside > 0, outside * np.log(np.where(outside > 0, outside, 1.0) / mu_outside), 0.0)
    scores[more] = np.maximum(c * np.log(c / mu) + rest, 0.0)
    return scores


def _clusters(
    scores: Floats, cases: Floats, expected: Floats, circles: Zones, chance: Floats, most: int
) -> Iterator[Cylinder]:
    taken: set[int] = set()
    left = scores.copy()
    for _ in range(most):
        at = int(left.argmax())
        duration, centre, size = (int(one) for one in np.unravel_index(at, left.shape))
        score = float(left[duration, centre, size])
        if score <= 0:
            return
        places = circles.places(centre, size + 1)
        taken.update(places.tolist())
        left[:, _touched(circles, taken)] = 0
        p = (1 + int((chance >= score).sum())) / (len(chance) + 1)
        where = (duration, centre, size)
        known = float(cases[where]), float(expected[where]), score, p, gumbel_p(chance, score)
        yield Cylinder(tuple(places.tolist()), duration + 1, *known)


def _touched(circles: Zones, taken: set[int]) -> Bools:
    """Circles that hold a place already taken, (centres, sizes)."""
    found: Bools = np.logical_or.accumulate(np.isin(circles.order, list(taken)), axis=1)
    return found


def gumbel_p(chance: Floats, score: float) -> float:
    """The upper tail at ``score`` of a Gumbel distribution with mean and variance of the replicates; NaN with fewer
    than ten.
    """
    if len(chance) < 10:
        return float("nan")
    scale = float(chance.std(ddof=1)) * np.sqrt(6) / np.pi
    if scale == 0:
        return float(score <= chance[0])
    standard = (score - (float(chance.mean()) - EULER * scale)) / scale
    return float(-np.expm1(-np.exp(-standard)))
