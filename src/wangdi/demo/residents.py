"""The register of residents: the simulated people with codes, names, numbers and addresses."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangdi.demo.arrays import NEVER, Column, Ints, integers, random_stream
from wangdi.demo.households import household_codes
from wangdi.demo.identifiers import RESIDENT_DISTRICT, id_numbers, phone_numbers, resident_codes
from wangdi.demo.institutions import short_name
from wangdi.demo.names import make_names
from wangdi.demo.population import People
from wangdi.demo.setting import Setting
from wangdi.demo.sources import Place
from wangdi.engine.model.registers import RESIDENT
from wangdi.interchange.tables import register_schema

SIMULATED = "（模拟数据）"
"""Begins every address: nobody lives there."""

GROUPS = 12
"""Villager groups (村民小组) per village."""

WITHOUT_ID_NUMBER, WITHOUT_PHONE = 0.02, 0.25


def resident_codes_of(people: People, villages: Sequence[Place]) -> Column:
    """The residents' codes, numbered from 1 within each village."""
    counts = np.bincount(people.village, minlength=len(villages))
    serial = np.arange(len(people)) - (np.cumsum(counts) - counts)[people.village] + 1
    village_codes = np.array([int(place.code) for place in villages], dtype=np.int64)
    return resident_codes(village_codes[people.village], integers(serial))


def residents_table(setting: Setting, places: Sequence[Place]) -> Any:
    """The exchange table of the register."""
    people, generator = setting.people, random_stream(setting.seed, "residents")
    home = setting.families.home
    village = pa.array(people.village)
    columns = {
        "code": setting.codes,
        "name": make_names(people.sex, people.birth, generator),
        "sex": pa.array(["1", "2"]).take(pa.array(people.sex - 1)),
        "birth_date": pa.array(people.birth).cast(pa.date32()),
        "death_date": pa.array(people.death, mask=people.death == NEVER).cast(pa.date32()),
        "place": pa.array([place.code for place in setting.villages]).take(village),
        "institution": setting.institution_codes.take(
            pa.array(setting.institutions.of_village[people.village])
        ),
        "team": pa.array([row.code for row in setting.teams.rows]).take(
            pa.array(setting.teams.of_village[people.village])
        ),
        "id_number": _leave_out(
            id_numbers(RESIDENT_DISTRICT, people.birth, people.sex), WITHOUT_ID_NUMBER, generator
        ),
        "phone": _leave_out(phone_numbers(np.arange(len(people))), WITHOUT_PHONE, generator),
        "address": _addresses(setting, places, home),
        "household": household_codes(setting.codes, home),
    }
    return pa.table(columns, schema=register_schema(RESIDENT))


def _leave_out(column: Column, share: float, generator: np.random.Generator) -> Column:
    kept = pa.array(generator.random(len(column)) >= share)
    return pc.if_else(kept, column, pa.scalar(None, pa.string()))


def _addresses(setting: Setting, places: Sequence[Place], home: Ints) -> Column:
    """（模拟数据）大冶市金牛镇泉波村3组: the same for a household."""
    names = {place.code: place.name for place in places}
    addresses = [
        f"{SIMULATED}{names[place.code[:6]]}{names[place.code[:9]]}{short_name(place.name)}{group}组"
        for place in setting.villages
        for group in range(1, GROUPS + 1)
    ]
    return pa.array(addresses).take(pa.array(setting.people.village * GROUPS + home % GROUPS))
