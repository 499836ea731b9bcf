"""Small random networks in the contract's file layout, made nasty where rules have edges.

Most days are drawn around the days that are probed, so that birthdays, deaths, follow-ups, registrations,
contracts and postings fall on, just before and just after them. Everything is valid input: references
resolve, ids are unique within a kind, nobody dies before birth, no resident's record is from before birth or
after death, and every day is before ``TODAY``.
"""

import csv
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from random import Random

Row = dict[str, str]

TODAY = date(2026, 11, 22)
EARLIEST_RECORD = date(2022, 1, 1)
PROBED_DAYS = (
    # leap days, and the days on which somebody born on one comes of age
    date(2024, 2, 28),
    date(2024, 2, 29),
    date(2024, 3, 1),
    date(2025, 2, 28),
    date(2025, 3, 1),
    # the year's last and first day
    date(2024, 12, 31),
    date(2025, 12, 31),
    date(2026, 1, 1),
    # month ends three months after longer months, and the day after
    date(2025, 6, 30),
    date(2026, 2, 28),
    date(2026, 4, 30),
    date(2026, 5, 1),
    # the day before spans from 31 January are whole: they end on the 31st, not on April's 30th
    date(2026, 7, 29),
    date(2026, 10, 29),
    # quarters of a year that is not over
    date(2026, 9, 30),
    date(2026, 11, 20),
)
MONTH_ENDS = [
    date.fromisoformat(day)
    for day in (
        *("2023-11-29", "2023-11-30", "2025-03-31", "2025-11-28", "2025-11-29", "2025-11-30"),
        *("2025-12-31", "2026-01-30", "2026-08-31"),
        # often, for few days' spans of quarters differ when each is counted from the clamped end before
        *("2026-01-31", "2026-01-31", "2026-01-31"),
    )
]

COLUMNS = {
    "places": "code name level parent lon lat population",
    "institutions": "code name type level parent place lon lat beds opened_on closed_on",
    "workers": "code name sex birth_date title_level qualification specialty institution id_number phone",
    "residents": "code name sex birth_date death_date place institution id_number phone address",
}
ENVELOPE = "id subject institution worker occurred_on status"
VALUES = {
    "htn_registration": "",
    "htn_followup": "sbp dbp",
    "dm_registration": "",
    "dm_followup": "fpg sbp dbp",
    "elderly_check": "lifestyle physical auxiliary guidance",
    "contract": "team valid_from valid_to package",
    "posting": "valid_from valid_to duties",
}
TITLE_LEVELS = ("mid", "junior", "senior", "none", "associate_senior", "")
SBP = "118 124 127 132 136 139 139 140 141 145 149 149 150 151 172"
DBP = "70 76 79 82 84 88 89 89 90 91"
FPG = "4.8 5.6 6.1 6.9 6.99 7.0 7 7.1 11.2"


@dataclass(slots=True)
class Network:
    """The rows written so far; registers and records by the name of their file."""

    rng: Random
    days: tuple[date, ...]
    tables: dict[str, list[Row]] = field(default_factory=dict)
    ids: int = 0
    contents: set[tuple[str, ...]] = field(default_factory=set)

    def rows(self, table: str) -> list[Row]:
        return self.tables.setdefault(table, [])

    def codes(self, table: str) -> list[str]:
        return [row["code"] for row in self.rows(table)]

    def new_id(self) -> str:
        """An id that text orders otherwise than numbers: ``9`` is larger than ``10`` and ``0011``."""
        self.ids += 1
        return self.rng.choice(("{}", "{:06}", "f{}", "F-{}", "随访{}")).format(self.ids)


# --- writing ------------------------------------------------------------------------------------------------


def write_random_network(folder: Path, seed: int, *, residents: int = 300) -> list[date]:
    """Write a network of that many residents into the folder and return the days worth probing, in order.

    The same seed and size give the same files.
    """
    rng = Random(seed)
    random_days = (between(rng, date(2024, 1, 1), TODAY - timedelta(days=2)) for _ in range(2))
    network = Network(rng, tuple(sorted({*PROBED_DAYS, *random_days})))
    add_places(network)
    add_institutions(network)
    add_workers(network, 40)
    add_residents(network, residents)
    add_postings(network)
    for resident in network.rows("residents"):
        add_records(network, resident)
    write_tables(folder, network.tables, rng)
    return list(network.days)


def amendments(folder: Path, seed: int) -> Path:
    """Write a folder beside a network that, imported after it, amends some of its records; return its path.

    It voids and unvoids records, changes their days, values and subjects, repeats some unchanged and adds new
    ones. Expect what the oracle finds in both folders, loaded in this order.
    """
    rng = Random(seed)
    residents = read_rows(folder / "residents.csv")
    changed = {
        f"records/{file.stem}": amended_rows(rng, read_rows(file), residents)
        for file in sorted((folder / "records").glob("*.csv"))
    }
    target = folder.with_name(f"{folder.name}-amendments")
    write_tables(target, changed, rng)
    return target


