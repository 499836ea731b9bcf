"""Yearly health checks of people of 65 and over: campaigns village by village, most of them in spring."""

from datetime import date

import numpy as np

from wangdi.demo.arrays import (
    DAYS_A_YEAR,
    Bools,
    Floats,
    Ints,
    day_number,
    integers,
    pick,
    random_stream,
    year_of,
)
from wangdi.demo.forms import Rows, Values, Words
from wangdi.demo.setting import Part, Setting, by_person_and_day

ELDERLY_AGE = 65
PARTS = ("lifestyle", "physical", "auxiliary", "guidance")
MISSED_PART = (0.01, 0.015, 0.06, 0.02)
"""Share of checks that lack each part: the laboratory part is missed most."""

CAMPAIGN_DAYS = 28
EARLINESS = (1.3, 2.2)
"""Of the beta distribution by which campaigns begin between March and the start of October."""

ON_OTHER_DAYS = 0.1
"""Share of the people who are checked when they happen to be at the centre, on any day of the year."""

COMES = (0.42, 0.46)
"""Share who come: base, and gain with quality."""

SCORES = ((0, 0.82), (2, 0.05), (4, 0.06), (7, 0.03), (12, 0.025), (22, 0.015))
"""Self-care scores and their shares."""

LEVEL_FROM = (4, 9, 19)
LEVELS = ("可自理", "轻度依赖", "中度依赖", "不能自理")


def elderly_rows(part: Part) -> Rows:
    """At most one check per person and calendar year."""
    generator = part.stream("elderly checks")
    willing = generator.random(len(part.people))
    years = range(year_of(part.setting.first_day), year_of(part.setting.as_of) + 1)
    rounds = [_campaign(part, year, willing, generator) for year in years]
    person = np.concatenate([who for who, _ in rounds])
    day = np.concatenate([days for _, days in rounds])
    order = by_person_and_day(person, day)
    return part.rows("elderly_check", person[order], day[order], _results(part, person[order], generator))


def _campaign(part: Part, year: int, willing: Floats, generator: np.random.Generator) -> tuple[Ints, Ints]:
    """Who comes in a year, and when. People who come in one year mostly come in the next."""
    count = len(part.people)
    in_campaign = _campaign_starts(part.setting, year)[part.people.village] + generator.integers(
        0, CAMPAIGN_DAYS, count
    )
    by_chance = day_number(date(year, 1, 2)) + generator.integers(0, 360, count)
    day = integers(np.where(generator.random(count) < ON_OTHER_DAYS, by_chance, in_campaign))
    base, gain = COMES
    comes = 0.75 * willing + 0.25 * generator.random(count) < base + gain * part.quality
    old_enough = day - part.people.birth >= ELDERLY_AGE * DAYS_A_YEAR
    possible = (day >= part.setting.first_day) & (day <= part.last_visit_day)
    person = np.flatnonzero(comes & old_enough & possible)
    return integers(person), day[person]


def _campaign_starts(setting: Setting, year: int) -> Ints:
    """The day on which each village's campaign begins; the same in every part."""
    first, last = day_number(date(year, 3, 1)), day_number(date(year, 10, 31)) - CAMPAIGN_DAYS
    share = random_stream(setting.seed, "campaigns", year).beta(*EARLINESS, len(setting.villages))
    return integers(first + (last - first) * share)


def _results(part: Part, person: Ints, generator: np.random.Generator) -> dict[str, Values]:
    """The four parts, and what is measured in those that were done."""
    done = {
        name: generator.random(len(person)) >= missed for name, missed in zip(PARTS, MISSED_PART, strict=True)
    }
    male = part.people.sex[person] == 1
    measured: dict[str, Values] = {}
    for name, values in _physical(male, generator).items():
        measured[name] = np.where(done["physical"], values, np.nan)
    for name, values in _laboratory(male, generator).items():
        measured[name] = np.where(done["auxiliary"], values, np.nan)
    return {**done, **measured, **_self_care(len(person), generator)}


def _physical(male: Bools, generator: np.random.Generator) -> dict[str, Floats]:
    """Heights in cm, weights in kg, pressures in mmHg of people of 65 and over; plausible, not measured."""
    count = len(male)
    height = np.round(generator.normal(np.where(male, 164, 153), 5.5, count), 1)
    weight = np.round(generator.normal(np.where(male, 63, 55.5), 8.5, count).clip(35, 110), 1)
    systolic = np.round(generator.normal(138, 15, count).clip(90, 210))
    diastolic = np.round((0.35 * systolic + generator.normal(32, 7, count)).clip(45, 125))
    return {
        "temperature": np.round(generator.normal(36.5, 0.2, count), 1),
        "pulse": np.round(generator.normal(73, 8, count).clip(48, 125)),
        "sbp_right": systolic,
        "dbp_right": diastolic,
        "sbp_left": systolic - generator.integers(-3, 8, count),
        "dbp_left": diastolic - generator.integers(-3, 6, count),
        "height": height,
        "weight": weight,
        "bmi": np.round(weight / (height / 100) ** 2, 1),
        "waist": np.round(generator.normal(np.where(male, 85, 82), 8, count).clip(58, 125), 1),
    }


def _laboratory(male: Bools, generator: np.random.Generator) -> dict[str, Floats]:
    """In the units of the form: g/L, mmol/L, μmol/L."""
    count = len(male)
    return {
        "haemoglobin": np.round(generator.normal(np.where(male, 141, 129), 13, count)),
        "fpg": np.round((4.6 + generator.gamma(1.6, 0.8, count)).clip(3.4, 22), 1),
        "creatinine": np.round((generator.normal(np.where(male, 82, 66), 15, count)).clip(30, 400)),
        "cholesterol": np.round(generator.normal(4.9, 0.95, count).clip(2, 11), 2),
        "triglycerides": np.round(0.6 + generator.gamma(2.0, 0.5, count), 2),
    }


def _self_care(count: int, generator: np.random.Generator) -> dict[str, Values]:
    """The score and its level: 0–3 independent, 4–8 mild, 9–18 moderate, 19 and more dependent."""
    scores = np.array([score for score, _ in SCORES])[pick(generator, [share for _, share in SCORES], count)]
    level = integers(np.searchsorted(LEVEL_FROM, scores, side="right"))
    return {"self_care_score": scores.astype(np.float64), "self_care": Words(level, LEVELS)}
