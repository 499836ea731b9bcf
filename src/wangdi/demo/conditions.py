"""Who has which lasting condition, known to a clinic or not, as ``data/conditions.csv`` tells it."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from wangdi.demo.arrays import Bools, Floats
from wangdi.demo.setting import Part

ADULT_AGE = 18


@dataclass(frozen=True, slots=True)
class Condition:
    """Share of adults with it: a logistic curve in age up to ``ceiling``, half of it at ``middle`` years; times ``with_it``
    for those who have the condition ``given``, times ``without`` for others."""

    name: str
    ceiling: float
    middle: float
    width: float
    given: str
    with_it: float
    without: float

    def at(self, age: Floats, found: Mapping[str, Bools]) -> Floats:
        share = np.where(age < ADULT_AGE, 0.0, self.ceiling / (1 + np.exp((self.middle - age) / self.width)))
        return share * np.where(found[self.given], self.with_it, self.without) if self.given else share


@cache
def read_conditions() -> tuple[Condition, ...]:
    """Each after the one it depends on."""
    text = (files("wangdi.demo") / "data" / "conditions.csv").read_text(encoding="utf-8")
    return tuple(
        Condition(
            row["condition"],
            float(row["ceiling"]),
            float(row["middle"]),
            float(row["width"]),
            row["given"],
            float(row["with"] or 1),
            float(row["without"] or 1),
        )
        for row in csv.DictReader(text.splitlines())
    )


def draw_conditions(part: Part) -> dict[str, Bools]:
    """Who has which, by age on the last day."""
    generator = part.stream("conditions")
    age = part.people.age_on(part.setting.as_of)
    found: dict[str, Bools] = {}
    for condition in read_conditions():
        found[condition.name] = generator.random(len(age)) < condition.at(age, found)
    return found
