"""Family-doctor contracts, signed yearly from January to April: a basic package, and those of key groups."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.demo.arrays import Bools, Column, Floats, Ints, day_number, eve_of_anniversary, integers, year_of
from wangdi.demo.checks import ELDERLY_AGE
from wangdi.demo.forms import Days, Rows, Values, Words
from wangdi.demo.patients import DIABETES, HYPERTENSION
from wangdi.demo.setting import Part

SIGNING_DAYS = 118
"""From 2 January, to the end of April."""

PACKAGES = ("基础服务包", "高血压服务包", "糖尿病服务包", "老年人服务包", "儿童服务包")
BASIC, FOR_HYPERTENSION, FOR_DIABETES, FOR_ELDERLY, FOR_CHILDREN = range(len(PACKAGES))

WITH_SPECIAL_PACKAGE = 0.55
"""Share of contracted people of key groups who also sign the package of their group."""

CHILD_AGE = 7

WANTED = (0.30, 0.38)
WANTED_IN_KEY_GROUPS = (0.42, 0.43)
"""Share who sign: base, and gain with quality."""

GROWTH = 0.03
"""By how much the share grows in a year."""

LATEST_RENEWAL = 21
"""Days from each person's own date within which they sign: some before the old contract ends, some after."""


def contract_rows(part: Part, conditions: Mapping[str, Bools]) -> Rows:
    """At most one basic contract per person and year, each valid for a year less a day."""
    generator = part.stream("contracts")
    package = _special_packages(part, conditions)
    willing = generator.random(len(part.people))
    signing_day = integers(generator.integers(0, SIGNING_DAYS - LATEST_RENEWAL, len(part.people)))
    years = range(year_of(part.setting.first_day), year_of(part.setting.as_of) + 1)
    rounds = [_season(part, year, willing, signing_day, package, generator) for year in years]
    person, day, chosen = (np.concatenate(column) for column in zip(*rounds, strict=True))
    order = np.lexsort((chosen, day, person))
    return part.rows(
        "contract", person[order], day[order], _terms(part, person[order], day[order], chosen[order])
    )


def _special_packages(part: Part, conditions: Mapping[str, Bools]) -> Ints:
    """The package of each person's key group, BASIC for people in none."""
    age = part.people.age_on(part.setting.as_of)
    groups = [conditions[HYPERTENSION], conditions[DIABETES], age >= ELDERLY_AGE, age < CHILD_AGE]
    packages = [FOR_HYPERTENSION, FOR_DIABETES, FOR_ELDERLY, FOR_CHILDREN]
    return integers(np.select(groups, packages, BASIC))


def _season(
    part: Part, year: int, willing: Floats, signing_day: Ints, package: Ints, generator: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Who signs in a year, when, and which package; a special package is a second record of the same day."""
    count = len(part.people)
    delay = generator.integers(0, LATEST_RENEWAL, count)
    day = integers(day_number(date(year, 1, 2)) + signing_day + delay)
    base, gain = np.where(package[:, np.newaxis] != BASIC, WANTED_IN_KEY_GROUPS, WANTED).T
    wanted = base + gain * part.quality - GROWTH * (year_of(part.setting.as_of) - year)
    signs = 0.8 * willing + 0.2 * generator.random(count) < wanted
    possible = (day >= part.setting.first_day) & (day <= part.last_day) & (day >= part.people.birth)
    person = integers(np.flatnonzero(signs & possible))
    special = person[(package[person] != BASIC) & (generator.random(len(person)) < WITH_SPECIAL_PACKAGE)]
    return (
        np.concatenate([person, special]),
        np.concatenate([day[person], day[special]]),
        np.concatenate([np.full(len(person), BASIC, dtype=np.int32), package[special]]),
    )


def _terms(part: Part, person: Ints, day: Ints, package: Ints) -> dict[str, Values]:
    return {
        "team": _teams(part, person),
        "valid_from": Days(day),
        "valid_to": Days(eve_of_anniversary(day)),
        "package": Words(package, PACKAGES),
    }


def _teams(part: Part, person: Ints) -> Column:
    """The name of the team that looks after each person's village."""
    teams = part.setting.teams
    names = pa.array([team.name for team in teams.rows])
    return pc.take(names, pa.array(teams.of_village[part.people.village[person]]))
