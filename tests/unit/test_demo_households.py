"""Who lives together in the demonstration."""

import numpy as np

from wangdi.demo.households import OF_AGE, households
from wangdi.demo.population import People

DAY = 20_000


def _people(count: int, villages: int) -> People:
    generator = np.random.default_rng(7)
    return People(
        np.sort(generator.integers(0, villages, count)).astype(np.int32),
        generator.integers(1, 3, count).astype(np.int32),
        (DAY - generator.integers(0, 85 * 365, count)).astype(np.int32),
        np.full(count, 10**6, np.int32),
    )


def test_a_household_lives_in_one_village_and_its_first_person_belongs_to_it() -> None:
    people = _people(5_000, 60)
    home = households(people, DAY, np.random.default_rng(1))
    assert (people.village[home] == people.village).all()
    assert (home[home] == home).all()


def test_households_are_of_a_plausible_size_and_children_live_with_adults() -> None:
    people = _people(5_000, 60)
    home = households(people, DAY, np.random.default_rng(1))
    sizes = np.unique(home, return_counts=True)[1]
    assert 1.8 < sizes.mean() < 2.8 and sizes.max() < 12
    assert (people.age_on(DAY)[home] >= OF_AGE).all()


def test_in_a_village_without_couples_everybody_has_a_home() -> None:
    people = _people(30, 30)
    home = households(people, DAY, np.random.default_rng(1))
    assert (people.village[home] == people.village).all()
