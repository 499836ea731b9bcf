"""The entities that sketches are about: a part of the residents, or all of another register."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from wangdi.demo.arrays import DAYS_A_YEAR, NEVER, Bools, Column, Floats, Ints, integers, random_stream
from wangdi.demo.conditions import draw_conditions
from wangdi.demo.density import Density
from wangdi.demo.setting import Part, Setting
from wangdi.demo.sketches.tallies import Tallies

NOWHERE = -1
TRAIT = "trait."
"""Before a word of the sketches' own choosing: a number with mean 0 and deviation 1 that each one keeps in all sketches."""

COUNTY_DIGITS = 6
"""Places of one county share so many digits of their codes."""


@dataclass(frozen=True)
class Crowd:
    """Entities in the order of their register; records are possible from ``first_day`` to ``last_day`` of each."""

    setting: Setting
    entity: str
    number: int
    """Which part of the register it is: parts have random numbers of their own."""
    table: Any
    first_day: Ints
    last_day: Ints
    quality: Floats
    """How well each one's place or institution is run, from 0 to 1."""
    institution: Ints
    """The position of each one's institution, or NOWHERE."""
    county: Any
    """The code of each one's county."""
    conditions: Mapping[str, Bools]
    rounds: Bools
    """Whose clinic rounds its readings."""
    gave_birth: Ints
    """The day of the last birth of each one's child, or NEVER."""
    moved: Ints
    """The day on which each one moved away, or NEVER."""
    tallies: Tallies | None = None
    """What has been counted of the residents' records."""

    def __len__(self) -> int:
        return len(self.quality)

    def stream(self, purpose: str) -> np.random.Generator:
        return random_stream(self.setting.seed, f"{purpose} {self.entity}", self.number)

    def column(self, name: str) -> Column:
        """A register column, or what sketches may name besides. KeyError when there is none of that name."""
        if name == "age" and "birth_date" in self.table.column_names:
            return pa.array(np.floor((self.setting.as_of - self.birth) / DAYS_A_YEAR))
        if name.startswith(TRAIT):
            return self._trait(name)
        if name.startswith("institution."):
            rows, wanted = self.setting.institutions.rows, name.removeprefix("institution.")
            values = pa.array([*(getattr(row, wanted) for row in rows), None], pa.string())
            return values.take(pa.array(self.institution % (len(rows) + 1)))
        if name == "team.name":
            names = {team.code: team.name for team in self.setting.teams.rows}
            return pa.array([names.get(code) for code in self.table["team"].to_pylist()], pa.string())
        if name in self.conditions:
            return pa.array(self.conditions[name])
        if name in self.table.column_names:
            return self.table[name]
        return self._circumstance(name)

    def _trait(self, name: str) -> Column:
        """The same numbers whenever it is asked for."""
        return pa.array(self.stream(name).standard_normal(len(self)))

    def _circumstance(self, name: str) -> Column:
        """What is no column of a register, for everybody."""
        match name:
            case "quality":
                return pa.array(self.quality)
            case "rounds":
                return pa.array(self.rounds)
            case "gave_birth" | "moved_on":
                day = self.gave_birth if name == "gave_birth" else self.moved
                return pa.array(day, mask=day == NEVER).cast(pa.date32())
            case "dense":
                return pa.array(np.full(len(self), self.setting.density is Density.DENSE))
            case "as_of" | "first_day":
                there = np.full(len(self), getattr(self.setting, name), dtype=np.int32)
                return pa.array(there).cast(pa.date32())
        raise KeyError(f"nothing is called '{name}'")

    @cached_property
    def birth(self) -> Ints:
        return integers(self.table["birth_date"].cast(pa.int32()).to_numpy())