def write_tables(folder: Path, tables: dict[str, list[Row]], rng: Random) -> None:
    """Write each table with its rows and columns in random order, for the contract leaves the order free."""
    for name, rows in tables.items():
        columns = columns_of(name)
        rng.shuffle(columns)
        file = folder / f"{name}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, columns, restval="")
            writer.writeheader()
            writer.writerows(rng.sample(rows, len(rows)))


def columns_of(table: str) -> list[str]:
    return (COLUMNS.get(table) or f"{ENVELOPE} {VALUES[table.removeprefix('records/')]}").split()


def read_rows(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


# --- days ---------------------------------------------------------------------------------------------------


def between(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randint(0, (last - first).days))


def near(network: Network) -> date:
    """A probed day, the day before, or the day after."""
    return network.rng.choice(network.days) + timedelta(days=network.rng.choice((-1, 0, 0, 1)))


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day."""
    years, month = divmod(day.month - 1 - months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def years_before(day: date, years: int) -> date:
    """The birth date of somebody reaching that age on the day; 1 March for a 29 February that was none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)


def eventful_day(network: Network) -> date:
    """A day on which a record makes a difference on some probed day, or any day."""
    rng = network.rng
    kind = rng.randrange(7)
    if kind == 0:
        return near(network)
    if kind == 1:  # controlled: due, or due soon, or overdue since yesterday
        return months_before(near(network) + timedelta(days=rng.choice((0, 7))), 3)
    if kind == 2:  # not controlled
        return near(network) + timedelta(days=rng.choice((0, 7)) - 14)
    if kind == 3:  # a whole number of quarters up to the day after the probed day
        return months_before(near(network) + timedelta(days=1), 3 * rng.randint(1, 4))
    if kind == 4:
        return rng.choice(MONTH_ENDS)
    if kind == 5:
        return date(rng.choice((2024, 2025, 2026)), 1, 1) - timedelta(days=rng.choice((0, 0, 1)))
    return between(rng, EARLIEST_RECORD, TODAY - timedelta(days=1))


def can_happen(resident: Row, day: date) -> bool:
    """Within the time records are kept, and within the resident's life."""
    born, died = resident["birth_date"] or "0001-01-01", resident["death_date"] or "9999-12-31"
    return EARLIEST_RECORD <= day < TODAY and born <= day.isoformat() <= died


# --- registers ----------------------------------------------------------------------------------------------


def add_places(network: Network) -> None:
    """A province, one or two cities, their counties, perhaps one right under the province, and so on down."""
    rng = network.rng
    add_place(network, "42", "province", "")
    cities = [add_place(network, f"42{c:02}", "city", "42") for c in range(1, rng.randint(2, 3))]
    counties = [add_place(network, f"{city}81", "county", city) for city in cities]
    counties.append(add_place(network, "420182", "county", "4201"))
    if rng.random() < 0.5:  # as Hubei has them: 429004 is Xiantao
        counties.append(add_place(network, "429004", "county", "42"))
    for county in counties:
        for t in range(1, rng.randint(3, 4)):
            township = add_place(network, f"{county}{t:03}", "township", county)
            for v in range(rng.randint(0, 3)):
                add_place(network, f"{township}{200 + v}", "village", township)


def add_place(network: Network, code: str, level: str, parent: str) -> str:
    network.rows("places").append({"code": code, "name": f"地{code}", "level": level, "parent": parent})
    return code


def add_institutions(network: Network) -> None:
    """A hospital in each county, one or two centres in each township, clinics and stations below."""
    rng = network.rng
    for place in list(network.rows("places")):
        code, level = place["code"], place["level"]
        if level == "county":
            add_institution(network, f"H{code}", "hospital", code, "")
            add_institution(network, f"O{code}", "other", code, "")
        if level == "township":
            above = f"H{code[:6]}"
            add_institution(network, f"C{code}", "township_centre", code, above)
            if rng.random() < 0.6:
                add_institution(network, f"S{code}", "community_centre", code, above)
                add_institution(network, f"T{code}", "community_station", code, f"S{code}")
        if level == "village":
            add_institution(network, f"V{code}", "village_clinic", code, f"C{code[:9]}")


def add_institution(network: Network, code: str, type_: str, place: str, parent: str) -> None:
    rng = network.rng
    opened = near(network) if rng.random() < 0.3 else None
    closed = near(network) if rng.random() < 0.3 else None
    if opened and closed and closed <= opened:
        opened = date(2010, 7, 1)
    network.rows("institutions").append(
        {
            "code": code,
            "name": f"机构{code}",
            "type": type_,
            "level": rng.choice(("", "1", "2", "3")),
            "parent": parent,
            "place": place,
            "opened_on": opened.isoformat() if opened else "",
            "closed_on": closed.isoformat() if closed else "",
        }
    )


