"""Networks of a few rows, for examples worked out by hand."""

import csv
from datetime import date
from pathlib import Path

from acceptance import oracle
from acceptance.oracle import Data, DueItem, Row
from acceptance.random_network import COLUMNS

PLACES = [
    {"code": "province", "level": "province", "parent": ""},
    {"code": "city", "level": "city", "parent": "province"},
    {"code": "county", "level": "county", "parent": "city"},
    {"code": "east", "level": "township", "parent": "county"},
    {"code": "west", "level": "township", "parent": "county"},
    {"code": "east village", "level": "village", "parent": "east"},
]
COMPLETE = {"lifestyle": "true", "physical": "true", "auxiliary": "true", "guidance": "true"}


def person(code: str = "r1", **columns: str) -> Row:
    return {"code": code, "place": "east village", "institution": "clinic", **columns}


def record(day: str, **columns: str) -> Row:
    return {
        "id": "1",
        "subject": "r1",
        "institution": "centre",
        "occurred_on": day,
        "status": "final",
        **columns,
    }


def pressure(day: str, sbp: str, dbp: str, **columns: str) -> Row:
    return record(day, sbp=sbp, dbp=dbp, **columns)


def write_csv(file: Path, rows: list[Row]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(dict.fromkeys(column for row in rows for column in row)))
        writer.writeheader()
        writer.writerows(rows)


def centre(code: str = "centre", **columns: str) -> Row:
    return {"code": code, "type": "township_centre", "place": "east", **columns}


class SmallNetwork:
    """Writes the named tables into a folder of their own at each call and loads all folders so far.

    The first call has the places and one resident, ``r1``, unless told otherwise.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folders: list[Path] = []

    def __call__(self, **tables: list[Row]) -> Data:
        if not self.folders:
            tables = {"places": PLACES, "residents": [person(birth_date="1980-06-15")], **tables}
        self.folders.append(self.folder / str(len(self.folders)))
        for name, rows in tables.items():
            file = f"{name}.csv" if name in COLUMNS else f"records/{name}.csv"
            write_csv(self.folders[-1] / file, rows)
        return oracle.load(self.folders)


def items(data: Data, day: str) -> list[DueItem]:
    return oracle.due(data, date.fromisoformat(day), include_upcoming=True)


def statuses(data: Data, *days: str) -> list[str]:
    return [item.status for day in days for item in items(data, day)]


def figure(data: Data, indicator: str, day: str, place: str = "east village") -> tuple[int, int]:
    level = next(row["level"] for row in PLACES if row["code"] == place)
    return oracle.indicators(data, date.fromisoformat(day), level)[indicator, place]
