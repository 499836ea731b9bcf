"""Who lives together in the demonstration."""

import itertools

import numpy as np

from wangdi.demo.arrays import DAYS_A_YEAR, NEVER
from wangdi.demo.households import AT_BIRTH, OF_AGE, make_families
from wangdi.demo.population import FEMALE, People

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
    home = make_families(people, DAY, np.random.default_rng(1)).home
    assert (people.village[home] == people.village).all()
    assert (home[home] == home).all()


def test_households_are_of_a_plausible_size_and_children_live_with_adults() -> None:
    people = _people(5_000, 60)
    home = make_families(people, DAY, np.random.default_rng(1)).home
    sizes = np.unique(home, return_counts=True)[1]
    assert 1.8 < sizes.mean() < 2.8 and sizes.max() < 12
    assert (people.age_on(DAY)[home] >= OF_AGE).all()


def test_in_a_village_without_couples_everybody_has_a_home() -> None:
    people = _people(30, 30)
    home = make_families(people, DAY, np.random.default_rng(1)).home
    assert (people.village[home] == people.village).all()


def test_mothers_live_with_their_children_and_were_of_an_age_to_have_them() -> None:
    people = _people(5_000, 60)
    families = make_families(people, DAY, np.random.default_rng(1))
    mothers = np.flatnonzero(families.gave_birth != NEVER)
    assert len(mothers) > 300
    assert set(people.sex[mothers]) == {FEMALE}
    ages = (families.gave_birth - people.birth)[mothers] / DAYS_A_YEAR
    assert AT_BIRTH[0] - 0.01 <= ages.min() and ages.max() <= AT_BIRTH[1] + 0.01
    with_children = set(families.home[people.age_on(DAY) < OF_AGE])
    assert {int(home) for home in families.home[mothers]} <= with_children


def test_one_mothers_children_are_seldom_born_within_months() -> None:
    people = _people(20_000, 40)
    families = make_families(people, DAY, np.random.default_rng(1))
    children = np.flatnonzero(people.age_on(DAY) < OF_AGE)
    by_home = sorted(zip(families.home[children], people.birth[children], strict=True))
    gaps = [later[1] - earlier[1] for earlier, later in itertools.pairwise(by_home) if earlier[0] == later[0]]
    assert np.mean(np.array(gaps) < 300) < 0.12
