"""Where care reaches: access by floating catchments, weights, balance by area."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangdi.methods.reach.access import two_step
from wangdi.methods.reach.balance import balance
from wangdi.methods.reach.weights import Weight, flat, gaussian, step
from wangdi.methods.travel.pairs import Pairs

ZONES = {10.0: 1.0, 20.0: 0.68, 30.0: 0.22}
WEIGHTS = {"flat": flat(), "step": step(ZONES), "gaussian": gaussian(12)}


def random_pairs(seed: int) -> Pairs:
    generator = np.random.default_rng(seed)
    near = generator.random((9, 6)) < 0.4
    origins, destinations = np.nonzero(near)
    return Pairs(origins, destinations, generator.uniform(0, 30, len(origins)), 9, 6)


def by_hand(pairs: Pairs, demand: np.ndarray, supply: np.ndarray, weight: Weight) -> np.ndarray:
    """The two steps as the papers write them, one pair at a time."""
    weights = [float(weight(np.array([minutes]))[0]) for minutes in pairs.minutes]
    triples = list(zip(pairs.origins, pairs.destinations, weights, strict=True))
    ratio = {}
    for site in range(pairs.n_destinations):
        people = sum(demand[i] * w for i, j, w in triples if j == site)
        ratio[site] = supply[site] / people if people else 0.0
    return np.array(
        [sum(ratio[j] * w for i, j, w in triples if i == origin) for origin in range(pairs.n_origins)]
    )


@pytest.mark.parametrize("name", WEIGHTS)
@given(seed=st.integers(0, 2**32 - 1))
def test_access_is_what_the_papers_write_and_all_supply_is_shared_out(name: str, seed: int) -> None:
    pairs, generator = random_pairs(seed), np.random.default_rng(seed + 1)
    demand, supply = generator.integers(0, 900, 9).astype(float), generator.integers(0, 9, 6).astype(float)
    found = two_step(pairs, demand, supply, WEIGHTS[name])
    assert found.of_origin == pytest.approx(by_hand(pairs, demand, supply, WEIGHTS[name]), abs=1e-12)
    assert (found.of_origin * demand).sum() == pytest.approx(supply.sum() - found.unreached, abs=1e-9)


def test_a_clinic_whose_catchment_nobody_lives_in_counts_as_unreached() -> None:
    pairs = Pairs(np.array([0, 1]), np.array([0, 1]), np.array([5.0, 5.0]), 2, 2)
    found = two_step(pairs, np.array([100.0, 0.0]), np.array([2.0, 3.0]), flat())
    assert found.of_origin.tolist() == [0.02, 0.0] and found.unreached == 3.0


def test_zones_end_with_their_last_minute() -> None:
    assert step(ZONES)(np.array([0, 10, 10.5, 20, 30, 30.1])).tolist() == [1, 1, 0.68, 0.68, 0.22, 0]


@pytest.mark.parametrize("wrong", [lambda: step({}), lambda: step({10: -1}), lambda: gaussian(0)])
def test_weights_that_mean_nothing_are_refused(wrong: object) -> None:
    with pytest.raises(ValueError):
        wrong()  # type: ignore[operator]


def test_negative_people_and_wrong_lengths_are_refused() -> None:
    pairs = random_pairs(1)
    with pytest.raises(ValueError):
        two_step(pairs, np.full(9, -1.0), np.ones(6), flat())
    with pytest.raises(ValueError):
        two_step(pairs, np.ones(6), np.ones(9), flat())


def test_surplus_of_one_area_does_not_make_up_for_a_deficit_of_another() -> None:
    found = balance(
        np.array([0, 0, 2]),
        np.array([2.0, 3.0, 1.0]),
        np.array([0, 1, 2]),
        np.array([2000.0, 1000.0, 2000.0]),
        0.001,
        4,
    )
    assert found.supply.tolist() == [5, 0, 1, 0] and found.need.tolist() == [2, 1, 2, 0]
    assert found.surplus.tolist() == [3, 0, 0, 0] and found.deficit.tolist() == [0, 1, 1, 0]
