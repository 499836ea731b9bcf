"""Who has hypertension or diabetes, who of them is registered, and how often they are seen."""

from dataclasses import dataclass

import numpy as np

from wangdi.demo.arrays import Bools, Floats, Ints, integers
from wangdi.demo.density import Density
from wangdi.demo.setting import Part

HYPERTENSION, DIABETES = "htn", "dm"


@dataclass(frozen=True, slots=True)
class Prevalence:
    """Share with the disease: a logistic curve in age up to ``ceiling``, half of it at ``middle`` years."""

    ceiling: float
    middle: float
    width: float

    def at(self, age: Floats) -> Floats:
        return np.where(age < 18, 0.0, self.ceiling / (1 + np.exp((self.middle - age) / self.width)))


PREVALENCE = {HYPERTENSION: Prevalence(0.64, 53, 10), DIABETES: Prevalence(0.21, 53, 10)}
"""Set so that 25–30 % of adults have hypertension and 9–11 % diabetes, as national surveys report."""

WITH_HYPERTENSION, WITHOUT = 1.5, 0.75
"""Diabetes is commoner among people with hypertension."""

REGISTERED_EARLY = 0.8
EARLY_DAYS = 75
"""Most patients are registered when the three years begin, the rest evenly over them."""

FORTNIGHTLY = {Density.REALISTIC: (0.0, 0.0), Density.DENSE: (0.36, 0.62)}
"""Share of patients who collect medicine, and are measured, every two weeks: base, and gain with quality.

Chosen so that a dense network holds more than sixteen records per resident.
"""

DILIGENT = (0.12, 0.88)
"""Share of the others who are seen every three months: base, and gain with quality."""

QUARTERLY_DAYS, IRREGULAR_DAYS = (70, 87), (120, 280)
"""Mean days between visits of those who are, and who are not; the specification asks for three months."""

LOST = 0.03
"""Share of patients who are lost to follow-up at some time of the three years."""


@dataclass(frozen=True, slots=True)
class Patients:
    """Registered patients of a part: whom, since when, until when, days between visits, and whether
    an uncontrolled reading is followed by a visit within two weeks (``revisit``, a probability)."""

    person: Ints
    registered_on: Ints
    last_day: Ints
    gap: Floats
    revisit: Floats


def draw_conditions(part: Part) -> dict[str, Bools]:
    """Who has which disease, by age on the last day."""
    generator = part.stream("conditions")
    age = part.people.age_on(part.setting.as_of)
    hypertension = generator.random(len(age)) < PREVALENCE[HYPERTENSION].at(age)
    chance = PREVALENCE[DIABETES].at(age) * np.where(hypertension, WITH_HYPERTENSION, WITHOUT)
    return {HYPERTENSION: hypertension, DIABETES: generator.random(len(age)) < chance}


def register_patients(part: Part, disease: str, has_disease: Bools) -> Patients:
    """Those of the sick whom the clinic knows; better clinics know more of them."""
    generator = part.stream(f"{disease} registration")
    known = has_disease & (generator.random(len(has_disease)) < 0.47 + 0.36 * part.quality)
    registered_on = _registration_days(part, generator)
    person = np.flatnonzero(known & (registered_on <= part.last_visit_day))
    gap = _gaps(part.quality[person], FORTNIGHTLY[part.setting.density], generator)
    return Patients(
        integers(person),
        registered_on[person],
        _last_days(part, registered_on, generator)[person],
        gap,
        0.2 + 0.75 * part.quality[person],
    )


def _registration_days(part: Part, generator: np.random.Generator) -> Ints:
    count = len(part.people)
    window = part.setting.as_of - part.setting.first_day + 1
    early = generator.random(count) < REGISTERED_EARLY
    offset = np.where(early, generator.integers(0, EARLY_DAYS, count), generator.integers(0, window, count))
    born_later = np.maximum(part.people.birth, part.setting.first_day)
    return integers(born_later + offset)


def _last_days(part: Part, registered_on: Ints, generator: np.random.Generator) -> Ints:
    lost = generator.random(len(registered_on)) < LOST
    lost_on = registered_on + generator.integers(30, 900, len(registered_on))
    return integers(np.where(lost, np.minimum(part.last_visit_day, lost_on), part.last_visit_day))


def _gaps(quality: Floats, fortnightly: tuple[float, float], generator: np.random.Generator) -> Floats:
    """Mean days between visits: two weeks, a quarter, or much longer where adherence is poor."""
    count = len(quality)
    often = _reaches(fortnightly, quality, generator)
    diligent = _reaches(DILIGENT, quality, generator)
    quarterly = np.where(
        diligent, generator.uniform(*QUARTERLY_DAYS, count), generator.uniform(*IRREGULAR_DAYS, count)
    )
    return np.where(often, generator.uniform(10.0, 13.5, count), quarterly)


def _reaches(share: tuple[float, float], quality: Floats, generator: np.random.Generator) -> Bools:
    """Drawn with a chance that grows with quality."""
    base, gain = share
    return generator.random(len(quality)) < base + gain * quality
