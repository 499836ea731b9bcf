"""Who lives where, of what age and sex, and who dies: the census pyramid, aged to the day wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from wangdi.demo.arrays import (
    DAYS_A_YEAR,
    NEVER,
    Floats,
    Ints,
    day_number,
    first_day_of_window,
    integers,
    pick,
)
from wangdi.demo.sources import CENSUS_DAY, AgeBand, Place

MALE, FEMALE = 1, 2

MORTALITY = {MALE: (2.9e-5, 0.0973), FEMALE: (5.0e-6, 0.115)}
"""Gompertz level and slope by age: about 1 % a year at 60 for men, 0.5 % for women; 7 % and 5 % at 80.

Set to be plausible for China around 2020, not fitted to a life table.
"""

BIRTHS_KEPT_PER_YEAR = 0.93
"""Births of a year after the census over those of the year before: a steady decline, estimated."""

COMMUNITY_SIZE = 1.6
"""An urban community is this many times as populous as a village of the same draw."""


@dataclass(frozen=True, slots=True)
class People:
    """One row per resident, villages in order. Days count from 1970; ``death`` is NEVER while alive."""

    village: Ints
    sex: Ints
    birth: Ints
    death: Ints

    def __len__(self) -> int:
        return len(self.village)

    def part(self, rows: slice) -> "People":
        return People(self.village[rows], self.sex[rows], self.birth[rows], self.death[rows])

    def age_on(self, day: npt.ArrayLike) -> Floats:
        """Exact years lived by that day."""
        return np.asarray((np.asarray(day) - self.birth) / DAYS_A_YEAR, dtype=np.float64)


def simulate_people(
    residents: int,
    villages: Sequence[Place],
    pyramid: Sequence[AgeBand],
    as_of: date,
    generator: np.random.Generator,
) -> People:
    """Residents spread over the villages, everyone alive at some time of the three years up to ``as_of``."""
    village = _settle(residents, villages, pyramid, generator)
    county = np.array([place.code[:6] for place in villages])[village]
    sex, birth = np.empty(residents, np.int32), np.empty(residents, np.int32)
    for code in sorted({band.county for band in pyramid}):
        members = np.flatnonzero(county == code)
        bands = [band for band in pyramid if band.county == code]
        sex[members], birth[members] = _draw_ages(len(members), bands, as_of, generator)
    return People(village, sex, birth, _draw_deaths(sex, birth, as_of, generator))


def _settle(
    residents: int, villages: Sequence[Place], pyramid: Sequence[AgeBand], generator: np.random.Generator
) -> Ints:
    """The village of each resident: counties by census population, villages within by a drawn size."""
    size = generator.lognormal(0.0, 0.45, len(villages))
    size *= [COMMUNITY_SIZE if "社区" in place.name else 1.0 for place in villages]
    county = np.array([place.code[:6] for place in villages])
    for code in np.unique(county):
        population = sum(band.male + band.female for band in pyramid if band.county == code)
        size[county == code] *= population / size[county == code].sum()
    counts = generator.multinomial(residents, size / size.sum())
    return integers(np.repeat(np.arange(len(villages)), counts))


def _draw_ages(
    count: int, bands: Sequence[AgeBand], as_of: date, generator: np.random.Generator
) -> tuple[Ints, Ints]:
    """Sex and birth day, from single-year cohorts alive when the three years begin or born since."""
    ages, weights = [], []
    for sex in (MALE, FEMALE):
        known_ages, known = _survivors(bands, sex, as_of)
        new_ages, new = _newborn(bands, sex, as_of)
        ages.append(np.concatenate([known_ages, new_ages]))
        weights.append(np.concatenate([known, new]))
    cell = pick(generator, np.concatenate(weights), count)
    sex_of_cell = np.repeat([MALE, FEMALE], [len(part) for part in ages])
    age = np.concatenate(ages)[cell] + generator.random(count)
    birth = np.floor(day_number(CENSUS_DAY) - age * DAYS_A_YEAR)
    last = day_number(as_of)
    return integers(sex_of_cell[cell]), integers(np.where(birth > last, 2 * last - birth, birth))


def _survivors(bands: Sequence[AgeBand], sex: int, as_of: date) -> tuple[Floats, Floats]:
    """Ages at the census, and how many of each live when the three years begin."""
    years = (first_day_of_window(as_of) - CENSUS_DAY).days / DAYS_A_YEAR
    ages = np.concatenate([np.arange(band.age_from, band.age_to + 1.0) for band in bands])
    counts = np.concatenate([_by_single_year(band, sex) for band in bands])
    level, slope = MORTALITY[sex]
    hazard = level / slope * (np.exp(slope * (ages + years)) - np.exp(slope * ages))
    return ages, counts * np.exp(-hazard)


def _by_single_year(band: AgeBand, sex: int) -> Floats:
    """A band's people by single year: evenly, but thinning out with mortality in the open last one."""
    ages = np.arange(band.age_from, band.age_to + 1.0)
    level, slope = MORTALITY[sex]
    share = np.exp(-level / slope * (np.exp(slope * ages) - np.exp(slope * ages[0])))
    if len(ages) <= 5:
        share = np.ones(len(ages))
    return np.asarray(share / share.sum() * (band.male if sex == MALE else band.female))


def _newborn(bands: Sequence[AgeBand], sex: int, as_of: date) -> tuple[Floats, Floats]:
    """Cohorts born since the census, as negative ages; the last one counts for the part of a year it has."""
    years = (as_of - CENSUS_DAY).days / DAYS_A_YEAR
    year = np.arange(np.ceil(years))
    first = sum((band.male if sex == MALE else band.female) for band in bands if band.age_to == 0)
    counts = first * BIRTHS_KEPT_PER_YEAR**year * np.minimum(1.0, years - year)
    return np.asarray(-year - 1.0, dtype=np.float64), np.asarray(counts, dtype=np.float64)


def _draw_deaths(sex: Ints, birth: Ints, as_of: date, generator: np.random.Generator) -> Ints:
    """Days of death within the three years, by inverting the Gompertz survival; NEVER for who lives on."""
    entry = np.maximum(birth, day_number(first_day_of_window(as_of)))
    age = (entry - birth) / DAYS_A_YEAR
    level = np.where(sex == MALE, MORTALITY[MALE][0], MORTALITY[FEMALE][0])
    slope = np.where(sex == MALE, MORTALITY[MALE][1], MORTALITY[FEMALE][1])
    chance = generator.exponential(size=len(sex))
    years = np.log1p(chance * slope / (level * np.exp(slope * age))) / slope
    death = entry + years * DAYS_A_YEAR
    return np.where(death <= day_number(as_of), death, NEVER).astype(np.int32)