def add_workers(network: Network, count: int) -> None:
    """As many workers, all title levels among them when there are six or more."""
    rng = network.rng
    institutions = network.codes("institutions")
    for number, title_level in zip(range(1, count + 1), cycle(TITLE_LEVELS), strict=False):
        network.rows("workers").append(
            {
                "code": f"{number:04}",
                "name": f"员{number}",
                "sex": rng.choice(("1", "2")),
                "birth_date": between(rng, date(1965, 1, 1), date(2000, 12, 31)).isoformat(),
                "title_level": title_level,
                "institution": rng.choice((*institutions, "")),
            }
        )


def add_residents(network: Network, count: int) -> None:
    rng = network.rng
    places: dict[str, list[str]] = {}
    for place in network.rows("places"):
        places.setdefault(place["level"], []).append(place["code"])
    levels = ("village",) * 16 + ("township",) * 5 + ("county", "city", "")
    for number in range(1, count + 1):
        born = birth_date(network)
        network.rows("residents").append(
            {
                "code": f"{number:06}" if number % 3 else f"R{number}",
                "name": f"民{number}",
                "sex": rng.choice(("1", "2")),
                "birth_date": born.isoformat() if born else "",
                "death_date": death_date(network, born),
                "place": rng.choice(places.get(rng.choice(levels), [""])),
                "institution": rng.choice(network.codes("institutions")) if rng.random() < 0.9 else "",
            }
        )


def birth_date(network: Network) -> date | None:
    """Of somebody turning 65 or 7 about a probed day, born about one or on a leap day, anybody's, or none."""
    rng = network.rng
    kind = rng.randrange(20)
    if kind < 7:
        return years_before(near(network), 65)
    if kind < 9:
        return years_before(near(network), 7)
    if kind < 10:
        return near(network)
    if kind < 12:
        return date(rng.choice((1940, 1956, 1960, 1960, 1964, 2016, 2020)), 2, 29)
    if kind < 13:
        return None
    return between(rng, date(1925, 1, 1), date(2020, 12, 31))


def death_date(network: Network, born: date | None) -> str:
    died = near(network) if network.rng.random() < 0.18 else None
    return died.isoformat() if died and (born is None or born <= died) else ""


# --- records ------------------------------------------------------------------------------------------------


def add_record(network: Network, kind: str, subject: str, day: date, values: Row) -> None:
    """Add one record; rarely a void one. Kinds whose order on a day is of no consequence may lack an id."""
    rng = network.rng
    row = {
        "subject": subject,
        "institution": rng.choice((*network.codes("institutions"), "")),
        "worker": rng.choice((*network.codes("workers"), "")),
        "occurred_on": day.isoformat(),
        "status": rng.choice(("final",) * 16 + ("",) * 2 + ("void",) * 2),
        **values,
    }
    content = (kind, *row.values())
    needs_id = kind.endswith("_followup") or rng.random() < 0.8 or content in network.contents
    network.contents.add(content)
    network.rows(f"records/{kind}").append({"id": network.new_id() if needs_id else "", **row})


def add_records(network: Network, resident: Row) -> None:
    rng = network.rng
    for programme in ("htn", "dm"):
        if rng.random() < 0.5:
            add_programme(network, resident, programme)
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        add_check(network, resident)
    for _ in range(rng.choice((0, 1, 1, 2))):
        day = eventful_day(network)
        if can_happen(resident, day):
            add_record(network, "contract", resident["code"], day, period_near(network))


def add_programme(network: Network, resident: Row, programme: str) -> None:
    """None to three registrations, and follow-ups about their edges."""
    rng = network.rng
    registrations = [registration_day(network) for _ in range(rng.choice((0, 1, 1, 1, 1, 2, 3)))]
    followups = [eventful_day(network) for _ in range(rng.choice((0, 0, 1, 2, 3, 5)))]
    if registrations and rng.random() < 0.5:
        followups += days_up_to_a_probed_day(network, min(registrations))
    if rng.random() < 0.5:
        followups = followups_before_an_edge(network, followups)
    followups += rng.sample(followups, min(len(followups), rng.choice((0, 0, 1, 2))))  # two on one day
    followups += birthday_followups(network, resident)
    for day in filter_days(resident, registrations):
        add_record(network, f"{programme}_registration", resident["code"], day, {})
    for day in filter_days(resident, followups):
        values = {"sbp": measured(rng, SBP), "dbp": measured(rng, DBP)}
        if programme == "dm":
            values["fpg"] = measured(rng, FPG)
        add_record(network, f"{programme}_followup", resident["code"], day, values)


def measured(rng: Random, values: str) -> str:
    """One of the values, or nothing."""
    return rng.choice(("", *values.split()))


