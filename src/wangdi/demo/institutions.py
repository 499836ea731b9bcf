"""Example institutions for the real places: county hospitals, a centre per township, a clinic per village."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from wangdi.demo.arrays import Ints, day_number, integers
from wangdi.demo.sources import Place
from wangdi.engine.model.registers import INSTITUTION
from wangdi.interchange.tables import register_schema

EXAMPLE = "（示例）"
"""Ends every institution's name: it is made up, only its place is real."""

HOSPITALS: tuple[tuple[str, str, dict[str, str], tuple[int, int]], ...] = (
    ("A", "人民医院", {"420281": "3"}, (600, 1200)),
    ("B", "中医医院", {}, (300, 500)),
    ("C", "妇幼保健院", {}, (150, 300)),
)
"""Code letter, name after the county's, level by county where it is not 2, least and most beds."""

NEW_CENTRES = ("420222456",)
"""城东新区: its centre opened within the three years."""

OLD_SITES = ("420222100", "420281100")
"""兴国镇 and 金牛镇: besides the centre, an old site that closed within the three years."""

_STEPS_TO_TOP = 2
"""From a clinic over its centre to the county hospital."""

CLOSED_CLINICS = 0.015
NEW_CLINICS = 0.03
"""Shares of the village clinics that closed, and that opened, within the three years."""


@dataclass(frozen=True, slots=True)
class Institution:
    """A row of the register; the fields are its columns."""

    code: str
    name: str
    type: str
    level: str | None
    parent: str | None
    place: str
    lon: float | None
    lat: float | None
    beds: int | None
    opened_on: date
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Institutions:
    """All institutions, and for each village the index of the one that looks after its residents.

    ``parent`` holds the index of each one's parent (its own at the top), ``opened`` the day it opened.
    """

    rows: tuple[Institution, ...]
    of_village: Ints
    parent: Ints
    opened: Ints

    def indexes(self, *types: str) -> Ints:
        return integers([index for index, row in enumerate(self.rows) if row.type in types])

    def open_on(self, institution: Ints, day: Ints) -> Ints:
        """Each institution where it had opened by the day, else the nearest above it that had."""
        for _ in range(_STEPS_TO_TOP):
            institution = np.where(day < self.opened[institution], self.parent[institution], institution)
        return institution

    def table(self) -> pa.Table:
        return pa.Table.from_pylist([asdict(row) for row in self.rows], schema=register_schema(INSTITUTION))


def make_institutions(places: Sequence[Place], as_of: date, generator: np.random.Generator) -> Institutions:
    """Parents come before their children: county hospital, centre, clinic."""
    rows = [
        *(row for place in places if place.level == "county" for row in _hospitals(place, generator)),
        *(row for place in places if place.level == "township" for row in _centres(place, as_of, generator)),
        *(_clinic(place, as_of, generator) for place in places if place.level == "village"),
    ]
    index = {row.code: position for position, row in enumerate(rows)}
    clinics = [rows[index[clinic_code(place.code)]] for place in places if place.level == "village"]
    carers = [clinic.parent if clinic.closed_on else clinic.code for clinic in clinics]
    return Institutions(
        tuple(rows),
        of_village=integers([index[code or ""] for code in carers]),
        parent=integers([index[row.parent or row.code] for row in rows]),
        opened=integers([day_number(row.opened_on) for row in rows]),
    )


def hospital_code(county: str, letter: str = "A") -> str:
    return f"{county}-{letter}"


def centre_code(township: str) -> str:
    return f"{township}-Z"


def clinic_code(village: str) -> str:
    return f"{village}-S"


def short_name(place: str) -> str:
    """The name people use: 官桥村委会, 官桥村村民委员会 → 官桥村; 桥南社区居委会 → 桥南社区."""
    for ending, kept in (("村村民委员会", "村"), ("村委会", "村"), ("居民委员会", ""), ("居委会", "")):
        if place.endswith(ending):
            return place.removesuffix(ending) + kept
    return place


