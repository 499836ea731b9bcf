"""The shipped places, the numbers made for people, and the files the demonstration writes."""

import csv
import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from demo_examples import KINDS, SKETCHES
from pyarrow import csv as arrow_csv

from wangdi.demo import Network, write_csv
from wangdi.demo.arrays import day_number, first_day_of_window, integers, skip_sundays
from wangdi.demo.identifiers import ID_NUMBERS_A_DAY, id_numbers
from wangdi.demo.institutions import short_name
from wangdi.demo.sources import read_places, read_pyramid

ROOT = Path(__file__).resolve().parents[2]
HYPERTENSION = {name: KINDS[name] for name in ("htn_registration", "htn_followup")}


@pytest.fixture(scope="module")
def cutter() -> ModuleType:
    """The script that cuts the shipped files out of their source packages."""
    specification = importlib.util.spec_from_file_location("cut_places", ROOT / "tools" / "cut_places.py")
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_census_figures_are_those_published_for_the_counties() -> None:
    totals: dict[str, int] = {}
    for band in read_pyramid():
        totals[band.county] = totals.get(band.county, 0) + band.male + band.female

    assert totals == {"420222": 901971, "420281": 871214}


def test_every_place_below_the_province_lies_in_the_region(cutter: ModuleType) -> None:
    west, south, east, north = cutter.REGION

    for place in read_places():
        if place.level != "province":
            assert place.lon is not None and west < place.lon < east, place
            assert place.lat is not None and south < place.lat < north, place


def test_places_say_which_points_are_estimates_and_no_two_coincide() -> None:
    path = ROOT / "src/wangdi/demo/data/places.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    townships = [row for row in rows if row["level"] == "township"]

    assert {row["point"] for row in rows if row["level"] == "village"} == {"estimate"}
    assert sum(row["point"] == "estimate" for row in townships) == 12
    assert len({(row["lon"], row["lat"]) for row in townships}) == len(townships)


def test_a_township_is_found_by_its_full_name_before_its_short_one(cutter: ModuleType) -> None:
    points = {
        1: {"geonameid": 1, "longitude": 115.3, "latitude": 29.9, "alternatenames": ["兴国"]},
        2: {"geonameid": 2, "longitude": 115.2, "latitude": 29.8, "alternatenames": ["兴国", "兴国镇"]},
    }

    assert cutter.find_point("兴国镇", points).source == "geonames:2"
    assert cutter.find_point("陶港镇", points) is None


@pytest.mark.parametrize(
    ("group", "band"), [("0岁", ("0", "0")), ("5到9岁", ("5", "9")), ("85岁以上", ("85", ""))]
)
def test_census_age_groups_become_bounds(cutter: ModuleType, group: str, band: tuple[str, str]) -> None:
    assert cutter.age_band(group) == band


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("官桥村委会", "官桥村"),
        ("株林村村民委员会", "株林村"),
        ("桥南社区居委会", "桥南社区"),
        ("车站社区居民委员会", "车站社区"),
        ("四顾山虚拟生活区", "四顾山虚拟生活区"),
    ],
)
def test_institutions_use_the_short_name_of_a_village(name: str, short: str) -> None:
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("as_of", "first"),
    [
        (date(2026, 6, 30), date(2023, 7, 1)),
        (date(2026, 12, 31), date(2024, 1, 1)),
        (date(2028, 2, 29), date(2025, 3, 1)),
        (date(2027, 2, 28), date(2024, 2, 29)),
    ],
)
def test_the_three_years_begin_the_day_after_the_same_day(as_of: date, first: date) -> None:
    assert first_day_of_window(as_of) == first


def test_visits_planned_for_a_sunday_are_on_monday() -> None:
    days = integers([day_number(date(2026, 2, day)) for day in (28, 1)])  # a Saturday and a Sunday

    assert skip_sundays(days).tolist() == [day_number(date(2026, 2, 28)), day_number(date(2026, 2, 2))]


def test_once_a_birth_date_is_used_up_further_people_have_no_id_number() -> None:
    count = ID_NUMBERS_A_DAY + 3
    birth = np.full(count, day_number(date(1960, 5, 2)), dtype=np.int32)
    numbers = id_numbers(999999, birth, np.ones(count, dtype=np.int32)).to_pylist()

    assert len(set(numbers[:ID_NUMBERS_A_DAY])) == ID_NUMBERS_A_DAY
    assert numbers[ID_NUMBERS_A_DAY:] == [None] * 3


def test_csv_files_hold_the_network_in_the_columns_of_the_contract(tmp_path: Path) -> None:
    network = Network(300, as_of=date(2026, 6, 30), kinds=HYPERTENSION, sketches=SKETCHES)
    write_csv(network, tmp_path / "network")

    written = sorted(str(path.relative_to(tmp_path / "network")) for path in tmp_path.rglob("*.csv"))
    assert written == [
        "assets.csv",
        "institutions.csv",
        "places.csv",
        "records/htn_followup.csv",
        "records/htn_registration.csv",
        "residents.csv",
        "teams.csv",
        "workers.csv",
    ]
    residents = network.registers()["residents"]
    as_text = arrow_csv.ConvertOptions(column_types=residents.schema, strings_can_be_null=True)
    read = arrow_csv.read_csv(tmp_path / "network" / "residents.csv", convert_options=as_text)
    assert read.equals(residents)


def test_csv_files_hold_multiple_answers_in_one_cell(tmp_path: Path) -> None:
    write_csv(Network(300, as_of=date(2026, 6, 30), kinds=HYPERTENSION, sketches=SKETCHES), tmp_path)

    with (tmp_path / "records/htn_followup.csv").open(encoding="utf-8") as file:
        answers = {row["symptoms"] for row in csv.DictReader(file)}
    assert answers <= {str(number) for number in range(1, 11)}
    assert "1" in answers