def registration_day(network: Network) -> date:
    """An eventful day; month ends more often, for spans of quarters begin there too."""
    return network.rng.choice(MONTH_ENDS) if network.rng.random() < 0.15 else eventful_day(network)


def filter_days(resident: Row, days: Iterable[date]) -> list[date]:
    return [day for day in days if can_happen(resident, day)]


def days_up_to_a_probed_day(network: Network, registered: date) -> list[date]:
    """One to five days of one year between the registration, or that year's start, and a probed day."""
    day = network.rng.choice(network.days)
    start = max(registered, date(day.year, 1, 1))
    count = network.rng.randint(1, 5) if start <= day else 0
    return [between(network.rng, start, day) for _ in range(count)]


def followups_before_an_edge(network: Network, followups: list[date]) -> list[date]:
    """The follow-ups, the last one such that a probed day is at an edge of what is due after it."""
    edge = network.rng.choice(network.days) + timedelta(days=network.rng.choice((-1, 0, 0, 1, 6, 7, 7, 8)))
    last = network.rng.choice((edge - timedelta(days=14), months_before(edge, 3), months_before(edge, 3)))
    return [*(day for day in followups if day < last), last]


def birthday_followups(network: Network, resident: Row) -> list[date]:
    """Rarely, a day about the 65th birthday, where the limit of the systolic pressure changes."""
    if not resident["birth_date"] or network.rng.random() < 0.6:
        return []
    born = date.fromisoformat(resident["birth_date"])
    return [years_before(born, -65) + timedelta(days=network.rng.choice((-1, 0, 1)))]


def add_check(network: Network, resident: Row) -> None:
    rng = network.rng
    day = eventful_day(network)
    parts = dict.fromkeys(VALUES["elderly_check"].split(), "true")
    if rng.random() < 0.4:
        parts[rng.choice(list(parts))] = rng.choice(("false", ""))
    if can_happen(resident, day):
        add_record(network, "elderly_check", resident["code"], day, parts)


def add_postings(network: Network) -> None:
    """Some postings to each institution, of workers of one title level, so that its coverage hangs on it."""
    rng = network.rng
    workers = network.rows("workers")
    centres_first = sorted(network.rows("institutions"), key=lambda row: not row["type"].endswith("_centre"))
    for institution, title_level in zip(centres_first, cycle(TITLE_LEVELS), strict=False):
        peers = [worker["code"] for worker in workers if worker["title_level"] == title_level]
        for _ in range(rng.randint(2, 9)):
            day = min(max(eventful_day(network), EARLIEST_RECORD), TODAY - timedelta(days=1))
            posting = {"institution": rng.choice((institution["code"],) * 9 + ("",)), **period_near(network)}
            add_record(network, "posting", rng.choice(peers), day, posting)


def period_near(network: Network) -> Row:
    """A period of one day or more that starts or ends about a probed day, or is open-ended on a side."""
    rng = network.rng
    first, last = sorted((near(network), near(network)))
    return {
        "valid_from": first.isoformat() if rng.random() < 0.8 else "",
        "valid_to": last.isoformat() if rng.random() < 0.7 else "",
    }


# --- amendments ---------------------------------------------------------------------------------------------


def amended_rows(rng: Random, rows: Sequence[Row], residents: Sequence[Row]) -> list[Row]:
    """About a fifth of the rows that have an id, each repeated, changed, voided or unvoided; and some new."""
    people = {row["code"]: row for row in residents}
    named = sorted((row for row in rows if row["id"]), key=lambda row: row["id"])
    chosen = rng.sample(named, len(named) // 5)
    return [amended(rng, row, people) for row in chosen] + [
        {**row, "id": f"新{row['id']}", "status": "final"} for row in chosen[: len(chosen) // 8]
    ]


def amended(rng: Random, row: Row, people: dict[str, Row]) -> Row:
    """The row with its status turned, its day moved, its values or subject changed; or unchanged."""
    change = rng.randrange(6)
    if change < 2:
        return {**row, "status": "final" if row["status"] == "void" else "void"}
    if change == 2 and row["subject"] in people:
        day = date.fromisoformat(row["occurred_on"]) + timedelta(days=rng.choice((-31, -1, 1, 90)))
        return {**row, "occurred_on": day.isoformat()} if can_happen(people[row["subject"]], day) else row
    if change == 3:
        return {**row, **dict.fromkeys(values_of(row), "")}
    if change == 4 and row["subject"] in people:
        other = people[rng.choice(sorted(people))]
        can_be_theirs = can_happen(other, date.fromisoformat(row["occurred_on"]))
        return {**row, "subject": other["code"]} if can_be_theirs else row
    return row


def values_of(row: Row) -> list[str]:
    return [column for column in row if column not in ENVELOPE.split()]