def _hospitals(county: Place, generator: np.random.Generator) -> Iterator[Institution]:
    for letter, name, levels, (least, most) in HOSPITALS:
        yield Institution(
            code=hospital_code(county.code, letter),
            name=f"{county.name}{name}{EXAMPLE}",
            type="hospital",
            level=levels.get(county.code, "2"),
            parent=None if letter == "A" else hospital_code(county.code),
            place=county.code,
            lon=_near(county.lon, generator),
            lat=_near(county.lat, generator),
            beds=_tens(least, most, generator),
            opened_on=_between(date(1950, 1, 1), date(1985, 12, 31), generator),
        )


def _centres(township: Place, as_of: date, generator: np.random.Generator) -> Iterator[Institution]:
    """The centre, and for some townships also an old site that has closed."""
    is_street = township.name.endswith("街道")
    name = township.name + ("社区卫生服务中心" if is_street else "卫生院")
    centre = Institution(
        code=centre_code(township.code),
        name=name + EXAMPLE,
        type="community_centre" if is_street else "township_centre",
        level="2" if generator.random() < 0.1 else "1",
        parent=hospital_code(township.code[:6]),
        place=township.code,
        lon=_near(township.lon, generator),
        lat=_near(township.lat, generator),
        beds=_tens(10, 40, generator) if is_street else _tens(20, 120, generator),
        opened_on=_opening_of_centre(township, as_of, generator),
    )
    yield centre
    if township.code in OLD_SITES:
        yield _old_site(centre, township, as_of)


def _opening_of_centre(township: Place, as_of: date, generator: np.random.Generator) -> date:
    if township.code in NEW_CENTRES:
        return as_of - timedelta(days=500)
    return _between(date(1952, 1, 1), date(2012, 12, 31), generator)


def _old_site(centre: Institution, township: Place, as_of: date) -> Institution:
    return Institution(
        code=f"{township.code}-Y",
        name=centre.name.removesuffix(EXAMPLE) + "老院区" + EXAMPLE,
        type=centre.type,
        level="1",
        parent=centre.code,
        place=township.code,
        lon=township.lon,
        lat=township.lat,
        beds=20,
        opened_on=date(1958, 10, 1),
        closed_on=as_of - timedelta(days=400),
    )


def _clinic(village: Place, as_of: date, generator: np.random.Generator) -> Institution:
    is_community = "社区" in village.name
    opened, closed = _life_of_clinic(as_of, generator)
    return Institution(
        code=clinic_code(village.code),
        name=short_name(village.name) + ("卫生服务站" if is_community else "卫生室") + EXAMPLE,
        type="community_station" if is_community else "village_clinic",
        level=None,
        parent=centre_code(village.code[:9]),
        place=village.code,
        lon=village.lon,
        lat=village.lat,
        beds=None,
        opened_on=opened,
        closed_on=closed,
    )


def _life_of_clinic(as_of: date, generator: np.random.Generator) -> tuple[date, date | None]:
    fate = generator.random()
    opened = _between(date(1978, 1, 1), date(2018, 12, 31), generator)
    within = as_of - timedelta(days=int(generator.integers(60, 1000)))
    if fate < CLOSED_CLINICS:
        return opened, within
    if fate < CLOSED_CLINICS + NEW_CLINICS:
        return within, None
    return opened, None


def _near(degrees: float | None, generator: np.random.Generator) -> float | None:
    """Some hundred metres off, so that institutions of one place do not hide each other on a map."""
    return None if degrees is None else round(degrees + generator.uniform(-0.006, 0.006), 5)


def _tens(least: int, most: int, generator: np.random.Generator) -> int:
    return int(generator.integers(least // 10, most // 10 + 1)) * 10


def _between(first: date, last: date, generator: np.random.Generator) -> date:
    return date.fromordinal(int(generator.integers(first.toordinal(), last.toordinal() + 1)))
