"""The real places and the real age pyramid the demonstration starts from; sources in ``data/README.md``."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

import pyarrow as pa

from wangdi.engine.model.registers import PLACE
from wangdi.interchange.tables import register_schema

CENSUS_DAY = date(2020, 11, 1)
OLDEST_AGE = 105


@dataclass(frozen=True, slots=True)
class Place:
    """A row of ``places.csv``; townships and villages may have estimated positions."""

    code: str
    name: str
    level: str
    parent: str | None
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Census population of a county between two ages, in full years, both included."""

    county: str
    age_from: int
    age_to: int
    male: int
    female: int


def read_places() -> tuple[Place, ...]:
    """All places, parents before their children and the villages of one township together."""
    return tuple(
        Place(
            row["code"],
            row["name"],
            row["level"],
            row["parent"] or None,
            _number(row["lon"]),
            _number(row["lat"]),
        )
        for row in _rows("places.csv")
    )


def read_pyramid() -> tuple[AgeBand, ...]:
    """The 2020 census by county and age band; the open last band ends at ``OLDEST_AGE``."""
    return tuple(
        AgeBand(
            row["county"],
            int(row["age_from"]),
            int(row["age_to"] or OLDEST_AGE),
            int(row["male"]),
            int(row["female"]),
        )
        for row in _rows("pyramid.csv")
    )


def places_table(
    places: tuple[Place, ...], pyramid: tuple[AgeBand, ...], residents: Mapping[str, int]
) -> pa.Table:
    """The exchange table. Population: of counties that of the census of 2020; of townships the same shared out as the
    simulated ``residents`` (by township) are, since theirs is not in the data."""
    population: Counter[str] = Counter()
    for band in pyramid:
        population[band.county] += band.male + band.female
    simulated: Counter[str] = Counter()
    for township, count in residents.items():
        simulated[township[:6]] += count
    for township, count in residents.items():
        if count:
            population[township] = round(population[township[:6]] * count / simulated[township[:6]])
    rows = [
        {
            "code": place.code,
            "name": place.name,
            "level": place.level,
            "parent": place.parent,
            "lon": place.lon,
            "lat": place.lat,
            "population": population.get(place.code) or None,
        }
        for place in places
    ]
    return pa.Table.from_pylist(rows, schema=register_schema(PLACE))


def _number(text: str) -> float | None:
    return float(text) if text else None


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("wangdi.demo") / "data" / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())
