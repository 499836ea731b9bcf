"""The synthetic network, written straight into a lake, county by county: the memory it takes is one county's.

Every value comes from a generator seeded with the county and the kind, so the same size is always the same data.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench.large.rules import CHILD_YEARS, KINDS, VACCINATION, VACCINES, kinds
from wangdi.engine.evaluate.columnar.vectors import to_days
from wangdi.engine.model.kinds import Kind
from wangdi.engine.model.registers import REGISTERS
from wangdi.server.evaluation.lake.files import DataFile, arrow_schema, create_table, write_sorted
from wangdi.server.evaluation.lake.layout import Layout, kind_layout, register_layout
from wangdi.server.evaluation.lake.state import LakeState, TableState, write_state

A_COUNTY = 500_000
A_VILLAGE = 1_000
VILLAGES_A_TOWNSHIP = 20
BATCH = 1 << 18
FIRST_DAY = date(2023, 1, 1)
ADULTS_OFTEN = 80
"""Of a hundred residents, how many the largest programme concerns; every further one concerns fewer."""

Columns = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """The keys of a county's places and institutions: one centre a township, one clinic a village."""

    county: int
    residents: NDArray[np.int32]
    village: NDArray[np.int32]
    clinic: NDArray[np.int32]


@dataclass
class LargeLake:
    """Writes the lake of ``residents`` people as of a day, with about ``records_each`` of each, into a folder."""

    folder: Path
    residents: int
    as_of: date
    kinds: Mapping[str, Kind]
    records_each: int

    def write(self) -> int:
        """Makes every table; the number of records."""
        counties = list(self._counties())
        tables = {
            layout.table: self._write(layout, batches)
            for layout, batches in (*self._registers(counties), *self._records(counties))
        }
        write_state(self.folder, LakeState(seq=1, change=1, change_hash="synthetic", tables=tables))
        return sum(table.rows for name, table in tables.items() if name.startswith("records_"))

    def _write(self, layout: Layout, batches: Iterator[Columns]) -> TableState:
        rows = (batch for columns in batches for batch in _filled(layout, columns).to_batches(BATCH))
        files: list[DataFile] = write_sorted(self.folder / layout.table, layout, rows)
        version = create_table(self.folder / layout.table, layout, files)
        return TableState(version, sum(file.rows for file in files), layout.signature)

    # -- registers --------------------------------------------------------------------------------

    def _counties(self) -> Iterator[Place]:
        units = 0
        for number, low in enumerate(range(0, self.residents, A_COUNTY)):
            people = np.arange(low, min(low + A_COUNTY, self.residents), dtype=np.int32)
            village = (people - low) // A_VILLAGE
            above = 1 + -(-(int(village[-1]) + 1) // VILLAGES_A_TOWNSHIP)
            seat = (units + above + 1 + village).astype(np.int32)
            yield Place(number, people + 1, seat, seat)
            units += above + int(village[-1]) + 1

    def _registers(self, counties: list[Place]) -> Iterator[tuple[Layout, Iterator[Columns]]]:
        layouts = {name: register_layout(register) for name, register in REGISTERS.items()}
        units = _units(counties)
        yield layouts["place"], iter([units | {"parent": units["above"], "level": units["place_level"]}])
        yield (
            layouts["institution"],
            iter([units | {"parent": units["above"], "place": units["id"], "type": units["type"]}]),
        )
        yield layouts["resident"], (self._people(county) for county in counties)
        for entity in REGISTERS.keys() - {"place", "institution", "resident"}:
            yield layouts[entity], iter([{"id": pa.array([], pa.int32())}])

    def _people(self, county: Place) -> Columns:
        random = np.random.default_rng([county.county, KINDS])
        return {
            "id": county.residents,
            "code": pa.array(county.residents).cast(pa.string()),
            "sex": np.array(["1", "2"])[random.integers(0, 2, len(county.residents))],
            "birth_date": pa.array(self._births(county)).view(pa.date32()),
            "place": county.village,
            "institution": county.clinic,
            "county": [f"{county.county:06}"] * len(county.residents),
        }

    def _births(self, county: Place) -> NDArray[np.int32]:
        random = np.random.default_rng([county.county, KINDS + 1])
        age = random.integers(0, 85 * 365, len(county.residents))
        return (to_days(self.as_of) - age).astype(np.int32)

    # -- records ----------------------------------------------------------------------------------

    def _records(self, counties: list[Place]) -> Iterator[tuple[Layout, Iterator[Columns]]]:
        for number, name in enumerate(kinds()):
            make = self._vaccinations if name == VACCINATION else self._visits
            yield kind_layout(self.kinds[name]), map(make, counties, repeat(number))

    def _visits(self, county: Place, number: int) -> Columns:
        random = np.random.default_rng([county.county, number])
        concerned = random.random(len(county.residents)) < share(number)
        each = random.poisson(self._records_of_member, len(county.residents)) * concerned
        who, day = _in_order(random, np.repeat(county.residents - county.residents[0], each), self._days)
        size = len(who)
        return _envelope(county, who, day) | {
            "a": random.integers(50, 200, size, dtype=np.int32),
            "b": np.round(random.random(size) * 30, 1),
            "c": pa.DictionaryArray.from_arrays(
                random.integers(0, 4, size, dtype=np.int8), ["1", "2", "3", "4"]
            ),
            "d": random.integers(0, 2, size, dtype=np.int8).astype(np.bool_),
        }

    def _vaccinations(self, county: Place, number: int) -> Columns:
        random = np.random.default_rng([county.county, number])
        child = self._births(county) > to_days(self.as_of.replace(year=self.as_of.year - CHILD_YEARS))
        each = random.integers(0, 2 * VACCINES, len(county.residents)) * child
        who, day = _in_order(random, np.repeat(county.residents - county.residents[0], each), self._days)
        codes = [str(code) for code in range(1, VACCINES + 1)]
        vaccine = random.integers(0, VACCINES, len(who), dtype=np.int8)
        return _envelope(county, who, day) | {"vaccine": pa.DictionaryArray.from_arrays(vaccine, codes)}

    @property
    def _records_of_member(self) -> float:
        """Of one programme, so that all programmes together make ``records_each`` a resident."""
        return self.records_each / sum(share(number) for number in range(KINDS))

    @property
    def _days(self) -> tuple[int, int]:
        return to_days(FIRST_DAY), to_days(self.as_of) + 1


def share(number: int) -> float:
    """Which part of the residents a programme concerns: most of them few people, some nearly everybody."""
    return max(0.04, ADULTS_OFTEN / 100 * 0.88**number)


def _in_order(random: np.random.Generator, who: Any, days: tuple[int, int]) -> tuple[Any, Any]:
    """Subjects (positions in the county, ascending) with days, ascending for each."""
    low, high = days
    key = who.astype(np.int64) << 16 | random.integers(0, high - low, len(who))
    key.sort()
    return key >> 16, (key & 0xFFFF) + low


def _envelope(county: Place, who: Any, day: Any) -> dict[str, Any]:
    return {
        "id": pa.array(np.arange(len(who)) + 1_000_000_000).cast(pa.string()),
        "subject": county.residents[who],
        "institution": county.clinic[who],
        "occurred_on": pa.array(day.astype(np.int32)).view(pa.date32()),
        "seq": np.ones(len(who), dtype=np.int64),
        "county": pa.DictionaryArray.from_arrays(np.zeros(len(who), np.int8), [f"{county.county:06}"]),
    }


def _units(counties: list[Place]) -> dict[str, Any]:
    """Counties, townships and villages with the institution of each; both trees have the same shape."""
    above: list[int | None] = []
    level, sort = [], []
    for county in counties:
        top, villages = len(above) + 1, int(county.village[-1] - county.village[0]) + 1
        townships = -(-villages // VILLAGES_A_TOWNSHIP)
        above += [None, *[top] * townships, *(top + 1 + v // VILLAGES_A_TOWNSHIP for v in range(villages))]
        level += ["county", *["township"] * townships, *["village"] * villages]
        sort += ["hospital", *["township_centre"] * townships, *["village_clinic"] * villages]
    keys = np.arange(1, len(above) + 1, dtype=np.int32)
    return {
        "id": keys,
        "code": pa.array(keys).cast(pa.string()),
        "name": pa.array(keys).cast(pa.string()),
        "above": pa.array(above, pa.int32()),
        "place_level": level,
        "type": sort,
    }


def _filled(layout: Layout, columns: Columns) -> Any:
    """The rows as a table with the layout's columns; those not given are null."""
    schema = arrow_schema(layout.signature)
    rows = len(columns["id"])
    names = [*schema.names, *(["county"] if layout.by_county else [])]
    arrays = []
    for name in names:
        kind = schema.field(name).type if name in schema.names else pa.string()
        given = pa.array(columns[name]) if name in columns else pa.nulls(rows, kind)
        arrays.append(given.cast(kind) if given.type != kind else given)
    return pa.table(arrays, names)
