"""Space-time scans and nowcasts: uniform under chance, and what was planted is found."""

import numpy as np
import pytest
from scipy.stats import kstest

from wangdi.methods.detection.arrays import Floats
from wangdi.methods.detection.nowcast import Triangle, nowcast, triangle_of
from wangdi.methods.detection.scan import Search, gumbel_p, scan_permutation, scan_poisson
from wangdi.methods.detection.zones import zones

PLACES, TIMES = 30, 20
QUICK = Search(longest=4, replicates=99)


def somewhere(seed: int) -> tuple[np.random.Generator, Floats, Floats]:
    """Coordinates, and what is expected by place and time."""
    random = np.random.default_rng(seed)
    coordinates = random.uniform(0, 10, (PLACES, 2))
    season = 1 + 0.5 * np.sin(np.arange(TIMES) / 3)
    return random, coordinates, random.gamma(2.0, 1.0, (PLACES, 1)) * season


def smallest_p(seed: int, model: str) -> float:
    random, coordinates, expected = somewhere(seed)
    counts = random.poisson(expected).astype(np.float64)
    search = Search(longest=3, replicates=99, seed=seed, least=1)
    found = (
        scan_poisson(counts, coordinates, expected, search)
        if model == "poisson"
        else scan_permutation(counts, coordinates, search)
    )
    return found.clusters[0].p


@pytest.mark.parametrize("model", ["poisson", "permutation"])
def test_by_chance_alone_all_p_values_are_equally_likely(model: str) -> None:
    found = np.array([smallest_p(seed, model) for seed in range(60)])
    assert kstest(found, "uniform").pvalue > 0.01
    assert (found <= 0.05).mean() <= 0.12


@pytest.mark.parametrize("model", ["poisson", "permutation"])
def test_a_planted_cluster_is_found_where_and_when_it_is(model: str) -> None:
    random, coordinates, expected = somewhere(7)
    counts = random.poisson(expected).astype(np.float64)
    near = np.argsort(np.hypot(*(coordinates - coordinates[3]).T))[:4]
    counts[near, -3:] += random.poisson(3 * expected[near, -3:])
    found = (
        scan_poisson(counts, coordinates, expected, QUICK)
        if model == "poisson"
        else scan_permutation(counts, coordinates, QUICK)
    )
    first = found.clusters[0]
    assert first.p == 0.01
    assert first.p_gumbel < 0.01
    assert len(set(first.places) & set(near.tolist())) >= 3
    assert first.duration in (2, 3, 4)
    assert first.ratio > 2
    assert first.recurrence == pytest.approx(100)


def test_a_season_common_to_all_places_is_no_cluster_of_the_permutation_scan() -> None:
    random, coordinates, expected = somewhere(9)
    expected[:, -3:] *= 4
    found = scan_permutation(random.poisson(expected).astype(np.float64), coordinates, QUICK)
    assert found.clusters[0].p > 0.05


def test_told_clusters_share_no_place() -> None:
    random, coordinates, expected = somewhere(11)
    found = scan_permutation(random.poisson(expected).astype(np.float64), coordinates, QUICK)
    places = [place for cluster in found.clusters for place in cluster.places]
    assert len(places) == len(set(places))


def test_circles_hold_at_most_their_share_and_take_places_equally_far_together() -> None:
    coordinates = np.array([[0.0, 0], [1, 0], [-1, 0], [5, 0]])
    found = zones(coordinates, np.ones(4), share=0.75)
    assert found.open[0].tolist() == [True, False, True]
    assert sorted(found.places(0, 3).tolist()) == [0, 1, 2]
    with pytest.raises(ValueError, match="place 1 has no coordinates"):
        zones(np.array([[0.0, 0], [np.nan, 1]]), np.ones(2))


def test_a_scan_refuses_missing_counts_and_finds_nothing_where_there_are_no_cases() -> None:
    coordinates = np.random.default_rng(1).uniform(0, 1, (3, 2))
    assert scan_permutation(np.zeros((3, 6)), coordinates, QUICK).clusters == ()
    with pytest.raises(ValueError, match="place 1 at time 2 is missing"):
        scan_permutation(np.array([[1.0, 1, 1], [1, 1, np.nan], [1, 1, 1]]), coordinates, QUICK)


def test_a_gumbel_tail_goes_on_where_the_replicates_end() -> None:
    chance = np.random.default_rng(2).gumbel(3, 1, 5000)
    assert gumbel_p(chance, 3.0) == pytest.approx(1 - np.exp(-1), abs=0.03)
    assert gumbel_p(chance, 15.0) == pytest.approx(np.exp(-12), rel=0.5)


# -- nowcasting -----------------------------------------------------------------------------------

DELAYS = np.array([0.2, 0.25, 0.2, 0.15, 0.1, 0.06, 0.04])


def delayed(seed: int, mean: float) -> tuple[Triangle, Floats]:
    """A triangle, and how many cases there will be in the end."""
    random = np.random.default_rng(seed)
    total = random.poisson(mean * (1 + 0.4 * np.sin(np.arange(60) / 6)))
    return Triangle(np.array([random.multinomial(one, DELAYS) for one in total], np.float64)), total.astype(
        np.float64
    )


def test_the_delays_are_estimated_although_the_late_ones_are_cut_off() -> None:
    found = nowcast(delayed(1, 300)[0])
    assert found.delays == pytest.approx(DELAYS, abs=0.01)
    assert found.delays.sum() == pytest.approx(1)
    assert found.share[-1] == pytest.approx(0.2, abs=0.02)
    assert found.share[0] == pytest.approx(1)


@pytest.mark.parametrize("mean", [8, 80])
def test_the_interval_holds_the_truth_as_often_as_it_says(mean: float) -> None:
    inside = []
    for seed in range(60):
        triangle, total = delayed(seed, mean)
        found = nowcast(triangle, draws=500, alpha=0.1)
        recent = slice(-5, None)
        inside.append((found.lower[recent] <= total[recent]) & (total[recent] <= found.upper[recent]))
    assert 0.86 < np.mean(inside) < 0.97


def test_a_nowcast_is_right_on_average() -> None:
    ratio = []
    for seed in range(80):
        triangle, total = delayed(seed, 60)
        ratio.append(nowcast(triangle, draws=10).expected[-4:].sum() / total[-4:].sum())
    assert np.mean(ratio) == pytest.approx(1, abs=0.04)


def test_what_is_hardly_reported_yet_is_not_estimated() -> None:
    triangle, _ = delayed(3, 50)
    found = nowcast(triangle, least_share=0.3)
    assert np.isnan(found.expected[-1])
    assert not np.isnan(found.expected[-2])
    assert np.isnan(nowcast(Triangle(np.zeros((10, 3)))).expected).all()


def test_a_triangle_is_counted_from_cases_and_knows_nothing_of_later_reports() -> None:
    onset = np.array(["2026-05-01", "2026-05-02", "2026-05-02", "2026-05-03"], "M8[D]")
    report = onset + np.array([0, 1, 9, 1])
    triangle = triangle_of(onset, report, np.datetime64("2026-05-03"), times=3, delays=2)
    assert triangle.cases.tolist() == [[1, 0], [0, 1], [0, 0]]
    with pytest.raises(ValueError, match="reported before their onset, the first in row 0"):
        triangle_of(onset, onset - 1, np.datetime64("2026-05-03"), times=3, delays=2)
