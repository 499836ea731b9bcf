"""What the simulation of every kind of record knows: people, institutions, workers, teams, assets, quality of care."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wangdi.demo.arrays import NEVER, Bools, Column, Floats, Ints, integers, random_stream
from wangdi.demo.assets import Asset
from wangdi.demo.density import Density
from wangdi.demo.households import Families
from wangdi.demo.institutions import Institutions
from wangdi.demo.population import People
from wangdi.demo.sources import Place
from wangdi.demo.teams import Teams
from wangdi.demo.workers import Workers

RESIDENTS_A_PART = 100_000
"""At most 1,200,000 records of the most frequent kind: small enough for memory, large enough that what each formula costs
once – most of the time with parts of 20,000 – no longer counts."""

TOWNSHIP_LEVELS = (-2.6, 3.4)
"""Quality of care in the worst and in the best township, on the logit scale.

Chosen so that the share of patients managed runs from about 45 % to about 95 %, whatever the seed.
"""

CROWDING = 0.5
"""Exponent that spreads townships between worst and best: 1 evenly, less with more of them near the best."""

COUNTY_LEVEL = 0.45
VILLAGE_SPREAD = 0.55
"""How far one county lies above and the other below, and how villages of a township scatter; logit scale."""

BEHIND, BEHIND_BY = 0.03, 2.5
"""Share of the villages that are far behind their township, and how far on the logit scale."""

STOPPED_FOR = (120, 200)
"""One village doctor stopped at least so many, and less than so many, days ago."""

MOVED = 0.004
"""Share of the residents who move away within the three years; then their records end."""

ROUNDING = 0.07
"""Share of the villages whose readings are rounded to tens."""


@dataclass(frozen=True, slots=True)
class Care:
    """How residents of each village are looked after.

    ``quality`` runs from 0 (poor) to 1; ``stops_on`` is the day the village's doctor stopped, or NEVER.
    """

    quality: Floats
    stops_on: Ints
    rounds: Bools


@dataclass(frozen=True, slots=True)
class Setting:
    """The simulated network without its records. ``first_day`` and ``as_of`` bound the three years."""

    seed: int
    density: Density
    first_day: int
    as_of: int
    villages: tuple[Place, ...]
    people: People
    families: Families
    moved: Ints
    """The day on which each one moved away, or NEVER."""
    codes: Column
    institutions: Institutions
    institution_codes: Column
    workers: Workers
    teams: Teams
    assets: tuple[Asset, ...]
    care: Care

    def residents_by_township(self) -> dict[str, int]:
        found: dict[str, int] = {}
        counts = np.bincount(self.people.village, minlength=len(self.villages)).tolist()
        for village, count in zip(self.villages, counts, strict=True):
            township = village.parent or ""
            found[township] = found.get(township, 0) + count
        return found

    def parts(self) -> Iterator["Part"]:
        for number, start in enumerate(range(0, len(self.people), RESIDENTS_A_PART)):
            yield self.part(number, slice(start, start + RESIDENTS_A_PART))

    def part(self, number: int, rows: slice) -> "Part":
        return Part(self, number, rows.start, self.people.part(rows))


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive residents, simulated together; person numbers count from its first one."""

    setting: Setting
    number: int
    start: int
    people: People

    def stream(self, purpose: str) -> np.random.Generator:
        return random_stream(self.setting.seed, purpose, self.number)

    @property
    def quality(self) -> Floats:
        """Of each person's village."""
        return self.setting.care.quality[self.people.village]

    @property
    def last_day(self) -> Ints:
        """The last day on which a record about each person is possible."""
        return integers(np.minimum(self.people.death, self.setting.as_of))

    @property
    def last_visit_day(self) -> Ints:
        """The last day of visits: as ``last_day``, not after the village's doctor stopped, nor after moving away."""
        at_home = np.minimum(self.last_day, self.moved)
        return integers(np.minimum(at_home, self.setting.care.stops_on[self.people.village]))

    @property
    def moved(self) -> Ints:
        return self.setting.moved[self.start : self.start + len(self.people)]


def simulate_moves(people: People, first_day: int, as_of: int, generator: np.random.Generator) -> Ints:
    """The day on which each one moves away, or NEVER."""
    day = generator.integers(first_day, as_of, len(people))
    moves = (generator.random(len(people)) < MOVED) & (day > people.birth) & (day < people.death)
    return integers(np.where(moves, day, NEVER))


def simulate_care(
    villages: tuple[Place, ...], residents: Ints, as_of: int, generator: np.random.Generator
) -> Care:
    """Quality by county, township and village; the doctor of a populous village has stopped.

    ``residents`` counts the people of each village.
    """
    count = len(villages)
    level = _township_levels(villages, generator) + generator.normal(0, VILLAGE_SPREAD, count)
    level -= BEHIND_BY * (generator.random(count) < BEHIND)
    stops_on = np.full(count, NEVER)
    stops_on[_village_without_doctor(villages, residents)] = as_of - generator.integers(*STOPPED_FOR)
    return Care(1 / (1 + np.exp(-level)), integers(stops_on), generator.random(count) < ROUNDING)


def _township_levels(villages: tuple[Place, ...], generator: np.random.Generator) -> Floats:
    """From the worst to the best township, in drawn order, and one county a little above the other."""
    townships, township = np.unique([place.parent or "" for place in villages], return_inverse=True)
    counties, county = np.unique([code[:6] for code in townships], return_inverse=True)
    shift = generator.permutation(np.linspace(-COUNTY_LEVEL, COUNTY_LEVEL, len(counties)))
    worst, best = TOWNSHIP_LEVELS
    rank = generator.permutation(np.linspace(0, 1, len(townships)))
    level = worst + (best - worst) * rank**CROWDING + shift[county]
    return np.asarray(level[township], dtype=np.float64)


def _village_without_doctor(villages: tuple[Place, ...], residents: Ints) -> int:
    """The most populous one that is no urban community, whose station would have colleagues."""
    rural = np.array(["社区" not in place.name for place in villages])
    return int(np.argmax(np.where(rural, residents, -1)))