def crowds(setting: Setting, registers: Mapping[str, Any], tallies: Tallies | None = None) -> Iterator[Crowd]:
    """All registers but the residents', whose parts come one by one from `crowd_of_part`."""
    towns = _Towns(setting, tallies)
    rows = setting.institutions.rows
    everybody = integers(np.arange(len(rows)))
    at = {row.code: position for position, row in enumerate(rows)}
    opened = np.maximum(setting.institutions.opened, setting.first_day)
    closed = _days(registers["institutions"]["closed_on"]) - 1
    yield towns.crowd("institution", registers["institutions"], opened, closed, everybody)
    worker_at = setting.workers.institution
    yield towns.crowd("worker", registers["workers"], opened[worker_at], closed[worker_at], worker_at)
    for entity, table, since, until in (
        ("team", "teams", "formed_on", "dissolved_on"),
        ("asset", "assets", "delivered_on", "retired_on"),
    ):
        register = registers[table]
        position = integers([at[code] for code in register["institution"].to_pylist()])
        first = np.maximum(_days(register[since], setting.first_day), setting.first_day)
        last = _days(register[until]) if until in register.column_names else np.full(len(first), NEVER)
        yield towns.crowd(entity, register, first, last, position)
    yield towns.places(registers["places"])


def crowd_of_part(part: Part, residents: Any) -> Crowd:
    """A part of the residents; ``residents`` is the whole register."""
    people, setting = part.people, part.setting
    rows = setting.institutions.rows
    counties = pa.array([row.place[:COUNTY_DIGITS] for row in rows])
    institution = setting.institutions.of_village[people.village]
    return Crowd(
        setting,
        "resident",
        part.number,
        residents.slice(part.start, len(people)),
        integers(np.maximum(people.birth, setting.first_day)),
        part.last_visit_day,
        part.quality,
        institution,
        counties.take(pa.array(institution)),
        draw_conditions(part),
        setting.care.rounds[people.village],
        setting.families.gave_birth[part.start : part.start + len(people)],
        part.moved,
    )


@dataclass(frozen=True)
class _Towns:
    setting: Setting
    tallies: Tallies | None

    def crowd(self, entity: str, table: Any, first: Any, last: Any, institution: Ints) -> Crowd:
        place = [row.place for row in self.setting.institutions.rows]
        quality = np.array([self.quality_of(code) for code in place])[institution]
        county = pa.array([code[:COUNTY_DIGITS] for code in place]).take(pa.array(institution))
        return Crowd(
            self.setting,
            entity,
            0,
            table,
            integers(first),
            integers(np.minimum(last, self.setting.as_of)),
            quality,
            institution,
            county,
            {},
            np.zeros(len(quality), dtype=np.bool_),
            np.full(len(quality), NEVER, np.int32),
            np.full(len(quality), NEVER, np.int32),
            self.tallies,
        )

    def places(self, table: Any) -> Crowd:
        codes = table["code"].to_pylist()
        largest: dict[str, int] = {}
        for position, row in enumerate(self.setting.institutions.rows):
            if row.closed_on is None:
                largest.setdefault(row.place, position)
        return Crowd(
            self.setting,
            "place",
            0,
            table,
            np.full(len(codes), self.setting.first_day, np.int32),
            np.full(len(codes), self.setting.as_of, np.int32),
            np.array([self.quality_of(code) for code in codes]),
            integers([largest.get(code, NOWHERE) for code in codes]),
            pa.array([code[:COUNTY_DIGITS] for code in codes]),
            {},
            np.zeros(len(codes), dtype=np.bool_),
            np.full(len(codes), NEVER, np.int32),
            np.full(len(codes), NEVER, np.int32),
        )

    def quality_of(self, place: str) -> float:
        """The mean of the villages in a place."""
        low, high = np.searchsorted(self._codes, [place, place + "~"])
        order = self._order[low:high]
        return float(self.setting.care.quality[order].mean()) if len(order) else 0.5

    @cached_property
    def _order(self) -> Ints:
        return integers(np.argsort([village.code for village in self.setting.villages], kind="stable"))

    @cached_property
    def _codes(self) -> Any:
        return np.sort([village.code for village in self.setting.villages])


def _days(column: Any, missing: int = int(NEVER)) -> Ints:
    days = column.cast(pa.int32()).to_numpy(zero_copy_only=False) if len(column) else np.empty(0)
    return integers(np.where(np.isnan(days), missing, days)) if days.dtype.kind == "f" else integers(days)
