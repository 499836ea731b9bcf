"""Shares of places as they would be with the ages and sexes of all of them together."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.engine.model.indicators import Indicator
from wangdi.methods.fairness import standardised
from wangdi.server.common.installation import Installation
from wangdi.server.evaluation.behind import behind_figure
from wangdi.server.evaluation.lake import Lake

Ints = npt.NDArray[np.int64]

BANDS = (15, 45, 60, 70, 80)
"""Where a band of ages begins; the first is below 15. Finer ones are empty in a township."""

SEXES = 3
"""Male, female, unknown."""

STRATA = (len(BANDS) + 1) * SEXES


def adjusted_shares(
    indicator: Indicator, entity: str, code: str, as_of: date, units: Mapping[int, int]
) -> list[float | None]:
    """For each unit below a place or institution (``entity``, ``code``): the share with ages and sexes made equal.

    ``units`` gives the number of the unit, from 0, for each key of a place (or institution) in it. Residents without a
    birth date are left out. None where a unit lacks people of ages and sexes that carry more than a
    twentieth of the weight.
    """
    lake = Lake(Installation.current().lake)
    state = lake.state()
    found = behind_figure(indicator, entity, code, as_of)
    people = _people(lake, state.change_hash if state else "", as_of)
    rows = np.asarray(pc.index_in(found.keys, value_set=people["id"]).fill_null(-1))
    known = rows >= 0
    stratum, seat = people["stratum"][rows[known]], people[entity][rows[known]]
    number = _numbers(units)[np.clip(seat, 0, max(units, default=0))]
    use = (stratum >= 0) & (number >= 0)
    cell, size = (number * STRATA + stratum)[use], len(set(units.values())) * STRATA
    everybody = np.bincount(cell, minlength=size).reshape(-1, STRATA).astype(np.float64)
    weights = found.counted[known][use].astype(np.float64)
    counted = np.bincount(cell, weights=weights, minlength=size).astype(np.float64)
    return [
        None if np.isnan(share) else float(share)
        for share in standardised(counted.reshape(-1, STRATA), everybody)
    ]


def _numbers(units: Mapping[int, int]) -> Ints:
    numbers = np.full(max(units, default=0) + 1, -1, np.int64)
    for key, number in units.items():
        numbers[key] = number
    return numbers


@lru_cache(maxsize=2)
def _people(lake: Lake, _as_built: str, as_of: date) -> Mapping[str, Any]:
    """Everybody of the lake: key, place, institution (0: none) and stratum (-1: unknown age)."""
    table = lake.read("residents", ["id", "sex", "birth_date", "place", "institution"])
    sex = np.asarray(pc.index_in(table["sex"].cast(pa.string()), value_set=pa.array(["1", "2"])).fill_null(2))
    ages = _ages(table["birth_date"].cast(pa.date32()), as_of)
    bands = np.searchsorted(BANDS, ages, side="right")
    return {
        "id": table["id"].combine_chunks(),
        "place": np.asarray(table["place"].fill_null(0)),
        "institution": np.asarray(table["institution"].fill_null(0)),
        "stratum": np.where(ages >= 0, bands * SEXES + sex, -1),
    }


def _ages(born: Any, as_of: date) -> Ints:
    """Full years on a day; -1 where unknown."""
    day_of_year = pc.add(pc.multiply(pc.month(born), 100), pc.day(born))
    before = pc.greater(day_of_year, as_of.month * 100 + as_of.day).cast(pa.int64())
    years = pc.subtract(pc.subtract(as_of.year, pc.year(born)), before)
    return np.asarray(years.fill_null(-1))
