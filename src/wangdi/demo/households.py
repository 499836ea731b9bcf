"""Who lives together: adults two by two, children with a woman of their village who can be their mother."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.demo.arrays import DAYS_A_YEAR, NEVER, Bools, Column, Ints, integers
from wangdi.demo.population import FEMALE, People

OF_AGE = 20

AT_BIRTH = (20, 42)
"""Age of mothers when a child is born: who is younger or older is rare, and not simulated."""

ALONE = 0.15
"""Share of second adults who live alone after all: about 2.3 people a household. The census of 2020 counted 2.62 a
family household (第七次全国人口普查公报第二号): grown-up children who live with their parents are not simulated."""

GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it, without their whole part, lie far from their neighbours: children born one after the other in a
village get different mothers, and one mother's children lie years apart."""

_LIFETIME = 100_000
"""More days than anybody's birth can lie from another's."""

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Families:
    """For each person the row of the first person of their household, who lives in the same village, and the day of the
    last birth of a child of theirs, or NEVER."""

    home: Ints
    gave_birth: Ints


def make_families(people: People, as_of: int, generator: np.random.Generator) -> Families:
    adult = people.age_on(as_of) >= OF_AGE
    home = np.arange(len(people))
    adults = _in_couples(people, integers(np.flatnonzero(adult)))
    joins = np.flatnonzero(_joins_the_one_before(people.village[adults], generator))
    home[adults[joins]] = adults[joins - 1]
    children = integers(np.flatnonzero(~adult))
    mother = _mothers(people, children, integers(np.flatnonzero(adult & (people.sex == FEMALE))))
    with_mother = mother != NOBODY
    home[children] = _families(people, children, adults[joins - 1], generator)
    home[children[with_mother]] = home[mother[with_mother]]
    gave_birth = np.full(len(people), -_LIFETIME, dtype=np.int32)
    np.maximum.at(gave_birth, mother[with_mother], people.birth[children[with_mother]])
    return Families(integers(home), integers(np.where(gave_birth == -_LIFETIME, NEVER, gave_birth)))


def _in_couples(people: People, adults: Ints) -> Ints:
    """By village, the eldest man, the eldest woman, the next man, the next woman …"""
    village, sex = people.village[adults], people.sex[adults]
    order = np.lexsort((people.birth[adults], sex, village))
    group = village[order] * 2 + (sex[order] - 1)
    rank = np.arange(len(adults)) - np.searchsorted(group, group)
    return adults[order][np.lexsort((sex[order], rank, village[order]))]


def _joins_the_one_before(village: Ints, generator: np.random.Generator) -> Bools:
    """Of people in order, who is the second of a couple: every other one of a village, but for those alone."""
    rank = np.arange(len(village)) - np.searchsorted(village, village)
    seconds: Bools = (rank % 2 == 1) & (generator.random(len(village)) >= ALONE)
    return seconds


def _mothers(people: People, children: Ints, women: Ints) -> Ints:
    """For each child a woman of its village who was of an age to give birth to it, and alive; or NOBODY."""
    of_birth = people.village.astype(np.int64) * _LIFETIME + people.birth
    women = women[np.argsort(of_birth[women], kind="stable")]
    known, born = of_birth[women], of_birth[children]
    eldest = np.searchsorted(known, born - int(AT_BIRTH[1] * DAYS_A_YEAR))
    youngest = np.searchsorted(known, born - int(AT_BIRTH[0] * DAYS_A_YEAR), side="right")
    turn = np.empty(len(children))
    turn[np.argsort(born, kind="stable")] = np.arange(len(children)) * GOLDEN % 1
    chosen = eldest + np.floor(turn * (youngest - eldest)).astype(np.int64)
    mother = np.full(len(children), NOBODY, dtype=np.int32)
    found = np.flatnonzero(youngest > eldest)
    mother[found] = women[chosen[found]]
    mother[found[people.death[mother[found]] <= people.birth[children[found]]]] = NOBODY
    return mother


def _families(people: People, children: Ints, couples: Ints, generator: np.random.Generator) -> Ints:
    """A couple of the child's village drawn at random; the child alone where there is none. Couples by village."""
    village = people.village[couples]
    first = np.searchsorted(village, people.village[children])
    last = np.searchsorted(village, people.village[children], side="right")
    drawn = first + np.floor(generator.random(len(children)) * (last - first)).astype(np.int64)
    found = children.copy()
    found[last > first] = couples[drawn[last > first]]
    return integers(found)


def household_codes(codes: Column, home: Ints) -> Column:
    """The code of the first person, with a letter before it."""
    return pc.binary_join_element_wise("H", codes.take(pa.array(home)), "")
