"""Who lives together: adults two by two, most children with a couple of their village."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.demo.arrays import Bools, Column, Ints, integers
from wangdi.demo.population import People

OF_AGE = 20

ALONE = 0.15
"""Share of second adults who live alone after all: about 2.3 people a household. The census of 2020 counted 2.62 a
family household (第七次全国人口普查公报第二号): grown-up children who live with their parents are not simulated."""


def households(people: People, as_of: int, generator: np.random.Generator) -> Ints:
    """For each person the row of the first person of their household, who lives in the same village."""
    adult = people.age_on(as_of) >= OF_AGE
    home = np.arange(len(people))
    adults = _in_couples(people, integers(np.flatnonzero(adult)))
    joins = np.flatnonzero(_joins_the_one_before(people.village[adults], generator))
    home[adults[joins]] = adults[joins - 1]
    children = integers(np.flatnonzero(~adult))
    home[children] = _families(people, children, adults[joins - 1], generator)
    return integers(home)


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
